import { assertEquals } from "@std/assert";
import { sessionAt, type Setup, setUp } from "../../support/session.ts";
import type { Peer } from "../../support/fake_server.ts";
import { Recorder } from "../../support/recorder.ts";
import { TestServer } from "../../support/server.ts";

/** Registers the session as `ann1`, because `ann` is taken. */
async function taken(setup: Setup, isupport: string): Promise<Peer> {
  const starting = setup.session.start();
  const peer = await setup.server.accept();
  await peer.expect(/^CAP LS/);
  await peer.expect(/^NICK ann$/);
  await peer.expect(/^USER /);
  await peer.send(":irc.test CAP * LS :", ":irc.test 433 * ann :Nickname is already in use");
  await peer.expect(/^CAP END$/);
  await peer.expect(/^NICK ann1$/);
  await peer.send(":irc.test 001 ann1 :Welcome", `:irc.test 005 ann1 ${isupport} :are supported`);
  await peer.answerPing();
  await starting;
  await peer.expect(/^JOIN #a$/);
  await peer.send(":ann1!u@h JOIN #a");
  await setup.told.take("join");
  return peer;
}

Deno.test("a user whose nick was taken gets it once the user that has it quits", async () => {
  await using setup = setUp();
  const peer = await taken(setup, "CHANTYPES=#");
  await peer.send(":bob!u@h QUIT :bye", ":Ann!u@h QUIT :Ping timeout");
  await peer.expect(/^NICK ann$/);
  await peer.send(":ann1!u@h NICK ann");
  const { nick, to, own } = await setup.told.take("nick");
  assertEquals([nick, to, own], ["ann1", "ann", true]);
});

Deno.test("a server with MONITOR tells when a taken nick is free, and a refusal is not shown", async () => {
  await using setup = setUp();
  const peer = await taken(setup, "MONITOR=100");
  await peer.expect(/^MONITOR \+ ann$/);
  await peer.send(":irc.test 730 ann1 :ann!u@h", ":irc.test 731 ann1 :ann");
  await peer.expect(/^NICK ann$/);
  await peer.send(":irc.test 433 ann1 ann :This nick is owned", ":irc.test 731 ann1 :ann");
  await peer.expect(/^NICK ann$/);
  await peer.send(":ann1!u@h NICK ann");
  await peer.expect(/^MONITOR - ann$/);
  await setup.told.take("nick");
  const types = setup.told.events.map(({ type }) => type);
  assertEquals(types.filter((type) => type === "answer" || type === "refused"), []);
});

Deno.test("a user who chooses another nick keeps it when the first one is free", async () => {
  await using setup = setUp();
  const peer = await taken(setup, "CHANTYPES=#");
  setup.session.send("NICK", "zoe");
  await peer.expect(/^NICK zoe$/);
  await peer.send(":ann1!u@h NICK zoe", ":ann!u@h QUIT :bye", ":bob!u@h PRIVMSG #a :hi");
  await setup.told.take("message");
  setup.session.say("#a", "still zoe");
  await peer.expect(/^PRIVMSG #a :?still zoe/);
});

Deno.test("at a chat server, a guest returns to the nick of a connection that is gone", async () => {
  await using server = await TestServer.start();
  const ghost = await server.register("ann", { join: "#b" });
  const told = new Recorder();
  const session = sessionAt(server.port, told, { room: "#a" });
  const starting = session.start();
  // The server waits a moment for the nick.
  while (!session.isConnected) {
    await ghost.heard();
    server.clock.advance(100);
  }
  await starting;
  await told.take("nick-taken");
  await told.take("join");
  await ghost.send("QUIT");
  const { to } = await told.take("nick");
  assertEquals(to, "ann");
  await session.leave("");
});
