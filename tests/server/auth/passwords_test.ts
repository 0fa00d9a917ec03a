import { Buffer } from "node:buffer";
import { scryptSync } from "node:crypto";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { Applicant } from "../../../server/auth/fair_queue.ts";
import { Passwords } from "../../../server/auth/passwords.ts";
import { processorTime } from "../../support/processor_time.ts";

const ADA: Applicant = { address: "192.0.2.1", account: "ada" };

Deno.test("only the right password matches, in any Unicode form", async () => {
  const passwords = new Passwords();
  const credentials = await passwords.credentials("Se\u0301same ①", ADA);
  assertEquals(await passwords.matches("Sésame 1", credentials, ADA), true);
  assertEquals(await passwords.matches("sésame 1", credentials, ADA), false);
  assertEquals(await passwords.matches("", credentials, ADA), false);
});

Deno.test("a password that an earlier version hashed without SASLprep still matches", async () => {
  const passwords = new Passwords();
  const { scrypt, scram } = await passwords.credentials("sesame", ADA);
  const salt = Buffer.from(scrypt.salt, "base64");
  const { cost: N, blockSize: r, parallelization: p } = scrypt;
  const hash = scryptSync("se\u00adsame", salt, 32, { N, r, p, maxmem: 2 ** 27 });
  const former = { scrypt: { ...scrypt, hash: hash.toString("base64") }, scram };
  assertEquals(await passwords.matches("se\u00adsame", former, ADA), true);
  assertEquals(await passwords.matches("sesame", former, ADA), false);
});

Deno.test("credentials reveal neither the password nor that two passwords are equal", async () => {
  const passwords = new Passwords();
  const [one, other] = await Promise.all(
    ["sesame", "sesame"].map((p) => passwords.credentials(p, ADA)),
  );
  assert(!JSON.stringify(one).includes("sesame"));
  assertNotEquals(one?.scrypt.hash, other?.scrypt.hash);
  assertNotEquals(one?.scram.storedKey, other?.scram.storedKey);
});

Deno.test("credentials survive JSON, with their own cost", async () => {
  const passwords = new Passwords();
  const credentials = JSON.parse(JSON.stringify(await passwords.credentials("sesame", ADA)));
  assertEquals(await passwords.matches("sesame", credentials, ADA), true);
  const cheaper = { ...credentials, scrypt: { ...credentials.scrypt, cost: 2 } };
  assertEquals(await passwords.matches("sesame", cheaper, ADA), false);
});

Deno.test("without an account, every password is wrong and takes the same work", async () => {
  const passwords = new Passwords();
  const credentials = await passwords.credentials("sesame", ADA);
  const forWrong = processorTime();
  assertEquals(await passwords.matches("wrong", credentials, ADA), false);
  const wrongMs = forWrong();
  const forNone = processorTime();
  assertEquals(await passwords.matches("wrong", undefined, ADA), false);
  const ratio = forNone() / wrongMs;
  assert(ratio > 0.2 && ratio < 5, `without an account, it took ${ratio} times as long`);
});

Deno.test("the event loop keeps running while many passwords are checked", async () => {
  const passwords = new Passwords();
  const credentials = await passwords.credentials("sesame", ADA);
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const checks = Array.from(
    { length: 12 },
    (_, i) => passwords.matches(i % 2 ? "x" : "sesame", credentials, ADA),
  );
  assertEquals(passwords.isBusy(ADA.address), false);
  const results = await Promise.all(checks);
  clearInterval(timer);
  assertEquals(results.filter((isRight) => isRight).length, 6);
  assert(turns > 12, `the event loop turned ${turns} times`);
});

Deno.test("isBusy is true while too many checks are queued", async () => {
  const passwords = new Passwords();
  // No check starts before this test awaits, so isBusy counts all of them.
  const checks = Array.from({ length: 204 }, () => passwords.matches("x", CHEAP, ADA));
  assertEquals(passwords.isBusy(ADA.address), true);
  await Promise.all(checks);
  assertEquals(passwords.isBusy(ADA.address), false);
});

const CHEAP = {
  scrypt: { salt: "", hash: btoa("\0".repeat(32)), cost: 2, blockSize: 1, parallelization: 1 },
  scram: { salt: "", iterations: 1, storedKey: "", serverKey: "" },
};
