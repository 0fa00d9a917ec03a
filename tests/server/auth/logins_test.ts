import { assertEquals, assertNotEquals } from "@std/assert";
import {
  KNOWN_LIMIT,
  Logins,
  REGISTRATION_SECONDS,
  REGISTRATIONS,
  TRIES,
  TRY_SECONDS,
} from "../../../server/auth/logins.ts";
import { openStore } from "../../../server/store/open.ts";
import type { Store } from "../../../server/store/store.ts";
import { testOptions } from "../../support/server.ts";
import { FakeClock } from "../../support/fake_clock.ts";

function memory(): Store {
  return openStore(testOptions());
}

function newLogins(clock = new FakeClock()): Logins {
  return new Logins(clock, { keep() {}, records: () => [] });
}

/** Fails `count` logins; returns for each whether the attempt was allowed. */
function tries(logins: Logins, count: number, address: string, name: string): boolean[] {
  return Array.from({ length: count }, () => {
    const allowed = logins.mayTry(address, name);
    if (allowed) logins.failed(address, name);
    return allowed;
  });
}

Deno.test("the failed logins of an address are limited over all accounts, and after some time one more is allowed", () => {
  const clock = new FakeClock();
  const logins = newLogins(clock);
  for (let i = 0; i < TRIES; i++) assertEquals(tries(logins, 1, "192.0.2.1", `a${i}`), [true]);
  assertEquals(logins.mayTry("192.0.2.1", "b"), false);
  assertEquals(logins.mayTry("192.0.2.2", "b"), true);
  clock.advance(TRY_SECONDS * 1000);
  assertEquals(tries(logins, 2, "192.0.2.1", "b"), [true, false]);
});

Deno.test("the failed logins of an account are limited over all addresses, whatever the case of its name", () => {
  const logins = newLogins();
  for (let i = 0; i < TRIES; i++) {
    assertEquals(tries(logins, 1, `192.0.2.${i}`, i % 2 ? "ada" : "ADA"), [true]);
  }
  assertEquals(logins.mayTry("192.0.2.200", "ada"), false);
  assertEquals(logins.mayTry("192.0.2.200", "bob"), true);
});

Deno.test("failed logins elsewhere do not lock an account at an address of an earlier login", () => {
  const logins = newLogins();
  logins.succeeded("192.0.2.200", "Ada");
  logins.succeeded("192.0.2.201", "bob");
  for (let i = 0; i < TRIES; i++) tries(logins, 1, `192.0.2.${i}`, "ada");
  assertEquals(logins.mayTry("192.0.2.201", "ada"), false);
  assertEquals(tries(logins, TRIES + 1, "192.0.2.200", "ada").lastIndexOf(true), TRIES - 1);
});

Deno.test("the addresses of the latest logins are remembered, up to a limit", () => {
  const logins = newLogins();
  for (let i = 0; i < TRIES; i++) tries(logins, 1, `192.0.2.${i}`, "ada");
  const addresses = Array.from({ length: KNOWN_LIMIT }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
  for (const address of addresses) logins.succeeded(address, "ada");
  logins.succeeded("10.0.0.0", "ada");
  logins.succeeded("10.1.0.0", "ada");
  const allowed = ["10.0.0.0", "10.0.0.1", "10.0.0.2", "10.1.0.0"].map((each) =>
    logins.mayTry(each, "ada")
  );
  assertEquals(allowed, [true, false, true, true]);
});

Deno.test("the IPv6 addresses of one host count as one", () => {
  const logins = newLogins();
  for (let i = 0; i < TRIES; i++) tries(logins, 1, `2001:db8::${i.toString(16)}`, `a${i}`);
  assertEquals(logins.mayTry("2001:db8::ffff", "b"), false);
  assertEquals(logins.mayTry("2001:db9::1", "b"), true);
});

Deno.test("only failed logins count, so that a whole office can reconnect at once", () => {
  const logins = newLogins();
  for (let i = 0; i < 3 * TRIES; i++) assertEquals(logins.mayTry("192.0.2.1", "ada"), true);
});

Deno.test("the accounts registered from an address are limited, and after some time one more is allowed", () => {
  const clock = new FakeClock();
  const logins = newLogins(clock);
  for (let i = 0; i < REGISTRATIONS; i++) assertEquals(logins.mayRegister("192.0.2.1"), true);
  assertEquals(logins.mayRegister("192.0.2.1"), false);
  assertEquals(logins.mayRegister("192.0.2.2"), true);
  clock.advance(REGISTRATION_SECONDS * 1000);
  assertEquals(logins.mayRegister("192.0.2.1"), true);
});

Deno.test("the fake keys of an unknown account are stable on a server, and differ between servers", () => {
  const clock = new FakeClock();
  const [store, another] = [memory(), memory()];
  const told = new Logins(clock, store).keysOf("eve", undefined);
  store.commit();
  assertEquals(new Logins(clock, store).keysOf("EVE", undefined), told);
  assertNotEquals(new Logins(clock, another).keysOf("eve", undefined), told);
  for (const each of [store, another]) each.close();
});
