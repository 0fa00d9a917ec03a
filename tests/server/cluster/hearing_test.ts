import { assertEquals } from "@std/assert";
import { Hearing } from "../../../server/cluster/hearing.ts";

Deno.test("a process that is connected and runs hears the others", () => {
  const hearing = new Hearing(0);
  assertEquals([hearing.failed(100, true), hearing.recovers(100)], [false, false]);
});

Deno.test("a process without a connection hears nobody, and gives the others time once it is back", () => {
  const hearing = new Hearing(0);
  assertEquals([hearing.failed(100, false), hearing.failed(200, true)], [true, false]);
  assertEquals([hearing.recovers(2000), hearing.recovers(2200)], [true, false]);
});

Deno.test("a process that stood still has not heard the others", () => {
  const hearing = new Hearing(0);
  assertEquals([hearing.failed(5000, true), hearing.failed(5100, true)], [true, false]);
  assertEquals(hearing.recovers(5100), true);
});
