/**
 * Converts times between milliseconds and `YYYY-MM-DDThh:mm:ss.sssZ`, the format in the tag `time`
 * and in parameters.
 *
 * Source: https://ircv3.net/specs/extensions/server-time
 *
 * @module
 */

const FORMAT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;

/** Formats a time that is given in milliseconds since 1970-01-01 UTC. */
export function formatTime(time: number): string {
  return new Date(time).toISOString();
}

/** Writes a time for people: in UTC, to the minute. */
export function formatMinute(time: number): string {
  return `${formatTime(time).slice(0, 16).replace("T", " ")} UTC`;
}

/**
 * Returns the milliseconds since 1970-01-01 UTC; `undefined` if `text` has another format, or names
 * a time before 1970.
 */
export function parseTime(text: string): number | undefined {
  const time = FORMAT.test(text) ? Date.parse(text) : NaN;
  return time >= 0 ? time : undefined;
}
