/**
 * Writes sizes as people read them. Performs no I/O.
 *
 * @module
 */

/** The bytes of each unit, the largest first. */
const UNITS: readonly [unit: string, bytes: number][] = [
  ["TiB", 1024 ** 4],
  ["GiB", 1024 ** 3],
  ["MiB", 1024 ** 2],
  ["KiB", 1024],
];

/**
 * Writes a number of bytes in the largest unit that fits, with at most one decimal: `25 MiB`.
 * Rounds down: neither a limit nor the free space of a disk may look larger than it is.
 */
export function formatSize(bytes: number): string {
  const [unit, length] = UNITS.find(([, length]) => bytes >= length) ?? ["bytes", 1];
  return `${Math.floor(bytes / length * 10) / 10} ${unit}`;
}
