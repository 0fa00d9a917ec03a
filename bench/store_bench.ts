/**
 * Measures the store with a million messages: reading a page, searching, opening. First builds a
 * database in a temporary folder, which takes about two minutes.
 */

import type { Said } from "../server/events/events.ts";
import { EventIds, idAt, timeOf } from "../server/events/ids.ts";
import { SqliteStore } from "../server/store/sqlite.ts";
import { TALK } from "../server/store/store.ts";
import { Random } from "../tests/support/random.ts";
import { lastIn, searchIn } from "../tests/support/stored.ts";

const MESSAGES = 1_000_000;
/**
 * The rooms. In each turn, one message is sent to each room, so each block has only one message,
 * the most expensive case.
 */
const ROOMS = Array.from({ length: 10 }, (_, i) => `#room${i}`);
const random = new Random(1);
/** The words of messages; the first ones are frequent, the last ones rare. */
const WORDS = Array.from(
  { length: 50_000 },
  () => random.text([..."etaoinshrdlcumwfgypbvk"], 10, 2),
);
const NICKS = Array.from({ length: 200 }, (_, i) => `nick${i}`);
const START = Date.UTC(2026, 0);
/** The time between turns, in milliseconds. */
const PACE = 500;

const ids = new EventIds();

function said(room: string, now: number): Said {
  const nick = random.pick(NICKS);
  const words = random.list(
    3,
    15,
    () => WORDS[Math.floor(WORDS.length * random.next() ** 4)] ?? "",
  );
  const id = ids.next(now);
  return {
    type: "Said",
    id,
    time: timeOf(id),
    by: { id: 1, nick, mask: `${nick}!~${nick}@192.0.2.1` },
    command: "PRIVMSG",
    to: { type: "channel", channel: room },
    text: words.join(" "),
    tags: new Map(),
  };
}

function open(path: string): SqliteStore {
  return new SqliteStore(path, { durable: false });
}

/** Fills a database with the messages, as a server under constant load does. */
function build(path: string): void {
  const store = open(path);
  let bytes = 0;
  for (let turn = 0; turn < MESSAGES / ROOMS.length; turn++) {
    for (const room of ROOMS) {
      const event = said(room, START + turn * PACE);
      bytes += event.text.length;
      store.append(room, event);
    }
    store.commit();
    if (turn % 10 === 0) store.tidy(0);
  }
  // Wait until all messages are indexed.
  const newest = { scopes: [{ key: "#room0" }], words: "", limit: 1, from: "last" } as const;
  const end = START + (MESSAGES / ROOMS.length - 1) * PACE;
  while ((searchIn(store, newest)[0]?.event.time ?? 0) < end) store.tidy(0);
  store.close();
  const { size } = Deno.statSync(path);
  console.log(
    `${MESSAGES} messages of ${(bytes / MESSAGES).toFixed(0)} characters: ` +
      `${(size / 1e6).toFixed(0)} MB, ${(size / MESSAGES).toFixed(0)} bytes a message`,
  );
}

const folder = Deno.makeTempDirSync();
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
const path = `${folder}/chat.db`;
build(path);
const store = open(path);

Deno.bench("open", (bench) => {
  bench.start();
  const opened = open(path);
  bench.end();
  opened.close();
});

Deno.bench("the latest page of 50", () => {
  lastIn(store, random.pick(ROOMS), {}, 50, TALK);
});

Deno.bench("a page of 50 from anywhere", () => {
  const before = idAt(START + random.below(MESSAGES / ROOMS.length) * PACE);
  lastIn(store, random.pick(ROOMS), { before }, 50, TALK);
});

/** The searches, by name. */
const SEARCHES: readonly (readonly [name: string, words: string])[] = [
  ["a frequent word", WORDS[0] ?? ""],
  ["a rare word", WORDS[40_000] ?? ""],
  ["two words", `${WORDS[30]} ${WORDS[700]}`],
  ["a prefix", (WORDS[500] ?? "").slice(0, 3)],
  ["a word in no message", "nowhere"],
];

for (const [name, words] of SEARCHES) {
  for (const rooms of [ROOMS.slice(0, 1), ROOMS]) {
    const where = rooms.length === 1 ? "in one room" : "in ten rooms";
    Deno.bench(`search: ${name}, ${where}`, () => {
      searchIn(store, {
        scopes: rooms.map((key) => ({ key })),
        words,
        limit: 100,
        from: "last",
      });
    });
  }
}
