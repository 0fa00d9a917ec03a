import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { noKeys, readOpening, ScramChallenge, scramKeys } from "../server/accounts/scram.ts";

// The exchange of RFC 7677, section 3.
const SALT = Uint8Array.from(atob("W22ZaJ0SNY7soEsUEjb6gQ=="), (c) => c.charCodeAt(0));
const OPENING = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
const SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
const NONCE = `rOprNGfwEbeRWgbNEkqO${SERVER_NONCE}`;
const FINAL = `c=biws,r=${NONCE},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`;

async function challenge(opening = OPENING): Promise<ScramChallenge> {
  const read = readOpening(opening);
  assert(read);
  return new ScramChallenge(read, await scramKeys("pencil", SALT, 4096), SERVER_NONCE);
}

Deno.test("the exchange that the RFC shows is had to the letter", async () => {
  const { text } = await challenge();
  assertEquals(text, `r=${NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`);
  const answer = (await challenge()).answer(FINAL);
  assertEquals(answer, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
});

Deno.test("a proof that fits another exchange, or no exchange, is none", async () => {
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

Deno.test("an opening is read, and what asks for something else is refused", () => {
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

Deno.test("what is told of an account that does not exist is always the same, and fits no proof", async () => {
  const secret = new Uint8Array(32);
  const keys = noKeys(secret, "eve");
  assertEquals(keys, noKeys(secret, "eve"));
  assertNotEquals(keys.salt, noKeys(secret, "bob").salt);
  const real = await scramKeys("pencil");
  assertEquals([keys.salt.length, keys.iterations], [real.salt.length, real.iterations]);
});
