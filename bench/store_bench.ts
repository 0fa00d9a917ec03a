/**
 * The store with a million messages: reading a page, searching, opening. Builds a database in a
 * temporary folder first, which takes about a minute.
 */

import type { Said } from "../server/events.ts";
import { EventIds, idAt, timeOf } from "../server/ids.ts";
import { SqliteStore } from "../server/store/sqlite.ts";
import { TALK } from "../server/store/store.ts";
import { Random } from "../tests/support/random.ts";

const MESSAGES = 1_000_000;
/** In each turn, one message is said in each room: the least that a block can hold. */
const ROOMS = Array.from({ length: 10 }, (_, i) => `#room${i}`);
const random = new Random(1);
/** Words that people use; the first ones often, the last ones hardly ever. */
const WORDS = Array.from(
  { length: 50_000 },
  () => random.text([..."etaoinshrdlcumwfgypbvk"], 10, 2),
);
const NICKS = Array.from({ length: 200 }, (_, i) => `nick${i}`);
const START = Date.UTC(2026, 0);
/** Milliseconds between turns. */
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

/** Fills a database with the messages, as a server would that is never quiet. */
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
  // Until all words are in the index.
  const newest = { places: [{ place: "#room0" }], words: "", limit: 1, from: "last" } as const;
  const end = START + (MESSAGES / ROOMS.length - 1) * PACE;
  while ((store.search(newest)[0]?.event.time ?? 0) < end) store.tidy(0);
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
  store.last(random.pick(ROOMS), {}, 50, TALK);
});

Deno.bench("a page of 50 from anywhere", () => {
  const before = idAt(START + random.below(MESSAGES / ROOMS.length) * PACE);
  store.last(random.pick(ROOMS), { before }, 50, TALK);
});

/** What is looked for, and how often it is there. */
const SEARCHES: readonly (readonly [what: string, words: string])[] = [
  ["a word that is everywhere", WORDS[0] ?? ""],
  ["a word of few messages", WORDS[40_000] ?? ""],
  ["two words", `${WORDS[30]} ${WORDS[700]}`],
  ["the beginning of words", (WORDS[500] ?? "").slice(0, 3)],
  ["a word that is nowhere", "nowhere"],
];

for (const [what, words] of SEARCHES) {
  for (const rooms of [ROOMS.slice(0, 1), ROOMS]) {
    const where = rooms.length === 1 ? "in one room" : "in ten rooms";
    Deno.bench(`search: ${what}, ${where}`, () => {
      store.search({
        places: rooms.map((place) => ({ place })),
        words,
        limit: 100,
        from: "last",
      });
    });
  }
}
