import { assert, assertEquals, assertMatch } from "@std/assert";
import { AT_ONCE } from "../../../server/uploads/quota.ts";
import { LEAST_BYTES } from "../../../server/state/uploads.ts";
import { basic, FileServer, result } from "../../support/files.ts";

const MIB = 1024 ** 2;

/** Begins an upload of `bytes` and sends `sent` of them; the caller closes the socket. */
async function begin(server: FileServer, bytes: number | "chunked", sent = 100) {
  const socket = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  const length = bytes === "chunked" ? "Transfer-Encoding: chunked" : `Content-Length: ${bytes}`;
  const head = [
    "POST /-/files HTTP/1.1",
    "Host: chat.test",
    `Authorization: ${basic("ada", "sesame")}`,
    length,
    "Expect: 100-continue",
    "",
    "",
  ];
  await socket.write(new TextEncoder().encode(head.join("\r\n")));
  const buffer = new Uint8Array(4096);
  const count = await socket.read(buffer) ?? 0;
  const answer = new TextDecoder().decode(buffer.subarray(0, count));
  if (answer.startsWith("HTTP/1.1 100")) await socket.write(new Uint8Array(sent));
  return { socket, answer };
}

/** Waits until the folder has exactly this many files, complete or not. */
async function untilStored(server: FileServer, count: number): Promise<void> {
  while (server.stored.length !== count) await server.turn();
}

/** A number of turns in which a server surely looks at its sockets. */
const MANY_TURNS = 2000;

Deno.test("a file above the limit is refused at once if the client states its size", async () => {
  const { server } = await FileServer.withAda();
  await using _ = server;
  const { socket, answer } = await begin(server, 1024 * MIB);
  socket.close();
  assertMatch(answer, /^HTTP\/1\.1 413 /);
  assertEquals(server.stored, []);
});

Deno.test("a file for which the disk has no room besides the messages is refused before it is sent", async () => {
  const huge = 2 ** 49;
  const limits = { uploadBytes: 2 * huge };
  const { server } = await FileServer.withAda({ uploads: 2 * huge, uploadSize: huge, limits });
  await using _ = server;
  const { socket, answer } = await begin(server, huge);
  socket.close();
  assertMatch(answer, /^HTTP\/1\.1 507 [^]*\r\n\r\nThe server's disk is nearly full, /);
  assertEquals(server.stored, []);
  assertEquals((await result(server.upload("tea")))[0], 201);
});

Deno.test("an upload of 1 GB that does not state its size is cut off at the limit", async () => {
  const { server } = await FileServer.withAda();
  await using _ = server;
  let sent = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (sent >= 1024 * MIB) return controller.close();
      sent += 64 * 1024;
      controller.enqueue(new Uint8Array(64 * 1024));
    },
  });
  const outcome = await result(server.upload(body)).catch(() => [413, "the client noticed late"]);
  assertEquals(outcome[0], 413);
  assert(sent < 64 * MIB, `${sent}`);
  await untilStored(server, 0);
});

Deno.test("the files of one account have a limit, and so have the files of all accounts together", async () => {
  const limited = [
    [{ limits: { uploadBytes: 3 * LEAST_BYTES } }, /limit of one account/],
    [{ uploads: 3 * LEAST_BYTES }, /limit of this server/],
  ] as const;
  for (const [overrides, reason] of limited) {
    const { server } = await FileServer.withAda(overrides);
    await using _ = server;
    // Small files count, too.
    for (let i = 0; i < 3; i++) await server.uploaded("x");
    const [status, text] = await result(server.upload("x"));
    assertEquals(status, 507);
    assertMatch(text, reason);
    assertEquals(server.stored.length, 3);
  }
});

Deno.test("uploads in progress count, so that no two of them exceed a limit together", async () => {
  const { server } = await FileServer.withAda({ limits: { uploadBytes: MIB } });
  await using _ = server;
  const first = await begin(server, MIB);
  assertMatch(first.answer, /^HTTP\/1\.1 100 /);
  assertEquals((await result(server.upload("x")))[0], 507);
  first.socket.close();
  await untilStored(server, 0);
  await server.uploaded("x");
});

Deno.test("an address has a few uploads at a time; when one of them ends, another can begin", async () => {
  const { server } = await FileServer.withAda();
  await using _ = server;
  const begun = [];
  for (let i = 0; i < AT_ONCE.perAddress; i++) begun.push(await begin(server, 1000));
  assertEquals((await result(server.upload("x")))[0], 429);
  begun[0]?.socket.close();
  await untilStored(server, AT_ONCE.perAddress - 1);
  await server.uploaded("x");
  for (const { socket } of begun.slice(1)) socket.close();
  await untilStored(server, 1);
});

