/**
 * Lets members of a room talk, and measures the deliveries.
 *
 * @module
 */

import type { Member } from "./members.ts";

/** The room of the measurements. */
export const ROOM = "#bench";
const THROUGHPUT_MS = 3000;
const LATENCY_MS = 3000;
/** The least time between two timed messages, in milliseconds. */
const PACE_MS = 20;
/** The largest number of timed deliveries a second, so that a large room is not overloaded. */
const PACED_DELIVERIES_PER_SECOND = 50_000;
/** The number of deliveries that are on their way at a time while throughput is measured. */
const WINDOW = 100_000;
/** The least number of messages in a burst. */
const LEAST_BURST = 50;

/** Measures the deliveries and their time, while `speaker` sends as much as the server takes. */
export async function throughput(
  speaker: Member,
  members: readonly Member[],
): Promise<{ readonly deliveries: number; readonly seconds: number }> {
  const line = `PRIVMSG ${ROOM} :${"x".repeat(64)}\r\n`;
  const length = `:${speaker.mask} ${line}`.length;
  const burst = Math.max(LEAST_BURST, Math.floor(WINDOW / 2 / members.length));
  const received = () => members.reduce((sum, member) => sum + member.bytes, 0);
  const before = received();
  const start = performance.now();
  let sent = 0;
  while (performance.now() - start < THROUGHPUT_MS) {
    await speaker.send(line.repeat(burst));
    sent += burst;
    // The next burst is sent while this one is still on its way.
    while (received() - before < (sent - burst) * members.length * length) await nextTurn();
  }
  while (received() - before < sent * members.length * length) await nextTurn();
  return { deliveries: sent * members.length, seconds: (performance.now() - start) / 1000 };
}

/**
 * Sends messages at a steady pace, each followed by `filler`; returns the latencies of their
 * deliveries in milliseconds, in ascending order.
 */
export async function latencies(
  speaker: Member,
  members: readonly Member[],
  filler = "",
  durationMs = LATENCY_MS,
): Promise<number[]> {
  const times: number[] = [];
  for (const member of members) {
    member.onText = (text) => {
      const now = performance.now();
      for (const [, sentAt] of text.matchAll(/:t=([\d.]+)\r/g)) times.push(now - Number(sentAt));
    };
  }
  const pace = Math.max(PACE_MS, members.length * 1000 / PACED_DELIVERIES_PER_SECOND);
  const end = performance.now() + durationMs;
  while (performance.now() < end) {
    await speaker.send(`PRIVMSG ${ROOM} :t=${performance.now()}\r\n${filler}`);
    await new Promise((resolve) => setTimeout(resolve, pace));
  }
  await Promise.all(members.map((member) => member.barrier()));
  for (const member of members) member.onText = undefined;
  return times.sort((a, b) => a - b);
}

/** Lets the members read. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
