import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { Moment } from "../../../shared/clock.ts";
import { UserError } from "../../../shared/errors.ts";
import { makeCertificate } from "../../../shared/certificate.ts";
import { openIdentity } from "../../../server/net/identity.ts";
import type { KeyFiles } from "../../../server/config/options.ts";
import { SecureSocket } from "../../support/secure_socket.ts";
import { keyOfKind } from "../../support/fixture.ts";
import { type Entry, recordTo, TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { fingerprintIn } from "../../support/tls_server.ts";

const NAMES = ["localhost"];
const ONE = await makeCertificate({ names: NAMES, days: 1 });
const OTHER = await makeCertificate({ names: NAMES, days: 1 });

Deno.test("a server keeps its certificate over a restart", async () => {
  using folder = new TempFolder();
  const options = { data: folder.path, memory: false };
  const { fingerprint } = await openIdentity(options, NAMES);
  assertEquals((await openIdentity(options, NAMES)).fingerprint, fingerprint);
});

Deno.test("only the file's owner can read a server's key", async () => {
  using folder = new TempFolder();
  // An interrupted start can leave this file.
  const draft = folder.write("key.pem.new", "");
  Deno.chmodSync(draft, 0o644);
  await openIdentity({ data: folder.path, memory: false }, NAMES);
  const files = [...Deno.readDirSync(folder.path)].map(({ name }) => name).sort();
  assertEquals(files, ["cert.pem", "key.pem"]);
  for (const name of files) {
    const { mode } = Deno.statSync(`${folder.path}/${name}`);
    assertEquals((mode ?? 0) & 0o777, 0o600, name);
  }
});

Deno.test("a certificate without its key is made again", async () => {
  using folder = new TempFolder();
  folder.write("cert.pem", ONE.cert);
  const { fingerprint } = await openIdentity({ data: folder.path, memory: false }, NAMES);
  assert(fingerprint !== ONE.fingerprint);
});

Deno.test("a server with --memory stores no key", async () => {
  using folder = new TempFolder();
  await openIdentity({ data: folder.path, memory: true }, NAMES);
  assertEquals([...Deno.readDirSync(folder.path)], []);
});

const NO_DER = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
const CUT_SHORT = "-----BEGIN CERTIFICATE-----\naGVs";

/** Pairs of files with which no client can connect, and the reason that is given. */
const REFUSED: readonly (readonly [cert: string, key: string, message: RegExp])[] = [
  ...[
    ["rsa-1024", "RSA, 1024 bits"],
    ["rsa-pss", "RSA-PSS"],
    ["ed448", "ED448"],
    ["secp256k1", "EC, secp256k1"],
    ["p-224", "EC, secp224r1"],
    ["brainpool", "unsupported ec named curve"],
    ["dsa", "DSA"],
  ].map(([kind = "", name]) => {
    const { cert, key } = keyOfKind(kind);
    const message = new RegExp(
      `key is a key that TLS .* accept \\(${name}\\): make one of the kind`,
    );
    return [cert, key, message] as const;
  }),
  [ONE.cert + NO_DER, ONE.key, /certificate 2 in .*cert is damaged: get that file/],
  [`${ONE.cert}${CUT_SHORT}`, ONE.key, /certificate 2 in .*cert is damaged: get that file/],
  // The certificate has an unknown critical extension: only the handshake fails.
  [
    keyOfKind("critical").cert,
    keyOfKind("critical").key,
    /no client can connect with .*cert and .*key, because .* \(.*\): get another certificate/,
  ],
];

const UNUSABLE: readonly (readonly [cert: string, key: string, message: RegExp])[] = [
  [ONE.cert, OTHER.key, /key is not the key of .*cert: give two files that belong together$/],
  ["hello", ONE.key, /cert is not a certificate in PEM format: check that it/],
  [ONE.cert, "hello", /key is not a private key in PEM format without a passphrase: check that it/],
  [ONE.key, ONE.cert, /cert is not a certificate in PEM format/],
  ["", "", /cert is not a certificate in PEM format/],
];

Deno.test("unusable files are refused at the start, with the reason", async () => {
  using folder = new TempFolder();
  for (const [cert, key, message] of [...UNUSABLE, ...REFUSED]) {
    const tls = { cert: folder.write("cert", cert), key: folder.write("key", key) };
    const opening = openIdentity({ data: folder.path, memory: true, tls }, NAMES);
    assertMatch((await assertRejects(() => opening, UserError)).message, message);
  }
  const tls: KeyFiles = { cert: `${folder.path}/none`, key: `${folder.path}/none` };
  const opening = openIdentity({ data: folder.path, memory: true, tls }, NAMES);
  const { message } = await assertRejects(() => opening, UserError);
  assertMatch(message, /^cannot read .*none: it does not exist$/);
});

Deno.test("a renewed certificate is loaded, and connected clients stay", async () => {
  using folder = new TempFolder();
  const tls = { cert: folder.write("cert", ONE.cert), key: folder.write("key", ONE.key) };
  const identity = await openIdentity({ data: folder.path, memory: true, tls }, NAMES);
  await using server = await TestServer.start({}, { identity });
  const ada = await server.encrypted();
  ada.read();
  await ada.introduce({ nick: "ada" });

  folder.write("cert", OTHER.cert);
  folder.write("key", OTHER.key);
  server.clock.advance(5_000);
  await identity.check(new Moment(0), recordTo([]));
  const socket = await SecureSocket.connect(server.port);
  assertEquals(socket.fingerprint, OTHER.fingerprint);
  socket.close();
  assertEquals(await ada.heard(), []);
  assertEquals(server.log.filter(([message]) => message.startsWith("certificate")), [
    ["certificate renewed", { fingerprint: OTHER.fingerprint }],
  ]);
});

Deno.test("an unusable new certificate is logged once, and the old one stays", async () => {
  using folder = new TempFolder();
  const tls = { cert: folder.write("cert", ONE.cert), key: folder.write("key", ONE.key) };
  const identity = await openIdentity({ data: folder.path, memory: true, tls }, NAMES);
  const entries: Entry[] = [];
  const log = recordTo(entries);
  let now = 0;
  const context = identity.context;
  for (const [cert, key] of [...UNUSABLE, ...UNUSABLE.slice(0, 1)]) {
    folder.write("cert", cert);
    folder.write("key", key);
    for (let i = 0; i < 3; i++) await identity.check(new Moment(now += 5_000), log);
    assertEquals(identity.fingerprint, ONE.fingerprint);
    assert(identity.context === context, "new connections use the old context");
  }
  // Two consecutive rows of the table have the same error.
  assertEquals(entries.map(([message]) => message), Array(5).fill("certificate not renewed"));
  assertMatch(String(entries[0]?.[1].reason), UNUSABLE[0]?.[2] ?? /^$/);

  folder.write("cert", ONE.cert);
  folder.write("key", ONE.key);
  await identity.check(new Moment(now += 5_000), log);
  assertEquals(entries.length, 5);
});

Deno.test("a pair with which no client can connect is not used, and clients still connect", async () => {
  using folder = new TempFolder();
  const tls = { cert: folder.write("cert", ONE.cert), key: folder.write("key", ONE.key) };
  const identity = await openIdentity({ data: folder.path, memory: true, tls }, NAMES);
  await using server = await TestServer.start({}, { identity });
  for (const [cert, key, message] of REFUSED) {
    folder.write("cert", cert);
    folder.write("key", key);
    server.clock.advance(5_000);
    await identity.check(new Moment(0), recordTo([]));
    const [told = "", { reason = "" } = {}] = server.log.at(-1) ?? [];
    assertEquals(told, "certificate not renewed");
    assertMatch(String(reason), message);
    const socket = await SecureSocket.connect(server.port);
    assertEquals(socket.fingerprint, ONE.fingerprint);
    socket.close();
  }
});

Deno.test("a pair of any kind that TLS clients accept is used", async () => {
  using folder = new TempFolder();
  const tls = { cert: folder.write("cert", ONE.cert), key: folder.write("key", ONE.key) };
  const identity = await openIdentity({ data: folder.path, memory: true, tls }, NAMES);
  await using server = await TestServer.start({}, { identity });
  for (const kind of ["rsa-2048", "p-384", "p-521", "ed25519"]) {
    const pair = keyOfKind(kind);
    folder.write("cert", pair.cert + ONE.cert);
    folder.write("key", pair.key);
    server.clock.advance(5_000);
    await identity.check(new Moment(0), recordTo([]));
    const socket = await SecureSocket.connect(server.port);
    assertEquals(socket.fingerprint, fingerprintIn(pair), kind);
    socket.close();
  }
});

Deno.test("the files are checked at most every five seconds", async () => {
  using folder = new TempFolder();
  const tls = { cert: folder.write("cert", ONE.cert), key: folder.write("key", ONE.key) };
  const identity = await openIdentity({ data: folder.path, memory: true, tls }, NAMES);
  const log = recordTo([]);
  await identity.check(new Moment(1_000_000), log);
  folder.write("cert", OTHER.cert);
  folder.write("key", OTHER.key);
  await identity.check(new Moment(1_004_999), log);
  assertEquals(identity.fingerprint, ONE.fingerprint);
  await identity.check(new Moment(1_005_000), log);
  assertEquals(identity.fingerprint, OTHER.fingerprint);
});

Deno.test("a self-signed certificate is not an authority's", async () => {
  const identity = await openIdentity({ data: "", memory: true }, ["chat.example"]);
  assertEquals(identity.isSignedFor("chat.example"), false);
});

Deno.test("new connections use the other files that a reload names, unless these are wrong", async () => {
  using folder = new TempFolder();
  const write = (name: string, { cert, key }: { cert: string; key: string }): KeyFiles => ({
    cert: folder.write(`${name}.cert`, cert),
    key: folder.write(`${name}.key`, key),
  });
  const tls = write("one", ONE);
  const identity = await openIdentity({ data: folder.path, memory: true, tls }, NAMES);
  const mixed = write("mixed", { cert: OTHER.cert, key: ONE.key });
  assertThrows(() => identity.follow(mixed), UserError, "is not the key of");
  assertEquals(identity.fingerprint, ONE.fingerprint);
  const short = write("short", keyOfKind("rsa-1024"));
  assertThrows(() => identity.follow(short), UserError, "(RSA, 1024 bits)");
  identity.follow(write("other", OTHER));
  await identity.check(new Moment(0), recordTo([]));
  assertEquals(identity.fingerprint, OTHER.fingerprint);
  await identity.check(new Moment(1_000_000), recordTo([]));
  assertEquals(identity.fingerprint, OTHER.fingerprint);
});

Deno.test("one file may have the key and the certificate, in any order, with text between", async () => {
  using folder = new TempFolder();
  for (const text of [`${ONE.key}${ONE.cert}`, `a comment\n${ONE.cert}\nanother\n${ONE.key}`]) {
    const path = folder.write("pair.pem", text);
    const options = { data: folder.path, memory: false, tls: { cert: path, key: path } };
    assertEquals((await openIdentity(options, NAMES)).fingerprint, ONE.fingerprint);
  }
});
