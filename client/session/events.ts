/**
 * The events of a session, as one union; a terminal, a pipe or the page shows them. The texts and
 * names in events come from the network and are not safe to show unchanged;
 * `client/terminal/format.ts` makes them safe.
 *
 * @module
 */

import type { Tags } from "../../protocol.ts";
import type { ModeChange } from "../texts/modes.ts";
import type { Delivery } from "./outcome.ts";

/** The time and the id of an event, and the account of the user that caused it. */
export interface Stamp {
  /** Milliseconds since 1970-01-01 UTC; the server's time if the message has one. */
  readonly time: number;
  /** The `msgid`, if the message has one. */
  readonly id?: string;
  /** The account of the sender, if the server tells it. */
  readonly account?: string;
}

/** The kinds of messages. */
export type MessageKind = "message" | "action" | "notice";

/**
 * A message in a room, or a private one. A message of the user becomes an event when the server has
 * confirmed it, or earlier, if `isOnItsWay`.
 */
export interface Speech extends Stamp {
  /** The kind of the message. */
  readonly type: MessageKind;
  /** The nick of the sender, or the name of a server. */
  readonly nick: string;
  /** The room; absent for a private message. */
  readonly room?: string;
  /** The target: a room or a nick. */
  readonly to: string;
  /**
   * The prefix of a rank, such as the `@` of `@#room`, if only members with that rank or a higher
   * one get the message; absent otherwise.
   */
  readonly status?: string;
  /** The text of the message, which can have several lines. */
  readonly text: string;
  /** The `msgid` of the message that it answers. */
  readonly reply?: string;
  /** True if it replaces the message `reply`, which may be unknown. */
  readonly isEdit?: true;
  /** For the edit of an answer, the `msgid` of the message that it answers. */
  readonly answers?: string;
  /** True if the user sent it. */
  readonly own: boolean;
  /** True if it comes from the history, and the user has not missed it: it is shown for context. */
  readonly isPast?: boolean;
  /** True if it was sent while the user was not connected, and comes from the history. */
  readonly isMissed?: boolean;
  /**
   * True if the user missed older messages, too, and the client has not read them, because of its
   * limit.
   */
  readonly isAfterGap?: boolean;
  /**
   * True for a message of the user that the server has not confirmed yet. Another event follows if
   * the server refuses it.
   */
  readonly isOnItsWay?: boolean;
  /** True if it is for the user: it contains their nick, or is a private message to them. */
  readonly forMe: boolean;
}

/** A change to a room or a user. */
export type RoomEvent =
  & Stamp
  & {
    /** The user that did it; for `kick`, the user that was removed. */
    readonly nick: string;
    /** True if `nick` is the user's. */
    readonly own: boolean;
  }
  & (
    | {
      readonly type: "join";
      readonly room: string;
      /** True if the user of this client is back in a room after a reconnect. */
      readonly isReturn?: true;
    }
    | { readonly type: "part"; readonly room: string; readonly text: string }
    /** The user left the server, and thereby `rooms`. */
    | { readonly type: "quit"; readonly rooms: readonly string[]; readonly text: string }
    | {
      readonly type: "kick";
      readonly room: string;
      /** The nick of the user that did it. */
      readonly by: string;
      /** True if the user of this client did it. */
      readonly isByUser?: true;
      readonly text: string;
    }
    /** The user, a member of `rooms`, has the nick `to` now. */
    | { readonly type: "nick"; readonly rooms: readonly string[]; readonly to: string }
    | { readonly type: "topic"; readonly room: string; readonly text: string }
    /** The room got the name `to`. */
    | {
      readonly type: "rename";
      readonly room: string;
      readonly to: string;
      readonly reason: string;
    }
    | {
      readonly type: "mode";
      readonly room: string;
      /** The letters and their parameters, as the server sends them. */
      readonly text: string;
      readonly changes: readonly ModeChange[];
    }
    | { readonly type: "invite"; readonly room: string }
    /**
     * The user reacted with `text`, such as an emoji, to the message with the `msgid` `reply`, or
     * took that reaction back.
     */
    | Pick<Speech, "room" | "to"> & {
      readonly type: "reaction" | "unreaction";
      readonly reply: string;
      readonly text: string;
    }
    /** The user deleted the message with the `msgid` `reply`, for the reason `text`. */
    | Pick<Speech, "room" | "to"> & {
      readonly type: "redaction";
      readonly reply: string;
      readonly text: string;
    }
  );

/** An event that changes an earlier message. */
export type AboutMessage = ClientEvent & {
  readonly type: "reaction" | "unreaction" | "redaction";
};

/** Returns true for an event that changes an earlier message. */
export function isAboutMessage(event: ClientEvent): event is AboutMessage {
  return event.type === "reaction" || event.type === "unreaction" || event.type === "redaction";
}

