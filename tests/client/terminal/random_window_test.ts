import { assert, assertEquals } from "@std/assert";
import { cells, layOut } from "../../../client/terminal/cells.ts";
import { Editor } from "../../../client/terminal/editor.ts";
import { KeyReader } from "../../../client/terminal/keys.ts";
import { ALL_CAPS, FakeServer, type Peer } from "../../support/fake_server.ts";
import { Random } from "../../support/random.ts";
import { Screen } from "../../support/screen.ts";
import { type Setup, setUp } from "../../support/window.ts";

const STEPS = 2000;

/** The time for all steps, also on a slow machine. */
const TIME_LIMIT_MS = 120_000;

/**
 * The characters that are typed; messages of others have none of these. Their widths are not disputed, since the client
 * cannot know into how many rows a terminal has wrapped others.
 */
const TYPED = ["x", "y", " z", "日", "ü", "e\u0301", "🎉", "ｶ"];

const KEYS = {
  left: "\x1b[D",
  right: "\x1b[C",
  backspace: "\x7f",
  start: "\x01",
  end: "\x05",
  newLine: "\x1b\r",
  kill: "\x15",
  // On an empty line, it would end the client.
  clear: "x\x03",
} as const;

/** The beginning of the row that lists the conversations. */
const LIST_ROW = /^ ?1 #a/;

/** The beginnings of rows that are not of the input line. */
const OTHER_ROW = /^\d\d:\d\d |^──|^ {6}|^… \d+ more|^connecting|^$/;

/** The rooms, in the order of the keys that switch to them. */
const NAMES = ["#a", "bob"] as const;

/** A user at random, and what the screen should show of it. */
class Typist {
  readonly #random: Random;
  readonly #setup: Setup;
  readonly #columns = { now: 40 };
  readonly #editors = NAMES.map(() => new Editor());
  /** The number of the conversation that is shown. */
  #at = 0;
  /** The number of messages that others have sent. */
  #count = 0;
  /** Those of them that came to the conversation that was shown. */
  readonly seen: string[] = [];

  constructor(seed: number, setup: Setup) {
    this.#random = new Random(seed);
    this.#setup = setup;
  }

  get #editor(): Editor {
    const editor = this.#editors[this.#at];
    assert(editor);
    return editor;
  }

  async step(): Promise<void> {
    const random = this.#random;
    const { screen, peer } = this.#setup;
    const lines = this.#editor.text.split("\n").length;
    if (cells(this.#editor.text) > 60 || lines > 3) {
      this.#type(lines > 3 || random.below(2) === 0 ? KEYS.clear : "\r");
      return await this.#check();
    }
    const kind = random.below(10);
    if (kind < 3) this.#type(random.text(TYPED, 6, 1));
    else if (kind < 5) this.#type(random.pick(Object.values(KEYS)));
    else if (kind === 5) this.#type(`\x1b[200~${random.text([...TYPED, "\n"], 8, 1)}\x1b[201~`);
    else if (kind === 6) this.#type("\r");
    else if (kind === 7) await this.#hear(peer);
    else if (kind === 8) return await this.#resize(screen);
    else this.#switch(random.below(NAMES.length));
    await this.#check();
  }

  #type(keys: string): void {
    this.#setup.screen.type(keys);
    for (const key of new KeyReader().feed(new TextEncoder().encode(keys))) this.#editor.press(key);
  }

  async #hear(peer: Peer): Promise<void> {
    const text = `m${this.#count++}m`;
    const isHere = this.#random.below(2) === this.#at;
    const to = (this.#at === 0) === isHere ? "#a" : "ann";
    await peer.send(`:bob!u@h PRIVMSG ${to} :${text}`);
    if (isHere) {
      await this.#setup.screen.until(({ rows }) => rows.some((row) => row.includes(text)));
    }
  }

  async #resize(screen: Screen): Promise<void> {
    // A line on its way becomes another one as soon as the server answers.
    const isFinal = (row: string) => row !== "" && OTHER_ROW.test(row) && !row.endsWith("way)");
    const last = screen.beginnings.findLast(isFinal) ?? "";
    const count = () => screen.all.filter((line) => line.startsWith(last)).length;
    const before = count();
    this.#columns.now = 26 + this.#random.below(60);
    screen.resize(this.#columns.now, 16 + this.#random.below(12));
    await this.#check();
    assertEquals(count(), before, `"${last}" was erased or doubled`);
  }

  #switch(at: number): void {
    this.#at = at;
    this.#setup.screen.type(`\x1b${at + 1}`);
  }

  /** Waits until the screen shows the input line whole, the cursor in it, and no other row of it. */
  #check(): Promise<void> {
    const { before, after } = this.#editor;
    const { screen } = this.#setup;
    const layout = layOut(`[${NAMES[this.#at]}] ${before}`, after, this.#columns.now - 1);
    const rows = layout.rows.map((row) => row.trimEnd()).filter((row) => row !== "").join("\n");
    const beforeCursor = layout.rows[layout.cursorRow]?.slice(0, layout.cursorAt) ?? "";
    return screen.until((now) =>
      drawn(now).slice(1).join("\n") === rows && LIST_ROW.test(drawn(now)[0] ?? "") &&
      now.beforeCursor === beforeCursor
    ).catch((error) => {
      throw new Error(`expected:\n${rows}\nwith the cursor after ${beforeCursor}`, {
        cause: error,
      });
    });
  }
}

