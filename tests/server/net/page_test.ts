import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { brotliDecompressSync } from "node:zlib";
import { parseHead } from "../../../server/net/http.ts";
import { isOwnPage, ownOrigin, Page, redirectToTls } from "../../../server/net/page.ts";
import { pageFiles } from "../../../tools/page.ts";
import { RawSocket } from "../../support/raw_socket.ts";
import { TestServer } from "../../support/server.ts";

const FILES = {
  "index.html": '<!DOCTYPE html><title>chat</title><script src="/-/page.js"></script>',
  "page.css": "body {}",
  "page.js": "'use strict';",
  "manifest.webmanifest": "{}",
  "worker.js": "",
  "icon.svg": "<svg/>",
};

/** A page with these files. */
function page(files = FILES): Page {
  return new Page(() => Promise.resolve(pageFiles(files)));
}

/** The head and the body of the answer to a request for `target` with this `Accept-Encoding`. */
async function answer(target: string, { from = page(), accepts = "gzip, br" } = {}) {
  const headers = { "accept-encoding": accepts };
  const bytes = await from.answer({ method: "GET", target, headers });
  const text = new TextDecoder("latin1").decode(bytes);
  const end = text.indexOf("\r\n\r\n") + 4;
  const head = text.slice(0, end);
  const body = bytes.subarray(end);
  const isPacked = head.includes("Content-Encoding: br");
  return { head, body: new TextDecoder().decode(isPacked ? brotliDecompressSync(body) : body) };
}

/** The URL of a file in the page. */
async function urlInPage(name: string, from = page()): Promise<string> {
  const { body } = await answer("/", { from });
  const [, url = ""] = new RegExp(`"(/-/${name}[^"]*)"`).exec(body) ?? [];
  return url;
}

Deno.test("every path leads to the page, so that a URL can name a room", async () => {
  for (const path of ["/", "/lobby", "/%23two?x=1", "/a.css"]) {
    const { head, body } = await answer(path);
    assertMatch(head, /^HTTP\/1\.1 200 OK\r\n/);
    assertMatch(head, /Content-Type: text\/html/);
    assertMatch(body, /<title>chat<\/title>/);
  }
});

Deno.test("the files of the page have their types, and no other file is served", async () => {
  assertEquals((await answer("/-/page.js")).body, FILES["page.js"]);
  assertMatch((await answer("/-/page.css")).head, /Content-Type: text\/css/);
  for (const path of ["/-/", "/-/toString", "/-/../server.ts", "/-/__proto__"]) {
    assertMatch((await answer(path)).head, /^HTTP\/1\.1 404 /);
  }
});

Deno.test("the page is compressed with Brotli only for clients that accept it", async () => {
  const cases: readonly (readonly [accepts: string | undefined, isPacked: boolean])[] = [
    ["gzip, deflate, br, zstd", true],
    ["BR;q=0.5", true],
    ["gzip;q=1.0, br ; q=1", true],
    ["br;q=0.001", true],
    ["gzip, deflate", false],
    ["gzip, br;q=0", false],
    ["br; q=0.000", false],
    ["brx, xbr", false],
    ["", false],
    [undefined, false],
  ];
  const from = page();
  for (const [accepts, isPacked] of cases) {
    const headers = { "accept-encoding": accepts };
    const bytes = await from.answer({ method: "GET", target: "/-/page.js", headers });
    const text = new TextDecoder("latin1").decode(bytes);
    assertEquals(text.includes("\r\nContent-Encoding: br\r\n"), isPacked, accepts);
    assertEquals(text.endsWith(`\r\n\r\n${FILES["page.js"]}`), !isPacked, accepts);
    assertMatch(text, /\r\nVary: Accept-Encoding\r\n/);
  }
});

Deno.test("a browser asks for a file of the page again only after the file has changed", async () => {
  const url = await urlInPage("page.js");
  assertMatch((await answer(url)).head, /Cache-Control: max-age=31536000, immutable\r\n/);
  assertEquals((await answer(url)).body, FILES["page.js"]);
  // The page itself and the worker have the same URLs in each version.
  for (const target of ["/", "/lobby", "/-/worker.js", "/-/page.js", "/-/page.js?other"]) {
    assertMatch((await answer(target)).head, /Cache-Control: no-cache\r\n/);
  }
  const next = page({ ...FILES, "page.js": "'next';" });
  assertNotEquals(await urlInPage("page.js", next), url);
  // A page of the previous version that is still being loaded.
  assertMatch((await answer(url, { from: next })).head, /Cache-Control: no-cache\r\n/);
});

Deno.test("the page may load its own files only, and no other page may show it", async () => {
  const { head } = await answer("/");
  assertMatch(head, /Content-Security-Policy: default-src 'none'; script-src 'self';/);
  assertMatch(head, /frame-ancestors 'none'/);
  assertMatch(head, /Referrer-Policy: no-referrer/);
  assertMatch(head, /X-Content-Type-Options: nosniff/);
});

