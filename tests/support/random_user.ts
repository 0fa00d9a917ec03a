import { assert, assertEquals } from "@std/assert";
import { connect } from "../../client.ts";
import { cells, type Layout, layOut } from "../../client/terminal/cells.ts";
import { Editor } from "../../client/terminal/editor.ts";
import { KeyReader } from "../../client/terminal/keys.ts";
import { Bob } from "./bob.ts";
import { Cable } from "./cable.ts";
import { FakeClock } from "./fake_clock.ts";
import { marksIn, withoutQuote } from "./marks.ts";
import { Random } from "./random.ts";
import { Screen } from "./screen.ts";
import { TestServer } from "./server.ts";

/**
 * The characters that are typed. All terminals agree on their widths. The client cannot know into
 * how many rows a terminal wraps other characters. No command for a chosen message begins with one
 * of these characters.
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
  // On an empty line, this key would end the client.
  clear: "x\x03",
} as const;

const ALT_UP = "\x1b[1;3A";
const ALT_DOWN = "\x1b[1;3B";

/** The beginning of the row above the input line: the conversations, or the chosen message. */
const STATUS_ROW = /^ ?(?:1 #a|-\d+ <|<(?:ann|bob)> )/;

/** The beginnings of rows that do not belong to the input line. */
const OTHER_ROW = /^\d\d:\d\d |^──|^ {6}|^\d+ more|^connecting|^$/;

/** The rooms, in the order of the keys that switch to them. */
const NAMES = ["#a", "bob"] as const;

/** The number of new lines for which even the lowest screen has room. */
const MAX_PENDING = 6;

/** The number of rows of a long input line that are always drawn. */
const MIN_ROWS = 3;

/** A message that bob has sent. */
interface Sent {
  readonly text: string;
  readonly at: number;
  isDeleted: boolean;
}

/** A user who acts at random at a real server, and the expected contents of the screen. */
export class RandomUser implements AsyncDisposable {
  readonly #random: Random;
  readonly #screen = new Screen(40, 20);
  readonly #clock = new FakeClock(Date.UTC(2026, 0, 1, 1));
  readonly #server: TestServer;
  readonly #cable: Cable;
  readonly #exitCode: Promise<number>;
  readonly #bob: Bob;
  #columns = 40;
  readonly #editors = NAMES.map(() => new Editor());
  /** The number of the conversation that is shown. */
  #at = 0;
  #isOnline = true;
  /** True while lines may wait for the connection, and are shown above the input line. */
  #isQueued = false;
  /** The number of messages. */
  #count = 0;
  readonly #sent: Sent[] = [];
  /** The messages that ann has sent. */
  readonly #own = new Set<string>();
  /** Bob's messages that the user has not seen, by conversation. */
  readonly #pending: Sent[][] = NAMES.map(() => []);
  /**
   * The number of ann's lines that waited for the connection and were not shown yet, by
   * conversation.
   */
  readonly #queued = NAMES.map(() => 0);
  /** The messages that were certainly shown. */
  readonly #seen = new Set<string>();

  private constructor(seed: number, server: TestServer, bob: Bob) {
    this.#random = new Random(seed);
    this.#server = server;
    this.#bob = bob;
    this.#cable = new Cable(server.port);
    const options = { host: "127.0.0.1", port: this.#cable.port, nick: "ann", room: "#a" };
    this.#exitCode = connect({ ...options, follow: false, json: false }, {
      stdio: this.#screen,
      clock: this.#clock,
      random: () => 1,
    });
  }

  /** Starts a server, bob and the client, in which the user types before it is connected. */
  static async start(seed: number): Promise<RandomUser> {
    const server = await TestServer.start();
    const caps = "draft/message-redaction echo-message message-tags server-time";
    const bob = new Bob(await server.register("bob", { caps, join: "#a" }));
    const user = new RandomUser(seed, server, bob);
    user.#typeEarly();
    await user.#screen.shows("in #a:");
    await user.#bob.say("#a", "welcome");
    await user.#bob.say("ann", "psst");
    await user.#screen.shows("2 bob 1!");
    return user;
  }

  get #editor(): Editor {
    const editor = this.#editors[this.#at];
    assert(editor);
    return editor;
  }

  /** Does something, and waits until the screen shows the whole input line. */
  async step(): Promise<void> {
    const random = this.#random;
    this.#server.clock.advance(1);
    const lines = this.#editor.text.split("\n").length;
    if (cells(this.#editor.text) > 160 || lines > 5) {
      this.#type(lines > 5 || random.below(2) === 0 ? KEYS.clear : "\r");
      return await this.#check();
    }
    const kind = random.below(14);
    if (kind < 3) this.#type(random.text(TYPED, 6, 1));
    else if (kind < 5) this.#type(random.pick(Object.values(KEYS)));
    else if (kind === 5) this.#type(`\x1b[200~${random.text([...TYPED, "\n"], 20, 1)}\x1b[201~`);
    else if (kind === 6) await this.#submit();
    else if (kind < 9) await this.#hear();
    else if (kind === 9) return await this.#resize();
    else if (kind === 10) this.#select();
    else if (kind === 11) await this.#delete();
    else if (kind === 12 && random.below(3) === 0) await this.#toggleConnection();
    else this.#switch(random.below(NAMES.length));
    await this.#check();
  }

  /** Restores the connection, empties the input line, and checks everything that was shown. */
  async finish(): Promise<void> {
    if (!this.#isOnline) await this.#toggleConnection();
    for (const at of [1, 0]) {
      this.#switch(at);
      this.#type(KEYS.clear);
      await this.#bob.say(at === 0 ? "#a" : "ann", `the end of ${at}`);
      await this.#screen.shows(`<bob> the end of ${at}`);
      await this.#screen.until(({ rows }) => !isSending(rows));
    }
    // When the echo of this message has reached bob, all earlier messages of ann have, too.
    await this.#bob.say("#a", "over");
    const { all } = this.#screen;
    const input = all.findLastIndex((line) => STATUS_ROW.test(line));
    const left = all.slice(0, input).filter((line) => !OTHER_ROW.test(line));
    assertEquals(left, [], `rows of the input line in the scrollback of\n${all.join("\n")}`);
    // A switch repeats the last lines.
    const parts = all.join("\n").split(/\n── (?:#a|bob) ──.*/);
    const said = (part: string) => (part.match(/^\d\d:\d\d <.*$/gm) ?? []).map(withoutQuote);
    for (const part of parts) {
      const marks = marksIn(said(part).join("\n"));
      const twice = marks.filter((mark, index) => marks.indexOf(mark) !== index);
      assertEquals(twice, [], `shown twice in\n${part}`);
    }
    const shown = new Set(marksIn(said(all.join("\n")).join("\n")));
    // The client removes the text of a deleted message from the screen.
    const byBob = this.#sent.filter((sent) => sent.isDeleted).map(({ text }) => text);
    const deleted = new Set([...byBob, ...this.#bob.deleted]);
    const missing = this.#seen.difference(shown).difference(deleted);
    assertEquals([...missing], [], "not shown");
    const isUncertain = /-- may not have reached/;
    const uncertain = new Set(marksIn(all.filter((line) => isUncertain.test(line)).join("\n")));
    const heard = (mark: string) => this.#bob.heard.get(mark) ?? 0;
    const wrong = [...this.#own].filter((mark) =>
      heard(mark) > 1 || (heard(mark) === 0 && !uncertain.has(mark))
    );
    assertEquals(wrong, [], `not sent exactly once in\n${all.slice(-60).join("\n")}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#screen.close();
    this.#cable[Symbol.dispose]();
    this.#clock.advance(61_000);
    await this.#exitCode;
    await this.#screen[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
  }

  #type(keys: string): void {
    this.#isQueued ||= !this.#isOnline && keys === "\r";
    this.#screen.type(keys);
    for (const key of new KeyReader().feed(new TextEncoder().encode(keys))) this.#editor.press(key);
  }

  #typeEarly(): void {
    const mark = `w${this.#count++}w`;
    this.#own.add(mark);
    this.#isQueued = true;
    this.#type(`${mark}\r`);
    this.#type(this.#random.text(TYPED, 6, 0));
  }

  async #submit(): Promise<void> {
    const isMessage = !this.#editor.text.startsWith("/");
    const mark = `w${this.#count++}w`;
    if (isMessage) {
      this.#type(mark);
      this.#own.add(mark);
      if (!this.#isOnline) this.#queued[this.#at] = (this.#queued[this.#at] ?? 0) + 1;
    }
    this.#type("\r");
    if (!isMessage || !this.#isOnline || this.#random.below(2) === 0) return;
    // The mark is in the input line at first. The terminal may wrap a long word in its middle.
    await this.#screen.until(({ rows, beforeCursor }) =>
      beforeCursor === this.#label && rows.join("").includes(mark) && !isSending(rows)
    );
    this.#seen.add(mark);
    // All lines before this one are sent, too.
    if (this.#at === 0) this.#isQueued = false;
  }

  async #hear(): Promise<void> {
    const text = `m${this.#count++}m`;
    const isHere = this.#random.below(2) === this.#at;
    const at = isHere ? this.#at : 1 - this.#at;
    // A message to a user that is offline is refused.
    if (at === 1 && !this.#isOnline) return;
    const sent = { text, at, isDeleted: false };
    this.#sent.push(sent);
    await this.#bob.say(at === 0 ? "#a" : "ann", text);
    if (!isHere || !this.#isOnline) return void this.#pending[at]?.push(sent);
    // After a reconnect, ann's lines may follow at once, and move this message into the scrollback.
    await this.#screen.shows(text);
    this.#seen.add(text);
  }

  async #delete(): Promise<void> {
    const sent = this.#sent.at(-1 - this.#random.below(10));
    if (!sent || sent.isDeleted || (sent.at === 1 && !this.#isOnline)) return;
    sent.isDeleted = true;
    await this.#bob.delete(sent.at === 0 ? "#a" : "ann", sent.text);
  }

  async #resize(): Promise<void> {
    await this.#screen.settled();
    const isByBob = (row: string) => /^\d\d:\d\d <bob>/.test(row);
    const last = this.#screen.beginnings.findLast(isByBob) ?? "";
    const count = () => this.#screen.all.filter((line) => line.startsWith(last)).length;
    const before = count();
    this.#columns = 26 + this.#random.below(60);
    this.#screen.resize(this.#columns, 16 + this.#random.below(12));
    await this.#check();
    // Offline, the client would try to connect again.
    if (this.#isOnline && this.#random.below(2) === 0) this.#clock.advance(300);
    assert(last === "" || count() >= before, `"${last}" was erased`);
  }

  /** Chooses a message, and perhaps begins a command that acts on it. */
  #select(): void {
    const random = this.#random;
    this.#screen.type(ALT_UP.repeat(1 + random.below(3)));
    const kind = random.below(5);
    if (kind === 0) return;
    if (kind === 1) return this.#screen.type(ALT_DOWN.repeat(4));
    const editor = this.#editor;
    const text = editor.text.startsWith("/") ? "" : editor.text.replaceAll("\n", " ");
    const [key, line] = ([["r", `/reply ${text}`], ["d", "/delete"], ["+", "/react "]] as const)[
      kind - 2
    ] ?? [];
    assert(key !== undefined && line !== undefined);
    this.#screen.type(key);
    editor.clear();
    editor.before = line;
    if (key === "+") this.#type("👍");
    if (random.below(2) === 0) this.#type(KEYS.clear);
    else this.#type("\r");
  }

  #switch(at: number): void {
    this.#at = at;
    this.#screen.type(`\x1b${at + 1}`);
    const pending = this.#pending[at]?.splice(0) ?? [];
    if (this.#isOnline) this.#expect(pending);
  }

  /**
   * Returns those of the `pending` messages that are shown now; none if the screen may lack room
   * for all new lines.
   */
  #expect(pending: readonly Sent[]): readonly Sent[] {
    const [queued = 0] = this.#queued.splice(this.#at, 1, 0);
    if (pending.length + queued > MAX_PENDING) return [];
    const shown = pending.filter(({ isDeleted }) => !isDeleted);
    for (const { text } of shown) this.#seen.add(text);
    return shown;
  }

  async #toggleConnection(): Promise<void> {
    this.#isOnline = !this.#isOnline;
    if (!this.#isOnline) {
      const gone = this.#bob.gone();
      this.#cable.cut();
      return await gone;
    }
    const connections = this.#connections;
    this.#clock.advance(61_000);
    // The row with the label may be hidden if the input line is long.
    await this.#screen.until(({ rows }) =>
      this.#connections > connections || rows.some((row) => row.startsWith(this.#label.trimEnd()))
    );
    const pending = this.#pending[this.#at]?.splice(0) ?? [];
    for (const { text } of this.#expect(pending)) await this.#screen.shows(text);
  }

  /** The number of times that the client has told the user of a new connection. */
  get #connections(): number {
    return this.#screen.all.filter((line) => line.endsWith("-- reconnected")).length;
  }

  get #label(): string {
    const label = `[${NAMES[this.#at]}${this.#isOnline ? "" : ", offline"}] `;
    return cells(label) > (this.#columns - 1) / 2 ? "> " : label;
  }

  /** Waits until the screen shows the input line with the cursor in it, and no leftovers of it. */
  #check(): Promise<void> {
    const { before, after } = this.#editor;
    const layout = layOut(`${this.#label}${before}`, after, this.#columns - 1);
    const row = layout.rows[layout.cursorRow] ?? "";
    const beforeCursor = row.slice(0, layout.cursorAt);
    return this.#screen.until((now) =>
      now.beforeCursor === beforeCursor && this.#isWhole(layout, now)
    ).catch((error) => {
      const expected = `${layout.rows.join("\n")}\nwith the cursor after ${beforeCursor}`;
      const rows = this.#screen.rows.map((each) => `|${each}`).join("\n");
      throw new Error(`in ${this.#columns}\n${rows}\nexpected:\n${expected}`, { cause: error });
    });
  }

  /** Returns true if the screen shows the rows of the input line, or those around the cursor. */
  #isWhole({ rows, cursorRow }: Layout, screen: Screen): boolean {
    const isStatus = (row: string) => STATUS_ROW.test(row);
    const above = screen.beginnings.slice(0, screen.beginnings.findIndex(isStatus));
    if (!this.#isQueued && above.some((row) => !OTHER_ROW.test(row))) return false;
    const status = screen.rows.findIndex(isStatus);
    if (status < 0) return false;
    const shown = screen.rows.slice(status + 1).filter((row) => row !== "").join("\n");
    for (let first = 0; first <= cursorRow; first++) {
      for (let end = rows.length; end > cursorRow; end--) {
        const part = rows.slice(first, end).map((row) => row.trimEnd());
        const isEnough = part.length >= Math.min(rows.length, MIN_ROWS);
        if (isEnough && part.filter((row) => row !== "").join("\n") === shown) return true;
      }
    }
    return false;
  }
}

/** Returns true if a line is on its way; the end of the line may be in another row, or cut off. */
function isSending(rows: readonly string[]): boolean {
  return rows.some((row) => /way\)$|^…$/.test(row));
}
