/**
 * Copies the damaged bytes of a file to a file beside it, before the file changes.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import { type Report, troubleOf } from "./trouble.ts";

/** Bytes of a file that are damaged. */
export interface Damage {
  /** The position of the first byte. */
  readonly from: number;
  /** The bytes. */
  readonly bytes: Uint8Array;
}

/** The part of a file's name that marks it as a copy of the damaged bytes of another file. */
export const DAMAGED = ".damaged-";
/** The largest length, in characters, of the list of damaged positions in a log entry. */
const AT_LENGTH = 200;

/** Copies damaged bytes of `what`, the file at `path`, to a file beside it, and reports them. */
export function setAside(
  what: string,
  path: string,
  damage: readonly Damage[],
  report: Report,
): void {
  const kept = `${path}${DAMAGED}${damage.reduce(addSum, 0).toString(16)}`;
  const at = damage.map(({ from, bytes }) => `${from}-${from + bytes.length}`).join(" ");
  const fields = { path, at: at.slice(0, AT_LENGTH) };
  try {
    using file = Deno.openSync(kept, { write: true, create: true, truncate: true, mode: 0o600 });
    for (const { bytes } of damage) {
      for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    }
    report(`a part of ${what} is damaged and left out`, { ...fields, kept });
  } catch (error) {
    const { meaning } = troubleOf(error);
    report(`a part of ${what} is damaged and lost`, { ...fields, reason: meaning });
  }
}

function addSum(sum: number, { bytes }: Damage): number {
  return crc32(bytes, sum);
}
