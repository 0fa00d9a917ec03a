import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { X509Certificate } from "node:crypto";
import { makeCertificate } from "../../../shared/certificate.ts";
import { loadOrMakeKey } from "../../../client/net/own_key.ts";
import { UserError } from "../../../shared/errors.ts";
import { keyOfKind } from "../../support/fixture.ts";
import { TempFolder } from "../../support/temp_folder.ts";

Deno.test("a key is made on first use and kept", async () => {
  using folder = new TempFolder();
  const path = `${folder.path}/a/chat/key.pem`;
  const made = await loadOrMakeKey(path);
  assertEquals(await loadOrMakeKey(path), made);
  assertEquals(Deno.readTextFileSync(path), made.key + made.cert);
  assertEquals([...Deno.readDirSync(`${folder.path}/a/chat`)].map(({ name }) => name), ["key.pem"]);
});

Deno.test("the certificate does not identify the user, and is valid for years", async () => {
  using folder = new TempFolder();
  const { cert } = await loadOrMakeKey(`${folder.path}/key.pem`);
  const { subject, issuer, subjectAltName, validTo } = new X509Certificate(cert);
  assertEquals([subject, issuer, subjectAltName], ["CN=chat", "CN=chat", undefined]);
  assert(Date.parse(validTo) > Date.now() + 9 * 365 * 86_400_000);
});

Deno.test("two clients that start at once get the same key", async () => {
  using folder = new TempFolder();
  const path = `${folder.path}/key.pem`;
  const [one, other] = await Promise.all([loadOrMakeKey(path), loadOrMakeKey(path)]);
  assertEquals(one, other);
  assertEquals(Deno.readTextFileSync(path), one.key + one.cert);
});

Deno.test({
  name: "only the user can read the key",
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = new TempFolder();
    const path = `${folder.path}/chat/key.pem`;
    await loadOrMakeKey(path);
    const modes = [path, `${folder.path}/chat`].map((each) =>
      (Deno.statSync(each).mode ?? 0) & 0o777
    );
    assertEquals(modes, [0o600, 0o700]);
  },
});

Deno.test("a key made by another program is used, in either order of key and certificate", async () => {
  using folder = new TempFolder();
  const { key, cert } = await makeCertificate({ names: [], days: 1 });
  assertEquals(await loadOrMakeKey(folder.write("key.pem", `mine:\n${cert}\n${key}`)), {
    key,
    cert,
  });
});

Deno.test("an error names a file that is not a key, and the file stays as it is", async () => {
  using folder = new TempFolder();
  const [one, other] = [
    await makeCertificate({ names: [], days: 1 }),
    await makeCertificate({ names: [], days: 1 }),
  ];
  const texts = ["", "secret", one.key, one.cert, one.key + other.cert];
  for (const text of texts) {
    const path = folder.write("key.pem", text);
    await assertRejects(() => loadOrMakeKey(path), UserError, `${path}, the key by which`);
    assertEquals(Deno.readTextFileSync(path), text);
  }
});

Deno.test("an error names the kind of a key that servers do not accept", async () => {
  using folder = new TempFolder();
  for (const [kind, name] of [["rsa-1024", "RSA, 1024 bits"], ["rsa-pss", "RSA-PSS"]]) {
    const { key, cert } = keyOfKind(kind ?? "");
    const path = folder.write("key.pem", key + cert);
    const { message } = await assertRejects(() => loadOrMakeKey(path), UserError);
    assertStringIncludes(
      message,
      `of a kind that TLS servers do not accept, ${name}; accepted are RSA`,
    );
  }
});

Deno.test("an error names XDG_CONFIG_HOME if the key can be neither read nor written", async () => {
  using folder = new TempFolder();
  const file = folder.write("file", "");
  for (const path of [folder.path, `${file}/key.pem`]) {
    await assertRejects(() => loadOrMakeKey(path), UserError, "set XDG_CONFIG_HOME");
  }
});
