/**
 * Times as messages have them, `YYYY-MM-DDThh:mm:ss.sssZ`, and in milliseconds.
 *
 * Source: https://ircv3.net/specs/extensions/server-time
 *
 * @module
 */

const FORM = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;

/** A time, given in milliseconds since 1970-01-01 UTC. */
export function formatTime(time: number): string {
  return new Date(time).toISOString();
}

/** The milliseconds since 1970-01-01 UTC, or `undefined` if `text` is no time since then. */
export function parseTime(text: string): number | undefined {
  const time = FORM.test(text) ? Date.parse(text) : NaN;
  return time >= 0 ? time : undefined;
}
