/**
 * Measures the time that a client waits for an answer to PING while a client at another address asks
 * for what costs most, within the default limits. `--data FOLDER` is the data of the server: the
 * folder is copied; without it, the server has 20,000 rooms and no messages.
 */

import { parseArgs } from "@std/cli/parse-args";
import { DEFAULT_LIMITS } from "../server/config/options.ts";
import { openStore } from "../server/store/open.ts";
import { Member, percentile, ServerProcess } from "./members.ts";

const ROOMS = 20_000;
/** The capabilities that the costly commands need. */
const CAPS = "batch server-time message-tags draft/chathistory soju.im/search";

/** Each case: its name, the number of lines, and the line. */
const CASES: readonly (readonly [name: string, count: number, line: string])[] = [
  ["nothing", 0, ""],
  ["LIST with many stars", 200, `LIST ${"*a".repeat(120)}b`],
  ["LIST", 20, "LIST"],
  ["WHO with many stars", 200, `WHO ${"*r".repeat(120)}b`],
  ["SEARCH of two common words", 50, "SEARCH :text=alpha beta"],
  ["SEARCH of a phrase that is nowhere", 50, "SEARCH :text=beta-alpha alpha beta"],
  ["CHATHISTORY of long tags", 50, "CHATHISTORY LATEST #tags * 100"],
];

/** Fills a data folder with rooms. */
function fill(data: string): void {
  const store = openStore({ data, memory: false, durable: false });
  const topic = { text: "t".repeat(60), by: "ada", time: 1 };
  const none = { flags: "", settings: {}, ranks: {}, lists: {}, metadata: {} };
  for (let index = 0; index < ROOMS; index++) {
    const name = `#${"a".repeat(40)}${index}`;
    store.keep("channel", name, { name, createdAt: 1, topic, ...none });
  }
  store.close();
}

/** Sends PING until `end` has come; returns the times of the answers, in milliseconds, ascending. */
async function pings(probe: Member, end: Promise<void>): Promise<number[]> {
  const times: number[] = [];
  let isOver = false;
  end.then(() => isOver = true);
  do {
    const start = performance.now();
    await probe.barrier();
    times.push(performance.now() - start);
  } while (!isOver);
  return times.sort((one, other) => one - other);
}

const { data } = parseArgs(Deno.args, { string: ["data"] });
await using server = await ServerProcess.start({
  limits: DEFAULT_LIMITS,
  trustedProxy: ["127.0.0.1"],
  allowPlaintext: true,
  prepare: (folder) => data === undefined ? fill(folder) : copy(data, folder),
});
const probe = await Member.register(server.address, "probe", "plain", "192.0.2.1");
console.log("| the other client sends | p50 | p99.9 | max |");
console.log("| :--- | ---: | ---: | ---: |");
for (const [index, [name, count, line]] of CASES.entries()) {
  const guest = await Member.register(server.address, `guest${index}`, "plain", "192.0.2.66");
  await guest.send(`CAP REQ :${CAPS}\r\nJOIN #big,#tags\r\n`);
  await guest.barrier();
  const done = guest.send(`${line}\r\n`.repeat(count)).then(() => guest.barrier());
  const times = await pings(probe, done);
  const row = [percentile(times, 0.5), percentile(times, 0.999), times.at(-1) ?? NaN];
  console.log(`| ${count} × ${name} | ${row.map((ms) => `${ms.toFixed(1)} ms`).join(" | ")} |`);
  guest.close();
}
probe.close();

function copy(from: string, to: string): void {
  Deno.copyFileSync(`${from}/chat.db`, `${to}/chat.db`);
}
