import { assert, assertEquals } from "@std/assert";
import { EventIds, idAt, isEventId, numberOf, textOf, timeOf } from "../../../server/events/ids.ts";

const NOW = Date.UTC(2026, 10, 23);

Deno.test("ids ascend, as text and as numbers, even within one millisecond", () => {
  const ids = new EventIds();
  const given = Array.from({ length: 5000 }, (_, i) => ids.next(NOW + Math.floor(i / 2500)));
  assertEquals([...given].sort(), given);
  assertEquals(new Set(given).size, given.length);
  assertEquals(given.map(numberOf).map(textOf), given);
  for (const id of given) assert(isEventId(id), id);
});

Deno.test("an id contains the time of its event, and a time can be compared with ids", () => {
  const ids = new EventIds();
  const [one, two, three] = [NOW, NOW + 1, NOW + 2].map((time) => ids.next(time));
  assert(one && two && three);
  assertEquals([one, two, three].map(timeOf), [NOW, NOW + 1, NOW + 2]);
  assert(
    idAt(NOW) < one && one < idAt(NOW + 1) && idAt(NOW + 1) < two,
    "no event has the first id of a millisecond",
  );
  assert(idAt(0) < one && idAt(-5) === idAt(0));
  const [later, latest] = [Date.UTC(5000, 0), Date.UTC(9999, 0)];
  assert(idAt(later) < idAt(latest) && isEventId(idAt(latest)), "ids ascend up to the year 9999");
});

Deno.test("ids still ascend if the clock is set back, and after a restart", () => {
  const ids = new EventIds();
  const before = ids.next(NOW);
  const after = ids.next(NOW - 3_600_000);
  assert(after > before);
  assert(new EventIds(after).next(NOW - 3_600_000) > after);
});

Deno.test("text that is not an id is rejected", () => {
  for (const text of ["", "x", "0HTGOOPOG0A", "0htgoopog0", "0htgoopog0aa", "0htgoopog0 "]) {
    assert(!isEventId(text), text);
  }
});