Deno.test("a page that is not built says how to build it", async () => {
  const { head, body } = await answer("/", { from: new Page(() => Promise.resolve(undefined)) });
  assertMatch(head, /^HTTP\/1\.1 503 /);
  assertMatch(body, /deno task page/);
});

Deno.test("a request without encryption is sent to the same URL with https", () => {
  const request = parseHead(
    new TextEncoder().encode("GET /lobby?a=b HTTP/1.1\r\nHost: 192.0.2.7:7342\r\n\r\n"),
  );
  const text = new TextDecoder().decode(request && redirectToTls(request));
  assertMatch(text, /^HTTP\/1\.1 308 /);
  assertMatch(text, /\r\nLocation: https:\/\/192\.0\.2\.7:7342\/lobby\?a=b\r\n/);
});

Deno.test("an invalid host is not repeated in an answer", () => {
  const headers = { host: "a b" };
  const text = new TextDecoder().decode(redirectToTls({ method: "GET", target: "/x", headers }));
  assertMatch(text, /^HTTP\/1\.1 403 /);
});

Deno.test("only a page from the server itself counts as its own", () => {
  const names = ["chat.example.org"];
  const cases:
    readonly (readonly [origin: string, host: string, encrypted: boolean, own: boolean])[] = [
      ["https://chat.example.org", "chat.example.org", true, true],
      ["https://chat.example.org:7342", "chat.example.org:7342", true, true],
      ["http://127.0.0.1:7342", "127.0.0.1:7342", false, true],
      ["http://localhost:7342", "localhost:7342", false, true],
      ["http://[::1]:7342", "[::1]:7342", false, true],
      // A page of another site, another port, or without the server's encryption.
      ["https://evil.example", "chat.example.org", true, false],
      ["http://127.0.0.1:8000", "127.0.0.1:7342", false, false],
      ["http://chat.example.org", "chat.example.org", true, false],
      // A name of an attacker that leads to the server's address.
      ["http://evil.example:7342", "evil.example:7342", false, false],
      ["null", "null", true, false],
    ];
  for (const [origin, host, encrypted, own] of cases) {
    assertEquals(isOwnPage({ origin, host }, encrypted, names), own, origin);
  }
});

Deno.test("the origin of the own page counts only if nobody else can read the connection", () => {
  const welcome = { page: page(), names: ["chat.example.org"] };
  const lan = { origin: "http://192.168.1.7:7342", host: "192.168.1.7:7342" };
  const tls = { origin: "https://chat.example.org", host: "chat.example.org" };
  const here = { origin: "http://localhost:7342", host: "localhost:7342" };
  const cases = [
    [tls, { encrypted: true, address: "192.0.2.1" }, tls.origin],
    [here, { encrypted: false, address: "127.0.0.1" }, here.origin],
    [here, { encrypted: false, address: "::1" }, here.origin],
    [lan, { encrypted: false, address: "192.168.1.9" }, undefined],
    [{ ...tls, origin: "https://evil.example" }, { encrypted: true, address: "::1" }, undefined],
    [{ host: tls.host }, { encrypted: true, address: "127.0.0.1" }, undefined],
  ] as const;
  for (const [headers, client, expected] of cases) {
    assertEquals(ownOrigin(headers, client, welcome), expected);
  }
  assertEquals(
    ownOrigin(tls, { encrypted: true, address: "::1" }, { names: welcome.names }),
    undefined,
  );
});

Deno.test("a server with a page answers browsers, and lets its own page connect", async () => {
  await using server = await TestServer.start({}, { page: page() });
  const response = await fetch(`http://127.0.0.1:${server.port}/lobby`);
  assertEquals(response.status, 200);
  assertMatch(await response.text(), /^<!DOCTYPE html><title>chat<\/title>/);
});

Deno.test("a client gets the page in the present protocol if it would like another one", async () => {
  await using server = await TestServer.start({}, { page: page() });
  using socket = await RawSocket.connect(`127.0.0.1:${server.port}`);
  const fields = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n";
  await socket.write(`GET /lobby HTTP/1.1\r\nHost: x\r\n${fields}\r\n`);
  assertMatch(await socket.readAll(), /^HTTP\/1\.1 200 OK[^]*<title>chat<\/title>/);
});

Deno.test("the answer to HEAD has no body, with and without a page", async () => {
  for (const [parts, status] of [[{ page: page() }, 200], [{}, 400]] as const) {
    await using server = await TestServer.start({}, parts);
    using socket = await RawSocket.connect(`127.0.0.1:${server.port}`);
    await socket.write("HEAD /lobby HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n");
    const answer = await socket.readAll();
    assertMatch(answer, new RegExp(`^HTTP/1\\.1 ${status} [^]*Content-Length: [1-9]`));
    assertEquals(answer.split("\r\n\r\n").slice(1), [""]);
  }
});

Deno.test("a server without a page says that it is not a web server", async () => {
  await using server = await TestServer.start();
  const response = await fetch(`http://127.0.0.1:${server.port}/lobby`);
  assertEquals(response.status, 400);
  await response.body?.cancel();
});
