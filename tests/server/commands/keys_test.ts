import { assert, assertEquals, assertMatch } from "@std/assert";
import { TRIES } from "../../../server/auth/logins.ts";
import { fingerprintOf } from "../../../shared/fingerprint.ts";
import { saslExternal } from "../../support/certificate_users.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import {
  challengeFor,
  makePageKey,
  openPage,
  openWithKey,
  originOf,
  PAGE,
  type PageKey,
  signed,
} from "../../support/page_key.ts";
import { type Overrides, TestServer } from "../../support/server.ts";

const ADA = await makePageKey();
const BOB = await makePageKey();

const serverWithPage = (overrides: Overrides = {}) => TestServer.start(overrides, { page: PAGE });

/** Sends KEY; resolves to the code of the refusal. */
async function refusal(client: IrcClient, params: string): Promise<string> {
  const answer = await client.ask(`KEY ${params}`);
  const [, code = answer.join("\n")] = /^:chat\.test FAIL KEY (\S+) :/.exec(answer.join("\n")) ??
    [];
  return code;
}

async function leave(client: IrcClient): Promise<void> {
  await client.send("QUIT");
  await client.untilEnd();
}

Deno.test("the server's own page proves a key, and the first nick used with the key belongs to it", async () => {
  await using server = await serverWithPage();
  const client = await openPage(server);
  const challenge = await challengeFor(client, ADA);
  assertEquals(Uint8Array.fromBase64(challenge).length, 32);
  const signature = await signed(ADA, originOf(server), challenge);
  assertEquals(await client.ask(`KEY PROVE ${signature}`), [
    `:chat.test KEY PROVEN ${fingerprintOf(Uint8Array.fromBase64(ADA.shown))}`,
  ]);
  const told = await client.introduce({ nick: "ada" });
  assert(told.some((line) => line.includes("The nick ada is now yours")), told.join("\n"));
  await leave(client);

  // The key also logs in under another nick.
  const again = await openWithKey(server, ADA);
  const replies = await again.introduce({ nick: "zoe" });
  assert(
    replies.some((line) => / 900 \* .* ada :|900 zoe .* ada :/.test(line)),
    replies.join("\n"),
  );
});

Deno.test("a proven key logs in with EXTERNAL, and redeems a code", async () => {
  await using server = await serverWithPage();
  const desk = await openWithKey(server, ADA);
  await desk.introduce({ nick: "ada" });
  const [note = "", page = ""] = await desk.ask("LINK");
  const [, code = ""] = /([A-Z]{4}-[A-Z]{4})/.exec(note) ?? [];
  const url = `${originOf(server)}/lobby#link=${code}`;
  assertEquals(page, `:chat.test NOTICE ada :Or open this link in a browser there: ${url}`);
  const phone = await openWithKey(server, BOB);
  await phone.introduce({ nick: "phone" });
  assertMatch((await phone.ask(`REDEEM ${code}`)).join("\n"), / 900 phone \S+ ada :/);
  await leave(phone);

  const again = await openWithKey(server, BOB);
  assertMatch((await saslExternal(again, "ada")).join("\n"), / 903 /);
});

Deno.test("a wrong signature proves nothing, and uses the challenge up", async () => {
  await using server = await serverWithPage();
  const client = await openPage(server);
  const origin = originOf(server);
  const wrong: readonly ((challenge: string) => string | Promise<string>)[] = [
    (challenge) => signed({ ...BOB, shown: ADA.shown }, origin, challenge),
    (challenge) => signed({ ...ADA, shown: BOB.shown }, origin, challenge),
    (challenge) => signed(ADA, "https://evil.example", challenge),
    (challenge) => signed(ADA, origin, `${challenge}x`),
    () => "A".repeat(88),
    () => "A".repeat(86) + "==",
    () => "short",
    () => "*".repeat(88),
    () => "A".repeat(300),
  ];
  for (const sign of wrong) {
    const signature = await sign(await challengeFor(client, ADA));
    assertEquals(await refusal(client, `PROVE ${signature}`), "INVALID_SIGNATURE", signature);
    // The challenge is used up.
    assertEquals(await refusal(client, `PROVE ${signature}`), "NO_CHALLENGE");
  }
  const told = await client.introduce({ nick: "ada" });
  assert(!told.some((line) => line.includes("now yours")), told.join("\n"));
});

