/**
 * The type of a kind of event: how the event changes the state, the line that clients get, and the
 * data that the store keeps. A kind is one row of a table, like a command.
 *
 * @module
 */

import type { Event } from "../events/events.ts";
import type { Network } from "../state/network.ts";
import type { NetworkState } from "../state/network_state.ts";
import type { Channel, User } from "../state/state.ts";
import type { HistoryKey, Store } from "../store/store.ts";
import type { Capability, Caps } from "../irc/capabilities.ts";

/** A message without its source and tags. */
export interface Line {
  /** The command, or the numeric's three digits. */
  readonly command: string;
  /** Its parameters. */
  readonly params: string[];
}

/** A nick that came into use or went out of use. */
export interface Presence {
  /** The nick. */
  readonly nick: string;
  /** `nick!user@host` of the user who has the nick now; `undefined` if the nick went out of use. */
  readonly mask: string | undefined;
}

/**
 * The parts of the FAIL reply to a command that is refused while the store cannot write: the
 * command, and the parameter of it that the reply repeats.
 */
export type Refused = readonly [command: string, about: string];

/**
 * The columns of `chat export` that the kind of event decides: the type of the row, and its text.
 */
export type Exported = readonly [type: string, text: string];

/** One kind of event. All fields are mandatory, so that none is forgotten. */
export interface Kind<E extends Event> {
  /** Changes the state; returns the users who see the event. Reads no clock and no socket. */
  readonly apply: (state: NetworkState, event: E) => readonly User[];

  /** Returns the line that clients get; `undefined` if no client gets a line for this kind. */
  readonly line: ((event: E, caps: Caps) => Line) | undefined;
  /** The capabilities that a client needs to get the line. */
  readonly needs: readonly Capability[];
  /**
   * The notice to clients that monitor the nick of the event's author. A function returns the nicks
   * that came into use or went out of use (https://ircv3.net/specs/extensions/monitor). With
   * `"line"`, the clients get the line itself
   * (https://ircv3.net/specs/extensions/extended-monitor); with `undefined`, they get nothing.
   */
  readonly monitored: ((event: E) => readonly Presence[]) | "line" | undefined;

  /**
   * Returns the keys of the histories that the event belongs to. Called before the event is
   * applied.
   */
  readonly history: ((event: E, network: Network) => readonly HistoryKey[]) | undefined;
  /**
   * Changes the store in another way than by adding the event to histories, for example by changing
   * earlier events. Called before the event is applied.
   */
  readonly rewrite: ((event: E, network: Network, store: Store) => void) | undefined;
  /**
   * Returns the channels that the event may end, because it may remove their last member or owner.
   * Called before the event is applied.
   */
  readonly mayEnd: ((event: E, network: Network) => readonly Channel[]) | undefined;
  /** Saves the records that the event has changed. Called after the event is applied. */
  readonly save: ((event: E, network: Network, store: Store) => void) | undefined;
  /**
   * Returns the parts of a refusal if the event must not happen while the store cannot write. Other
   * events still happen then, but are missing from history.
   */
  readonly whileFull: ((event: E) => Refused | undefined) | undefined;
  /** Returns the columns for `chat export`; `undefined` if the kind is in no history. */
  readonly exported: ((event: E) => Exported) | undefined;
}

/**
 * The fields of a kind for which clients get no line. A row that begins with these fields can still
 * set some of them, such as a `line` that needs no capability.
 */
export const NOT_SHOWN = { line: undefined, needs: [], monitored: undefined } as const;

/**
 * The fields of a kind whose events are not stored. A row that begins with these fields can still
 * set some of them, such as `save` for the record that the event has changed.
 */
export const NOT_STORED = {
  history: undefined,
  rewrite: undefined,
  mayEnd: undefined,
  save: undefined,
  whileFull: undefined,
  exported: undefined,
} as const;

/** The type of an event. */
export type EventType = Event["type"];

/** The event of this type. */
export type EventOf<Type extends EventType> = Extract<Event, { readonly type: Type }>;

/** Rows for these types of events. */
export type Kinds<Types extends EventType = EventType> = {
  readonly [Type in Types]: Kind<EventOf<Type>>;
};
