import { assertEquals } from "@std/assert";
import { Keepalive } from "../../../client/session/keepalive.ts";
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

Deno.test("a silent server gets a PING after a minute, and times out half a minute later", () => {
  const clock = new FakeClock();
  const { subject, actions } = keepalive(clock);
  clock.advance(59_999);
  assertEquals(actions, []);
  clock.advance(1);
  assertEquals(actions, ["ping"]);
  clock.advance(30_000);
  assertEquals(actions, ["ping", "timeout"]);
  subject.stop();
  assertEquals(clock.pending, 0);
});

Deno.test("received data restarts the minute", () => {
  const clock = new FakeClock();
  const { subject, actions } = keepalive(clock);
  clock.advance(50_000);
  subject.received();
  clock.advance(50_000);
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
  clock.advance(60_000);
  assertEquals(actions, ["ping"]);
});
