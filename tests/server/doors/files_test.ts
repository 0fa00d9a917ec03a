import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { basic, FileServer, result, say } from "../../support/files.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { ONE_PIXEL } from "../../support/pictures.ts";

const BYTES = new TextEncoder().encode("tea\n");

Deno.test("a client uploads a file with its password, and anyone who knows the URL reads it", async () => {
  const { server } = await FileServer.withAda();
  await using _ = server;
  const response = await server.upload(BYTES);
  assertEquals(response.status, 201);
  const url = response.headers.get("location") ?? "";
  assertEquals(await response.text(), `${url}\n`);
  assertMatch(url, new RegExp(`^${server.url}/[\\w-]{24}/notes\\.txt$`));
  const read = await fetch(url);
  assertEquals([read.status, await read.text()], [200, "tea\n"]);
  const head = await fetch(url, { method: "HEAD" });
  assertEquals([head.status, head.headers.get("content-length")], [200, "4"]);
  await head.body?.cancel();
});

Deno.test("RPL_ISUPPORT has the URL for uploads, and only if the server takes files", async () => {
  const { server, ada } = await FileServer.withAda();
  await using _ = server;
  const tokens = (await ada.ask("VERSION")).join(" ");
  assert(tokens.includes(` soju.im/FILEHOST=${server.url} `), tokens);
  assert(tokens.includes(` draft/FILEHOST=${server.url} `), tokens);
  for (const overrides of [{ uploads: 0 }, { memory: true }]) {
    await using off = await FileServer.start(overrides);
    const bob = await off.register("bob");
    assert(!(await bob.ask("VERSION")).join().includes("FILEHOST"));
    const response = await fetch(off.url, { method: "POST", body: "tea" });
    assertEquals(response.status, 400);
    assertMatch(await response.text(), /not a web server/);
  }
});

Deno.test("an account without a password uploads with a token of UPLOAD, which works once", async () => {
  const { server, ada } = await FileServer.withAda();
  await using _ = server;
  const [note = ""] = await ada.ask("UPLOAD");
  const [, token = ""] = /^:chat\.test NOTE UPLOAD TOKEN ([0-9a-f]{32}) :/.exec(note) ?? [];
  const headers = { "Authorization": `Bearer ${token}` };
  const [status, url] = await result(server.upload(BYTES, "a.txt", headers));
  assertEquals(status, 201);
  assertMatch(url, /a\.txt$/);
  assertEquals((await result(server.upload(BYTES, "a.txt", headers)))[0], 401);
});

Deno.test("a token of UPLOAD expires after five minutes", async () => {
  const { server, ada } = await FileServer.withAda();
  await using _ = server;
  const [note = ""] = await ada.ask("UPLOAD");
  const [, token = ""] = /TOKEN ([0-9a-f]{32})/.exec(note) ?? [];
  server.clock.advance(5 * 60_000);
  const headers = { "Authorization": `Bearer ${token}` };
  assertEquals((await result(server.upload(BYTES, "a.txt", headers)))[0], 401);
});

/** Removes the account of `ada`; a new user registers it. */
async function replaceAda(server: FileServer, ada: IrcClient): Promise<void> {
  const [, command = ""] = /say: (DROP .*)$/.exec((await ada.ask("NS DROP ada")).join()) ?? [];
  await ada.send(`NS ${command}`);
  await ada.untilEnd();
  server.clock.advance(1);
  const other = await server.register("ada");
  assertMatch((await other.ask("REGISTER * * other")).join(), / REGISTER SUCCESS ada /);
}

Deno.test("a token of UPLOAD ends with its account, even if the name gets a new owner", async () => {
  const { server, ada } = await FileServer.withAda();
  await using _ = server;
  const [note = ""] = await ada.ask("UPLOAD");
  const [, token = ""] = /TOKEN ([0-9a-f]{32})/.exec(note) ?? [];
  await replaceAda(server, ada);
  const headers = { "Authorization": `Bearer ${token}` };
  assertEquals((await result(server.upload(BYTES, "a.txt", headers)))[0], 401);
});

