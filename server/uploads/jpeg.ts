/**
 * Copies a JPEG picture without the data that its camera and its editor wrote into it, such as the
 * place and the time, the owner, and a smaller picture. Keeps the picture, its colors, and which
 * side is up. Nothing after the picture is copied.
 *
 * Sources: ITU-T T.81 (https://www.w3.org/Graphics/JPEG/itu-t81.pdf), annex B; JFIF 1.02
 * (https://www.w3.org/Graphics/JPEG/jfif3.pdf); Exif 2.32, section 4.5.
 *
 * @module
 */

import { type ByteReader, type ByteSink, bytesOf, FormatError, latin1 } from "./byte_reader.ts";

const START = 0xd8;
const END = 0xd9;
const SCAN = 0xda;
const COMMENT = 0xfe;
/** The first and the last of the segments for applications, APP0 to APP15. */
const APP0 = 0xe0;
const APP15 = 0xef;
const APP1 = 0xe1;

/** A segment for applications that is kept, because the picture needs it. */
interface KeptSegment {
  /** The bytes that its data begins with. */
  readonly beginning: string;
  /** Returns the part of its data that the picture needs. */
  readonly needed: (data: Uint8Array) => Uint8Array;
}

/** The segments for applications that are kept, by their markers. */
const KEPT: ReadonlyMap<number, KeptSegment> = new Map([
  // The size of a pixel, and then the width and the height of a smaller picture. These are 0,
  // because the copy has no smaller picture.
  [APP0, { beginning: "JFIF\0", needed: (data) => Uint8Array.of(...data.subarray(0, 12), 0, 0) }],
  // The color profile.
  [0xe2, { beginning: "ICC_PROFILE\0", needed: (data) => data }],
  // The color space.
  [0xee, { beginning: "Adobe", needed: (data) => data.subarray(0, 12) }],
]);

/**
 * Copies the picture in `reader` to `sink`.
 *
 * @throws {FormatError} if it is damaged.
 */
export async function copyJpeg(reader: ByteReader, sink: ByteSink): Promise<void> {
  if (await nextMarker(reader) !== START) throw new FormatError("the picture has no beginning");
  await sink.write(Uint8Array.of(0xff, START));
  for (;;) {
    const marker = await nextMarker(reader);
    if (marker === END) break;
    if (marker === START || marker === 0) throw new FormatError("a marker is out of place");
    if (isAlone(marker)) await sink.write(Uint8Array.of(0xff, marker));
    else await copySegment(marker, reader, sink);
    // Some programs leave out the marker END, so the picture may also end with the file.
    if (marker === SCAN && !await copyScan(reader, sink)) break;
  }
  await sink.write(Uint8Array.of(0xff, END));
}

/**
 * Returns the code of the next marker, which any number of bytes 0xff may precede (ITU-T T.81,
 * B.1.1.2).
 */
async function nextMarker(reader: ByteReader): Promise<number> {
  let [byte = 0] = await reader.take(1);
  if (byte !== 0xff) throw new FormatError("a marker is missing");
  while (byte === 0xff) [byte = 0] = await reader.take(1);
  return byte;
}

/**
 * Returns true for a marker without a segment: TEM and the restart markers (ITU-T T.81, B.1.1.3).
 */
function isAlone(marker: number): boolean {
  return marker === 0x01 || isRestart(marker);
}

function isRestart(marker: number): boolean {
  return marker >= 0xd0 && marker <= 0xd7;
}

async function copySegment(marker: number, reader: ByteReader, sink: ByteSink): Promise<void> {
  const [high = 0, low = 0] = await reader.take(2);
  const length = high * 256 + low;
  if (length < 2) throw new FormatError("a segment is too short");
  // `data` is valid only until the next call of the reader.
  const data = await reader.take(length - 2);
  const isForPrograms = marker >= APP0 && marker <= APP15 || marker === COMMENT;
  const needed = isForPrograms ? neededOf(marker, data) : data;
  if (needed) {
    const size = 2 + needed.length;
    await sink.write(Uint8Array.of(0xff, marker, size >> 8, size & 0xff));
    return await sink.write(needed);
  }
  const orientation = marker === APP1 ? orientationIn(data) : undefined;
  if (orientation !== undefined) await sink.write(orientationSegment(orientation));
}

/** Returns the part of an application segment's data that the picture needs, if it needs any. */
function neededOf(marker: number, data: Uint8Array): Uint8Array | undefined {
  const kept = KEPT.get(marker);
  if (!kept || latin1(data.subarray(0, kept.beginning.length)) !== kept.beginning) return undefined;
  return kept.needed(data);
}

/** Copies the data of a scan, up to the next marker; returns false if the file ends first. */
async function copyScan(reader: ByteReader, sink: ByteSink): Promise<boolean> {
  for (;;) {
    const bytes = await reader.look(2);
    if (bytes.length < 2) return false;
    const end = scanEnd(bytes);
    // A byte 0xff at the end of what was read may begin a marker.
    const some = bytes.subarray(
      0,
      end ?? (bytes.at(-1) === 0xff ? bytes.length - 1 : bytes.length),
    );
    await sink.write(some);
    reader.drop(some.length);
    if (end !== undefined) return true;
  }
}

/** Returns the position of the marker that ends a scan. */
function scanEnd(bytes: Uint8Array): number | undefined {
  for (let at = bytes.indexOf(0xff); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    if (next !== undefined && next !== 0 && !isRestart(next)) return at;
  }
  return undefined;
}

const EXIF = "Exif\0\0";
/** The tag of the orientation. */
const ORIENTATION = 0x0112;
/** The type of its value: an unsigned number of two bytes. */
const SHORT = 3;

/**
 * Returns the orientation in the data of a segment, from 2 to 8; `undefined` if the picture is
 * upright.
 */
function orientationIn(data: Uint8Array): number | undefined {
  if (latin1(data.subarray(0, EXIF.length)) !== EXIF) return undefined;
  const tiff = data.subarray(EXIF.length);
  if (tiff.length < 8) return undefined;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length);
  const isLittle = latin1(tiff.subarray(0, 2)) === "II";
  const at = view.getUint32(4, isLittle);
  const count = at + 2 <= tiff.length ? view.getUint16(at, isLittle) : 0;
  for (let entry = at + 2; entry < at + 2 + 12 * count && entry + 12 <= tiff.length; entry += 12) {
    if (view.getUint16(entry, isLittle) !== ORIENTATION) continue;
    const value = view.getUint16(entry + 8, isLittle);
    return value >= 2 && value <= 8 ? value : undefined;
  }
  return undefined;
}

/** Returns a segment whose only Exif data is the orientation. */
function orientationSegment(orientation: number): Uint8Array {
  const tiff = new Uint8Array(26);
  const view = new DataView(tiff.buffer);
  tiff.set(bytesOf("MM\0*"));
  view.setUint32(4, 8);
  view.setUint16(8, 1);
  view.setUint16(10, ORIENTATION);
  view.setUint16(12, SHORT);
  view.setUint32(14, 1);
  view.setUint16(18, orientation);
  const length = 2 + EXIF.length + tiff.length;
  return Uint8Array.of(0xff, APP1, length >> 8, length & 0xff, ...bytesOf(EXIF), ...tiff);
}
