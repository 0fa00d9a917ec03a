/**
 * The questions and answers by which one process of a cluster copies a file from another process. A
 * file may come with a state that belongs to it. State and file are sent in pieces over core NATS.
 * A process that needs a copy asks all others, chooses the first that offers one, and asks that one
 * for piece after piece. There are two kinds: `copies` are databases, each with the state of its
 * server; `files` are files that users have uploaded, and have no state.
 *
 * @module
 */

import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { isObject } from "../store/shapes.ts";
import type { NatsBus } from "./nats_bus.ts";

/** A copy that another process may get. */
export interface Copy {
  /** The path of the file, which does not change any more. */
  readonly path: string;
  /** The state that belongs to it. */
  readonly state: Uint8Array;
  /** Called once the copy is not needed any more. */
  done(): void;
}

/** The parts of the copying. */
export interface CopyParts {
  /** The connection with the cluster. */
  readonly bus: Pick<NatsBus, "connection" | "subjects" | "maxBytes">;
  /** The clock. */
  readonly clock: Clock;
  /** The log of this server. */
  readonly log: Log;
}

/** The copy that a process wants to get. */
export interface Wanted {
  /** The kind of copy. */
  readonly kind: "copies" | "files";
  /** The name among the copies of this kind; empty if there is only one. */
  readonly name: string;
  /**
   * The exact size of the file, in bytes; absent if it is not known. If given, the copy must have
   * no state.
   */
  readonly bytes?: number;
}

/** The copies that a process offers. */
export interface Offered {
  /** The kind of copies. */
  readonly kind: Wanted["kind"];
  /** The number of copies that are given at a time. */
  readonly atOnce: number;
  /** Returns true if the process has a copy of this name. */
  has(name: string): boolean;
  /** Makes the copy of this name when it is asked for. */
  open(name: string): Promise<Copy>;
}

/** A question of a process that gets a copy. */
export interface Question {
  /**
   * The kind of question. `open` asks for a copy, and is repeated until the copy is ready; `piece`
   * asks for the next piece, and `end` for the checksum of all pieces.
   */
  readonly type: "open" | "piece" | "end";
  /** The identity of this copying. */
  readonly copying: string;
  /** The name of the copy, in `open`; absent or empty if there is only one of its kind. */
  readonly name?: string | undefined;
}

/** An answer to `open` or `end`. The answer to `piece` is the bytes of the piece, or a refusal. */
export type Answer =
  | { readonly type: "opening" }
  | {
    readonly type: "ready";
    /** The sizes of the state, of the file and of a piece, in bytes. */
    readonly state: number;
    readonly file: number;
    readonly piece: number;
  }
  | { readonly type: "ended"; readonly checksum: number }
  | { readonly type: "refused" };

/** Returns true if `value` is a question. */
export function isQuestion(value: unknown): value is Question {
  if (!isObject(value) || typeof value.copying !== "string") return false;
  if (value.name !== undefined && typeof value.name !== "string") return false;
  return value.type === "open" || value.type === "piece" || value.type === "end";
}

/** Returns true if `value` is an answer. */
export function isAnswer(value: unknown): value is Answer {
  if (!isObject(value)) return false;
  const { type, state, file, piece, checksum } = value;
  if (type === "ready") return [state, file, piece].every(Number.isSafeInteger) && piece !== 0;
  if (type === "ended") return typeof checksum === "number";
  return type === "opening" || type === "refused";
}
