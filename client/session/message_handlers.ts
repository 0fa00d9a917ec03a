/**
 * Applies the messages of a server to the state of a connection, and turns them into events: one
 * row per command or numeric. Messages with a text of a user have no row, and neither have replies
 * that only become texts; `server_view.ts` handles these.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import { ownModeText, roomModeText } from "../texts/modes.ts";
import { SESSION_TEXTS } from "../texts/session.ts";
import type { ClientEvent, Speech, Stamp } from "./events.ts";
import type { Isupport } from "./isupport.ts";
import { replyText } from "./replies.ts";
import type { Room, Rooms } from "./rooms.ts";
import { clientTag, REACT_TAG, REPLY_TAG, TYPING_TAG, UNREACT_TAG } from "./tags.ts";

/** The state that handlers read and change. */
export interface View {
  /** The user's current nick. */
  nick: string;
  /** The user's mask, `nick!user@host`, once a message has shown it. */
  source: string | undefined;
  /** The features of the server. */
  readonly isupport: Isupport;
  /** The rooms that the user is in. */
  readonly rooms: Rooms;
  /** Returns true if `nick` is the user's. */
  isMe(nick: string): boolean;
  /** Returns the target of a message to `to`, and its room if it has one. */
  targetOf(to: string): Pick<Speech, "to" | "room" | "status">;
  /** Returns the event for an answer to the user; none during the greeting, or without a text. */
  answer(stamp: Stamp, text: string | undefined): ClientEvent[];
}

/** A message in the form that handlers take. */
export interface Received {
  /** The time and the id of the message, and the account of its sender. */
  readonly stamp: Stamp;
  /** The nick of the sender, or the name of the server. */
  readonly from: string;
  /** True if the sender is the user. */
  readonly own: boolean;
  /** The message itself. */
  readonly message: Message;
  /** Its parameters. */
  readonly params: readonly string[];
}

/** Applies a message, and returns the events to show. */
export type Handler = (state: View, received: Received) => ClientEvent[];

/**
 * The commands, besides PRIVMSG and NOTICE, that become events when they come from history. Their
 * handlers change no state.
 */
export const PLAYED: ReadonlySet<string> = new Set(["REDACT", "TAGMSG"]);

/** The values of the typing tag. */
const TYPING = ["active", "paused", "done"] as const;

