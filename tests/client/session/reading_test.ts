import { assertEquals } from "@std/assert";
import { type Position, Reading } from "../../../client/session/reading.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const FUTURE = Date.UTC(2036, 0, 1);

/** A reading state, the positions that it keeps, and the markers that it sends. */
function setUp(known: readonly (readonly [string, Position])[] = []) {
  const clock = new FakeClock(Date.UTC(2026, 10, 29));
  const kept: [string, Position][] = [];
  const sent: string[] = [];
  const parts = {
    clock,
    names: () => ({ fold: (name: string) => name.toLowerCase() }),
    mark: ({ params }: { params: readonly string[] }) => void sent.push(params.join(" ")),
  };
  const reading = new Reading(parts, {
    find: () => new Map(known),
    keep: (positions) => void kept.push(...positions),
  });
  return { clock, kept, reading, sent };
}

Deno.test("a message from the future is read up to the present, and later messages after it", () => {
  const { clock, kept, reading, sent } = setUp();
  reading.read("#a", { time: FUTURE, id: "x" });
  reading.flush();
  clock.advance(5000);
  reading.read("#a", { time: clock.now() - 1000, id: "y" });
  reading.flush();
  assertEquals(sent, [
    "#a timestamp=2026-11-29T00:00:00.000Z",
    "#a timestamp=2026-11-29T00:00:04.000Z",
  ]);
  assertEquals(kept.map(([, { id }]) => id), ["x", "y"]);
});

Deno.test("neither a marker nor a kept position from the future keeps messages from being read", () => {
  const { clock, reading, sent } = setUp([["#a", { time: FUTURE, id: "x" }]]);
  reading.marked("#b", FUTURE);
  const start = clock.now();
  for (const room of ["#a", "#b"]) {
    assertEquals(reading.find(room)?.time, start);
    clock.advance(1000);
    reading.read(room, { time: clock.now(), id: "y" });
  }
  reading.flush();
  assertEquals(sent, [
    "#a timestamp=2026-11-29T00:00:01.000Z",
    "#b timestamp=2026-11-29T00:00:02.000Z",
  ]);
});

Deno.test("the clock of a server may be ahead by minutes", () => {
  const { clock, reading } = setUp();
  const time = clock.now() + 10 * 60_000;
  reading.read("#a", { time });
  assertEquals(reading.find("#a")?.time, time);
});
