import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { Cloaks } from "../../../server/core/cloaks.ts";
import { openStore } from "../../../server/store/open.ts";
import { testOptions } from "../../support/server.ts";

/** Returns the cloaks of a new server. */
function newCloaks(): Cloaks {
  return new Cloaks(openStore(testOptions()), () => true);
}

const labelsOf = (cloak: string) => cloak.split(".");

Deno.test("a cloak has a label for the address and for each range around it", () => {
  const cloaks = newCloaks();
  const pairs: [one: string, other: string, sameLabels: number][] = [
    ["192.0.2.1", "192.0.2.1", 3],
    ["192.0.2.1", "192.0.2.2", 2],
    ["192.0.2.1", "192.0.3.1", 1],
    ["192.0.2.1", "192.1.2.1", 0],
    ["2001:db8:0:1::1", "2001:db8:0:1:ffff::2", 3],
    ["2001:db8:0:1::1", "2001:db8:0:2::1", 2],
    ["2001:db8:0:1::1", "2001:db8:1::1", 1],
    ["2001:db8:0:1::1", "2001:db9::1", 0],
    ["127.0.0.1", "0::1", 0],
  ];
  for (const [one, other, sameLabels] of pairs) {
    const [first, second] = [cloaks.hostOf(one), cloaks.hostOf(other)];
    assertMatch(first, /^(?:[a-z2-7]{6}\.){3}ip$/);
    const shared = labelsOf(first).filter((label) => labelsOf(second).includes(label));
    assertEquals(shared, labelsOf(first).slice(-1 - sameLabels), `${one} and ${other}`);
  }
});

Deno.test("a form of an address that a cloak cannot divide still has one", () => {
  assertMatch(newCloaks().hostOf("fe80::1%eth0"), /^(?:[a-z2-7]{6}\.)+ip$/);
});

Deno.test("each server has its own cloaks, and keeps them", () => {
  const store = openStore(testOptions());
  const host = new Cloaks(store, () => true).hostOf("192.0.2.1");
  store.commit();
  assertEquals(new Cloaks(store, () => true).hostOf("192.0.2.1"), host);
  assertNotEquals(newCloaks().hostOf("192.0.2.1"), host);
});

Deno.test("a host that an operator chose is not replaced by a cloak", () => {
  const cloaks = newCloaks();
  const host = cloaks.hostOf("192.0.2.1");
  assertEquals(cloaks.renewed("192.0.2.1", "192.0.2.1"), host);
  assertEquals(cloaks.renewed(host, "192.0.2.1"), host);
  assertEquals(cloaks.renewed("user/ada", "192.0.2.1"), "user/ada");
  const store = openStore(testOptions());
  const uncloaked = new Cloaks(store, () => false);
  store.commit();
  const before = new Cloaks(store, () => true).hostOf("192.0.2.1");
  assertEquals(uncloaked.renewed(before, "192.0.2.1"), "192.0.2.1");
});
