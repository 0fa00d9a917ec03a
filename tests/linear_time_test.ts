import { assert, assertRejects } from "@std/assert";
import { LineReader, SERVER_LIMITS } from "../lines.ts";
import { isForPrograms, isTagKey, LIMITS, parse, uploadsIn } from "../protocol.ts";
import { readOpening } from "../server/auth/scram.ts";
import { serveOptions } from "../server/config/config.ts";
import { serviceNamed } from "../server/irc/services.ts";
import { MULTILINE_LIMITS } from "../server/irc/capabilities.ts";
import { bodyLength } from "../server/net/http_body.ts";
import { ClientHello } from "../server/net/client_hello.ts";
import { HEAD_BYTES, headLength, type HttpRequest, parseHead } from "../server/net/http.ts";
import { openIdentity } from "../server/net/identity.ts";
import { isOwnPage, redirectToTls } from "../server/net/page.ts";
import { forwardedClient } from "../server/net/proxies.ts";
import { readWebirc } from "../server/net/webirc.ts";
import { endpointOf, keysOf } from "../server/push/subscribing.ts";
import { maskFault, meantInstead } from "../server/state/masks.ts";
import { termsOf, wordsOf } from "../server/store/terms.ts";
import { safeName, statedName } from "../server/uploads/names.ts";
import { parseAddress } from "../shared/address.ts";
import { makeCertificate } from "../shared/certificate.ts";
import { UserError } from "../shared/errors.ts";
import { hideAddresses, parseRange } from "../shared/ip.ts";
import { printable, splitText } from "../shared/text.ts";
import { processorTime } from "./support/processor_time.ts";
import { TempFolder } from "./support/temp_folder.ts";

/**
 * The longest processor time for one text, in milliseconds. If the time grows with the square of
 * the length, a text of 8 KiB takes about 100.
 */
const MOST_MS = 40;

/** Returns true if `work` takes too long in each of three attempts. */
function isSlow(work: () => void, mostMs = MOST_MS): boolean {
  return [1, 2, 3].every(() => {
    const spent = processorTime();
    work();
    return spent() > mostMs;
  });
}

/** The parts that the texts repeat, and the ends around them. */
const UNITS = [
  ...[" ", "\t", " \t", "\r", "\\", '"', '\\"', ":", ".", ",", ";", "/", "-", "_", "=", "*", "!"],
  ...[
    "@",
    "0",
    "a",
    "A",
    "a.",
    "a:",
    "a=",
    "a ",
    "A\\",
    ";a=",
    ';a="',
    "1,",
    ": ",
    "::",
    "m:",
    "://",
  ],
  ...["é", "\u0301", "\u0e01", "漢", "👍\u200d", "serv", "\x01", "/-/files/", "0.", "%00"],
];
const STARTS = ["", "x", "\0", "a:"];
const ENDS = ["", "x", "\0", "!", ": x", '"'];

/** Yields texts of `length` letters that are hard for regular expressions that go back. */
function* hardTexts(length: number): Generator<string> {
  for (const unit of UNITS) {
    for (const start of STARTS) {
      for (const end of ENDS) {
        const count = Math.floor((length - start.length - end.length) / unit.length);
        yield start + unit.repeat(count) + end;
      }
    }
  }
}

/** The length of a value in the head of a request, in bytes. */
const VALUE = HEAD_BYTES - "GET / HTTP/1.1\r\nA: \r\n\r\n".length;
const bytesOf = (text: string) => new TextEncoder().encode(text);
const request = (name: string, value: string): HttpRequest => ({
  method: "GET",
  target: "/",
  headers: { [name]: value },
});
const unlessRefused = (read: () => unknown): void => {
  try {
    read();
  } catch {
    // The text is refused.
  }
};