/** The handlers of commands and numerics that change the state or have an event of their own. */
export const HANDLERS: Readonly<Record<string, Handler>> = {
  JOIN(state, { stamp, from, own, params: [name = ""] }) {
    const room = own ? state.rooms.add(name) : state.rooms.get(name);
    room?.add(from);
    return [{ ...stamp, type: "join", nick: from, own, room: room?.name ?? name }];
  },

  PART(state, { stamp, from, own, params: [name = "", text = ""] }) {
    const room = state.rooms.get(name);
    room?.remove(from);
    if (own) state.rooms.remove(name);
    return [{ ...stamp, type: "part", nick: from, own, room: room?.name ?? name, text }];
  },

  KICK(state, { stamp, from, params: [name = "", nick = "", text = ""] }) {
    const room = state.rooms.get(name);
    const own = state.isMe(nick);
    room?.remove(nick);
    if (own) state.rooms.remove(name);
    const isByUser = state.isMe(from) && { isByUser: true as const };
    const where = { room: room?.name ?? name, by: from, ...isByUser };
    return [{ ...stamp, type: "kick", nick, own, ...where, text }];
  },

  QUIT(state, { stamp, from, own, params: [text = ""] }) {
    const rooms = state.rooms.with(from);
    for (const room of rooms) room.remove(from);
    // Without a reason, servers send just that (https://modern.ircdocs.horse, "QUIT message").
    const reason = text.trim() === "Quit:" ? "" : text;
    return [{ ...stamp, type: "quit", nick: from, own, rooms: rooms.map(nameOf), text: reason }];
  },

  NICK(state, { stamp, from, own, params: [to = ""] }) {
    const rooms = state.rooms.with(from);
    for (const room of rooms) room.rename(from, to);
    if (own) {
      state.nick = to;
      state.source = state.source?.replace(/^[^!]*/, to);
    }
    return [{ ...stamp, type: "nick", nick: from, own, rooms: rooms.map(nameOf), to }];
  },

  TOPIC(_state, { stamp, from, own, params: [room = "", text = ""] }) {
    return [{ ...stamp, type: "topic", nick: from, own, room, text }];
  },

  MODE(state, { stamp, from, own, params: [target = "", modes = "", ...params] }) {
    const room = state.rooms.get(target);
    const text = [modes, ...params].join(" ");
    const isMe = (name: string) => state.isMe(name);
    const changes = state.isupport.changes(modes, params, isMe);
    if (!room) return isMe(target) ? state.answer(stamp, ownModeText(changes)) : [];
    for (const { nick, prefix, has } of state.isupport.memberChanges(modes, params)) {
      room.setPrefix(nick, prefix, has);
    }
    return [{ ...stamp, type: "mode", nick: from, own, room: room.name, text, changes }];
  },

  // https://ircv3.net/specs/extensions/channel-rename
  RENAME(state, { stamp, from, own, params: [name = "", to = "", reason = ""] }) {
    const room = state.rooms.get(name)?.name ?? name;
    state.rooms.rename(name, to);
    return [{ ...stamp, type: "rename", nick: from, own, room, to, reason }];
  },

  INVITE(_state, { stamp, from, own, params: [, room = ""] }) {
    return [{ ...stamp, type: "invite", nick: from, own, room }];
  },

  // https://ircv3.net/specs/client-tags/react and https://ircv3.net/specs/client-tags/typing. Other
  // tags are not shown.
  TAGMSG(state, { stamp, from, own, message: { tags }, params: [to = ""] }) {
    const typing = TYPING.find((each) => each === tags?.get(TYPING_TAG));
    if (typing) {
      const { room } = state.targetOf(to);
      if (own) return [];
      return [{ ...stamp, type: "typing", by: from, ...(room && { room }), state: typing }];
    }
    const given = clientTag(tags, REACT_TAG);
    const takenBack = clientTag(tags, UNREACT_TAG);
    const text = given ?? takenBack;
    const reply = clientTag(tags, REPLY_TAG);
    // A message with both tags means nothing.
    if (!text || !reply || given && takenBack) return [];
    const type = given ? "reaction" : "unreaction";
    return [{ ...stamp, type, nick: from, own, ...state.targetOf(to), reply, text }];
  },

  // https://ircv3.net/specs/extensions/message-redaction
  REDACT(state, { stamp, from, own, params: [to = "", reply = "", text = ""] }) {
    return [{ ...stamp, type: "redaction", nick: from, own, ...state.targetOf(to), reply, text }];
  },

  // https://ircv3.net/specs/extensions/away-notify: without a reason, the user is back.
  AWAY(state, { from, params: [reason = ""] }) {
    for (const room of state.rooms.with(from)) room.setAway(from, reason !== "");
    return [];
  },

  // https://ircv3.net/specs/extensions/chghost: no user joined or left, so there is no event.
  CHGHOST(state, { own, params: [user = "", host = ""] }) {
    if (own) state.source = `${state.nick}!${user}@${host}`;
    return [];
  },

  WALLOPS(_state, { stamp, from, params }) {
    return [{
      ...stamp,
      type: "answer",
      text: SESSION_TEXTS.toOperators(from, params.at(-1) ?? ""),
    }];
  },

  "001"(state, { params: [nick = state.nick] }) {
    state.nick = nick;
    return [];
  },

  "005"(state, { params }) {
    state.isupport.add(params.slice(1, -1));
    return [];
  },

  "324"(state, { stamp, params: [, room = "", modes = "", ...params] }) {
    const changes = state.isupport.changes(modes, params);
    return state.answer(stamp, roomModeText(state.rooms.get(room)?.name ?? room, changes));
  },

  "332"(_state, { stamp, params: [, room = "", text = ""] }) {
    return [{ ...stamp, type: "topic-is", room, text }];
  },

  "353"(state, { stamp, params }) {
    const [, , name = "", entries = ""] = params;
    const members = entries.split(" ").filter((entry) => entry !== "").map((entry) =>
      state.isupport.toMember(entry)
    );
    const room = state.rooms.get(name);
    if (!room) {
      const nicks = members.map(({ prefixes, nick }) => prefixes.charAt(0) + nick);
      return [{ ...stamp, type: "members", room: name, members: nicks }];
    }
    for (const { nick, prefixes } of members) room.add(nick, prefixes);
    return [];
  },

  "366"(state, { stamp, params: [, name = ""] }) {
    const room = state.rooms.get(name);
    if (!room?.isFilling) return [];
    room.isFilling = false;
    return [{ ...stamp, type: "members", room: room.name, members: room.listing }];
  },

  "396"(state, { stamp, message, params: [, shown = ""] }) {
    // RPL_VISIBLEHOST: `host` or `user@host`.
    const mask = shown.includes("@") ? shown : shown && `@${shown}`;
    const { source = "" } = state;
    const at = mask.startsWith("@") ? source.indexOf("@") : source.lastIndexOf("!") + 1;
    if (mask && source && at >= 0) state.source = source.slice(0, at) + mask;
    return state.answer(stamp, replyText(message));
  },
};

function nameOf({ name }: Room): string {
  return name;
}
