/**
 * The model of a soak: one client, the witness, is in all rooms and hears all joins, leaves and
 * messages. They determine what each other client must have heard.
 */

import type { Message } from "../../protocol.ts";
import { nickOf, noteOf, type Stay, userOf } from "./soak_guest.ts";

type Entry =
  | { readonly type: "said"; readonly note: string }
  | { readonly type: "in" | "out"; readonly user: string };

/** A stay as the witness saw it. */
interface Seen {
  readonly lines: string[];
  isOver: boolean;
}

/** The events in all rooms while one process of the server runs, as the witness heard them. */
export class Model {
  readonly #rooms: Map<string, Entry[]>;
  readonly #here: Map<string, Set<string>>;
  readonly #users = new Map<string, string>();

  constructor(rooms: readonly string[]) {
    this.#rooms = new Map(rooms.map((room) => [room, []]));
    this.#here = new Map(rooms.map((room) => [room, new Set()]));
  }

  /** Takes a message that the witness heard. */
  hear(message: Message): void {
    const { command, params, source } = message;
    const [first = "", second = ""] = params;
    const user = userOf(source);
    if (command === "JOIN") this.#users.set(nickOf(source), user);
    if (command === "NICK") this.#users.set(first, user);
    if (command === "JOIN") this.#rooms.get(first)?.push({ type: "in", user });
    if (command === "PART") this.#rooms.get(first)?.push({ type: "out", user });
    if (command === "KICK") {
      this.#rooms.get(first)?.push({ type: "out", user: this.#users.get(second) ?? "" });
    }
    if (command === "QUIT") {
      for (const entries of this.#rooms.values()) entries.push({ type: "out", user });
    }
    if (command === "PRIVMSG") {
      this.#rooms.get(first)?.push({ type: "said", note: noteOf(message) });
    }
  }

  /** Returns the notes of the messages in a room since the last comparison. */
  saidIn(room: string): string[] {
    const entries = this.#rooms.get(room) ?? [];
    return entries.flatMap((entry) => entry.type === "said" ? [entry.note] : []);
  }

  /**
   * Compares stays with what the witness heard since the last comparison; returns the differences.
   * If the server was killed, a client may have heard more than the witness, or less.
   */
  compare(stays: readonly Stay[], wasKilled: boolean): string[] {
    const wrong: string[] = [];
    for (const [room, entries] of this.#rooms) {
      const seen = this.#staysIn(room, entries);
      for (const stay of stays.filter((stay) => stay.room === room)) {
        const difference = differenceOf(stay, seen.get(stay.user)?.shift(), wasKilled);
        if (difference !== undefined) wrong.push(`${stay.user} in ${room}: ${difference}`);
      }
      entries.length = 0;
    }
    return wrong;
  }

  #staysIn(room: string, entries: readonly Entry[]): Map<string, Seen[]> {
    const here = this.#here.get(room) ?? new Set();
    const all = new Map<string, Seen[]>();
    const begin = (user: string) => {
      const list = all.get(user) ?? [];
      list.push({ lines: [], isOver: false });
      all.set(user, list);
    };
    for (const user of here) begin(user);
    for (const entry of entries) {
      if (entry.type === "said") {
        for (const user of here) all.get(user)?.at(-1)?.lines.push(entry.note);
      } else if (entry.type === "in") {
        here.add(entry.user);
        begin(entry.user);
      } else if (here.delete(entry.user)) {
        const last = all.get(entry.user)?.at(-1);
        if (last) last.isOver = true;
      }
    }
    return all;
  }
}

/**
 * Returns the difference between a stay and what the witness saw of it; `undefined` if there is
 * none.
 */
function differenceOf(
  { lines, end }: Stay,
  seen: Seen | undefined,
  wasKilled: boolean,
): string | undefined {
  if (!seen) return wasKilled ? undefined : "a stay that nobody saw";
  if (!wasKilled && seen.isOver !== (end !== "open")) return `its stay is ${end}, not as seen`;
  const isPrefix = end === "cut" || wasKilled;
  const common = Math.min(lines.length, seen.lines.length);
  const at = lines.slice(0, common).findIndex((line, i) => line !== seen.lines[i]);
  if (at >= 0) return `heard ${lines[at]} instead of ${seen.lines[at]}`;
  if (lines.length > seen.lines.length && !wasKilled) return `heard too much: ${lines[common]}`;
  if (lines.length < seen.lines.length && !isPrefix) return `did not hear ${seen.lines[common]}`;
  return undefined;
}