/** The functions that read what clients send: each with the longest text that it gets. */
const READERS: readonly (readonly [name: string, length: number, read: (text: string) => void])[] =
  [
    ["a head", VALUE, (text) => parseHead(bytesOf(`GET / HTTP/1.1\r\nA:${text}\r\n\r\n`))],
    ["a target", VALUE, (text) => parseHead(bytesOf(`GET ${text} HTTP/1.1\r\n\r\n`))],
    ["a request", VALUE, (text) => parseHead(bytesOf(`${text}\r\n\r\n`))],
    ["a body's length", VALUE, (text) => bodyLength(request("content-length", text))],
    ["a host", VALUE, (text) => redirectToTls(request("host", text))],
    ["an origin", VALUE, (text) => isOwnPage({ host: text, origin: `http://${text}` }, false, [])],
    [
      "a proxy's list",
      VALUE,
      (text) => unlessRefused(() => forwardedClient(request("x-forwarded-for", text), [])),
    ],
    ["a stated name", VALUE, (text) => statedName(`attachment;filename=${text}`)],
    ["a stated name in UTF-8", VALUE, (text) => statedName(`attachment;filename*=UTF-8'${text}`)],
    ["a file's name", VALUE, (text) => safeName(text, "file", ["png"])],
    ["a line", LIMITS.tags, parse],
    ["a tag's name", LIMITS.clientTagData, isTagKey],
    ["WEBIRC", LIMITS.longLine, (text) => readWebirc(`WEBIRC a b c ${text}`)],
    ["a mask", LIMITS.longLine, maskFault],
    ["a mask for all", LIMITS.longLine, meantInstead],
    ["a range", LIMITS.longLine, parseRange],
    ["an address", LIMITS.longLine, parseAddress],
    ["a service", LIMITS.longLine, (text) => serviceNamed(text, "chat.test")],
    ["a SCRAM message", LIMITS.longLine, (text) => readOpening(`n,,n=${text}`)],
    ["a push service", LIMITS.longLine, endpointOf],
    ["push keys", LIMITS.tags, (text) => keysOf(`p256dh=${text};auth=${text}`)],
    ["a message", MULTILINE_LIMITS.bytes, (text) => isForPrograms(`\x01${text}`)],
    ["URLs of files", MULTILINE_LIMITS.bytes, uploadsIn],
    ["words", MULTILINE_LIMITS.bytes, wordsOf],
    ["words to find", LIMITS.longLine, termsOf],
    ["a text to log", MULTILINE_LIMITS.bytes, hideAddresses],
    ["a text to show", MULTILINE_LIMITS.bytes, printable],
    ["a text to split", MULTILINE_LIMITS.bytes, (text) => splitText(text, 400)],
  ];

for (const [name, length, read] of READERS) {
  Deno.test(`the time to read ${name} does not grow with the square of its length`, () => {
    for (const text of hardTexts(length)) {
      const sample = JSON.stringify(`${text.slice(0, 12)}…${text.slice(-4)}`);
      assert(!isSlow(() => read(text)), `${length} bytes of ${sample} take too long`);
    }
  });
}

Deno.test("the time to read settings and keys does not grow with the square of their length", async () => {
  const length = 64 * 1024;
  for (
    const [start, unit, end] of [["~", "A\\A", "\t"], ["", "a/", " "], ["", ".", "a b"]] as const
  ) {
    const text = start + unit.repeat(length / unit.length) + end;
    assert(!isSlow(() => serveOptions(["--motd", text], new Map([["HOME", "/"]])), 400), unit);
  }
  using folder = new TempFolder();
  const first = "-----BEGIN PRIVATE KEY-----\n";
  const key = folder.write("key.pem", first.repeat(8 * length / first.length));
  const made = await makeCertificate({ names: ["localhost"], days: 1 });
  const cert = folder.write("cert.pem", made.cert);
  const spent = processorTime();
  const files = { tls: { key, cert }, data: folder.path, memory: false };
  await assertRejects(() => openIdentity(files, ["localhost"]), UserError, "key.pem");
  assert(spent() < 500, "the start of a key is not looked for again and again");
});

/** Gives `bytes` to `read` as if they came one at a time. */
function dribble(bytes: Uint8Array, read: (bytes: Uint8Array, before: number) => void): void {
  for (let i = 1; i <= bytes.length; i++) read(bytes.subarray(0, i), i - 1);
}

/** The longest processor time for bytes that come one at a time, in milliseconds for each. */
const MOST_MS_PER_BYTE = 0.05;

Deno.test("bytes that come one at a time are not read again and again", () => {
  const head = new Uint8Array(HEAD_BYTES).fill(0x0d);
  const record = [0x16, 3, 1, 0, 1, 0xff];
  const records = Uint8Array.from(Array<number[]>(10_000).fill(record).flat());
  const line = new Uint8Array(LIMITS.tags + LIMITS.line).fill(0x40);
  const [hello, lines] = [new ClientHello(), new LineReader(SERVER_LIMITS)];
  const works:
    readonly (readonly [string, Uint8Array, (all: Uint8Array, before: number) => void])[] = [
      ["a head", head, headLength],
      ["TLS records", records, (all) => hello.isWhole(all)],
      ["a line", line, (all, before) => {
        lines.feed(all.subarray(before));
        while (lines.next());
      }],
    ];
  for (const [name, bytes, read] of works) {
    const spent = processorTime();
    dribble(bytes, read);
    const perByte = spent() / bytes.length;
    assert(perByte < MOST_MS_PER_BYTE, `${name}: ${perByte} ms for each byte`);
  }
});
