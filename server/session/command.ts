/**
 * What a command is: one row of the command table.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import type { Context } from "../core/context.ts";
import type { User } from "../state/state.ts";
import type { Session } from "./session.ts";

/** One use of a command. */
export interface Call {
  /** The server's shared parts. */
  readonly context: Context;
  /** The client that sent it. */
  readonly session: Session;
  /** What was said behind the name. */
  readonly params: readonly string[];
  /** The whole of it, tags included. */
  readonly message: Message;
}

/** One use of a command by somebody who is registered. */
export interface UserCall extends Call {
  /** Who uses it. */
  readonly user: User;
}

/** What every command's row has. */
export interface Row {
  /** In upper case. */
  readonly name: string;
  /** How many parameters it needs at least. */
  readonly minParams: number;
  /** Its parameters, as HELP shows them behind the name. */
  readonly syntax: string;
  /** What it does, in a sentence that fits into a line; for HELP. */
  readonly help: string;
  /** Whether its line may be as long as `LIMITS.longLine`; absent, as any. */
  readonly long?: true;
}

/**
 * A command: what is checked before it, and what it does. `run` looks at the state and decides: it
 * answers, makes something happen, or throws an `IrcError`. It never waits.
 */
export type Command =
  & Row
  & (
    | { readonly when: "always" | "before registration"; run(call: Call): void }
    | { readonly when: "registered" | "operator"; run(call: UserCall): void }
  );
