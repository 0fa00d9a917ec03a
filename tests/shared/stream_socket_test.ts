import { assertEquals, assertRejects } from "@std/assert";
import { PassThrough } from "node:stream";
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
  assertEquals(socket.unread, 5);
  assertEquals(await read(socket, 2), "ab");
  assertEquals(socket.unread, 3);
  await socket.closeWrite();
  assertEquals([await read(socket, 9), await read(socket, 9)], ["cde", null]);
  assertEquals(socket.unread, 0);
});

Deno.test("reading and writing a closed stream fails", async () => {
  const socket = new StreamSocket(new PassThrough());
  const reading = read(socket, 9);
  socket.close();
  await assertRejects(() => reading, Error);
  await assertRejects(() => socket.write(bytes("a")), Error);
});