Deno.test("a signature counts once, and on its own connection only", async () => {
  await using server = await serverWithPage();
  const client = await openPage(server);
  const other = await openPage(server);
  const challenge = await challengeFor(client, ADA);
  await challengeFor(other, ADA);
  const signature = await signed(ADA, originOf(server), challenge);
  assertEquals(await refusal(other, `PROVE ${signature}`), "INVALID_SIGNATURE");
  // A second challenge replaces the first.
  await challengeFor(client, ADA);
  assertEquals(await refusal(client, `PROVE ${signature}`), "INVALID_SIGNATURE");
  const right = await signed(ADA, originOf(server), await challengeFor(client, ADA));
  assertMatch((await client.ask(`KEY PROVE ${right}`)).join(), / KEY PROVEN /);
  assertEquals(await refusal(client, `PROVE ${right}`), "NO_CHALLENGE");
  assertEquals(await refusal(client, `SHOW ${BOB.shown}`), "ALREADY_PROVEN");
  await client.introduce({ nick: "ada" });
  assertMatch((await client.ask(`KEY SHOW ${ADA.shown}`)).join(), / 462 /);
});

/** Returns a key whose point is not on the curve. */
function offCurve({ shown }: PageKey): string {
  const bytes = Uint8Array.fromBase64(shown);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes.toBase64();
}

Deno.test("only a public key on P-256 gets a challenge", async () => {
  await using server = await serverWithPage();
  const client = await openPage(server);
  const { shown: other } = await makePageKey("P-384");
  const bytes = Uint8Array.fromBase64(ADA.shown);
  const compressed = Uint8Array.of(...bytes.subarray(0, 26), 2, ...bytes.subarray(27, 59));
  const wrong = [
    other,
    compressed.toBase64(),
    bytes.with(26, 2).toBase64(),
    bytes.with(20, 0).toBase64(),
    ADA.shown.slice(4),
    `${ADA.shown.slice(0, -2)}AA`,
    `${ADA.shown}AAAA`,
    "A".repeat(124),
    "A".repeat(450),
    "*",
  ];
  for (const key of wrong) assertEquals(await refusal(client, `SHOW ${key}`), "INVALID_KEY", key);
  assertEquals(await refusal(client, `PROVE ${"A".repeat(88)}`), "NO_CHALLENGE");
  assertEquals(await refusal(client, "BEGIN x"), "INVALID_PARAMS");
  // The point is checked only together with the signature, outside the event loop.
  const shown = offCurve(ADA);
  const challenge = await challengeFor(client, { ...ADA, shown });
  const signature = await signed({ ...ADA, shown }, originOf(server), challenge);
  assertEquals(await refusal(client, `PROVE ${signature}`), "INVALID_SIGNATURE");
});

Deno.test("nobody but the server's own page can show a key", async () => {
  await using server = await serverWithPage({ origins: ["https://gamja.example", "*"] });
  const plain = await server.connect();
  const others = [[], ["Origin: https://gamja.example"], ["Origin: null"]];
  const clients = [plain];
  for (const headers of others) clients.push(await openPage(server, headers));
  for (const client of clients) {
    assertEquals(await refusal(client, `SHOW ${ADA.shown}`), "NOT_POSSIBLE");
  }
  await using bare = await TestServer.start({ origins: ["*"] });
  const client = await openPage(bare);
  assertEquals(await refusal(client, `SHOW ${ADA.shown}`), "NOT_POSSIBLE");
});

Deno.test("wrong proofs are limited as wrong passwords are", async () => {
  await using server = await serverWithPage();
  const client = await openPage(server);
  for (let i = 0; i < TRIES; i++) {
    await challengeFor(client, ADA);
    assertEquals(await refusal(client, `PROVE ${"A".repeat(88)}`), "INVALID_SIGNATURE");
  }
  assertEquals(await refusal(client, `SHOW ${ADA.shown}`), "RATE_LIMITED");
  server.clock.advance(30_000);
  const again = await openPage(server);
  const signature = await signed(ADA, originOf(server), await challengeFor(again, ADA));
  assertMatch((await again.ask(`KEY PROVE ${signature}`)).join(), / KEY PROVEN /);
});

Deno.test("lines that follow a proof wait for it", async () => {
  await using server = await serverWithPage();
  const client = await openPage(server);
  const signature = await signed(ADA, originOf(server), await challengeFor(client, ADA));
  await client.send(`KEY PROVE ${signature}`, "CAP LS 302");
  await client.expect("KEY");
  const listed = await client.heard();
  assertMatch(listed.join("\n"), /\bsasl=PLAIN,SCRAM-SHA-256,EXTERNAL\b/);
});
