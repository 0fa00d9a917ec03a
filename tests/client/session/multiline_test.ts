import { assertEquals } from "@std/assert";
import { setUp } from "../../support/session.ts";

const CAPS = "batch echo-message labeled-response message-tags server-time";

/** Starts a session at a server that takes messages of several lines with these limits. */
async function started(setup: ReturnType<typeof setUp>, limits = "max-bytes=4096,max-lines=24") {
  const starting = setup.session.start();
  const peer = await setup.server.acceptInRoom({ caps: `${CAPS} draft/multiline=${limits}` });
  await starting;
  await setup.told.take("members");
  return peer;
}

Deno.test("several lines are sent as one message, whose echo confirms it", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  setup.session.say("#a", "one\n\nthree\n");
  const { params: [reference = ""], tags } = await peer.expect(/BATCH \+\S+ draft\/multiline #a$/);
  const name = reference.slice(1);
  await peer.expect(new RegExp(`^@batch=${name} PRIVMSG #a :?one$`));
  await peer.expect(new RegExp(`^@batch=${name} PRIVMSG #a :$`));
  await peer.expect(new RegExp(`^@batch=${name} PRIVMSG #a :?three$`));
  await peer.expect(new RegExp(`^BATCH -${name}$`));
  assertEquals(setup.session.unsettled, 1);
  await peer.send(
    `@label=${tags?.get("label")};msgid=m1 :ann!u@h BATCH +x draft/multiline #a`,
    "@batch=x :ann!u@h PRIVMSG #a :one",
    "@batch=x :ann!u@h PRIVMSG #a :",
    "@batch=x :ann!u@h PRIVMSG #a :three",
    ":ann!u@h BATCH -x",
  );
  const { text, own, id } = await setup.told.take("message");
  assertEquals({ text, own, id }, { text: "one\n\nthree", own: true, id: "m1" });
  assertEquals(setup.session.unsettled, 0);
});

Deno.test("a text over the limits of the server becomes several messages", async () => {
  await using setup = setUp();
  const peer = await started(setup, "max-bytes=4096,max-lines=2");
  setup.session.say("#a", "one\ntwo\nthree");
  await peer.expect(/BATCH \+/);
  await peer.expect(/PRIVMSG #a :?one$/);
  await peer.expect(/PRIVMSG #a :?two$/);
  await peer.expect(/BATCH -/);
  await peer.expect(/^@label=\S+ PRIVMSG #a :?three$/);
});

Deno.test("a long line within several is divided, and joined by whoever gets it", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  setup.session.say("#a", `${"x".repeat(600)}\nend`);
  await peer.expect(/BATCH \+/);
  await peer.expect(/^@batch=\S+ PRIVMSG #a :?x+$/);
  await peer.expect(/^@batch=[^;]+;draft\/multiline-concat PRIVMSG #a :?x+$/);
  await peer.expect(/^@batch=[^;]+ PRIVMSG #a :?end$/);
});

Deno.test("a long line is one message, whose parts are joined", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  const text = Array.from({ length: 300 }, (_, index) => `word${index}`).join(" ");
  setup.session.say("#a", text);
  await peer.expect(/BATCH \+/);
  const said: string[] = [];
  for (;;) {
    const { command, tags, params: [, part = ""] } = await peer.expect(/PRIVMSG #a|BATCH -/);
    if (command === "BATCH") break;
    assertEquals(tags?.has("draft/multiline-concat"), said.length > 0);
    said.push(part);
  }
  assertEquals([said.length > 3, said.join("")], [true, text]);
});

Deno.test("several lines are several messages at a server that cannot join them", async () => {
  await using setup = setUp();
  const starting = setup.session.start();
  const peer = await setup.server.acceptInRoom({ caps: CAPS });
  await starting;
  setup.session.say("#a", "one\n\ntwo");
  await peer.expect(/^@label=\S+ PRIVMSG #a :?one$/);
  await peer.expect(/^@label=\S+ PRIVMSG #a :?two$/);
});

Deno.test("a batch of lines is one message with these lines", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  await peer.send(
    "@msgid=m2;time=2026-01-02T03:04:05.000Z :bob!u@h BATCH +b draft/multiline #a",
    "@batch=b :bob!u@h PRIVMSG #a :first li",
    "@batch=b;draft/multiline-concat :bob!u@h PRIVMSG #a :ne",
    "@batch=b :bob!u@h PRIVMSG #a :second, ann",
    ":bob!u@h BATCH -b",
  );
  const { text, nick, id, forMe } = await setup.told.take("message");
  assertEquals(
    { text, nick, id, forMe },
    { text: "first line\nsecond, ann", nick: "bob", id: "m2", forMe: true },
  );
});