Deno.test("an upload whose account is removed meanwhile is not given to the next owner of the name", async () => {
  const { server, ada } = await FileServer.withAda();
  await using _ = server;
  using socket = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  const head = [
    "POST /-/files HTTP/1.1",
    `Host: 127.0.0.1:${server.port}`,
    `Authorization: ${basic("ada", "sesame")}`,
    "Content-Length: 4",
    "Expect: 100-continue",
  ];
  await socket.write(new TextEncoder().encode([...head, "", ""].join("\r\n")));
  const buffer = new Uint8Array(1024);
  const read = async () =>
    new TextDecoder().decode(buffer.subarray(0, await socket.read(buffer) ?? 0));
  assertMatch(await read(), /^HTTP\/1\.1 100 /);
  await replaceAda(server, ada);
  await socket.write(BYTES);
  assertMatch(await read(), /^HTTP\/1\.1 401 /);
  server.clock.advance(200);
  assertEquals(server.stored, []);
});

Deno.test("UPLOAD needs an account, and a server that takes files", async () => {
  await using server = await FileServer.start();
  const bob = await server.register("bob", { caps: "standard-replies" });
  assertMatch((await bob.ask("UPLOAD")).join(), /FAIL UPLOAD ACCOUNT_REQUIRED :Only users with/);
  await using off = await FileServer.start({ uploads: 0 });
  const eve = await off.register("eve", { caps: "standard-replies" });
  assertMatch((await eve.ask("UPLOAD")).join(), /FAIL UPLOAD DISABLED :This server takes no files/);
});

Deno.test("an upload without credentials, or with wrong ones, is refused before its body is read", async () => {
  const { server } = await FileServer.withAda();
  await using _ = server;
  const credentials = [
    undefined,
    basic("ada", "wrong"),
    basic("nobody", "sesame"),
    "Basic !!!",
    "Bearer 0123",
    "Digest x",
  ];
  for (const authorization of credentials) {
    const answer = await server.raw([
      "POST /-/files HTTP/1.1",
      "Host: chat.test",
      "Content-Length: 1000",
      ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
    ]);
    assertMatch(answer, /^HTTP\/1\.1 401 Unauthorized\r\n/, authorization);
    const scheme = authorization?.startsWith("Bearer") ? "Bearer" : "Basic realm";
    assert(answer.includes(`WWW-Authenticate: ${scheme}`), answer);
  }
  assertEquals(server.stored, []);
});

