import { assertEquals } from "@std/assert";
import { countTimers, RunningTime, systemClock } from "../../shared/clock.ts";

Deno.test("time during which the process did not run does not count", () => {
  let now = 0;
  const running = new RunningTime(() => now);
  const start = running.moment();
  const { beat, end } = running.beats(100);
  now = 100;
  beat();
  now = 240_100;
  const woken = running.moment();
  assertEquals([woken.since(start), woken.allSince(start)], [200, 240_100]);
  beat();
  now = 240_200;
  assertEquals(running.moment().since(woken), 100);
  end();
  now = 1_000_000;
  assertEquals(running.moment().since(woken), 759_900, "nothing is due that could be late");
});

Deno.test("a stop of the process counts once, however many timers are late", () => {
  let now = 0;
  const running = new RunningTime(() => now);
  const start = running.moment();
  const timers = [running.beats(100), running.beats(5000)];
  now = 60_000;
  for (const { beat } of timers) beat();
  assertEquals(running.moment().since(start), 100);
});

Deno.test("a timer counts until it rings or is canceled", async () => {
  const before = countTimers();
  const { promise, resolve } = Promise.withResolvers<void>();
  systemClock.after(0, resolve);
  const cancel = [systemClock.after(60_000, () => {}), systemClock.every(60_000, () => {})];
  assertEquals(countTimers() - before, 3);
  await promise;
  assertEquals(countTimers() - before, 2);
  for (const each of cancel) each();
  assertEquals(countTimers() - before, 0);
});
