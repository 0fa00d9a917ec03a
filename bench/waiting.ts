/**
 * Measures the time that a client waits for an answer to PING while a client at another address asks
 * for what costs most, within the default limits. `--data FOLDER` is the data of the server: the
 * folder is copied; without it, the server has 20,000 rooms and no messages. `--only TEXT` measures the
 * cases with that text in their names. `--keep-size SIZE` measures instead for a minute how long one
 * waits while the server deletes history down to that size, and others talk.
 */

import { parseArgs } from "@std/cli/parse-args";
import { DEFAULT_LIMITS } from "../server/config/options.ts";
import { openStore } from "../server/store/open.ts";
import { Member, percentile, ServerProcess } from "./members.ts";

const ROOMS = 20_000;
/** The members that talk while history is deleted, and the time between their messages. */
const TALKERS = 20;
const TALK_MS = 5;
/** The time for which deletion is measured. */
const DELETION_MS = 60_000;
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

const { data, only = "", "keep-size": keepSize } = parseArgs(Deno.args, {
  string: ["data", "only", "keep-size"],
});
await using server = await ServerProcess.start({
  limits: DEFAULT_LIMITS,
  trustedProxy: ["127.0.0.1"],
  allowPlaintext: true,
  ...(keepSize === undefined ? {} : { keepSize }),
  prepare: (folder) => data === undefined ? fill(folder) : copy(data, folder),
});
const probe = await Member.register(server.address, "probe", "plain", "192.0.2.1");
console.log("| the other client sends | p50 | p99.9 | max |");
console.log("| :--- | ---: | ---: | ---: |");
if (keepSize === undefined) await measureCases();
else await measureDeletion();
probe.close();

async function measureCases(): Promise<void> {
  for (const [index, [name, count, line]] of CASES.entries()) {
    if (!name.includes(only)) continue;
    const guest = await Member.register(server.address, `guest${index}`, "plain", "192.0.2.66");
    await guest.send(`CAP REQ :${CAPS}\r\nJOIN #big,#tags\r\n`);
    await guest.barrier();
    const done = guest.send(`${line}\r\n`.repeat(count)).then(() => guest.barrier());
    print(`${count} × ${name}`, await pings(probe, done));
    guest.close();
  }
}

/** Measures while the server deletes history, and members talk. */
async function measureDeletion(): Promise<void> {
  const talkers = await Promise.all(Array.from({ length: TALKERS }, (_, index) => {
    return Member.join(server.address, `talker${index}`, "#talk");
  }));
  let turn = 0;
  const timer = setInterval(() => {
    talkers[turn++ % TALKERS]?.send(
      `PRIVMSG #talk :message ${turn} of the talkers, alpha beta\r\n`,
    );
  }, TALK_MS);
  const before = server.databaseBytes();
  const times = await pings(probe, new Promise((resolve) => setTimeout(resolve, DELETION_MS)));
  clearInterval(timer);
  const [from, to] = [before, server.databaseBytes()].map((bytes) => (bytes / 1e6).toFixed(0));
  print(`messages, and history is deleted (${from} to ${to} MB)`, times);
  for (const talker of talkers) talker.close();
}

function print(name: string, times: readonly number[]): void {
  const row = [percentile(times, 0.5), percentile(times, 0.999), times.at(-1) ?? NaN];
  console.log(`| ${name} | ${row.map((ms) => `${ms.toFixed(1)} ms`).join(" | ")} |`);
}

function copy(from: string, to: string): void {
  Deno.copyFileSync(`${from}/chat.db`, `${to}/chat.db`);
}
