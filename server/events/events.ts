/**
 * Everything that can happen on a server, as plain data. An event is complete: applying it needs no
 * clock, no socket and nothing else that its author knew. So the same events in the same order give
 * the same state anywhere.
 *
 * @module
 */

import type { Tags } from "../../protocol.ts";
import type { ReadMarker } from "./records.ts";
import type { RecordEvent } from "./record_events.ts";
import type { RestoringEvent } from "./restoring.ts";
import type { EventBase, Target, UserId } from "./actor.ts";

/** A user finished registering. */
export interface Connected extends EventBase<"Connected"> {
  /** The user name, as in `nick!user@host`. */
  readonly username: string;
  /** The host that others see. */
  readonly host: string;
  /** The address that the user connects from; absent if it is the same text as `host`. */
  readonly address?: string;
  /** The real name. */
  readonly realname: string;
  /**
   * True for a user of the plain text door, which serves clients such as `nc`. Such a user has no
   * commands, and therefore does not become an operator of a channel.
   */
  readonly plain?: boolean;
}

/** A user logged in to an account; `by` still has the previous account, if any. */
export interface LoggedIn extends EventBase<"LoggedIn"> {
  /** The account's name. */
  readonly account: string;
}

/** A user logged out of their account, which `by` still has. */
export type LoggedOut = EventBase<"LoggedOut">;

/** A user left the server. */
export interface Quit extends EventBase<"Quit"> {
  /** The reason, as human-readable text. */
  readonly reason: string;
}

/**
 * A user, who is about to quit, left the channels in which the user's reason for that is not shown.
 * The event is for members who share no other channel with the user.
 */
export interface QuitUnheard extends EventBase<"QuitUnheard"> {
  /** The names of the channels. */
  readonly channels: readonly string[];
  /** The reason that is shown there. */
  readonly reason: string;
}

/** A user changed nicks; `by` still has the old one. */
export interface NickChanged extends EventBase<"NickChanged"> {
  /** The new nick. */
  readonly nick: string;
}

/** A user joined a channel, which is created if it does not exist. */
export interface Joined extends EventBase<"Joined"> {
  /** The channel's name. */
  readonly channel: string;
  /** The real name of the user. */
  readonly realname: string;
  /**
   * The letters of the member modes that the user starts with, highest first, such as `"qo"` for a
   * user with an account who creates the channel; empty for most users.
   */
  readonly memberModes: string;
}

/** A user left a channel. */
export interface Parted extends EventBase<"Parted"> {
  /** The channel's name. */
  readonly channel: string;
  /** The reason, if the author gave one. */
  readonly reason: string | undefined;
}

/** A user was removed from a channel by another user. */
export interface Kicked extends EventBase<"Kicked"> {
  /** The channel's name. */
  readonly channel: string;
  /** The user who was removed. */
  readonly user: UserId;
  /** The nick of `user`. */
  readonly nick: string;
  /** The reason, as human-readable text. */
  readonly reason: string;
}

/** One line of a multi-line message. */
export interface SaidLine {
  /** The text; may be empty. */
  readonly text: string;
  /** True if it continues the line before it, without a line feed between. */
  readonly concat: boolean;
}

/** A message was sent; for `TAGMSG`, tags without text. */
export interface Said extends EventBase<"Said"> {
  /** The command. */
  readonly command: "PRIVMSG" | "NOTICE" | "TAGMSG";
  /** The target. */
  readonly to: Target;
  /** The text; empty for TAGMSG. Only a message with `lines` contains line feeds. */
  readonly text: string;
  /** The lines of a multi-line message; joined, they are `text`. */
  readonly lines?: readonly SaidLine[];
  /**
   * True if the sender sent one line to a user, and the server divided it into `lines`, because the
   * whole text does not fit after the sender's mask.
   */
  readonly isOverlong?: true;
  /** The sender's client-only tags, whose names begin with `+`. */
  readonly tags: Tags;
}

/** The topic of a channel was set; an empty `topic` removes it. */
export interface TopicChanged extends EventBase<"TopicChanged"> {
  /** The channel's name. */
  readonly channel: string;
  /** The new topic. */
  readonly topic: string;
}

/** One valid change from a MODE command. */
export interface ModeChange {
  /** True if the mode is set, false if it is unset. */
  readonly add: boolean;
  /** The mode's letter. */
  readonly letter: string;
  /** The parameter, such as a mask, the channel's key, a limit, or the nick of `user`. */
  readonly param?: string;
  /** The member whose modes change; absent for modes of the channel. */
  readonly user?: UserId;
  /** In place of `user`: the account that loses a rank, if no user of the account is a member. */
  readonly account?: string;
  /**
   * The end of an entry that the change adds to a list, in milliseconds since 1970-01-01 UTC;
   * absent if the entry never ends.
   */
  readonly until?: number;
}

/** Modes of a channel or of its members changed. */
export interface ChannelModesChanged extends EventBase<"ChannelModesChanged"> {
  /** The channel's name. */
  readonly channel: string;
  /** The changes, in order. */
  readonly changes: readonly ModeChange[];
}

/** User modes changed. */
export interface UserModesChanged extends EventBase<"UserModesChanged"> {
  /**
   * The changes, in order. The list is empty if a user gave an operator's password but was an
   * operator already.
   */
  readonly changes: readonly ModeChange[];
  /** True if the user gave an operator's password in the command OPER. */
  readonly byPassword?: true;
}

