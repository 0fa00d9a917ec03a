import { assertEquals, assertRejects } from "@std/assert";
import { Duplex, PassThrough } from "node:stream";
import { StreamSocket } from "../../shared/stream_socket.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** Resolves to the text of one read of up to `size` bytes; `null` at the end. */
async function read(socket: StreamSocket, size: number): Promise<string | null> {
  const into = new Uint8Array(size);
  const count = await socket.read(into);
  return count === null ? null : new TextDecoder().decode(into.subarray(0, count));
}

Deno.test("data that does not fit into one read is left for the next, before the end", async () => {
  const socket = new StreamSocket(new PassThrough());
  assertEquals(await socket.write(bytes("abcde")), 5);
  assertEquals(await read(socket, 2), "ab");
  await socket.closeWrite();
  assertEquals([await read(socket, 9), await read(socket, 9)], ["cde", null]);
});

Deno.test("reading and writing a closed stream fails", async () => {
  const socket = new StreamSocket(new PassThrough());
  const reading = read(socket, 9);
  socket.close();
  await assertRejects(() => reading, Error);
  await assertRejects(() => socket.write(bytes("a")), Error);
});

Deno.test("a stream that was paused before is read", async () => {
  const stream = new PassThrough();
  stream.pause();
  const socket = new StreamSocket(stream);
  await socket.write(bytes("a"));
  assertEquals(await read(socket, 9), "a");
});

Deno.test("a stream is paused while much is unread, and nothing is lost", async () => {
  const stream = new PassThrough();
  const socket = new StreamSocket(stream);
  const chunk = new Uint8Array(16 * 1024);
  const all = Array.from({ length: 8 }, () => socket.write(chunk));
  await all[0];
  assertEquals(stream.isPaused(), true);
  let count = 0;
  for (const into = new Uint8Array(5000); count < 8 * chunk.length;) {
    count += await socket.read(into) ?? 0;
  }
  await Promise.all(all);
  assertEquals(count, 8 * chunk.length);
});

Deno.test("without reading ahead, a stream is paused unless a read waits", async () => {
  const stream = new PassThrough();
  const socket = new StreamSocket(stream);
  socket.readAhead(false);
  assertEquals(stream.isPaused(), true);
  const reading = read(socket, 2);
  assertEquals(stream.isPaused(), false);
  await socket.write(bytes("abc"));
  assertEquals(await reading, "ab");
  assertEquals(stream.isPaused(), true);
  assertEquals(await read(socket, 2), "c");
  assertEquals(stream.isPaused(), true);
  socket.readAhead(true);
  assertEquals(stream.isPaused(), false);
});

Deno.test("closing the outgoing direction of a closed connection ends", async () => {
  const before = new StreamSocket(new PassThrough());
  before.close();
  await before.closeWrite();
  const during = new StreamSocket(new Duplex({ read() {}, final() {} }));
  const closed = during.closeWrite();
  during.close();
  await closed;
});

Deno.test("a write that the stream never ends fails once the connection is closed", async () => {
  const socket = new StreamSocket(new Duplex({ read() {}, write() {} }));
  const written = socket.write(Uint8Array.of(1));
  socket.close();
  await assertRejects(() => written, Error, "the connection is closed");
});
