import { assertEquals } from "@std/assert";
import { Keepalive } from "../../../client/session/keepalive.ts";
import { setUp, started } from "../../support/session.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** Returns a keepalive and the list of its actions. */
function keepalive(clock: FakeClock): { readonly subject: Keepalive; readonly actions: string[] } {
  const actions: string[] = [];
  const subject = new Keepalive(clock, {
    ping: () => actions.push("ping"),
    timeout: () => actions.push("timeout"),
  });
  return { subject, actions };
}

Deno.test("a silent server gets a PING after 20 seconds, and times out half a minute later", () => {
  const clock = new FakeClock();
  const { subject, actions } = keepalive(clock);
  clock.advance(19_999);
  assertEquals(actions, []);
  clock.advance(1);
  assertEquals(actions, ["ping"]);
  clock.advance(30_000);
  assertEquals(actions, ["ping", "timeout"]);
  subject.stop();
  assertEquals(clock.pending, 0);
});

Deno.test("an answer restarts the time", () => {
  const clock = new FakeClock();
  const { subject, actions } = keepalive(clock);
  clock.advance(19_000);
  subject.answered();
  clock.advance(15_000);
  assertEquals(actions, []);
});

Deno.test("a server does not count as silent while the client is not reading", async () => {
  const clock = new FakeClock();
  const { subject, actions } = keepalive(clock);
  const ready = Promise.withResolvers<void>();
  const paused = subject.pause(ready.promise);
  clock.advance(600_000);
  assertEquals(actions, []);
  ready.resolve();
  await paused;
  clock.advance(20_000);
  assertEquals(actions, ["ping"]);
});

Deno.test("a connection that takes no more lines ends in under a minute, even if other users' lines still arrive", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  for (let second = 0; second < 50; second += 10) {
    await peer.send(":bob!u@h PRIVMSG #a :chatter", "PING :x");
    await setup.told.take("message");
    setup.clock.advance(10_000);
  }
  assertEquals((await setup.told.take("disconnected")).reason, "the server no longer answers");
});

Deno.test("a server that answers slowly, but answers, is not given up", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  for (let i = 0; i < 10; i++) {
    setup.clock.advance(40_000);
    await peer.expect(/^PING still-there$/);
    await peer.send(":irc.test PONG irc.test :still-there", ":irc.test NOTE X Y :told");
    await setup.told.take("answer");
  }
  assertEquals(setup.told.events.filter(({ type }) => type === "disconnected"), []);
});
