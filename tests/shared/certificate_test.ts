import { assert, assertEquals } from "@std/assert";
import { X509Certificate } from "node:crypto";
import { fingerprintOf } from "../../shared/fingerprint.ts";
import { makeCertificate } from "../../shared/certificate.ts";

const YEAR_MS = 365 * 86_400_000;

Deno.test("a certificate is valid for the names, addresses and days it was made for", async () => {
  const names = ["chat.example", "127.0.0.1", "::1"];
  const { cert } = await makeCertificate({ names, days: 3650 });
  const made = new X509Certificate(cert);
  assertEquals(made.checkHost("chat.example"), "chat.example");
  assertEquals(made.checkHost("other.example"), undefined);
  assertEquals(made.checkIP("127.0.0.1"), "127.0.0.1");
  assertEquals(made.checkIP("::1"), "::1");
  const left = Date.parse(made.validTo) - Date.now();
  assert(left > 9.9 * YEAR_MS && left < 10.1 * YEAR_MS, made.validTo);
  assert(Date.parse(made.validFrom) < Date.now(), made.validFrom);
});

Deno.test("a certificate is signed with its own key, and comes with its fingerprint", async () => {
  const { key, cert, fingerprint } = await makeCertificate({ names: ["localhost"], days: 1 });
  const made = new X509Certificate(cert);
  assert(made.verify(made.publicKey));
  assert(key.startsWith("-----BEGIN PRIVATE KEY-----\n"), "the key is PKCS #8 in PEM");
  assertEquals(fingerprint, fingerprintOf(made.raw));
});

Deno.test("a client certificate contains no names", async () => {
  const { cert } = await makeCertificate({ names: [], days: 1 });
  const { subject, subjectAltName } = new X509Certificate(cert);
  assertEquals([subject, subjectAltName], ["CN=chat", undefined]);
});

Deno.test("every certificate is different, and one can be made that has expired", async () => {
  const [one, other] = [
    await makeCertificate({ names: ["localhost"], days: -1 }),
    await makeCertificate({ names: ["localhost"], days: -1 }),
  ];
  assert(one.fingerprint !== other.fingerprint);
  const { validFrom, validTo } = new X509Certificate(one.cert);
  assert(Date.parse(validFrom) < Date.parse(validTo) && Date.parse(validTo) < Date.now(), validTo);
});
