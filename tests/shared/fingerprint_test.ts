import { assertEquals } from "@std/assert";
import { fingerprintOf, isFingerprint } from "../../shared/fingerprint.ts";

Deno.test("a fingerprint is a SHA-256 hash in lower-case hexadecimal digits", () => {
  const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assertEquals(fingerprintOf(new TextEncoder().encode("abc")), abc);
});

Deno.test("an incomplete fingerprint is rejected", () => {
  const whole = fingerprintOf(new Uint8Array());
  assertEquals(isFingerprint(whole), true);
  for (
    const text of [
      "",
      whole.slice(1),
      `${whole}0`,
      whole.toUpperCase(),
      `${whole}\n`,
      `g${whole.slice(1)}`,
    ]
  ) assertEquals(isFingerprint(text), false, text);
});
