import { assert, assertEquals, assertRejects } from "@std/assert";
import { MechanismError, MECHANISMS, ScramSha256 } from "../../../client/session/sasl.ts";

// The exchange of RFC 7677, section 3.
const USER = { account: "user", password: "pencil" };
const NONCE = "rOprNGfwEbeRWgbNEkqO";
const ALL = `${NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0`;
const CHALLENGE = `r=${ALL},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`;
const PROOF = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

async function beginExchange(): Promise<ScramSha256> {
  const mechanism = new ScramSha256(USER, NONCE);
  assertEquals(await mechanism.answer(""), `n,,n=user,r=${NONCE}`);
  return mechanism;
}

Deno.test("the client's messages equal those of the exchange in RFC 7677", async () => {
  const mechanism = await beginExchange();
  const final = await mechanism.answer(CHALLENGE);
  assertEquals(final, `c=biws,r=${ALL},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`);
  assertEquals(mechanism.isProven, false);
  assertEquals(await mechanism.answer(PROOF), "");
  assertEquals(mechanism.isProven, true);
  await assertRejects(() => mechanism.answer(PROOF), MechanismError);
});

Deno.test("a wrong or missing proof of the server is rejected", async () => {
  for (const proof of [PROOF.replace("v=6", "v=7"), "v=", "v", "", "e=other-error"]) {
    const mechanism = await beginExchange();
    await mechanism.answer(CHALLENGE);
    await assertRejects(() => mechanism.answer(proof), MechanismError, "did not prove");
    assertEquals(mechanism.isProven, false);
  }
});

Deno.test("a server cannot prove anything before it has seen the client's proof", async () => {
  const mechanism = await beginExchange();
  const proving = mechanism.answer(CHALLENGE);
  await assertRejects(() => Promise.resolve(mechanism.answer("v=")), MechanismError);
  await proving;
  assertEquals(mechanism.isProven, false);
});

Deno.test("a challenge with another nonce or an unsafe iteration count is rejected", async () => {
  const wrong = [
    CHALLENGE.replace(NONCE, "another"),
    CHALLENGE.replace(ALL, NONCE),
    CHALLENGE.replace("4096", "4095"),
    CHALLENGE.replace("4096", "5000001"),
    CHALLENGE.replace("4096", "999999999999999"),
    CHALLENGE.replace("4096", "-1"),
    CHALLENGE.replace("s=", "t="),
    `m=1,${CHALLENGE}`,
    "e=unknown-user",
    "",
  ];
  for (const challenge of wrong) {
    const mechanism = await beginExchange();
    await assertRejects(() => mechanism.answer(challenge), MechanismError);
  }
});

Deno.test("a comma and an equals sign in the name of an account are escaped", async () => {
  const mechanism = new ScramSha256({ ...USER, account: "a,b=c" }, NONCE);
  assertEquals(await mechanism.answer(""), `n,,n=a=2Cb=3Dc,r=${NONCE}`);
});

Deno.test("each login has a nonce of its own", async () => {
  const [one, other] = [new ScramSha256(USER), new ScramSha256(USER)];
  assert(await one.answer("") !== await other.answer(""));
});

Deno.test("PLAIN sends the account twice, as most clients do, and the password", async () => {
  const plain = MECHANISMS.find(({ name }) => name === "PLAIN");
  assertEquals(await plain?.begin(USER).answer(""), "user\0user\0pencil");
});
