/**
 * Keeps the user's messages that the server has not confirmed, so that a reload loses none of them.
 * The next page sends the messages that were waiting for a connection. Messages that had been sent
 * may have arrived; those that are not in the history become drafts again.
 *
 * A page holds a lock while it is open, so that no other page takes its messages. Where the browser
 * has no locks, a page keeps its messages only when it is closed.
 *
 * @module
 */

import { isMiddle, type Tags } from "../../protocol.ts";
import type { Buffer } from "../session/buffer.ts";
import type { Buffers } from "../session/buffers.ts";
import { type ClientEvent, isSpeech, type Line, type MessageKind } from "../session/events.ts";
import { readPast } from "../session/past.ts";
import { asPosition, type Position } from "../session/reading.ts";
import type { Session } from "../session/session.ts";
import { EDIT_TAG, REPLY_TAG } from "../session/tags.ts";
import type { Drafts } from "./drafts.ts";
import { keep, positionIn, takeAll, texts } from "./keeping.ts";

/** The beginning of the names under which messages are kept. */
const PREFIX = "unsent ";

/**
 * The number of messages of the history in which to look for a sent message. Much may be said before
 * a message that a slow connection has delayed.
 */
const LOOKED_AT = 2_000;

/** A message that the server has not confirmed. */
interface UnsentLine {
  readonly to: string;
  readonly kind: MessageKind;
  readonly text: string;
  readonly tags: Tags;
  /** True if it was sent, so that it may have arrived. */
  readonly isSent: boolean;
  /** The last message of the conversation before it. */
  readonly after: Position | undefined;
}

/** The state of the page that this module uses. */
export interface UnsentParts {
  /** The session. */
  readonly session: Session;
  /** The conversations. */
  readonly buffers: Buffers;
  /** The drafts of the conversations. */
  readonly drafts: Drafts;
}

/** The messages of this page that the server has not confirmed. */
export class Unsent {
  readonly #parts: UnsentParts;
  readonly #name = PREFIX + Math.random();
  readonly #hasLock = "locks" in navigator;
  /** The messages that were sent over a connection that is lost. */
  #doubtful: readonly UnsentLine[] = [];
  /** The new texts of messages whose old texts the server is asked to delete. */
  readonly #edits = new Set<UnsentLine>();
  #kept: readonly UnsentLine[] = [];

  /** Begins with no messages. */
  constructor(parts: UnsentParts) {
    this.#parts = parts;
    // The promise never resolves: the browser releases the lock when the page is gone.
    if (this.#hasLock) void navigator.locks.request(this.#name, () => new Promise(() => {}));
  }

  /** Follows the outcomes of the messages. */
  follow(event: ClientEvent): void {
    if (event.type === "unconfirmed") {
      this.#doubtful = [...this.#doubtful, this.#unsent(event.line, true)];
    } else if (isSpeech(event) && event.own && !event.isPast) {
      const at = this.#doubtful.findIndex(({ to, text }) => to === event.to && text === event.text);
      if (at >= 0) this.#doubtful = this.#doubtful.toSpliced(at, 1);
    }
    this.changed();
  }

  /**
   * Keeps the new text of the message `id`. Call the result when it is sent, or with false if it is
   * not: it then becomes a draft again.
   */
  editing(buffer: Buffer, id: string, text: string): (isSent: boolean) => void {
    const tags = new Map([[REPLY_TAG, id], [EDIT_TAG, id]]);
    const edit = this.#unsent({ to: buffer.name, kind: "message", text, tags }, true);
    this.#edits.add(edit);
    this.changed();
    return (isSent) => {
      this.#edits.delete(edit);
      if (!isSent) this.#parts.drafts.add(buffer.name, text, tags);
      this.changed();
    };
  }

  /** Keeps the messages, which may have changed. */
  changed(): void {
    if (this.#hasLock) this.#keep();
  }

  /** Leaves the messages to the next page, because this one is closed or reloaded. */
  leave(): void {
    this.#keep();
    // After a reload, the next page may look before the lock is released, so the messages get
    // another name.
    const name = PREFIX + Math.random();
    for (const value of takeAll((each) => each === this.#name)) keep(name, value);
  }

  /**
   * Sends the messages of closed pages that were waiting for a connection: now, or once there is
   * one.
   */
  async takeUp(): Promise<void> {
    const { session } = this.#parts;
    const { held = [] } = this.#hasLock ? await navigator.locks.query() : {};
    const open = new Set(held.map(({ name }) => name));
    const lines = takeAll((name) => name.startsWith(PREFIX) && !open.has(name)).flatMap(linesIn);
    this.#doubtful = [...lines.filter(({ isSent }) => isSent), ...this.#doubtful];
    for (const { to, text, kind, tags } of lines.filter(({ isSent }) => !isSent)) {
      session.say(to, text, kind, { tags });
    }
    this.changed();
  }

  /** Brings the messages of closed pages that were sent, but have not arrived, back as drafts. */
  async bringBack(): Promise<void> {
    const { session, drafts } = this.#parts;
    const found = new Set<string>();
    for (const line of this.#doubtful) {
      const id = await findArrived(session, line, found);
      if (id !== undefined) found.add(id);
      else drafts.add(line.to, line.text, line.tags);
      this.#doubtful = this.#doubtful.filter((each) => each !== line);
      this.changed();
    }
  }

  #keep(): void {
    const waiting = this.#parts.session.onTheirWay;
    const lines = [
      ...this.#doubtful,
      ...this.#edits,
      ...waiting.map((line) => this.#unsent(line, line.isSent === true)),
    ];
    if (lines.length === 0 && this.#kept.length === 0) return;
    this.#kept = lines;
    const values = lines.map((line) => ({ ...line, tags: Object.fromEntries(line.tags) }));
    keep(this.#name, lines.length === 0 ? undefined : values);
  }

  #unsent({ to, kind, text, tags = new Map() }: Line, isSent: boolean): UnsentLine {
    const { id, time } = this.#parts.buffers.find(to)?.last ?? {};
    return { to, kind, text, tags, isSent, after: asPosition(time, id) };
  }
}

/**
 * Returns the id of the message in the history that is the given line; `undefined` if there is
 * none. Messages whose ids are `known` are other lines.
 */
async function findArrived(
  session: Session,
  { to, text, after }: UnsentLine,
  known: ReadonlySet<string>,
): Promise<string | undefined> {
  let found: string | undefined;
  let count = 0;
  const range = after ? { since: after.time } : { limit: LOOKED_AT };
  await readPast(session, to, range, (messages) => {
    // The first page may begin with messages of the moment of `after`, and with `after` itself.
    const fresh = messages.slice(messages.findIndex(({ id }) => id === after?.id) + 1);
    found = fresh.find((each) => each.own && each.text === text && !known.has(each.id ?? ""))?.id;
    count += messages.length;
    if (found !== undefined || count >= LOOKED_AT) return false;
  });
  return found;
}

/** Returns the messages in a kept value, which may be damaged. */
function linesIn(value: unknown): UnsentLine[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown): UnsentLine[] => {
    const found = texts(each);
    const [to = "", text = ""] = [found.get("to"), found.get("text")];
    const kind = KINDS.find((kind) => kind === found.get("kind"));
    if (!isMiddle(to) || kind === undefined || typeof each !== "object" || each === null) return [];
    const isSent = !("isSent" in each) || each.isSent !== false;
    const tags = texts("tags" in each ? each.tags : undefined);
    const after = "after" in each ? positionIn(each.after) : undefined;
    return [{ to, kind, text, tags, isSent, after }];
  });
}

const KINDS = ["message", "action", "notice"] as const satisfies readonly MessageKind[];
