/**
 * Determines the free space of a disk. Does not know what the space is for.
 *
 * @module
 */

import { statfsSync } from "node:fs";

/**
 * Returns the number of bytes that this user can still write to the disk with the folder `path`;
 * `undefined` if it cannot be determined.
 */
export function freeBytes(path: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
