import { assertEquals } from "@std/assert";
import { OWNED_LIMITS, OwnedCounts, Ranks } from "../../../server/state/ranks.ts";
import { Random } from "../../support/random.ts";

Deno.test("the counted rooms of an account are those that it owns, after any changes", () => {
  const random = new Random(3);
  const counts = new OwnedCounts();
  const rooms = Array.from({ length: 2 * OWNED_LIMITS.perAccount }, () => new Ranks());
  const counted = new Set<Ranks>();
  for (let step = 0; step < 20_000; step++) {
    const room = random.pick(rooms);
    const account = random.pick(["ada", "bob"]);
    // Rooms are owned more often in the first half of the steps than in the second.
    const owns = random.next() < (step < 10_000 ? 0.8 : 0.2);
    const action = random.below(20);
    if (action === 0) room.clear();
    else if (action === 1) room.delete(account);
    else room.set(account, owns ? "qo" : "o");
    const isCounted = random.below(10) > 0;
    room.countIn(isCounted ? counts : undefined);
    if (isCounted) counted.add(room);
    else counted.delete(room);
    const owned = [...counted].filter((each) => each.get("ada")?.includes("q")).length;
    assertEquals(counts.hasRoom("ada"), owned < OWNED_LIMITS.perAccount, `step ${step}`);
  }
});
