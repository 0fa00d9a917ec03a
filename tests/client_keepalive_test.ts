import { assertEquals } from "@std/assert";
import { Keepalive } from "../client/keepalive.ts";
import { FakeClock } from "./support/fake_clock.ts";

/** A keepalive, and what it did. */
function keepalive(clock: FakeClock): { readonly subject: Keepalive; readonly done: string[] } {
  const done: string[] = [];
  const subject = new Keepalive(clock, {
    ask: () => done.push("ask"),
    gone: () => done.push("gone"),
  });
  return { subject, done };
}

Deno.test("silence is asked about after a minute, and is the end half a minute later", () => {
  const clock = new FakeClock();
  const { subject, done } = keepalive(clock);
  clock.advance(59_999);
  assertEquals(done, []);
  clock.advance(1);
  assertEquals(done, ["ask"]);
  clock.advance(30_000);
  assertEquals(done, ["ask", "gone"]);
  subject.stop();
  assertEquals(clock.pending, 0);
});

Deno.test("whatever comes begins the minute anew", () => {
  const clock = new FakeClock();
  const { subject, done } = keepalive(clock);
  clock.advance(50_000);
  subject.heard();
  clock.advance(50_000);
  assertEquals(done, []);
});

Deno.test("a server that nobody listens to is not silent", async () => {
  const clock = new FakeClock();
  const { subject, done } = keepalive(clock);
  const ready = Promise.withResolvers<void>();
  const paused = subject.pause(ready.promise);
  clock.advance(600_000);
  assertEquals(done, []);
  ready.resolve();
  await paused;
  clock.advance(60_000);
  assertEquals(done, ["ask"]);
});
