/**
 * Tracks each JOIN until its outcome is known: the user is in the room (perhaps under another
 * name), the server has refused the JOIN, or no answer comes. Performs no I/O.
 *
 * @module
 */

import type { Cancel, Clock } from "../../shared/clock.ts";
import type { Message } from "../../protocol.ts";
import { mayRefuseJoin } from "./replies.ts";
import type { ServerView } from "./server_view.ts";
import type { WantedRoom } from "./wanted.ts";

/** The parts of a session that joins use. */
export interface JoinsParts {
  /** The time. */
  readonly clock: Clock;
  /** Returns the rooms that the user is in, and the functions that compare their names. */
  state(): Pick<ServerView, "isupport" | "rooms">;
  /** Sends a command; returns false if there is no connection. */
  send(command: string, ...params: string[]): boolean;
  /** Calls `action` once the server has answered all messages sent until now. */
  barrier(action: () => void): void;
  /** Called if the server does not answer a JOIN of `room`. */
  unanswered(room: string): void;
}

/** Times in milliseconds. */
const TIMES = {
  /** The time for an answer, after which the server gets a PING. */
  answer: 5_000,
  /**
   * The time for an answer after the PONG: a bouncer may answer a PING before its server answers
   * the JOIN.
   */
  afterPong: 5_000,
} as const;

/** A JOIN that is not answered. */
interface OpenJoin {
  /** The name of the room, as the client wrote it. */
  readonly room: string;
  cancel: Cancel;
}

/** The JOINs of one connection that the server has not answered. */
export class Joins {
  readonly #parts: JoinsParts;
  /** The open requests, by the folded name of the room. */
  readonly #open = new Map<string, OpenJoin>();
  /** The names by which the client asked for renamed rooms, by their folded present names. */
  readonly #renamed = new Map<string, string>();

  /** Creates an empty list. */
  constructor(parts: JoinsParts) {
    this.#parts = parts;
  }

  /**
   * Joins a room, if there is a connection. If the room must exist, first requests its modes; an
   * error counts as a refused JOIN.
   */
  begin({ name, key, mustExist }: WantedRoom): void {
    const { state, send, barrier } = this.#parts;
    const join = ["JOIN", name, ...(key === undefined ? [] : [key])] as const;
    const [command, ...params] = mustExist ? ["MODE", name] as const : join;
    if (!send(command, ...params)) return;
    if (!state().rooms.get(name)) this.#sent(name);
    if (mustExist) barrier(() => this.isOpen(name) && send(...join));
  }

  /** Returns true if a JOIN of `room` is not answered. */
  isOpen(room: string): boolean {
    return this.#open.has(this.#fold(room));
  }

  /**
   * Records that the user is in a room, which the server calls `name`. Returns the name by which
   * the client asked for this room.
   */
  answeredBy(name: string): string {
    const asked = this.#askedFor(name);
    if (asked !== undefined) this.close(asked);
    // The client may have asked for a renamed room by its old and its new name.
    this.close(name);
    return asked ?? name;
  }

  /** Returns the room whose JOIN `message` refuses, by the name that the client asked for. */
  refusedBy(message: Message): string | undefined {
    if (this.#open.size === 0 || !mayRefuseJoin(message)) return undefined;
    const names = message.command === "FAIL" ? message.params.slice(2) : message.params.slice(1, 2);
    return names.map((name) => this.#askedFor(name)).find((room) => room !== undefined);
  }

  /**
   * Records that the server joins the user to a renamed room under its present name; returns true
   * if `message` says that. Only servers of `chat` send this reply.
   */
  renamedBy({ command, params }: Message): boolean {
    if (command !== "NOTE") return false;
    const [about, code, asked = "", present] = params;
    if (about !== "JOIN" || code !== "RENAMED") return false;
    const join = this.#open.get(this.#fold(asked));
    if (!join || present === undefined) return false;
    this.#renamed.set(this.#fold(present), join.room);
    return true;
  }

  /** Records that the JOIN of `room` needs no answer any more. */
  close(room: string): void {
    const key = this.#fold(room);
    this.#open.get(key)?.cancel();
    this.#open.delete(key);
  }

  /** Records that the connection is lost. */
  lost(): void {
    for (const { cancel } of this.#open.values()) cancel();
    this.#open.clear();
    this.#renamed.clear();
  }

  /**
   * Returns the room of a JOIN that is not answered, if `name` is or may be the server's name for
   * it.
   */
  #askedFor(name: string): string | undefined {
    const key = this.#fold(name);
    const renamed = this.#renamed.get(key);
    if (renamed !== undefined && this.isOpen(renamed)) return renamed;
    const exact = this.#open.get(key);
    if (exact) return exact.room;
    const names = this.#parts.state().isupport;
    const isSame: IsSame = (one, other) => names.isSame(one, other);
    return this.#open.values().find(({ room }) => isNameOf(room, name, isSame))?.room;
  }

  /** Waits for the answer to the JOIN of `room`, or to the MODE before it. */
  #sent(room: string): void {
    this.close(room);
    const { clock } = this.#parts;
    const join: OpenJoin = { room, cancel: clock.after(TIMES.answer, () => this.#ask(join)) };
    this.#open.set(this.#fold(room), join);
  }

  #fold(name: string): string {
    return this.#parts.state().isupport.fold(name);
  }

  /**
   * Sends a PING. If the server answers the PING, but not the JOIN soon after, it will not answer
   * the JOIN.
   */
  #ask(join: OpenJoin): void {
    this.#parts.barrier(() => {
      if (this.#open.get(this.#fold(join.room)) !== join) return;
      join.cancel = this.#parts.clock.after(TIMES.afterPong, () => {
        this.close(join.room);
        this.#parts.unanswered(join.room);
      });
    });
  }
}

type IsSame = (one: string, other: string) => boolean;

/** The length from which a name may be the beginning of a longer name that the server has cut. */
const MIN_CUT = 30;

/**
 * Returns true if `name` may be the server's name for `asked`: a server cuts long names, and gives
 * a safe channel (RFC 2811, section 3) an identifier of five characters: `!!safe` and `!safe`
 * become `!ABCDEsafe`.
 */
function isNameOf(asked: string, name: string, isSame: IsSame): boolean {
  if (asked.startsWith("!") && name.startsWith("!")) {
    const short = asked.replace(/^!+/, "");
    const rest = name.slice(1 + 5);
    return rest !== "" && (isSame(rest, short) || isCut(short, rest, isSame));
  }
  return isCut(asked, name, isSame);
}

function isCut(whole: string, start: string, isSame: IsSame): boolean {
  return start.length >= MIN_CUT && isSame(whole.slice(0, start.length), start);
}
