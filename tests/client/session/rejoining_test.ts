import { assertEquals } from "@std/assert";
import { BreakableSocket } from "../../support/breakable_socket.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import type { Peer } from "../../support/fake_server.ts";
import { Recorder } from "../../support/recorder.ts";
import { TestServer } from "../../support/server.ts";
import { sessionAt, setUp, started } from "../../support/session.ts";

/** Breaks the connection, and lets the session register again. */
async function reconnected(setup: ReturnType<typeof setUp>, peer: Peer): Promise<Peer> {
  peer.close();
  await setup.told.take("disconnected");
  setup.clock.advance(60_000);
  const next = await setup.server.accept();
  await next.welcome();
  return next;
}

Deno.test("the session rejoins a room with its current key", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  await peer.send(":op!u@h MODE #a +ik-l sesame", ":op!u@h MODE #a +v ann");
  await setup.told.take("mode");
  await setup.told.take("mode");
  const second = await reconnected(setup, peer);
  await second.expect(/^JOIN #a sesame$/);
  await second.send(":ann!u@h JOIN #a", ":op!u@h MODE #a +k *", ":irc.test 324 ann #a +ntk tea");
  await setup.told.take("answer");
  const third = await reconnected(setup, second);
  await third.expect(/^JOIN #a tea$/);
  await third.send(":ann!u@h JOIN #a", ":op!u@h MODE #a -k tea");
  await setup.told.take("mode");
  await setup.told.take("mode");
  const fourth = await reconnected(setup, third);
  await fourth.expect(/^JOIN #a$/);
});

Deno.test("the session rejoins a renamed room under its new name, with its key", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  setup.session.join("#ren", "sesame");
  await peer.expect(/^JOIN #ren sesame$/);
  await peer.send(":ann!u@h JOIN #ren", ":op!u@h RENAME #ren #new :");
  await setup.told.take("rename");
  const second = await reconnected(setup, peer);
  await second.join("#a");
  await second.expect(/^JOIN #new sesame$/);
  await second.send(":ann!u@h JOIN #new", ":ann!u@h PART #new", ":ann!u@h JOIN #newer");
  await setup.told.take("part");
  const third = await reconnected(setup, second);
  await third.join("#a");
  await third.expect(/^JOIN #newer sesame$/);
});

Deno.test("in a room that is renamed and gets a key, nothing is missed after a reconnect", async () => {
  await using server = await TestServer.start();
  const op = await server.register("op", { join: "#ren" });
  const told = new Recorder();
  const clock = new FakeClock();
  let socket: BreakableSocket | undefined;
  const session = sessionAt(server.port, told, {
    room: "#ren",
    clock,
    dial: async (hostname, port, signal) =>
      socket = new BreakableSocket(await Deno.connect({ hostname, port, signal })),
  });
  await session.start();
  await told.take("join");
  await op.ask("PRIVMSG #ren :before");
  await op.ask("RENAME #ren #new");
  await op.ask("MODE #new +k sesame");
  await told.take("mode");
  socket?.break();
  await told.take("disconnected");
  await server.until(() => server.server.counts.users === 1, op);
  await op.ask("PRIVMSG #new :meanwhile");
  clock.advance(60_000);
  assertEquals((await told.take("message")).text, "before");
  assertEquals((await told.take("message")).text, "meanwhile");
  assertEquals(session.home, "#new");
  await session.leave("");
});

Deno.test("the session comes back to a room that was renamed while it was offline", async () => {
  await using server = await TestServer.start();
  const op = await server.register("op", { join: "#ren" });
  const told = new Recorder();
  const clock = new FakeClock();
  let socket: BreakableSocket | undefined;
  const session = sessionAt(server.port, told, {
    room: "#ren",
    clock,
    dial: async (hostname, port, signal) =>
      socket = new BreakableSocket(await Deno.connect({ hostname, port, signal })),
  });
  await session.start();
  await told.take("join");
  socket?.break();
  await told.take("disconnected");
  await server.until(() => server.server.counts.users === 1, op);
  await op.ask("RENAME #ren #new");
  session.say("#ren", "I am back");
  session.join("#new");
  clock.advance(60_000);
  assertEquals((await told.take("join")).room, "#new");
  const said = await op.until("PRIVMSG");
  assertEquals(said.params, ["#new", "I am back"]);
  assertEquals(session.home, "#new");
  await session.leave("");
});

Deno.test("the session reconnects before the end of a pause if the user asks for it", async () => {
  await using setup = setUp();
  const { session, told } = setup;
  const peer = await started(setup);
  session.reconnect(); // Has no effect: there is a connection.
  peer.close();
  await told.take("disconnected");
  session.reconnect();
  const next = await setup.server.accept();
  await next.welcome();
  await next.expect(/^JOIN #a$/);
});