/** Returns true for a reaction to an earlier message, or for the end of such a reaction. */
export function isReaction(event: ClientEvent): event is AboutMessage {
  return event.type === "reaction" || event.type === "unreaction";
}

/** The target of a line for the first room, until that room is known. */
export const NO_TARGET = "";

/** A message of the user, on its way to the server. */
export interface Line {
  /** The target: a room or a nick; {@linkcode NO_TARGET} for the first room, not known yet. */
  readonly to: string;
  /** The kind of the message. */
  readonly kind: MessageKind;
  /** The text. Line ends divide its lines; the last line has none. */
  readonly text: string;
  /** The tags to send with it, if the server takes tags. */
  readonly tags?: Tags;
  /** Collects the outcome, for a caller that waits for it. */
  readonly delivery?: Delivery;
}

/** An event that concerns the connection, or only the user. */
export type StatusEvent =
  & Stamp
  & (
    /** The client is registered; `isFirst` is true only once in a session. */
    | {
      readonly type: "connected";
      readonly server: string;
      readonly nick: string;
      readonly isFirst: boolean;
      /** The account of the login, if there was one. */
      readonly account?: string;
    }
    /** A server was trusted for the first time, and its fingerprint is now remembered. */
    | { readonly type: "remembered"; readonly fingerprint: string }
    /** The client has no key, so that the server does not recognize the user. */
    | { readonly type: "no-key"; readonly reason: string }
    /** The client leaves and reconnects at once with another nick. */
    | { readonly type: "returning"; readonly nick: string }
    /** The server is not up yet; the client keeps trying for up to `left` milliseconds. */
    | { readonly type: "awaiting-server"; readonly reason: string; readonly left: number }
    /** The connection was lost; the next attempt is in `retry` seconds. */
    | { readonly type: "disconnected"; readonly reason: string; readonly retry: number }
    /**
     * An attempt to reconnect failed; the next is in `retry` seconds. If `isSteady`, the pauses
     * grow no more, and further failures are reported only if they have another reason.
     */
    | {
      readonly type: "retrying";
      readonly reason: string;
      readonly retry: number;
      readonly isSteady: boolean;
    }
    /** The wanted nick was refused; the user has another. */
    | {
      readonly type: "nick-taken";
      readonly wanted: string;
      readonly nick: string;
      readonly reason: string;
    }
    /** There is no room to join: neither the user nor the server names one. */
    | { readonly type: "no-room" }
    /** A room cannot be joined or rejoined. */
    | { readonly type: "room-refused"; readonly room: string; readonly reason: string }
    /** The members of a room that was just joined, with their prefixes. */
    | { readonly type: "members"; readonly room: string; readonly members: readonly string[] }
    /** The topic of a room that was just joined. */
    | { readonly type: "topic-is"; readonly room: string; readonly text: string }
    /** A problem that the user should know about; the server has refused nothing. */
    | { readonly type: "warning"; readonly text: string }
    /**
     * The user `by` is typing, has paused or is done: in a room, or else to the user of this
     * client.
     */
    | {
      readonly type: "typing";
      readonly by: string;
      readonly room?: string;
      readonly state: "active" | "paused" | "done";
    }
    /** A reply of the server, mostly to a command; it may be about a room. */
    | { readonly type: "answer"; readonly text: string; readonly room?: string }
    /** The server refused something; `line` is the message that was not sent because of it. */
    | {
      readonly type: "refused";
      readonly reason: string;
      readonly line?: Line;
      readonly room?: string;
    }
    /** There is no connection; `line` is sent after the reconnect. */
    | { readonly type: "waiting"; readonly line: Line }
    /**
     * A message was sent, but may not have arrived. `reason` says why that is unknown; if absent,
     * the connection was lost.
     */
    | { readonly type: "unconfirmed"; readonly line: Line; readonly reason?: string }
  );

/** Any event of a session. */
export type ClientEvent = Speech | RoomEvent | StatusEvent;

/** The receiver of a session's events. */
export interface SessionReceiver {
  /** Takes an event; called in order; must not throw. */
  event(event: ClientEvent): void;
  /** Pauses reading from the server until the promise resolves, if it returns one. */
  ready(): Promise<void> | undefined;
  /** Notes that all missed messages of a room or a private conversation have arrived. */
  caughtUp?(name: string): void;
  /** Notes that a member of a room has gone away, or is back. */
  presence?(): void;
  /** Records that the user has read a conversation up to `time` in another client. */
  readElsewhere?(name: string, time: number): void;
  /**
   * Takes the nick of a person with whom the user has written before this session, and the time of
   * their last message.
   */
  conversation?(nick: string, time: number): void;
}

/** Returns true if `event` is a message. */
export function isSpeech(event: ClientEvent): event is Speech {
  return event.type === "message" || event.type === "action" || event.type === "notice";
}

/** An event without its time and id. */
export type Unstamped<E> = E extends unknown ? Omit<E, keyof Stamp> : never;
