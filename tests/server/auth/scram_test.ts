import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { decoyKeys, readOpening, ScramChallenge, scramKeys } from "../../../server/auth/scram.ts";

// The exchange of RFC 7677, section 3.
const SALT = Uint8Array.from(atob("W22ZaJ0SNY7soEsUEjb6gQ=="), (c) => c.charCodeAt(0));
const OPENING = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
const SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
const NONCE = `rOprNGfwEbeRWgbNEkqO${SERVER_NONCE}`;
const FINAL = `c=biws,r=${NONCE},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`;

async function challenge(): Promise<ScramChallenge> {
  const read = readOpening(OPENING);
  assert(read);
  return new ScramChallenge(read, await scramKeys("pencil", SALT, 4096), SERVER_NONCE);
}

Deno.test("the server's messages equal those of the exchange in RFC 7677", async () => {
  const { text } = await challenge();
  assertEquals(text, `r=${NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`);
  const answer = (await challenge()).answer(FINAL);
  assertEquals(answer, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
});

Deno.test("a proof for another exchange, or an invalid one, is rejected", async () => {
  const wrong = [
    FINAL.replace("p=d", "p=e"),
    FINAL.replace("c=biws", "c=eSws"),
    FINAL.replace(NONCE, `${NONCE}x`),
    FINAL.replace(SERVER_NONCE, ""),
    FINAL.replace(/p=.*/, "p="),
    FINAL.replace(/,p=.*/, ""),
    "",
  ];
  for (const message of wrong) {
    assertEquals((await challenge()).answer(message), undefined, message);
  }
});

Deno.test("an opening is parsed, and one with unsupported features is refused", () => {
  assertEquals(readOpening("y,,n=a=2Cb=3Dc,r=x"), {
    name: "a,b=c",
    header: "y,,",
    bare: "n=a=2Cb=3Dc,r=x",
    nonce: "x",
  });
  assertEquals(readOpening("n,a=ada,n=ada,r=x")?.name, "ada");
  const refused = [
    "p=tls-unique,,n=ada,r=x",
    "n,a=bob,n=ada,r=x",
    "n,,n=,r=x",
    "n,,n=ada,r=",
    "n,,m=1,n=ada,r=x",
    `n,,n=ada,r=${"x".repeat(129)}`,
    "n,,n=ada,r=a b",
    "",
  ];
  for (const opening of refused) assertEquals(readOpening(opening), undefined, opening);
});

Deno.test("the fake keys of an unknown account are stable, and look like real ones", async () => {
  const secret = new Uint8Array(32);
  const keys = decoyKeys(secret, "eve");
  assertEquals(keys, decoyKeys(secret, "eve"));
  assertNotEquals(keys.salt, decoyKeys(secret, "bob").salt);
  const real = await scramKeys("pencil");
  assertEquals([keys.salt.length, keys.iterations], [real.salt.length, real.iterations]);
});
