/**
 * Formats local times and days. Performs no I/O.
 *
 * @module
 */

/** Returns the local day of `time`, in milliseconds since 1970-01-01 UTC, as `YYYY-MM-DD`. */
export function dayOf(time: number): string {
  const date = new Date(time);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Returns the local time of day as `HH:MM`. */
export function timeOfDay(time: number): string {
  const date = new Date(time);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/**
 * Returns the local time of day. The day comes before it unless `time` is on the same day as `now`.
 */
function clockTime(time: number, now: number): string {
  const day = dayOf(time);
  return day === dayOf(now) ? timeOfDay(time) : `${day} ${timeOfDay(time)}`;
}

/**
 * Returns the text before a line: the time and a space. `format` is the value of the setting
 * `time`.
 */
export function stamp(time: number, now: number, format: string): string {
  if (format === "off") return "";
  const seconds = String(new Date(time).getSeconds()).padStart(2, "0");
  return `${clockTime(time, now)}${format === "seconds" ? `:${seconds}` : ""} `;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
