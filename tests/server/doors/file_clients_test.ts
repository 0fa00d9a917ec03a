import { assertEquals, assertMatch } from "@std/assert";
import { basic, FileServer } from "../../support/files.ts";
import { jpegWithPlace, SECRET } from "../../support/pictures.ts";

// The requests that these clients make, field by field; each begins with a POST to the URL in
// `soju.im/FILEHOST`, and takes the URL of the file from `Location`.

const TEXT = new TextEncoder().encode("tea\n");
const AUTHORIZATION = `Authorization: ${basic("ada", "sesame")}`;

/** Uploads by a request as a client makes it; returns the URL of the file. */
async function upload(
  server: FileServer,
  fields: readonly string[],
  ...body: readonly Uint8Array[]
): Promise<string> {
  const host = `Host: 127.0.0.1:${server.port}`;
  const answer = await server.raw(["POST /-/files HTTP/1.1", host, ...fields], ...body);
  assertMatch(answer, /^HTTP\/1\.1 201 Created\r\n/);
  const [, location = ""] = /\r\nLocation: (\S+)\r\n/.exec(answer) ?? [];
  return new URL(location, server.url).href;
}

async function textAt(url: string): Promise<string> {
  const response = await fetch(url);
  return new TextDecoder("latin1").decode(await response.bytes());
}

Deno.test("senpai uploads a file", async () => {
  const { server } = await FileServer.withAda();
  await using _ = server;
  const fields = [
    "User-Agent: Go-http-client/1.1",
    "Content-Length: 4",
    AUTHORIZATION,
    "Content-Disposition: attachment; filename*=utf-8''caf%C3%A9.txt",
    "Accept-Encoding: gzip",
  ];
  const url = await upload(server, fields, TEXT);
  assertMatch(url, /\/caf%C3%A9\.txt$/);
  assertEquals(await textAt(url), "tea\n");
});

Deno.test("senpai uploads a picture from the clipboard, whose size it does not know", async () => {
  const { server } = await FileServer.withAda();
  await using _ = server;
  const picture = jpegWithPlace();
  const fields = [
    "User-Agent: Go-http-client/1.1",
    "Transfer-Encoding: chunked",
    AUTHORIZATION,
    "Content-Type: image/png",
    "Accept-Encoding: gzip",
  ];
  const chunks = [
    new TextEncoder().encode(`${picture.length.toString(16)}\r\n`),
    picture,
    new TextEncoder().encode("\r\n0\r\n\r\n"),
  ];
  const url = await upload(server, fields, ...chunks);
  assertMatch(url, /\/image\.jpg$/);
  const text = await textAt(url);
  assertEquals([text.startsWith("\xff\xd8"), text.includes(SECRET)], [true, false]);
});

Deno.test("senpai learns the largest size of a file", async () => {
  const { server } = await FileServer.withAda();
  await using _ = server;
  const answer = await server.raw([
    "POST /-/files HTTP/1.1",
    `Host: 127.0.0.1:${server.port}`,
    "User-Agent: Go-http-client/1.1",
    "Content-Length: 1048577",
    AUTHORIZATION,
  ]);
  assertMatch(answer, /^HTTP\/1\.1 413 /);
  assertMatch(answer, /\r\nUpload-Limit: maxsize=1048576\r\n/);
});

Deno.test("Halloy uploads a file", async () => {
  const { server } = await FileServer.withAda();
  await using _ = server;
  const fields = [
    "content-type: text/plain",
    `content-disposition: attachment; filename="say _hello_.txt"; filename*=UTF-8''say%20%22hello%22%2Etxt`,
    "content-length: 4",
    AUTHORIZATION.toLowerCase().replace(/basic .*/, basic("ada", "sesame")),
    "accept: */*",
  ];
  const url = await upload(server, fields, TEXT);
  assertMatch(url, /\/say_hello_\.txt$/);
  assertEquals(await textAt(url), "tea\n");
});

Deno.test("goguma uploads a file", async () => {
  const { server } = await FileServer.withAda();
  await using _ = server;
  const fields = [
    "user-agent: Dart/3.5 (dart:io)",
    "content-type: text/plain",
    "accept-encoding: gzip",
    "content-length: 4",
    "content-disposition: attachment; filename*=UTF-8''my+notes%281%29.txt",
    AUTHORIZATION.replace("Authorization", "authorization"),
  ];
  const url = await upload(server, fields, TEXT);
  assertMatch(url, /\/my_notes_1_.txt$/);
  assertEquals(await textAt(url), "tea\n");
});

Deno.test("curl waits for the server before it sends a large file", async () => {
  const { server } = await FileServer.withAda();
  await using _ = server;
  const answer = await server.raw(
    [
      "POST /-/files HTTP/1.1",
      `Host: 127.0.0.1:${server.port}`,
      "User-Agent: curl/8.14.1",
      "Accept: */*",
      AUTHORIZATION,
      "Content-Length: 4",
      "Content-Type: application/x-www-form-urlencoded",
      "Expect: 100-continue",
    ],
    TEXT,
  );
  assertMatch(answer, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 Created\r\n/);
});
