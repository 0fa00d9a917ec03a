/**
 * What can happen on a server, as plain data. An event is complete: applying it needs no clock, no
 * socket and nothing its sender knew, so the same events in the same order give the same state
 * anywhere.
 *
 * @module
 */

import type { Tags } from "../protocol.ts";
import type { ChannelRecord } from "./state/channel_record.ts";
import type { ReadMarker } from "./state/read_markers.ts";
import type { RegisterEvent } from "./state/register_events.ts";

/** Names one user for as long as it is connected, through changes of nick. */
export type UserId = number;

/** Who did something, as it was when it was done. */
export interface Actor {
  /** Which user; 0 for the server itself. */
  readonly id: UserId;
  /** The nick alone. */
  readonly nick: string;
  /** `nick!user@host`; for the server, its name. */
  readonly mask: string;
  /** They say that they are a bot. */
  readonly bot?: boolean;
  /** The account they are logged in to; absent, none. */
  readonly account?: string;
}

/** What all events have in common. */
export interface Happening<Type extends string = string> {
  /** What it is that happened. */
  readonly type: Type;
  /** Unique; given to clients as `msgid`. */
  readonly id: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  /** Who did it. */
  readonly by: Actor;
}

/** A user finished registering. */
export interface Connected extends Happening<"Connected"> {
  /** The middle of `nick!user@host`. */
  readonly username: string;
  /** The address they connect from, as others see it. */
  readonly host: string;
  /** What they say of themselves. */
  readonly realname: string;
  /** They have only `nc`: they cannot use commands, so they run nothing. */
  readonly plain?: boolean;
}

/** A user logged in to an account; `by` still has the one before, if there was one. */
export interface LoggedIn extends Happening<"LoggedIn"> {
  /** The account's name. */
  readonly account: string;
}

/** A user logged out of their account, which `by` still has. */
export type LoggedOut = Happening<"LoggedOut">;

/** A user is gone, for whatever reason. */
export interface Quit extends Happening<"Quit"> {
  /** Why, for people. */
  readonly reason: string;
}

/** A user goes by another nick; `by` still has the old one. */
export interface NickChanged extends Happening<"NickChanged"> {
  /** The new nick. */
  readonly nick: string;
}

/** A user entered a channel, which begins to exist if it did not. */
export interface Joined extends Happening<"Joined"> {
  /** The channel's name. */
  readonly channel: string;
  /** What the user says of themselves. */
  readonly realname: string;
  /** Member modes the user has from the start, highest first; `"o"` for who made the channel. */
  readonly memberModes: string;
}

/** A user left a channel. */
export interface Parted extends Happening<"Parted"> {
  /** The channel's name. */
  readonly channel: string;
  /** Why, if they said so. */
  readonly reason: string | undefined;
}

/** A user was put out of a channel by another. */
export interface Kicked extends Happening<"Kicked"> {
  /** The channel's name. */
  readonly channel: string;
  /** To whom it is done. */
  readonly user: UserId;
  /** The nick of `user`. */
  readonly nick: string;
  /** Why, for people. */
  readonly reason: string;
}

/** Where something is said: to a channel, to its members of a rank and above, or to one user. */
export type Target =
  | { readonly type: "channel"; readonly channel: string; readonly rank?: string }
  | { readonly type: "user"; readonly user: UserId; readonly nick: string }
  /** Whose owner is not here: it waits for them. */
  | { readonly type: "account"; readonly account: string };

/** A line of a message that has several. */
export interface SaidLine {
  /** What it says; may be empty. */
  readonly text: string;
  /** Whether it goes on where the line before it ends, without a line feed between. */
  readonly concat: boolean;
}

/** Something was said; or, as `TAGMSG`, only shown by tags. */
export interface Said extends Happening<"Said"> {
  /** The kind of message. */
  readonly command: "PRIVMSG" | "NOTICE" | "TAGMSG";
  /** Who hears it. */
  readonly to: Target;
  /** What is said; empty for a TAGMSG. Only a message with `lines` holds line feeds. */
  readonly text: string;
  /** The lines of a message that has several; together they are `text`. */
  readonly lines?: readonly SaidLine[];
  /** The sender's client-only tags, their names beginning with `+`. */
  readonly tags: Tags;
}

/** A channel has another topic; an empty one is none. */
export interface TopicChanged extends Happening<"TopicChanged"> {
  /** The channel's name. */
  readonly channel: string;
  /** The new topic. */
  readonly topic: string;
}

/** One letter of a MODE command, checked and complete. */
export interface ModeChange {
  /** Set rather than unset. */
  readonly add: boolean;
  /** Which mode. */
  readonly letter: string;
  /** What is shown and kept: a mask, a key, a limit, or the nick of `user`. */
  readonly param?: string;
  /** Whose membership it changes. */
  readonly user?: UserId;
}

/** Modes of a channel, or of members in it, changed. */
export interface ChannelModesChanged extends Happening<"ChannelModesChanged"> {
  /** The channel's name. */
  readonly channel: string;
  /** What changed, in order. */
  readonly changes: readonly ModeChange[];
}

