/**
 * Measures for a minute how long a client waits for an answer to PING while the server deletes
 * history down to a size, and others talk.
 *
 * ```sh
 * deno run -A bench/deleting.ts --data FOLDER --keep-size 100M    # the server gets a copy of the folder
 * ```
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { DEFAULT_LIMITS } from "../server/config/options.ts";
import { Member, percentile, ServerProcess } from "./members.ts";

/** The number of members that talk. */
const TALKERS = 20;
/** The time between two messages, in milliseconds. */
const TALK_MS = 5;
/** The time for which deletion is measured, in milliseconds. */
const DELETION_MS = 60_000;

const { data = "", "keep-size": keepSize = "100M" } = parseArgs(Deno.args, {
  string: ["data", "keep-size"],
});
await using server = await ServerProcess.start({
  limits: DEFAULT_LIMITS,
  trustedProxy: ["127.0.0.1"],
  allowPlaintext: true,
  keepSize,
  prepare: (folder) => Deno.copyFileSync(`${data}/chat.db`, `${folder}/chat.db`),
});
const probe = await Member.register(server.address, "probe", "plain", "192.0.2.1");
const talkers = await Promise.all(Array.from({ length: TALKERS }, (_, index) => {
  return Member.join(server.address, `talker${index}`, "#talk");
}));
let turn = 0;
const timer = setInterval(() => {
  talkers[turn++ % TALKERS]?.send(`PRIVMSG #talk :message ${turn} of the talkers, alpha beta\r\n`);
}, TALK_MS);
const before = server.databaseBytes();
const times = await pings(DELETION_MS);
clearInterval(timer);
const [from, to] = [before, server.databaseBytes()].map((bytes) => (bytes / 1e6).toFixed(0));
const [middle, most, max] = [percentile(times, 0.5), percentile(times, 0.999), times.at(-1) ?? NaN];
console.log(`history is deleted, from ${from} to ${to} MB: p50 ${middle.toFixed(1)} ms,`);
console.log(`p99.9 ${most.toFixed(1)} ms, max ${max.toFixed(1)} ms`);
for (const client of [probe, ...talkers]) client.close();

/** Sends PING for `ms`; returns the times of the answers, in milliseconds, ascending. */
async function pings(ms: number): Promise<number[]> {
  const end = performance.now() + ms;
  const found: number[] = [];
  while (performance.now() < end) {
    const start = performance.now();
    await probe.barrier();
    found.push(performance.now() - start);
  }
  return found.sort((one, other) => one - other);
}
