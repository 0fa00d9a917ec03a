/**
 * What can happen on a server, as plain data. An event is complete: applying it needs no clock, no
 * socket and nothing its sender knew, so the same events in the same order give the same state
 * anywhere.
 *
 * @module
 */

import type { Tags } from "../protocol.ts";

/** Names one user for as long as it is connected, through changes of nick. */
export type UserId = number;

/** Who did something, as it was when it was done. */
export interface Actor {
  readonly id: UserId;
  readonly nick: string;
  /** `nick!user@host`; for the server, its name. */
  readonly mask: string;
}

/** What all events have in common. */
export interface Happening {
  /** Unique; given to clients as `msgid`. */
  readonly id: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  readonly by: Actor;
}

/** A user finished registering. */
export interface Connected extends Happening {
  readonly type: "Connected";
  readonly username: string;
  readonly host: string;
  readonly realname: string;
}

/** A user is gone, for whatever reason. */
export interface Quit extends Happening {
  readonly type: "Quit";
  readonly reason: string;
}

/** A user goes by another nick; `by` still has the old one. */
export interface NickChanged extends Happening {
  readonly type: "NickChanged";
  readonly nick: string;
}

/** A user entered a channel, which begins to exist if it did not. */
export interface Joined extends Happening {
  readonly type: "Joined";
  readonly channel: string;
  /** Member modes the user has from the start, highest first; `"o"` for who made the channel. */
  readonly memberModes: string;
}

/** A user left a channel. */
export interface Parted extends Happening {
  readonly type: "Parted";
  readonly channel: string;
  readonly reason: string | undefined;
}

/** A user was put out of a channel by another. */
export interface Kicked extends Happening {
  readonly type: "Kicked";
  readonly channel: string;
  readonly user: UserId;
  readonly nick: string;
  readonly reason: string;
}

/** Where something is said: to a channel, to its members of a rank and above, or to one user. */
export type Target =
  | { readonly type: "channel"; readonly channel: string; readonly rank?: string }
  | { readonly type: "user"; readonly user: UserId; readonly nick: string };

/** Something was said; or, as `TAGMSG`, only shown by tags. */
export interface Said extends Happening {
  readonly type: "Said";
  readonly command: "PRIVMSG" | "NOTICE" | "TAGMSG";
  readonly to: Target;
  readonly text: string;
  /** The sender's client-only tags, their names beginning with `+`. */
  readonly tags: Tags;
}

/** A channel has another topic; an empty one is none. */
export interface TopicChanged extends Happening {
  readonly type: "TopicChanged";
  readonly channel: string;
  readonly topic: string;
}

/** One letter of a MODE command, checked and complete. */
export interface ModeChange {
  readonly add: boolean;
  readonly letter: string;
  /** What is shown and kept: a mask, a key, a limit, or the nick of `user`. */
  readonly param?: string;
  /** Whose membership it changes. */
  readonly user?: UserId;
}

/** Modes of a channel, or of members in it, changed. */
export interface ChannelModesChanged extends Happening {
  readonly type: "ChannelModesChanged";
  readonly channel: string;
  readonly changes: readonly ModeChange[];
}

/** A user's own modes changed. */
export interface UserModesChanged extends Happening {
  readonly type: "UserModesChanged";
  readonly changes: readonly ModeChange[];
}

/** A user went away, with a message, or came back, without one. */
export interface AwayChanged extends Happening {
  readonly type: "AwayChanged";
  readonly message: string | undefined;
}

/** A user may, and is asked to, join a channel. */
export interface Invited extends Happening {
  readonly type: "Invited";
  readonly channel: string;
  readonly user: UserId;
  readonly nick: string;
}

/** Everything that can happen. */
export type Event =
  | Connected
  | Quit
  | NickChanged
  | Joined
  | Parted
  | Kicked
  | Said
  | TopicChanged
  | ChannelModesChanged
  | UserModesChanged
  | AwayChanged
  | Invited;