Deno.test("the bytes decide how a file is shown; its name and its stated type do not", async () => {
  const { server } = await FileServer.withAda();
  await using _ = server;
  const hostile: readonly (readonly [name: string, body: BodyInit])[] = [
    ["picture.png", "<script>alert(1)</script>"],
    ["picture.svg", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`],
    ["page.html", "<!DOCTYPE html><script>alert(1)</script>"],
    ["page.xhtml", `<html xmlns="http://www.w3.org/1999/xhtml"/>`],
    ["paper.pdf", "%PDF-1.7 /JS (app.alert(1))"],
    ["code.js", "alert(1)"],
    ["style.css", "body { background: url(https://evil.example) }"],
    ["flash.swf", "FWS\x09"],
  ];
  for (const [name, body] of hostile) {
    const headers = { "Content-Type": "image/png" };
    const [status, url] = await result(server.upload(body, name, headers));
    assertEquals(status, 201, name);
    const { headers: fields, body: stream } = await fetch(url);
    await stream?.cancel();
    assertEquals(fields.get("content-type"), "application/octet-stream", name);
    assertMatch(fields.get("content-disposition") ?? "", /^attachment;/, name);
    assertEquals(fields.get("x-content-type-options"), "nosniff");
    assertMatch(fields.get("content-security-policy") ?? "", /default-src 'none'.*; sandbox$/);
    assertEquals(fields.get("cross-origin-resource-policy"), "same-origin");
  }
  const shown = await fetch(await server.uploaded(ONE_PIXEL.slice(), "page.html"));
  assertEquals(shown.headers.get("content-type"), "image/png");
  assertMatch(shown.headers.get("content-disposition") ?? "", /^inline; filename="page.html.png"$/);
  assertMatch(shown.headers.get("content-security-policy") ?? "", /; sandbox$/);
  await shown.body?.cancel();
});

Deno.test("a name from outside is made safe, and cannot lead out of the folder", async () => {
  const { server } = await FileServer.withAda();
  await using _ = server;
  const names: readonly (readonly [field: string, name: string])[] = [
    [`attachment; filename="../../etc/passwd"`, "passwd"],
    [`attachment; filename="..\\\\..\\\\boot.ini"`, "boot.ini"],
    [`attachment; filename=".bashrc"`, "bashrc"],
    [`attachment; filename="a\\"b; c=d.txt"`, "a_b_c_d.txt"],
    [`attachment; filename*=UTF-8''%E4%B8%AD%E6%96%87%2Etxt`, "%E4%B8%AD%E6%96%87.txt"],
    [`attachment; filename="x.txt"; filename*=UTF-8''caf%C3%A9.txt`, "caf%C3%A9.txt"],
    [`attachment; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20b.txt`, "aSet-Cookie_b.txt"],
    [`attachment; filename*=UTF-8''evil%E2%80%AEgnp.exe`, "evilgnp.exe"],
    [`attachment; filename*=UTF-8''%00%2F%00`, "file"],
    [`attachment`, "file"],
    ["", "file"],
    [`attachment; filename="${"a".repeat(300)}.jpeg"`, `${"a".repeat(59)}.jpeg`],
  ];
  for (const [field, name] of names) {
    const [status, url] = await result(server.upload(BYTES, "", { "Content-Disposition": field }));
    assertEquals(status, 201);
    assertEquals(url.split("/").at(-1), name, field);
    const answer = await fetch(url);
    assertEquals(await answer.text(), "tea\n");
    assertMatch(
      answer.headers.get("content-disposition") ?? "",
      /^attachment; filename="[\w .-]+"/,
    );
  }
  assert(server.stored.every((name) => /^[\w-]{24}$/.test(name)), server.stored.join());
  for (const path of ["", "/", "/..%2Fchat.db", "/../chat.db", "/x", `/${"a".repeat(24)}`]) {
    const answer = await server.raw([`GET /-/files${path} HTTP/1.1`, "Host: chat.test"]);
    assertMatch(answer, /^HTTP\/1\.1 40[45] /, path);
  }
});

Deno.test("a part of a file can be read, and an unchanged file need not be read again", async () => {
  const { server } = await FileServer.withAda();
  await using _ = server;
  const url = await server.uploaded("0123456789");
  const ranges: readonly (readonly [range: string, status: number, text: string])[] = [
    ["bytes=2-4", 206, "234"],
    ["bytes=7-", 206, "789"],
    ["bytes=-2", 206, "89"],
    ["bytes=5-100", 206, "56789"],
    ["bytes=0-1,4-5", 200, "0123456789"],
    ["lines=1-2", 200, "0123456789"],
    ["bytes=5-3", 200, "0123456789"],
  ];
  for (const [range, status, text] of ranges) {
    assertEquals(await result(fetch(url, { headers: { "Range": range } })), [status, text], range);
  }
  const beyond = await fetch(url, { headers: { "Range": "bytes=10-" } });
  assertEquals([beyond.status, beyond.headers.get("content-range")], [416, "bytes */10"]);
  await beyond.body?.cancel();
  const { headers, body } = await fetch(url);
  await body?.cancel();
  const known = headers.get("etag") ?? "";
  for (const [tag, status] of [[known, 206], [`W/${known}`, 200], ['"other"', 200]] as const) {
    const part = await fetch(url, { headers: { "Range": "bytes=0-3", "If-Range": tag } });
    assertEquals([part.status, await part.text()], [
      status,
      status === 206 ? "0123" : "0123456789",
    ]);
  }
  const again = await fetch(url, { headers: { "If-None-Match": headers.get("etag") ?? "" } });
  assertEquals([again.status, await again.text()], [304, ""]);
});

Deno.test("the answer to HEAD is that to GET without its body, and without a range", async () => {
  const { server } = await FileServer.withAda();
  await using _ = server;
  const { pathname } = new URL(await server.uploaded("0123456789"));
  const missing = `/-/files/${"a".repeat(24)}`;
  for (const target of [pathname, missing, "/-/files"]) {
    const got = await server.raw([`GET ${target} HTTP/1.1`, "Host: x"]);
    const asked = await server.raw([`HEAD ${target} HTTP/1.1`, "Host: x", "Range: bytes=0-3"]);
    assertEquals(asked, got.slice(0, got.indexOf("\r\n\r\n") + 4), target);
  }
});

Deno.test("a web page of another origin can neither upload nor read", async () => {
  const { server } = await FileServer.withAda({ origins: ["https://web.example.org"] });
  await using _ = server;
  const url = await server.uploaded(BYTES);
  for (const method of ["POST", "OPTIONS"]) {
    const headers = { "Origin": "https://evil.example", "Authorization": basic("ada", "sesame") };
    const refused = await fetch(server.url, { method, headers });
    assertEquals(refused.status, 403, method);
    assertEquals(refused.headers.get("access-control-allow-origin"), null);
    await refused.body?.cancel();
  }
  const read = await fetch(url, { headers: { "Origin": "https://evil.example" } });
  assertEquals(read.headers.get("access-control-allow-origin"), null);
  await read.body?.cancel();
  const asked = await fetch(server.url, {
    method: "OPTIONS",
    headers: { "Origin": "https://web.example.org" },
  });
  assertEquals(asked.status, 204);
  assertEquals(asked.headers.get("access-control-allow-origin"), "https://web.example.org");
  assertMatch(asked.headers.get("access-control-allow-headers") ?? "", /Authorization/);
  const [status] = await result(server.upload(BYTES, "a", { "Origin": "https://web.example.org" }));
  assertEquals(status, 201);
});

Deno.test("a web page of a named origin can read why its upload was refused", async () => {
  const { server } = await FileServer.withAda({
    origins: ["https://web.example.org"],
    uploadSize: 2048,
  });
  await using _ = server;
  const page = { "Origin": "https://web.example.org" };
  const tooLarge = await server.upload(new Uint8Array(2049), "a", page);
  const stranger = await fetch(server.url, { method: "POST", body: "tea", headers: page });
  const refusals = [[tooLarge, 413, "at most 2 KiB"], [stranger, 401, "Log in"]] as const;
  for (const [refused, status, reason] of refusals) {
    assertEquals(refused.status, status);
    assertEquals(refused.headers.get("access-control-allow-origin"), "https://web.example.org");
    assertStringIncludes(await refused.text(), reason);
  }
});

Deno.test("OPTIONS shows what may be uploaded, and other methods are refused", async () => {
  const { server } = await FileServer.withAda();
  await using _ = server;
  const options = await fetch(server.url, { method: "OPTIONS" });
  assertEquals(options.status, 204);
  assertEquals(options.headers.get("accept-post"), "*/*");
  assertEquals(options.headers.get("upload-limit"), `maxsize=${1024 ** 2}`);
  await options.body?.cancel();
  const get = await fetch(server.url);
  assertEquals([get.status, get.headers.get("allow")], [405, "POST, OPTIONS"]);
  await get.body?.cancel();
  const post = await fetch(await server.uploaded(BYTES), { method: "POST", body: "x" });
  assertEquals([post.status, post.headers.get("allow")], [405, "GET, HEAD"]);
  await post.body?.cancel();
});

Deno.test("the URL of a file is in no log", async () => {
  const { server, ada } = await FileServer.withAda();
  await using _ = server;
  const url = await server.uploaded(BYTES);
  await say(ada, url);
  await result(fetch(url));
  const [id = ""] = server.stored;
  assert(id !== "");
  assert(!JSON.stringify(server.log).includes(id));
  assert(server.log.some(([message]) => message === "file uploaded"));
});
