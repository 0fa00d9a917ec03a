import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Passwords } from "../server/accounts/passwords.ts";

Deno.test("the right password is recognized, whatever form its letters have, and no other", async () => {
  const passwords = new Passwords();
  const kept = await passwords.credentials("Se\u0301same ①");
  assertEquals(await passwords.matches("Sésame 1", kept), true);
  assertEquals(await passwords.matches("sésame 1", kept), false);
  assertEquals(await passwords.matches("", kept), false);
});

Deno.test("what is kept does not show the password, nor that two are the same", async () => {
  const passwords = new Passwords();
  const [one, other] = await Promise.all(["sesame", "sesame"].map((p) => passwords.credentials(p)));
  assert(!JSON.stringify(one).includes("sesame"));
  assertNotEquals(one?.scrypt.hash, other?.scrypt.hash);
  assertNotEquals(one?.scram.storedKey, other?.scram.storedKey);
});

Deno.test("credentials can be kept as JSON, with the cost that they were made at", async () => {
  const passwords = new Passwords();
  const kept = JSON.parse(JSON.stringify(await passwords.credentials("sesame")));
  assertEquals(await passwords.matches("sesame", kept), true);
  const cheaper = { ...kept, scrypt: { ...kept.scrypt, cost: 2 } };
  assertEquals(await passwords.matches("sesame", cheaper), false);
});

Deno.test("without an account, every password is wrong after the same work", async () => {
  const passwords = new Passwords();
  const kept = await passwords.credentials("sesame");
  const start = performance.now();
  assertEquals(await passwords.matches("wrong", kept), false);
  const between = performance.now();
  assertEquals(await passwords.matches("wrong", undefined), false);
  const ratio = (performance.now() - between) / (between - start);
  assert(ratio > 0.2 && ratio < 5, `without an account, it took ${ratio} times as long`);
});

Deno.test("the event loop goes on while many passwords are checked, and all get their turn", async () => {
  const passwords = new Passwords();
  const kept = await passwords.credentials("sesame");
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const checks = Array.from(
    { length: 12 },
    (_, i) => passwords.matches(i % 2 ? "x" : "sesame", kept),
  );
  assertEquals(passwords.isBusy, false);
  const results = await Promise.all(checks);
  clearInterval(timer);
  assertEquals(results.filter((isRight) => isRight).length, 6);
  assert(turns > 12, `the event loop turned ${turns} times`);
});

Deno.test("when too many wait, that can be seen", async () => {
  const passwords = new Passwords();
  // None of them begins before this test lets it: what is seen is how many wait.
  const checks = Array.from({ length: 204 }, () => passwords.matches("x", CHEAP));
  assertEquals(passwords.isBusy, true);
  await Promise.all(checks);
  assertEquals(passwords.isBusy, false);
});

const CHEAP = {
  scrypt: { salt: "", hash: btoa("\0".repeat(32)), cost: 2, blockSize: 1, parallelization: 1 },
  scram: { salt: "", iterations: 1, storedKey: "", serverKey: "" },
};
