/**
 * Copies a GIF picture without what editors wrote into it, such as comments and XMP, which may have
 * the place where it was taken. Keeps the images, how they move, and their colors. Nothing after
 * the picture is copied.
 *
 * Source: GIF89a (https://www.w3.org/Graphics/GIF/spec-gif89a.txt).
 *
 * @module
 */

import { type ByteReader, type ByteSink, FormatError, latin1 } from "./byte_reader.ts";

/** The first bytes of the blocks. */
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
/** The kind of extension that says how long an image is shown, and which color is transparent. */
const CONTROL = 0xf9;
/** The kind of extension for applications. */
const APPLICATION = 0xff;
/** The size of the name of an application. */
const NAME_BYTES = 11;
/** The applications whose extensions say how often the picture repeats, and which colors it has. */
const KEPT: ReadonlySet<string> = new Set(["NETSCAPE2.0", "ANIMEXTS1.0", "ICCRGBG1012"]);

/**
 * Copies the picture in `reader` to `sink`.
 *
 * @throws {FormatError} if it is damaged.
 */
export async function copyGif(reader: ByteReader, sink: ByteSink): Promise<void> {
  await copyWithTable(13, 10, reader, sink);
  let hasImage = false;
  for (;;) {
    const [block] = await reader.look();
    if (block === EXTENSION) await copyExtension(reader, sink);
    else if (block === IMAGE) {
      await copyWithTable(10, 9, reader, sink);
      // The size of the first code, and the codes.
      await reader.pass(1, sink);
      await passSubBlocks(reader, sink);
      hasImage = true;
    } // Some programs leave out the trailer, so the picture may also end with the file.
    else break;
  }
  if (!hasImage) throw new FormatError("the picture has no image");
  await sink.write(Uint8Array.of(TRAILER));
}

/**
 * Copies a head of `size` bytes, and the table of colors after it. The byte at `flagsAt` says
 * whether there is a table, and how many colors it has.
 */
async function copyWithTable(
  size: number,
  flagsAt: number,
  reader: ByteReader,
  sink: ByteSink,
): Promise<void> {
  const head = await reader.take(size);
  const flags = head[flagsAt] ?? 0;
  await sink.write(head);
  if ((flags & 0x80) !== 0) await reader.pass(3 * 2 ** ((flags & 7) + 1), sink);
}

/** Copies an extension if the picture needs it, and otherwise leaves it out. */
async function copyExtension(reader: ByteReader, sink: ByteSink): Promise<void> {
  const head = await reader.look(3 + NAME_BYTES);
  const [, kind, size] = head;
  const name = latin1(head.subarray(3, 3 + NAME_BYTES));
  const isKept = kind === CONTROL ||
    kind === APPLICATION && size === NAME_BYTES && KEPT.has(name);
  await reader.pass(2, isKept ? sink : undefined);
  await passSubBlocks(reader, isKept ? sink : undefined);
}

/** Passes blocks of data, each with its size before it, and the empty block that ends them. */
async function passSubBlocks(reader: ByteReader, sink?: ByteSink): Promise<void> {
  for (;;) {
    const [size = 0] = await reader.look();
    await reader.pass(1 + size, sink);
    if (size === 0) return;
  }
}