/** A user's own modes changed. */
export interface UserModesChanged extends Happening<"UserModesChanged"> {
  /** What changed, in order. */
  readonly changes: readonly ModeChange[];
}

/** A user went away, with a message, or came back, without one. */
export interface AwayChanged extends Happening<"AwayChanged"> {
  /** Why they are away; `undefined` once they are back. */
  readonly message: string | undefined;
}

/** A user who is away came to a channel, whose members may not know that they are. */
export interface AwayShown extends Happening<"AwayShown"> {
  /** The channel's name. */
  readonly channel: string;
  /** Why they are away. */
  readonly message: string;
}

/** The members of a channel may know that somebody was asked to join it. */
export interface InvitationShown extends Happening<"InvitationShown"> {
  /** The channel's name. */
  readonly channel: string;
  /** The nick of who was invited. */
  readonly nick: string;
}

/** A user is shown with another user name or host; `by` still has the old ones. */
export interface HostChanged extends Happening<"HostChanged"> {
  /** The user name now, tilde included. */
  readonly username: string;
  /** The host now. */
  readonly host: string;
}

/** A user says something else of themselves. */
export interface RealnameChanged extends Happening<"RealnameChanged"> {
  /** What they say now. */
  readonly realname: string;
}

/** A user begins or ceases to watch nicks, whether or not somebody goes by them. */
export interface WatchChanged extends Happening<"WatchChanged"> {
  /** Begins to, rather than ceases. */
  readonly add: boolean;
  /** The nicks. */
  readonly nicks: readonly string[];
}

/** A user wants to hear others in private, or no more, whom user mode R would keep from that. */
export interface AcceptChanged extends Happening<"AcceptChanged"> {
  /** Wants to, rather than not. */
  readonly add: boolean;
  /** Whom. */
  readonly users: readonly UserId[];
}

/** A user may, and is asked to, join a channel. */
export interface Invited extends Happening<"Invited"> {
  /** The channel's name. */
  readonly channel: string;
  /** When the invitation ends, unless it is used before; milliseconds since 1970-01-01 UTC. */
  readonly until: number;
  /** To whom it is done. */
  readonly user: UserId;
  /** The nick of `user`. */
  readonly nick: string;
}

/** Something was told to all who have a user mode: `w`, WALLOPS, or `s`, the server's notices. */
export interface Announced extends Happening<"Announced"> {
  /** The letter of the mode. */
  readonly mode: "s" | "w";
  /** What is told. */
  readonly text: string;
}

/** What somebody said was taken back; those who hear of it are those who heard it. */
export interface Redacted extends Happening<"Redacted"> {
  /** The `id` of the message. */
  readonly message: string;
  /** Who heard it. */
  readonly to: Target;
  /** Why, if they said so. */
  readonly reason: string | undefined;
}

/** A channel goes by another name, and is otherwise what it was. */
export interface Renamed extends Happening<"Renamed"> {
  /** The name it had. */
  readonly channel: string;
  /** The new one. */
  readonly name: string;
  /** Why, for people; may be empty. */
  readonly reason: string;
}

/** The server tells those who may invite to a channel that somebody asks for it. */
export interface Knocked extends Happening<"Knocked"> {
  /** The channel's name. */
  readonly channel: string;
  /** Who asks: their `nick!user@host`. */
  readonly mask: string;
  /** What they say to it; may be empty. */
  readonly text: string;
}

/** What a user or a channel tells under a key is another value, or none any more. */
export interface MetadataChanged extends Happening<"MetadataChanged"> {
  /** Whose it is: a channel without rank, or a user. */
  readonly target: Exclude<Target, { type: "account" }>;
  /** The key. */
  readonly key: string;
  /** The new value; `undefined` once there is none. */
  readonly value: string | undefined;
}

/** Whoever logs in to an account is an operator of the server from now on. */
export interface OperatorAdded extends Happening<"OperatorAdded"> {
  /** The account's name. */
  readonly account: string;
}

/** A channel is again what it was when the server was last there; nobody is in it. */
export interface ChannelRestored extends Happening<"ChannelRestored"> {
  /** All that is known of it. */
  readonly channel: ChannelRecord;
}

/** Somebody has read on; only they are told, wherever they are connected. */
export interface MarkerMoved extends Happening<"MarkerMoved"> {
  /** How far. */
  readonly marker: ReadMarker;
}

/** The last client of a user is gone, and they stay where they are. */
export type Stayed = Happening<"Stayed">;

/** A user who had stayed is connected again. */
export type Returned = Happening<"Returned">;

/** Everything that can happen. */
export type Event =
  | RegisterEvent
  | Connected
  | LoggedIn
  | LoggedOut
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
  | AwayShown
  | HostChanged
  | InvitationShown
  | Knocked
  | MarkerMoved
  | MetadataChanged
  | RealnameChanged
  | WatchChanged
  | AcceptChanged
  | Invited
  | Announced
  | Redacted
  | Renamed
  | Returned
  | Stayed
  | ChannelRestored
  | OperatorAdded;

/** An event without its id and its time, which it gets when it happens. */
export type Unstamped = Event extends infer E ? E extends Event ? Omit<E, "id" | "time"> : never
  : never;
