/**
 * What can happen in a session, as one union: what the session tells whoever shows it, be it a
 * terminal or a pipe. Texts and names in events come from outside and are not safe to show as they
 * are; `client/terminal/format.ts` makes them so.
 *
 * @module
 */

/** When something happened, and the server's name for it. */
export interface Stamp {
  /** Milliseconds since 1970-01-01 UTC: the server's time where it tells it. */
  readonly time: number;
  /** The server's `msgid`, where it gives one. */
  readonly id?: string;
}

/** How something is said. */
export type MessageKind = "message" | "action" | "notice";

/** Somebody said something; oneself included, once the server has confirmed it. */
export interface Speech extends Stamp {
  /** How it is said. */
  readonly type: MessageKind;
  /** Who said it: a nick, or a server's name. */
  readonly nick: string;
  /** Where it was said; absent for what is for one person only. */
  readonly room?: string;
  /** To whom it was said: a room or a nick. */
  readonly to: string;
  /** What is said. */
  readonly text: string;
  /** Whether one said it oneself. */
  readonly own: boolean;
  /** It was said before one came, and is shown to know what it is about. */
  readonly isPast?: boolean;
  /** Whether it is for oneself in particular: it holds one's nick, or nobody else gets it. */
  readonly forMe: boolean;
}

/** What happens to a room or those in it. */
export type RoomEvent =
  & Stamp
  & {
    /** The one who did it, or to whom it happened. */
    readonly nick: string;
    /** Whether `nick` is oneself. */
    readonly own: boolean;
  }
  & (
    | { readonly type: "join"; readonly room: string }
    | { readonly type: "part"; readonly room: string; readonly text: string }
    | { readonly type: "quit"; readonly text: string }
    | {
      readonly type: "kick";
      readonly room: string;
      /** Who did it. */
      readonly by: string;
      readonly text: string;
    }
    | { readonly type: "nick"; readonly to: string }
    | { readonly type: "topic"; readonly room: string; readonly text: string }
    | { readonly type: "mode"; readonly room: string; readonly text: string }
    | { readonly type: "invite"; readonly room: string }
  );

/** A line that the user said, on its way. */
export interface Line {
  /** A room or a nick. */
  readonly to: string;
  /** How it is said. */
  readonly kind: MessageKind;
  /** What is said, without a line end. */
  readonly text: string;
}

/** What concerns the connection, or only oneself. */
export type StatusEvent =
  & Stamp
  & (
    /** Registered; `isFirst` only once in a session. */
    | {
      readonly type: "connected";
      readonly server: string;
      readonly nick: string;
      readonly isFirst: boolean;
      /** The account one has logged in to, if that was asked for. */
      readonly account?: string;
    }
    /** A server met for the first time; it is recognised by its fingerprint from now on. */
    | { readonly type: "remembered"; readonly fingerprint: string }
    /** One shows the server no key to be recognised by. */
    | { readonly type: "no-key"; readonly reason: string }
    /** One leaves and comes at once, to be somebody else. */
    | { readonly type: "returning"; readonly nick: string }
    /** The connection was lost; the next try comes after `retry` seconds. */
    | { readonly type: "disconnected"; readonly reason: string; readonly retry: number }
    /**
     * A try to come back failed; the next comes after `retry` seconds. Where `isSteady`, all further
     * tries come about as late, and are told only if they fail for another reason.
     */
    | {
      readonly type: "retrying";
      readonly reason: string;
      readonly retry: number;
      readonly isSteady: boolean;
    }
    /** The wanted nick cannot be had; one has another. */
    | {
      readonly type: "nick-taken";
      readonly wanted: string;
      readonly nick: string;
      readonly reason: string;
    }
    /** There is no room to join: the server names none, and nor did the user. */
    | { readonly type: "no-room" }
    /** A room cannot be joined, or not any more. */
    | { readonly type: "room-refused"; readonly room: string; readonly reason: string }
    /** Who is in a room; sent after joining it. Nicks have their prefixes. */
    | { readonly type: "members"; readonly room: string; readonly members: readonly string[] }
    /** The topic of a room that was just joined. */
    | { readonly type: "topic-is"; readonly room: string; readonly text: string }
    /** Something to know that goes otherwise than it should, and refuses the user nothing. */
    | { readonly type: "warning"; readonly text: string }
    /** The server tells something, mostly because it was asked. */
    | { readonly type: "answer"; readonly text: string }
    /** The server refused something; `line` is what was not said because of it. */
    | { readonly type: "refused"; readonly reason: string; readonly line?: Line }
    /** There is no connection now; `line` is said when it is back. */
    | { readonly type: "waiting"; readonly line: Line }
    /** A line was sent, then the connection was lost: whether it arrived nobody knows. */
    | { readonly type: "unconfirmed"; readonly line: Line }
  );

/** Anything that can happen in a session. */
export type ClientEvent = Speech | RoomEvent | StatusEvent;

/** Returns whether `event` is something that was said. */
export function isSpeech(event: ClientEvent): event is Speech {
  return event.type === "message" || event.type === "action" || event.type === "notice";
}

/** An event before it is known when it happened. */
export type Unstamped<E> = E extends unknown ? Omit<E, keyof Stamp> : never;
