/**
 * Folds the joins and leaves between two lines of a conversation into one line. It leaves out a
 * user who left and came back, or came and left, between the two lines. It also leaves out a user
 * who joined, said something and left within ten minutes. Performs no I/O.
 *
 * @module
 */

import { SUMMARY_TEXTS } from "../texts/events.ts";
import type { ClientEvent, RoomEvent, Speech } from "./events.ts";

/** A join or leave of another user. */
export type Move = RoomEvent & { readonly type: "join" | "part" | "quit" };

/** The last join or leave of each user between two lines, in groups. */
export interface FoldedMoves {
  /** The time of the first join or leave. */
  readonly time: number;
  /** The joins. */
  readonly joined: readonly Move[];
  /** The leaves, except those in a split of the network. */
  readonly left: readonly Move[];
  /** The leaves in splits of the network, by the two servers that lost each other. */
  readonly splits: ReadonlyMap<string, readonly Move[]>;
}

/**
 * The time after a join in which the leave of a user who said something is not shown, in
 * milliseconds.
 */
const VISIT_MS = 10 * 60_000;

/**
 * The time after a join in which a server gives the user the ranks that they had before, in
 * milliseconds.
 */
const RANK_MS = 5000;

/**
 * The time after a shown leave, in milliseconds: if the user joins again within this time, the join
 * is shown, too, even if the user says something first. The time is shorter than the pauses between
 * most scheduled jobs.
 */
const RETURN_MS = 2 * 60_000;

/** The number of nicks that a summary names. */
const MAX_NAMED = 5;

/** The largest number of users whose visits, joins or leaves are remembered. */
const MAX_VISITORS = 1000;

/**
 * Matches the reason of a leave in a split. It consists of the names of the two servers that lost
 * each other; servers of all kinds write it so.
 */
const SPLIT = /^[\w*-]+(?:\.[\w*-]+)+ [\w*-]+(?:\.[\w*-]+)+$/;

/** The joins and leaves that have no line yet. */
export class Moves {
  /** The last join or leave of each nick. */
  readonly #last = new Map<string, Move>();
  /** The joins that are not shown because their users said something first, by nick. */
  readonly #visits = new Map<string, Move>();
  readonly #ranks = new JoinRanks();
  /** The last leave of each nick that has a line. */
  readonly #shownLeaves = new Map<string, Move>();
  #folded: FoldedMoves | undefined;

  /** Adds a join or leave. */
  add(move: Move): void {
    this.#folded = undefined;
    if (isLeave(move) && this.#endsVisit(move)) return;
    const before = this.#last.get(move.nick);
    if (before && isLeave(before) !== isLeave(move)) this.#last.delete(move.nick);
    else this.#last.set(move.nick, move);
  }

  /**
   * Notes a message. It shows that its author is there, so the author's join need not be shown. But
   * if a line has just shown that the author left, the join is shown, too.
   */
  said({ nick }: Speech): void {
    const move = this.#last.get(nick);
    if (!move || isLeave(move)) return;
    const leave = this.#shownLeaves.get(nick);
    if (leave && move.time - leave.time < RETURN_MS) return;
    this.#folded = undefined;
    this.#last.delete(nick);
    keepLast(this.#visits, move);
  }

  /** Does what {@linkcode JoinRanks.completes} does. */
  completes(event: ClientEvent): boolean {
    return this.#ranks.completes(event);
  }

  /** The joins and leaves that have no line yet; undefined if there are none. */
  get folded(): FoldedMoves | undefined {
    if (this.#last.size === 0) return undefined;
    return this.#folded ??= fold([...this.#last.values()]);
  }

  /** Returns {@linkcode folded}, and begins anew. */
  take(): FoldedMoves | undefined {
    const { folded } = this;
    for (const move of this.#last.values()) if (isLeave(move)) keepLast(this.#shownLeaves, move);
    this.#last.clear();
    this.#folded = undefined;
    return folded;
  }

  /** Returns true if `leave` ends a visit whose join is not shown. */
  #endsVisit(leave: Move): boolean {
    const join = this.#visits.get(leave.nick);
    if (!join || (leave.type === "part" && "room" in join && join.room !== leave.room)) {
      return false;
    }
    this.#visits.delete(leave.nick);
    return leave.time - join.time < VISIT_MS;
  }
}

/** The ranks that a server gives at joins. */
export class JoinRanks {
  /** The last join of each nick, including the user's. */
  readonly #joins = new Map<string, Move>();

  /**
   * Follows an event; returns true if it is a mode change that belongs to a join: the server gives
   * the user the ranks that they have in the room.
   */
  completes(event: ClientEvent): boolean {
    if (event.type === "join") keepLast(this.#joins, event);
    // The name of a server has a dot, and no nick has one.
    if (event.type !== "mode" || !event.nick.includes(".") || event.changes.length === 0) {
      return false;
    }
    return event.changes.every(({ prefix, has, param = "" }) => {
      const join = this.#joins.get(param);
      if (!join || !("room" in join) || join.room !== event.room) return false;
      return prefix !== undefined && has && event.time - join.time <= RANK_MS;
    });
  }
}

/**
 * Returns the text of joins and leaves; `sentence` makes the text of a single join or leave, and
 * `safe` makes a text from outside safe to show.
 */
export function summaryOf(
  { joined, left, splits }: FoldedMoves,
  sentence: (move: Move) => string,
  safe: (text: string) => string,
): string {
  const nicksOf = (moves: readonly Move[]) => {
    const nicks = moves.slice(0, MAX_NAMED).map(({ nick }) => safe(nick));
    return nicks.join(" ") + (moves.length > MAX_NAMED ? " …" : "");
  };
  const group = (moves: readonly Move[], text: (count: number, nicks: string) => string) => {
    const [only] = moves;
    if (!only) return [];
    return [moves.length === 1 ? sentence(only) : text(moves.length, nicksOf(moves))];
  };
  return [
    ...group(joined, SUMMARY_TEXTS.joined),
    ...group(left, SUMMARY_TEXTS.left),
    ...[...splits].map(([servers, moves]) =>
      SUMMARY_TEXTS.split(moves.length, safe(servers), nicksOf(moves))
    ),
  ].join("; ");
}

/** Makes `move` the last one of its nick in `moves`; removes the oldest if there are too many. */
function keepLast(moves: Map<string, Move>, move: Move): void {
  moves.delete(move.nick);
  moves.set(move.nick, move);
  const [oldest] = moves.keys();
  if (moves.size > MAX_VISITORS && oldest !== undefined) moves.delete(oldest);
}

/** Returns true for a join or leave of another user. */
export function isMove(event: ClientEvent): event is Move {
  return (event.type === "join" || event.type === "part" || event.type === "quit") && !event.own;
}

function isLeave(move: Move): boolean {
  return move.type !== "join";
}

function fold(moves: readonly Move[]): FoldedMoves {
  const splitOf = (move: Move) => move.type === "quit" && SPLIT.test(move.text) ? move.text : "";
  const isSplit = (move: Move) => splitOf(move) !== "";
  return {
    time: moves[0]?.time ?? 0,
    joined: moves.filter((move) => !isLeave(move)),
    left: moves.filter((move) => isLeave(move) && !isSplit(move)),
    splits: Map.groupBy(moves.filter(isSplit), splitOf),
  };
}