Deno.test("a thousand half uploads hold only what the limits allow, and nothing once they stall", async () => {
  const { server } = await FileServer.withAda();
  await using _ = server;
  const begun = await Promise.all(Array.from({ length: 1000 }, () => begin(server, MIB, 5000)));
  assert(server.stored.length <= AT_ONCE.perAddress, server.stored.join());
  assertEquals(begun.filter(({ answer }) => answer.startsWith("HTTP/1.1 100")).length, 4);
  while (server.stored.length > 0) {
    server.clock.advance(10_000);
    await server.turn();
  }
  for (const { socket } of begun) socket.close();
  await server.uploaded("x");
});

Deno.test("an upload that goes on too slowly ends, too", async () => {
  const { server } = await FileServer.withAda();
  await using _ = server;
  const { socket } = await begin(server, MIB, 1);
  const ended = socket.read(new Uint8Array(1)).then((count) => count === null, () => true);
  let isOver = false;
  ended.then(() => isOver = true);
  // The time of the test passes much faster than the server looks at its sockets.
  for (let count = 0; !isOver && count < MANY_TURNS; count++) {
    await socket.write(new Uint8Array(1)).catch(() => {});
    server.clock.advance(20_000);
    await server.turn();
  }
  socket.close();
  assert(isOver);
  await untilStored(server, 0);
});

Deno.test("a client that does not read the file that it asked for is disconnected", async () => {
  const { server } = await FileServer.withAda({ uploadSize: 64 * MIB });
  await using _ = server;
  const url = await server.uploaded(new Uint8Array(32 * MIB));
  const socket = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  const head = `GET ${new URL(url).pathname} HTTP/1.1\r\nHost: x\r\n\r\n`;
  await socket.write(new TextEncoder().encode(head));
  while (server.server.counts.connections > 1) {
    server.clock.advance(10_000);
    await server.turn();
  }
  socket.close();
});

Deno.test("wrong passwords by HTTP and by IRC count together", async () => {
  const { server } = await FileServer.withAda();
  await using _ = server;
  const headers = { "Authorization": basic("ada", "wrong") };
  for (let i = 0; i < 20; i++) await result(server.upload("x", "x", headers));
  // Even the right password is refused now.
  assertEquals((await result(server.upload("x")))[0], 401);
});

Deno.test("files that a killed server left unfinished, or that nobody was told of, are removed at the next start", async () => {
  const { server, ada } = await FileServer.withAda();
  {
    await using _ = server;
    server.keepFolder();
    await ada.send(`PRIVMSG #a :${await server.uploaded("said")}`);
    await ada.heard();
    const folder = `${server.data}/uploads`;
    for (const name of ["a".repeat(24), `${"b".repeat(24)}.part`, `${"c".repeat(24)}.copy`]) {
      Deno.writeTextFileSync(`${folder}/${name}`, "left");
    }
    assertEquals(server.stored.length, 4);
  }
  await using next = await FileServer.start({}, {}, server.data);
  next.clock.advance(200);
  assertEquals(next.stored.length, 1);
  server.removeFolder();
});

Deno.test("a server that closes ends uploads in progress, and leaves nothing of them", async () => {
  const { server } = await FileServer.withAda();
  server.keepFolder();
  const { socket } = await begin(server, MIB);
  await server[Symbol.asyncDispose]();
  socket.close();
  assertEquals(server.stored, []);
  server.removeFolder();
});

Deno.test("a server that starts without its database does not remove its uploaded files", async () => {
  const { server, ada } = await FileServer.withAda();
  let url = "";
  {
    await using _ = server;
    server.keepFolder();
    url = new URL(await server.uploaded("tea")).pathname;
    await ada.send(`PRIVMSG #a :${url}`);
    await ada.heard();
  }
  const { data } = server;
  Deno.renameSync(`${data}/chat.db`, `${data}/moved`);
  {
    await using other = await FileServer.start({}, {}, data);
    other.clock.advance(200);
    assertEquals(other.stored, []);
  }
  const [aside = ""] = Array.from(Deno.readDirSync(data), ({ name }) => name)
    .filter((name) => name.startsWith("uploads."));
  Deno.renameSync(`${data}/moved`, `${data}/chat.db`);
  Deno.renameSync(`${data}/${aside}`, `${data}/uploads`);
  await using again = await FileServer.start({}, {}, data);
  assertEquals(await result(fetch(new URL(url, again.url))), [200, "tea"]);
  server.removeFolder();
});
