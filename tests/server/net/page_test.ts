import { assertEquals, assertMatch } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { parseHead } from "../../../server/net/http.ts";
import {
  isOwnPage,
  ownOrigin,
  Page,
  type PageFiles,
  redirectToTls,
} from "../../../server/net/page.ts";
import { TestServer } from "../../support/server.ts";

const FILES: PageFiles = {
  "index.html": "<!DOCTYPE html><title>chat</title>",
  "page.css": "body {}",
  "page.js": "'use strict';",
  "manifest.webmanifest": "{}",
  "worker.js": "",
  "icon.svg": "<svg/>",
};

function page(files: PageFiles | undefined = FILES): Page {
  return new Page(() => Promise.resolve(files));
}

/** The status, the head and the body of the answer to a request for `target`. */
async function answer(target: string, from = page()) {
  const bytes = await from.answer({ method: "GET", target, headers: {} });
  const text = new TextDecoder("latin1").decode(bytes);
  const end = text.indexOf("\r\n\r\n") + 4;
  const head = text.slice(0, end);
  const body = bytes.subarray(end);
  const isPacked = head.includes("Content-Encoding: gzip");
  return { head, body: new TextDecoder().decode(isPacked ? gunzipSync(body) : body) };
}

Deno.test("every path leads to the page, so that a URL can name a room", async () => {
  for (const path of ["/", "/lobby", "/%23two?x=1", "/a.css"]) {
    const { head, body } = await answer(path);
    assertMatch(head, /^HTTP\/1\.1 200 OK\r\n/);
    assertMatch(head, /Content-Type: text\/html/);
    assertEquals(body, FILES["index.html"]);
  }
});

Deno.test("the files of the page have their types, and no other file is served", async () => {
  assertEquals((await answer("/-/page.js")).body, FILES["page.js"]);
  assertMatch((await answer("/-/page.css")).head, /Content-Type: text\/css/);
  for (const path of ["/-/", "/-/toString", "/-/../server.ts", "/-/__proto__"]) {
    assertMatch((await answer(path)).head, /^HTTP\/1\.1 404 /);
  }
});

Deno.test("the page may load its own files only, and no other page may show it", async () => {
  const { head } = await answer("/");
  assertMatch(head, /Content-Security-Policy: default-src 'none'; script-src 'self';/);
  assertMatch(head, /frame-ancestors 'none'/);
  assertMatch(head, /Referrer-Policy: no-referrer/);
  assertMatch(head, /X-Content-Type-Options: nosniff/);
});

Deno.test("a page that is not built says how to build it", async () => {
  const { head, body } = await answer("/", new Page(() => Promise.resolve(undefined)));
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
  assertEquals([response.status, await response.text()], [200, FILES["index.html"]]);
});

Deno.test("a server without a page says that it is not a web server", async () => {
  await using server = await TestServer.start();
  const response = await fetch(`http://127.0.0.1:${server.port}/lobby`);
  assertEquals(response.status, 400);
  await response.body?.cancel();
});
