/**
 * Finds damage in the write-ahead log of SQLite. SQLite itself ignores the log after the first
 * damaged frame, without an error.
 *
 * The log has a header of 32 bytes, and frames. A frame has a header of 24 bytes and a page. The
 * frames of the current log have the salt of its header; the frames after them are left from an
 * earlier log. Each checksum continues the one before it (https://www.sqlite.org/fileformat2.html,
 * section 4.1).
 *
 * @module
 */

import { unusableFile } from "./trouble.ts";

const HEADER = 32;
const FRAME_HEADER = 24;
/** The magic numbers, one for each byte order of the checksums. */
const LITTLE_ENDIAN = 0x377f0682;
const BIG_ENDIAN = 0x377f0683;
/** The positions in the header. */
const PAGE_SIZE = 8;
const SALT = 16;
const HEADER_SUM = 24;
/** The positions in a frame. */
const FRAME_SALT = 8;
const FRAME_SUM = 16;

/** A checksum: two numbers of 32 bits. */
type Sum = readonly [number, number];

/** The contents of a log. */
export interface LogContents {
  /** The bytes. */
  readonly bytes: Uint8Array;
  /**
   * The position of the first damaged byte, after which SQLite ignores the log; absent if the log
   * is not damaged.
   */
  readonly damagedFrom?: number | undefined;
}

/**
 * Reads the log beside the database at `path`; there may be none. The database must not be open.
 *
 * @throws {UserError} if it cannot be read.
 */
export function readLog(path: string): LogContents {
  const log = `${path}-wal`;
  try {
    const bytes = Deno.readFileSync(log);
    return { bytes, damagedFrom: damagedFrom(bytes) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { bytes: new Uint8Array() };
    throw unusableFile(log, error);
  }
}

function damagedFrom(bytes: Uint8Array): number | undefined {
  if (bytes.length < HEADER) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const magic = view.getUint32(0);
  const isLittle = magic === LITTLE_ENDIAN;
  if (!isLittle && magic !== BIG_ENDIAN) return 0;
  let sum = added([0, 0], view, 0, HEADER_SUM, isLittle);
  if (!hasSum(view, HEADER_SUM, sum)) return 0;
  const size = FRAME_HEADER + view.getUint32(PAGE_SIZE);
  const isCurrent = (at: number): boolean =>
    view.getUint32(at + FRAME_SALT) === view.getUint32(SALT) &&
    view.getUint32(at + FRAME_SALT + 4) === view.getUint32(SALT + 4);
  for (let at = HEADER; at + size <= bytes.length; at += size) {
    sum = added(sum, view, at, FRAME_SALT, isLittle);
    sum = added(sum, view, at + FRAME_HEADER, size - FRAME_HEADER, isLittle);
    if (isCurrent(at) && hasSum(view, at + FRAME_SUM, sum)) continue;
    // The current log ends here, unless a later frame belongs to it: then this frame is damaged.
    for (let later = at; later + size <= bytes.length; later += size) {
      if (isCurrent(later)) return at;
    }
    return undefined;
  }
  return undefined;
}

function hasSum(view: DataView, at: number, [one, two]: Sum): boolean {
  return view.getUint32(at) === one && view.getUint32(at + 4) === two;
}

/** Continues a checksum with `length` further bytes, a multiple of 8. */
function added(
  [first, second]: Sum,
  view: DataView,
  from: number,
  length: number,
  isLittle: boolean,
): Sum {
  let one = first;
  let two = second;
  for (let at = from; at < from + length; at += 8) {
    one = (one + view.getUint32(at, isLittle) + two) >>> 0;
    two = (two + view.getUint32(at + 4, isLittle) + one) >>> 0;
  }
  return [one, two];
}