/** A user went away or came back. */
export interface AwayChanged extends EventBase<"AwayChanged"> {
  /** The away message; `undefined` once the user is back. */
  readonly message: string | undefined;
}

/**
 * A user who is away joined a channel. The event is for members who share no other channel with the
 * user: they do not know yet that the user is away.
 */
export interface AwayShown extends EventBase<"AwayShown"> {
  /** The channel's name. */
  readonly channel: string;
  /** The away message. */
  readonly message: string;
}

/** An invitation to a channel, which is shown to its members. */
export interface InvitationShown extends EventBase<"InvitationShown"> {
  /** The channel's name. */
  readonly channel: string;
  /** The nick of the invited user. */
  readonly nick: string;
}

/** The user name of a user changed, or the host that others see; `by` still has the old ones. */
export interface HostChanged extends EventBase<"HostChanged"> {
  /** The new user name, including its tilde, if it has one. */
  readonly username: string;
  /** The new host. */
  readonly host: string;
}

/** A user changed their real name. */
export interface RealnameChanged extends EventBase<"RealnameChanged"> {
  /** The new real name. */
  readonly realname: string;
}

/**
 * A user with user mode R accepts private messages only from users with an account. Such a user now
 * also accepts messages of certain other users, or no longer accepts them.
 */
export interface AcceptChanged extends EventBase<"AcceptChanged"> {
  /** True to accept, false to stop accepting. */
  readonly add: boolean;
  /** The ids of those users. */
  readonly users: readonly UserId[];
}

/** A user was invited to a channel, and may join it. */
export interface Invited extends EventBase<"Invited"> {
  /** The channel's name. */
  readonly channel: string;
  /** The time when the invitation ends if it is not used, in milliseconds since 1970-01-01 UTC. */
  readonly until: number;
  /** True if the invitation stays valid when the channel becomes invitation-only; absent if not. */
  readonly opens?: boolean;
  /** The invited user. */
  readonly user: UserId;
  /** The nick of `user`. */
  readonly nick: string;
}

/** An announcement to all users with one user mode: `w` for WALLOPS, `s` for server notices. */
export interface Announced extends EventBase<"Announced"> {
  /** The letter of the mode. */
  readonly mode: "s" | "w";
  /** The text. */
  readonly text: string;
}

/** A message was redacted (deleted); this is announced to the users who got the message. */
export interface Redacted extends EventBase<"Redacted"> {
  /** The `id` of the message. */
  readonly message: string;
  /** The target of the message. */
  readonly to: Target;
  /** The reason, if the author gave one. */
  readonly reason: string | undefined;
}

/** A channel was renamed. */
export interface Renamed extends EventBase<"Renamed"> {
  /** The old name. */
  readonly channel: string;
  /** The new name. */
  readonly name: string;
  /** The reason, as human-readable text; may be empty. */
  readonly reason: string;
}

/** A user asked for an invitation to a channel; announced to the members who may invite. */
export interface Knocked extends EventBase<"Knocked"> {
  /** The channel's name. */
  readonly channel: string;
  /** `nick!user@host` of the user who asks. */
  readonly mask: string;
  /** Their message; may be empty. */
  readonly text: string;
}

/** A metadata key of a user or a channel was set or removed. */
export interface MetadataChanged extends EventBase<"MetadataChanged"> {
  /** The user, or the channel (without a rank). */
  readonly target: Exclude<Target, { type: "account" }>;
  /** The key. */
  readonly key: string;
  /** The new value; `undefined` if the key was removed. */
  readonly value: string | undefined;
}

/** The owner of an account became an operator of the server. */
export interface OperatorAdded extends EventBase<"OperatorAdded"> {
  /** The account's name. */
  readonly account: string;
  /** The id of the request that the event fulfils, if there is one. */
  readonly request?: string;
}

/** The owner of an account is no longer an operator of the server. */
export interface OperatorRemoved extends EventBase<"OperatorRemoved"> {
  /** The account's name. */
  readonly account: string;
  /** The id of the request that the event fulfils. */
  readonly request: string;
}

/** A user moved a read marker; only the clients of that user are told. */
export interface MarkerMoved extends EventBase<"MarkerMoved"> {
  /** The marker. */
  readonly marker: ReadMarker;
}

/** The last client of a user disconnected, and the user stays in their channels. */
export type Stayed = EventBase<"Stayed">;

/** A user who stayed while offline is connected again. */
export type Returned = EventBase<"Returned">;

/** Any event. */
export type Event =
  | RecordEvent
  | RestoringEvent
  | Connected
  | LoggedIn
  | LoggedOut
  | Quit
  | QuitUnheard
  | NickChanged
  | Joined
  | Parted
  | Kicked
  | Said
  | TopicChanged
  | ChannelModesChanged
  | UserModesChanged
  | AwayChanged
  | AwayShown
  | HostChanged
  | InvitationShown
  | Knocked
  | MarkerMoved
  | MetadataChanged
  | RealnameChanged
  | AcceptChanged
  | Invited
  | Announced
  | Redacted
  | Renamed
  | Returned
  | Stayed
  | OperatorAdded
  | OperatorRemoved;

/** An event without its id and time, which the event log adds. */
export type Unstamped = Event extends infer E ? E extends Event ? Omit<E, "id" | "time"> : never
  : never;
