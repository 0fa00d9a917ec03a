import { assertEquals } from "@std/assert";
import { Guard } from "../../shared/guard.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { type Entry, recordTo } from "../support/server.ts";

function guarded() {
  const log: Entry[] = [];
  const clock = new FakeClock();
  const counted = { faults: 0 };
  const guard = new Guard({ clock, log: recordTo(log), onFault: () => counted.faults++ });
  return { clock, counted, guard, log };
}

function boom(): never {
  throw new TypeError("boom");
}

Deno.test("a guard logs an error with its stack, and tells its caller", () => {
  const { guard, log } = guarded();
  assertEquals(guard.run("it failed", { nick: "ada" }, boom), false);
  assertEquals(guard.run("it failed", {}, () => {}), true);
  assertEquals(log.length, 1);
  const [message, { nick, error, stack }] = log[0] ?? ["", {}];
  assertEquals([message, nick, error], ["it failed", "ada", "TypeError: boom"]);
  assertEquals(String(stack).includes("guard_test.ts"), true);
});

Deno.test("an action that fails stops neither a timer nor the clock", () => {
  const { clock, guard, log } = guarded();
  const stop = guard.clock.every(10, boom);
  guard.clock.after(5, boom);
  clock.advance(30);
  assertEquals(log.map(([message]) => message), Array(4).fill("a timer failed"));
  stop();
  assertEquals(clock.pending, 0);
});

Deno.test("a flood of faults is counted; the next line that is logged has the count", () => {
  const { clock, counted, guard, log } = guarded();
  for (let i = 0; i < 1000; i++) guard.run("it failed", {}, boom);
  assertEquals(log.length, 20);
  clock.advance(1000);
  guard.run("it failed", {}, boom);
  assertEquals(log.length, 21);
  assertEquals(log.at(-1)?.[1]["unlogged"], 980);
  assertEquals(counted.faults, 1001);
});