/** Returns the rows on the screen that are the client's own: the list of conversations and the input line. */
function drawn(screen: Screen): string[] {
  return screen.beginnings.filter((row) => !OTHER_ROW.test(row));
}

/** Answers what the client sends, until the connection ends. */
async function answer(peer: Peer): Promise<void> {
  for (let line = await peer.line(); line !== undefined; line = await peer.line()) {
    const [, label, message] = /^@label=(\S+) (PRIVMSG .*)$/.exec(line) ?? [];
    if (message) await peer.send(`@label=${label} :ann!u@h ${message}`);
    const [, token] = /^PING :?(.*)$/.exec(line) ?? [];
    if (token) await peer.send(`:irc.test PONG irc.test :${token}`);
  }
}

/** The same steps on each machine; another seed tries others. */
const SEED = 20_261_128;

Deno.test(`after each of ${STEPS} random steps, the input line is whole and no message is lost or doubled`, async () => {
  const seed = SEED;
  await using setup = await setUp(
    new Screen(40, 20),
    ALL_CAPS,
    "",
    new FakeServer(0, TIME_LIMIT_MS),
  );
  const { screen, peer } = setup;
  const answering = answer(peer);
  const typist = new Typist(seed, setup);
  await peer.send(":bob!u@h PRIVMSG ann :psst");
  await screen.shows("2 bob 1!");
  let step = 0;
  try {
    for (; step < STEPS; step++) await typist.step();
    screen.type("\x1b1");
    await peer.send(":bob!u@h PRIVMSG #a :the end");
    await screen.shows("the end");
    checkMessages(screen, typist.seen);
  } catch (error) {
    const cause = error instanceof Error ? `${error.message}\n${error.cause}` : "";
    throw new Error(`seed ${seed}, step ${step}: ${cause}`, { cause: error });
  }
  await peer.send("ERROR :end");
  void answering;
});

/** Checks that each message was shown, and once between two switches, which may repeat the last ones. */
function checkMessages(screen: Screen, seen: readonly string[]): void {
  const parts = screen.all.join("\n").split(/\n── .* ──/);
  const idsIn = (text: string) => text.match(/m\d+m/g) ?? [];
  for (const part of parts) assertEquals(new Set(idsIn(part)).size, idsIn(part).length, part);
  const shown = new Set(parts.flatMap(idsIn));
  assertEquals(seen.filter((id) => !shown.has(id)), []);
}
