/**
 * Copies pictures without what cameras and editors wrote into them, above all the place where they
 * were taken. Only the parts that are needed to show a picture are copied, so an unknown kind of
 * part is left out.
 *
 * Sources: PNG (https://www.w3.org/TR/png-3/), section 5; WebP (RFC 9649), section 2.
 *
 * @module
 */

import {
  bigEndian,
  type ByteReader,
  type ByteSink,
  bytesOf,
  FormatError,
  latin1,
} from "./byte_reader.ts";
import { copyGif } from "./gif.ts";
import { copyJpeg } from "./jpeg.ts";

/**
 * A function that copies a picture from a reader to a sink, and throws a {@linkcode FormatError} if
 * the picture is damaged.
 */
export type CopyPicture = (reader: ByteReader, sink: ByteSink) => Promise<void>;

/** The functions that copy pictures, by media type. Files of other types are left as they are. */
export const COPIES: ReadonlyMap<string, CopyPicture> = new Map([
  ["image/gif", copyGif],
  ["image/jpeg", copyJpeg],
  ["image/png", copyPng],
  ["image/webp", copyWebp],
]);

const PNG_MAGIC_BYTES = 8;
/**
 * The chunks of PNG that a decoder may ignore, but that are kept, because the picture would
 * otherwise change its colors or its size, or stand still.
 */
const PNG_KEPT: ReadonlySet<string> = new Set([
  ..."tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD pHYs acTL fcTL fdAT".split(" "),
]);

/**
 * Copies the picture to its end. Leaves out its text, time and Exif data, and anything after the
 * picture.
 */
async function copyPng(reader: ByteReader, sink: ByteSink): Promise<void> {
  await reader.pass(PNG_MAGIC_BYTES, sink);
  for (;;) {
    const head = (await reader.take(8)).slice();
    const length = bigEndian(head);
    const type = latin1(head.subarray(4));
    if (length >= 2 ** 31 || !/^[A-Za-z]{4}$/.test(type)) {
      throw new FormatError("a chunk is malformed");
    }
    // PNG, "Chunk naming conventions": a chunk whose name begins in upper case is needed to decode
    // the picture.
    const isKept = /^[A-Z]/.test(type) || PNG_KEPT.has(type);
    if (isKept) await sink.write(head);
    // The data, and its checksum.
    await reader.pass(length + 4, isKept ? sink : undefined);
    if (type === "IEND") return;
  }
}

const WEBP_KEPT: ReadonlySet<string> = new Set([
  "VP8 ",
  "VP8L",
  "VP8X",
  "ALPH",
  "ANIM",
  "ANMF",
  "ICCP",
]);
/**
 * The flags in the first byte of VP8X for chunks with Exif and with XMP (RFC 9649, section 2.7.1).
 */
const HAS_EXIF_OR_XMP = 0x0c;

/**
 * Copies the chunks that are needed to show the picture. Corrects the size of the whole file, and
 * the flags for the chunks that were left out.
 */
async function copyWebp(reader: ByteReader, sink: ByteSink): Promise<void> {
  const header = (await reader.take(12)).slice();
  await sink.write(header);
  let left = littleEndian(header.subarray(4)) - 4;
  let size = 4;
  while (left >= 8) {
    const head = (await reader.take(8)).slice();
    const type = latin1(head.subarray(0, 4));
    const length = littleEndian(head.subarray(4));
    const padded = length + length % 2;
    if (padded > left - 8) throw new FormatError("a chunk is too long");
    left -= 8 + padded;
    const isKept = WEBP_KEPT.has(type);
    if (isKept) {
      await sink.write(head);
      size += 8 + padded;
    }
    if (type === "VP8X" && length > 0) {
      const [flags = 0] = await reader.take(1);
      await sink.write(Uint8Array.of(flags & ~HAS_EXIF_OR_XMP));
      await reader.pass(padded - 1, sink);
    } else {
      await reader.pass(padded, isKept ? sink : undefined);
    }
  }
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, size, true);
  await sink.overwrite(bytesOf("RIFF").length, bytes);
}

function littleEndian(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
}
