/**
 * Measures the time that a client waits for an answer to PING while a client at another address
 * sends lines within the default limits: the costliest inputs of each command, and other inputs.
 * Prints a table.
 *
 * ```sh
 * deno run -A bench/waiting.ts --prepare FOLDER     # fills a folder with rooms and a million messages
 * deno run -A bench/waiting.ts --data FOLDER        # measures a server with a copy of it and 5,000 clients
 * deno run -A bench/waiting.ts --data FOLDER --only JOIN,KICK    # only the cases whose name has such a word
 * deno run -A bench/waiting.ts --data FOLDER --part 2/5     # a fifth of the cases
 * deno run -A bench/waiting.ts --data FOLDER --beside       # InspIRCd, too
 * deno run -A bench/waiting.ts --data FOLDER --rooms 4      # all clients are in four rooms, not one
 * deno run -A bench/waiting.ts --data FOLDER --executable dist/chat    # not the sources
 * ```
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { DEFAULT_LIMITS } from "../server/config/options.ts";
import { openStore } from "../server/store/open.ts";
import { fillStore } from "./costs/state.ts";
import { ServerProcess } from "./members.ts";
import { CASES, OPERATOR } from "./waiting/cases.ts";
import { InspIrcd } from "./waiting/inspircd.ts";
import { Crowd, type Waiting } from "./waiting/measuring.ts";

const ROOMS = 20_000;
const MESSAGES = 1_000_000;
/** The time for which a run may last, in seconds. */
const LONGEST_RUN_S = 24 * 3600;
const HEAD = "| one client sends | as | p50 | p99.9 | max | PINGs | stop |\n" +
  "| :--- | :--- | ---: | ---: | ---: | ---: | ---: |";
const HEAD_BESIDE =
  "| one client sends | as | p50 | p99.9 | max | PINGs | stop | InspIRCd: p50 | p99.9 | max | PINGs | stop |\n" +
  "| :--- | :--- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |";

const {
  prepare,
  data,
  only = "",
  part = "1/1",
  beside,
  clients = 5000,
  messages = MESSAGES,
  rooms = 1,
  executable,
} = parseArgs(Deno.args, {
  string: ["prepare", "data", "only", "clients", "messages", "part", "rooms", "executable"],
  boolean: ["beside"],
});
if (prepare !== undefined) fill(prepare);
else await measure();

/** Fills a folder. */
function fill(folder: string): void {
  Deno.mkdirSync(folder, { recursive: true });
  const store = openStore({ data: folder, memory: false, durable: false });
  fillStore(store, { users: 0, rooms: ROOMS, messages: Number(messages) }, Date.now());
  store.close();
}

async function measure(): Promise<void> {
  await using server = await ServerProcess.start({
    // The clients that do nothing do not answer the server's PING either.
    limits: { ...DEFAULT_LIMITS, pingSeconds: LONGEST_RUN_S },
    trustedProxy: ["127.0.0.1"],
    allowPlaintext: true,
    operators: [OPERATOR],
    executable,
    prepare: (folder) => copy(folder),
  });
  await using other = beside ? await InspIrcd.start() : undefined;
  const own = new Crowd(server.address, true);
  await own.fill(Number(clients), { common: Number(rooms), own: 0 });
  const others = other && new Crowd(other.address, false);
  await others?.fill(Number(clients), {
    common: Number(rooms),
    own: ROOMS / Number(clients),
  });
  console.log(others ? HEAD_BESIDE : HEAD);
  const found: Waiting[] = [];
  const foundBeside: Waiting[] = [];
  const [number = 1, parts = 1] = part.split("/").map(Number);
  const chosen = CASES.filter(({ name }) => only.split(",").some((word) => name.includes(word)));
  for (const each of chosen.filter((_, index) => index % parts === number - 1)) {
    const waiting = await own.measure(each);
    if (waiting) found.push(waiting);
    const beside = await others?.measure(each);
    if (beside) foundBeside.push(beside);
    const columns = others ? ` ${row(beside)}` : "";
    console.log(`| ${each.name} | ${each.role} | ${row(waiting)}${columns}`);
  }
  console.log(`\nThe longest: ${longest(found)}`);
  if (others) console.log(`InspIRCd, the longest: ${longest(foundBeside)}`);
  own.close();
  others?.close();
}

/** Copies the prepared data for a server; if there is none, creates the rooms. */
function copy(to: string): void {
  if (data === undefined) {
    const store = openStore({ data: to, memory: false, durable: false });
    fillStore(store, { users: 0, rooms: ROOMS, messages: 1000 }, Date.now());
    store.close();
    return;
  }
  for (const { name, isFile } of Deno.readDirSync(data)) {
    if (!isFile) continue;
    Deno.copyFileSync(`${data}/${name}`, `${to}/${name}`);
    // Otherwise, the first checkpoint of the server would wait until the whole copy is on the disk.
    using file = Deno.openSync(`${to}/${name}`, { write: true });
    file.syncSync();
  }
}

function row(waiting: Waiting | undefined): string {
  if (!waiting) return "| | | | |";
  const { p50, p999, max, count, stalledMs } = waiting;
  const times = [p50, p999, max].map((ms) => `${ms.toFixed(1)} ms |`);
  return [...times, `${count} |`, `${stalledMs.toFixed(1)} ms |`].join(" ");
}

function longest(of: readonly Waiting[]): string {
  const worst = (read: (waiting: Waiting) => number) => Math.max(...of.map(read)).toFixed(1);
  return `p99.9 ${worst(({ p999 }) => p999)} ms, max ${worst(({ max }) => max)} ms`;
}
