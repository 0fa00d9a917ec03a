import { assertEquals } from "@std/assert";
import { Moment } from "../../../shared/clock.ts";
import { Refusals } from "../../../server/net/refusals.ts";
import { type Entry, recordTo, TestServer } from "../../support/server.ts";

const at = (ms: number) => new Moment(ms);

Deno.test("the first refusals of a flood are logged, and the others are counted once a minute", () => {
  const entries: Entry[] = [];
  const refusals = new Refusals(recordTo(entries), at(0));
  for (let i = 0; i < 1000; i++) refusals.add("192.0.2.1", "Banned", at(0));
  assertEquals(entries.length, 20);
  assertEquals(entries[0], ["refused", { address: "192.0.2.1", reason: "Banned" }]);
  entries.splice(0);
  refusals.check(at(59_999));
  assertEquals(entries, []);
  refusals.check(at(60_000));
  assertEquals(entries, [["refused more", { count: 980 }]]);
  refusals.check(at(120_000));
  assertEquals(entries.length, 1, "no count is logged for no refusals");
  refusals.add("192.0.2.2", "Banned", at(130_000));
  assertEquals(entries.length, 2, "a later refusal is logged again");
});

Deno.test("the minute starts at the first refusal that is not logged", () => {
  const entries: Entry[] = [];
  const refusals = new Refusals(recordTo(entries), at(0));
  for (let i = 0; i < 21; i++) refusals.add("192.0.2.1", "Banned", at(1_000_000));
  entries.splice(0);
  refusals.check(at(1_059_999));
  assertEquals(entries, []);
  refusals.check(at(1_060_000));
  assertEquals(entries, [["refused more", { count: 1 }]]);
});

Deno.test("a server logs the count while it runs, and when it closes", async () => {
  await using server = await TestServer.start({ limits: { connectionsPerAddress: 1 } });
  await server.register("ada");
  const flood = async () => {
    for (let i = 0; i < 30; i++) await (await server.connect()).untilEnd();
    return server.log.filter(([message]) => message.startsWith("refused"));
  };
  assertEquals((await flood()).length, 20);
  server.clock.advance(61_000);
  assertEquals(server.log.at(-1), ["refused more", { count: 10 }]);
  server.log.splice(0);
  const lines = await flood();
  const closed = server.server.close();
  server.clock.advance(2000);
  await closed;
  const sum = server.log.find(([message]) => message === "refused more");
  assertEquals(sum, ["refused more", { count: 30 - lines.length }]);
});
