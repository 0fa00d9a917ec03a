import { assert, assertEquals } from "@std/assert";
import { Moment } from "../../shared/clock.ts";
import { TokenBucket, TokenBuckets } from "../../shared/rate.ts";
import { Random } from "../support/random.ts";

const at = (ms: number) => new Moment(ms);

Deno.test("a burst passes at once, and further tokens have to wait", () => {
  const bucket = new TokenBucket(2, 3, at(0));
  const waits = Array.from({ length: 6 }, () => bucket.take(at(0)));
  assertEquals(waits, [0, 0, 0, 500, 1000, 1500]);
});

Deno.test("a bucket refills with time, up to the burst", () => {
  const bucket = new TokenBucket(2, 2, at(0));
  assertEquals([bucket.take(at(0)), bucket.take(at(0))], [0, 0]);
  assertEquals(bucket.take(at(500)), 0);
  assertEquals(bucket.take(at(500)), 500);
  const later = 1_000_000;
  assertEquals([bucket.take(at(later)), bucket.take(at(later)), bucket.take(at(later))], [
    0,
    0,
    500,
  ]);
});

Deno.test("an earlier moment neither adds nor removes tokens", () => {
  const bucket = new TokenBucket(1, 1, at(10_000));
  assertEquals(bucket.take(at(10_000)), 0);
  assertEquals(bucket.take(at(0)), 1000);
  assertEquals(bucket.take(at(2000)), 0);
});

Deno.test("a caller that waits as told never exceeds the rate", () => {
  const random = new Random(8);
  for (let run = 0; run < 200; run++) {
    const perSecond = 1 + random.below(50);
    const burst = 1 + random.below(20);
    const bucket = new TokenBucket(perSecond, burst, at(0));
    let now = 0;
    for (let taken = 1; taken <= 200; taken++) {
      now += random.below(100);
      now += bucket.take(at(now));
      assert(taken <= burst + now * perSecond / 1000 + 1e-6, `${taken} taken after ${now} ms`);
    }
  }
});

Deno.test("each key has a bucket of its own, and has() does not consume a token", () => {
  const buckets = new TokenBuckets(1, 1, 3);
  assertEquals([buckets.has("a", at(0)), buckets.has("a", at(0))], [true, true]);
  assertEquals([buckets.tryTake("a", at(0)), buckets.tryTake("b", at(0))], [true, true]);
  assertEquals([buckets.has("a", at(0)), buckets.tryTake("a", at(0))], [false, false]);
  assertEquals([buckets.has("a", at(1000)), buckets.tryTake("a", at(1000))], [true, true]);
});

Deno.test("the number of keys is limited, and the least recently used one is dropped", () => {
  const buckets = new TokenBuckets(1, 1, 3);
  for (const key of ["a", "b", "c", "a", "d"]) buckets.tryTake(key, at(0));
  assertEquals(["a", "c", "d"].map((key) => buckets.tryTake(key, at(0))), [false, false, false]);
  assertEquals(buckets.tryTake("b", at(0)), true);
});
