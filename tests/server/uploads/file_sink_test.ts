import { assert, assertEquals } from "@std/assert";
import { ByteReader } from "../../../server/uploads/byte_reader.ts";
import { FileSink } from "../../../server/uploads/file_sink.ts";
import { COPIES } from "../../../server/uploads/pictures.ts";
import { joined, WEBP_WITH_PLACE, WEBP_WITHOUT_PLACE } from "../../support/pictures.ts";

/** A file in memory that counts the writes, and writes at most `most` bytes at a time. */
class MemoryFile {
  writes = 0;
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #at = 0;

  constructor(readonly most = Infinity) {}

  write(bytes: Uint8Array): Promise<number> {
    this.writes++;
    const some = bytes.subarray(0, this.most);
    const end = this.#at + some.length;
    this.bytes = joined(this.bytes.subarray(0, this.#at), some, this.bytes.subarray(end));
    this.#at = end;
    return Promise.resolve(some.length);
  }

  seek(offset: number | bigint, whence: Deno.SeekMode): Promise<number> {
    this.#at = whence === Deno.SeekMode.End ? this.bytes.length : Number(offset);
    return Promise.resolve(this.#at);
  }
}

/** Copies a picture of this type to `file`. */
async function copy(type: string, picture: Uint8Array, file: MemoryFile): Promise<void> {
  let rest = picture;
  const reader = new ByteReader({
    read(into) {
      const some = rest.subarray(0, into.length);
      into.set(some);
      rest = rest.subarray(some.length);
      return Promise.resolve(some.length === 0 ? null : some.length);
    },
  });
  const sink = new FileSink(file);
  await COPIES.get(type)?.(reader, sink);
  await sink.flush();
}

Deno.test("a picture of very many small parts is written in few pieces", async () => {
  const file = new MemoryFile();
  const parts = new Uint8Array(100_000).map((_, at) => at % 2 === 0 ? 0xff : 0xd0);
  const picture = joined([0xff, 0xd8], parts, [0xff, 0xd9]);
  await copy("image/jpeg", picture, file);
  assertEquals(file.bytes, picture);
  assert(file.writes < 5, `${file.writes} writes`);
});

Deno.test("the size that a picture states is corrected, even if the file takes only a part of each write", async () => {
  for (const most of [1, 5, Infinity]) {
    const file = new MemoryFile(most);
    await copy("image/webp", WEBP_WITH_PLACE, file);
    assertEquals(file.bytes, WEBP_WITHOUT_PLACE);
  }
});

Deno.test("a piece that is larger than the buffer is written in order", async () => {
  const file = new MemoryFile();
  const sink = new FileSink(file);
  const large = new Uint8Array(200_000).fill(7);
  for (const piece of [Uint8Array.of(1), large, Uint8Array.of(2)]) await sink.write(piece);
  await sink.flush();
  assertEquals(file.bytes, joined([1], large, [2]));
});
