import { assertEquals, assertRejects } from "@std/assert";
import { PassThrough } from "node:stream";
import { StreamSocket } from "../stream_socket.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** As much as one read brings into `size` bytes; `null` at the end. */
async function read(socket: StreamSocket, size: number): Promise<string | null> {
  const into = new Uint8Array(size);
  const count = await socket.read(into);
  return count === null ? null : new TextDecoder().decode(into.subarray(0, count));
}

Deno.test("what does not fit into one read is there for the next, and the end comes behind it", async () => {
  const socket = new StreamSocket(new PassThrough());
  assertEquals(await socket.write(bytes("abcde")), 5);
  assertEquals(socket.unread, 5);
  assertEquals(await read(socket, 2), "ab");
  assertEquals(socket.unread, 3);
  await socket.closeWrite();
  assertEquals([await read(socket, 9), await read(socket, 9)], ["cde", null]);
  assertEquals(socket.unread, 0);
});

Deno.test("a stream that is closed is neither read nor written", async () => {
  const socket = new StreamSocket(new PassThrough());
  const reading = read(socket, 9);
  socket.close();
  await assertRejects(() => reading, Error);
  await assertRejects(() => socket.write(bytes("a")), Error);
});
