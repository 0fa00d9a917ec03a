import { assertEquals } from "@std/assert";
import { ALL_CAPS } from "../../support/fake_server.ts";
import { setUp, started } from "../../support/session.ts";

/** The name that the client asks for, and the name of the room that it then joins. */
const NAMES: readonly [asked: string, name: string][] = [
  ["!!safe", "!ZIFJQsafe"],
  ["!safe", "!ZIFJQsafe"],
  [`#${"x".repeat(70)}`, `#${"x".repeat(49)}`],
];

Deno.test("a room that the server calls something else counts as the requested room", async () => {
  for (const [asked, name] of NAMES) {
    await using setup = setUp({ room: asked });
    const starting = setup.session.start();
    const peer = await setup.server.accept();
    await peer.welcome({ tokens: "CHANTYPES=#&!+ CASEMAPPING=ascii" });
    await starting;
    setup.session.say(asked, "hello");
    await peer.expect(new RegExp(`^JOIN ${asked}$`));
    await peer.send(`:ann!u@h JOIN ${name}`);
    assertEquals((await peer.expect(/^PRIVMSG/)).params, [name, "hello"]);
    await peer.answerPing();
    assertEquals((await setup.told.take("answer")).text, `the server calls ${asked} ${name}`);
    setup.session.say(asked, "again");
    assertEquals((await peer.expect(/^PRIVMSG/)).params, [name, "again"]);
    peer.close();
    await setup.told.take("disconnected");
    setup.clock.advance(1000);
    const next = await setup.server.accept();
    await next.welcome({ tokens: "CHANTYPES=#&!+ CASEMAPPING=ascii" });
    await next.expect(new RegExp(`^JOIN ${name}$`));
  }
});

Deno.test("a room into which the server puts the user does not count as the requested room", async () => {
  await using setup = setUp();
  const starting = setup.session.start();
  const peer = await setup.server.accept();
  await peer.welcome();
  await starting;
  setup.session.say("#a", "private");
  await peer.expect(/^JOIN #a$/);
  await peer.send(":ann!u@h JOIN #welcome", "PING :nothing said");
  await peer.expect(/^PONG/);
});

Deno.test("any error that names an awaited room refuses it", async () => {
  for (
    const refusal of [
      "926 ann #a :Channel #a is forbidden: no bad rooms",
      "520 ann #a :Cannot join channel (+O)",
      "FAIL JOIN NO_ENTRY #a :Not today",
    ]
  ) {
    await using setup = setUp();
    const starting = setup.session.start();
    const peer = await setup.server.accept();
    await peer.welcome();
    await starting;
    setup.session.say("#a", "hello");
    await peer.expect(/^JOIN #a$/);
    await peer.send(`:irc.test ${refusal}`);
    assertEquals((await setup.told.take("room-refused")).room, "#a");
    assertEquals((await setup.told.take("refused")).line?.text, "hello");
  }
});

Deno.test("a JOIN that is not answered is reported", async () => {
  await using setup = setUp();
  const starting = setup.session.start();
  const peer = await setup.server.accept();
  await peer.welcome();
  await starting;
  setup.session.say("#a", "hello");
  await peer.expect(/^JOIN #a$/);
  setup.clock.advance(5000);
  await peer.answerPing();
  await peer.send("PING :the room may still come");
  await peer.expect(/^PONG/);
  assertEquals(setup.told.events.filter(({ type }) => type === "room-refused"), []);
  setup.clock.advance(5000);
  const { room, reason } = await setup.told.take("room-refused");
  assertEquals([room, reason], ["#a", "the server did not answer"]);
  assertEquals((await setup.told.take("refused")).line?.text, "hello");
  await setup.session.settled(0);
});

Deno.test("several rooms with commas between them are joined one by one, each with its key", async () => {
  await using setup = setUp();
  const peer = await started(setup, ALL_CAPS);
  setup.session.join("#b,c", "key");
  await peer.expect(/^JOIN #b key$/);
  await peer.expect(/^JOIN #c$/);
  await peer.send(":ann!u@h JOIN #b", ":ann!u@h JOIN #c");
  for (const room of ["#b", "#c"]) setup.session.say(room, "hello");
  await peer.expect(/PRIVMSG #b :hello$/);
  await peer.expect(/PRIVMSG #c :hello$/);
});

Deno.test("a room that is not joined yet holds back no other room and no person", async () => {
  await using setup = setUp();
  const peer = await started(setup, ALL_CAPS);
  setup.session.join("#b");
  await peer.expect(/^JOIN #b$/);
  setup.session.say("#b", "later");
  setup.session.say("#a", "now");
  setup.session.say("bob", "now");
  await peer.expect(/PRIVMSG #a :now$/);
  await peer.expect(/PRIVMSG bob :now$/);
  await peer.send(":ann!u@h JOIN #b");
  await peer.expect(/PRIVMSG #b :later$/);
});

Deno.test("a room under the server's name is followed when it is renamed", async () => {
  await using setup = setUp({ room: "!!safe" });
  const starting = setup.session.start();
  const peer = await setup.server.accept();
  await peer.welcome({ caps: ALL_CAPS, tokens: "CHANTYPES=#&!+ CASEMAPPING=ascii" });
  await starting;
  await peer.expect(/^JOIN !!safe$/);
  await peer.send(":ann!u@h JOIN !ABCDEsafe", ":op!u@h RENAME !ABCDEsafe #new :");
  await setup.told.take("rename");
  assertEquals(setup.session.home, "#new");
  setup.session.say("!!safe", "hello");
  await peer.expect(/PRIVMSG #new :hello$/);
});

Deno.test("a room that must exist is not created by a reconnect", async () => {
  await using setup = setUp();
  const peer = await started(setup, ALL_CAPS);
  peer.close();
  await setup.told.take("disconnected");
  setup.session.join("#my", "key", true);
  setup.clock.advance(60_000);
  const second = await setup.server.accept();
  await second.welcome({ caps: ALL_CAPS });
  await second.join("#a");
  await second.expect(/^MODE :?#my$/);
  await second.send(":irc.test 324 ann #my +nt");
  await second.answerPing();
  await second.expect(/^JOIN #my key$/);
  await second.send(":ann!u@h JOIN #my");
  await setup.told.take("join");
  second.close();
  await setup.told.take("disconnected");
  setup.clock.advance(60_000);
  const third = await setup.server.accept();
  await third.welcome({ caps: ALL_CAPS });
  await third.join("#a");
  await third.expect(/^JOIN #my key$/);
});

Deno.test("lines wait until it is known if their room exists", async () => {
  await using setup = setUp();
  const peer = await started(setup, ALL_CAPS);
  setup.session.join("#my", "key", true);
  setup.session.say("#my", "hello");
  await peer.expect(/^MODE :?#my$/);
  await peer.send(":irc.test 442 ann #my :You're not on that channel");
  await peer.answerPing();
  await peer.expect(/^JOIN #my key$/);
  await peer.send(":ann!u@h JOIN #my");
  await peer.expect(/PRIVMSG #my :hello$/);
});
