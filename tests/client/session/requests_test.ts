import { assertEquals } from "@std/assert";
import { readPast } from "../../../client/session/past.ts";
import { Delivery, type Outcome } from "../../../client/session/outcome.ts";
import { ALL_CAPS } from "../../support/fake_server.ts";
import { setUp, started } from "../../support/session.ts";

const TOPIC = { command: "TOPIC", params: ["#a", "tea"] };

Deno.test("a command is done when the server answers its label, and has the id of the answer", async () => {
  await using setup = setUp();
  const peer = await started(setup, ALL_CAPS);
  const outcome = setup.session.request(TOPIC);
  const { tags } = await peer.expect(/ TOPIC #a :tea$/);
  await peer.send(`@label=${tags?.get("label")};msgid=m1 :ann!u@h TOPIC #a :tea`);
  assertEquals(await outcome, { status: "done", ids: ["m1"] });
  assertEquals((await setup.told.take("topic")).text, "tea");
});

Deno.test("a refused command has the reason, which is not reported again", async () => {
  await using setup = setUp();
  const peer = await started(setup, ALL_CAPS);
  const outcome = setup.session.request(TOPIC);
  const { tags } = await peer.expect(/ TOPIC /);
  await peer.send(`@label=${tags?.get("label")} :irc.test 482 ann #a :You're not channel operator`);
  const reason = "only operators of #a may do that";
  assertEquals(await outcome, { status: "refused", reason, ids: [], isForOperators: true });
  assertEquals(setup.told.events.filter(({ type }) => type === "refused"), []);
});

Deno.test("a caller that takes the notes in an answer gets them, and they are not shown", async () => {
  await using setup = setUp();
  const peer = await started(setup, ALL_CAPS);
  const taken: (readonly string[])[] = [];
  const outcome = setup.session.request({ command: "LINK", params: [] }, (messages) => {
    taken.push(...messages.map(({ params }) => params));
  });
  const { tags } = await peer.expect(/ LINK$/);
  await peer.send(
    `@label=${tags?.get("label")} :irc.test BATCH +b labeled-response`,
    "@batch=b :irc.test NOTE LINK CODE ABCD :Type it",
    "@batch=b :irc.test NOTE LINK PAGE ABCD http://h/#link=ABCD :Open it",
    ":irc.test BATCH -b",
  );
  assertEquals(await outcome, { status: "done", ids: [] });
  assertEquals(taken, [
    ["LINK", "CODE", "ABCD", "Type it"],
    ["LINK", "PAGE", "ABCD", "http://h/#link=ABCD", "Open it"],
  ]);
  assertEquals(setup.told.events.filter(({ type }) => type === "answer"), []);
});

Deno.test("without labels, a command is done unless the server refuses it before the PONG", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  const done = setup.session.request({ command: "NICK", params: ["bob"] });
  await peer.expect(/^NICK bob$/);
  await peer.answerPing();
  assertEquals((await done).status, "done");
  const refused = setup.session.request(TOPIC);
  await peer.expect(/^TOPIC #a :tea$/);
  await peer.send(":irc.test 442 ann #a :You're not on that channel");
  await peer.answerPing();
  assertEquals((await refused).reason, "#a: You're not on that channel");
});

Deno.test("a command is lost with the connection, and refused without one", async () => {
  await using setup = setUp();
  const peer = await started(setup, ALL_CAPS);
  const lost = setup.session.request(TOPIC);
  await peer.expect(/ TOPIC /);
  peer.close();
  assertEquals(await lost, { status: "lost", reason: "the connection was lost", ids: [] });
  await setup.told.take("disconnected");
  assertEquals((await setup.session.request(TOPIC)).status, "refused");
});

Deno.test("a command that the server never answers is lost after a minute", async () => {
  await using setup = setUp();
  const peer = await started(setup, ALL_CAPS);
  const lost = setup.session.request(TOPIC);
  await peer.expect(/ TOPIC /);
  setup.clock.advance(60_000);
  assertEquals(await lost, { status: "lost", reason: "the server did not answer", ids: [] });
});

Deno.test("a command that would be several lines is refused and not sent", async () => {
  await using setup = setUp();
  await started(setup, ALL_CAPS);
  const { status } = await setup.session.request({ command: "TOPIC", params: ["#a b", "x\r\ny"] });
  assertEquals(status, "refused");
});

Deno.test("a text of several lines has one outcome, with the ids of all", async () => {
  await using setup = setUp();
  const peer = await started(setup, ALL_CAPS);
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const text = "y".repeat(600);
  setup.session.say("#a", text, "message", { delivery: new Delivery(1, resolve) });
  for (const id of ["m1", "m2"]) {
    const { tags, params: [, part] } = await peer.expect(/ PRIVMSG #a /);
    await peer.send(`@label=${tags?.get("label")};msgid=${id} :ann!u@h PRIVMSG #a :${part}`);
  }
  assertEquals(await promise, { status: "done", ids: ["m1", "m2"] });
});

Deno.test("events have the account, and reactions, deletions and replies name the message", async () => {
  await using setup = setUp();
  const peer = await started(setup, ALL_CAPS);
  await peer.send(
    "@account=bo;msgid=m2;+draft/reply=m1 :bob!u@h PRIVMSG #a :yes",
    "@account=bo;msgid=m3;+draft/reply=m1;+draft/react=👍 :bob!u@h TAGMSG #a",
    "@+typing=active :bob!u@h TAGMSG #a",
    ":bob!u@h REDACT #a m1 :wrong room",
  );
  const { reply, account, id } = await setup.told.take("message");
  assertEquals({ reply, account, id }, { reply: "m1", account: "bo", id: "m2" });
  const reaction = await setup.told.take("reaction");
  assertEquals([reaction.room, reaction.reply, reaction.text], ["#a", "m1", "👍"]);
  const redaction = await setup.told.take("redaction");
  assertEquals([redaction.room, redaction.reply, redaction.text], ["#a", "m1", "wrong room"]);
  assertEquals(setup.told.events.filter(({ type }) => type === "reaction"), []);
});

Deno.test("the last messages of a room are read backward, page by page", async () => {
  await using setup = setUp();
  const peer = await started(setup, `${ALL_CAPS} draft/chathistory`);
  const texts: string[] = [];
  const outcome = readPast(setup.session, "#a", { limit: 150 }, (messages) => {
    texts.push(...messages.map(({ text }) => text));
  });
  const answer = async (pattern: RegExp, from: number, count: number) => {
    const { tags } = await peer.expect(pattern);
    const lines = Array.from({ length: count }, (_, i) => `${from + i}`).map((n) =>
      `@batch=b;time=2026-01-01T00:00:00.000Z;msgid=m${n} :bob!u@h PRIVMSG #a :${n}`
    );
    await peer.send(
      `@label=${tags?.get("label")} :irc.test BATCH +b chathistory #a`,
      ...lines,
      ":irc.test BATCH -b",
    );
  };
  await answer(/ CHATHISTORY LATEST #a \* 100$/, 100, 100);
  await answer(/ CHATHISTORY BEFORE #a msgid=m100 50$/, 50, 50);
  assertEquals((await outcome).status, "done");
  assertEquals(texts, Array.from({ length: 150 }, (_, i) => `${50 + i}`));
});

Deno.test("a history ends where the server says so, or else at a page that is not full", async () => {
  await using setup = setUp();
  const peer = await started(setup, `${ALL_CAPS} draft/chathistory`);
  const answer = async (pattern: RegExp, from: number, count: number, isEnd = false) => {
    const { tags } = await peer.expect(pattern);
    const lines = Array.from({ length: count }, (_, i) => `${from + i}`).map((n) =>
      `@batch=b;time=2026-01-01T00:00:00.000Z;msgid=m${n} :bob!u@h PRIVMSG #a :${n}`
    );
    await peer.send(
      `@label=${tags?.get("label")}${isEnd ? ";draft/chathistory-end" : ""}` +
        " :irc.test BATCH +b chathistory #a",
      ...lines,
      ":irc.test BATCH -b",
    );
  };
  /** Reads up to 150 messages; resolves to their number. */
  const read = async () => {
    let count = 0;
    await readPast(setup.session, "#a", { limit: 150 }, (messages) => {
      count += messages.length;
    });
    return count;
  };
  const unmarked = read();
  await answer(/ CHATHISTORY LATEST #a \* 100$/, 100, 30);
  assertEquals(await unmarked, 30);
  const full = read();
  await answer(/ CHATHISTORY LATEST #a \* 100$/, 100, 100, true);
  assertEquals(await full, 100);
  const short = read();
  await answer(/ CHATHISTORY LATEST #a \* 100$/, 100, 30);
  await answer(/ CHATHISTORY BEFORE #a msgid=m100 100$/, 90, 10);
  await answer(/ CHATHISTORY BEFORE #a msgid=m90 100$/, 0, 0);
  assertEquals(await short, 40);
});
