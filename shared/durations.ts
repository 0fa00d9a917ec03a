/**
 * Reads and writes durations, as in `90s`, `30m` or `1d12h`. Performs no I/O.
 *
 * @module
 */

/** The milliseconds of each unit, the longest first. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ["y", 365 * 86_400_000],
  ["w", 7 * 86_400_000],
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
]);

const DURATION = /^(?:\d{1,3}[ywdhms])+$/i;

/** Reads a duration as milliseconds; returns `undefined` if `text` is not one. */
export function parseDuration(text: string): number | undefined {
  if (text.length > 30 || !DURATION.test(text)) return undefined;
  let ms = 0;
  for (const [, count, unit = ""] of text.toLowerCase().matchAll(/(\d+)(\D)/g)) {
    ms += Number(count) * (UNITS.get(unit) ?? 0);
  }
  return ms;
}

/** Writes milliseconds, rounded up to seconds, in at most the two longest units that apply. */
export function formatDuration(ms: number): string {
  let rest = Math.ceil(ms / 1000) * 1000;
  const parts: string[] = [];
  for (const [unit, length] of UNITS) {
    const count = Math.floor(rest / length);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * length;
  }
  return parts.slice(0, 2).join("") || "0s";
}
