/**
 * The types of a command of IRC, which is one row of the table of commands, and of a call: one use
 * of a command by a client.
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
  /** The client that sent the command. */
  readonly session: Session;
  /** Its parameters. */
  readonly params: readonly string[];
  /** The whole message, with its tags. */
  readonly message: Message;
}

/** One use of a command by a registered user. */
export interface UserCall extends Call {
  /** The user of the client. */
  readonly user: User;
}

/** The fields that every command has. */
export interface Row {
  /** The name, in upper case. */
  readonly name: string;
  /** The least number of parameters. */
  readonly minParams: number;
  /** The parameters, as HELP shows them after the name. */
  readonly syntax: string;
  /** The description for HELP: a sentence that fits into a line. */
  readonly help: string;
  /** True if its line may be as long as `LIMITS.longLine`; absent for the usual limit. */
  readonly long?: true;
}

/**
 * A command. `when` says which clients may use it: all clients, clients that have not registered
 * yet, registered clients, or operators. This is checked first. `run` then reads the state and
 * decides: it replies, appends events, or throws an `IrcError` or a `StandardError`. It never
 * waits.
 */
export type Command =
  & Row
  & (
    | { readonly when: "always" | "before registration"; run(call: Call): void }
    | { readonly when: "registered" | "operator"; run(call: UserCall): void }
  );
