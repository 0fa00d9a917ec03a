/**
 * The state of one connection, as the server's messages describe it: the user's nick, the rooms and
 * their members. A message may change the state, and may become events to show. Performs no I/O,
 * and sends nothing.
 *
 * @module
 */

import { isMiddle, type Message, nickOf, parseCtcp } from "../../protocol.ts";
import { ownModeText, roomModeText } from "../texts/modes.ts";
import { SESSION_TEXTS } from "../texts/session.ts";
import type { ClientEvent, Line, MessageKind, Speech, Stamp } from "./events.ts";
import { Gathered } from "./gathered.ts";
import { Isupport } from "./isupport.ts";
import { hasPossibleNames } from "./named.ts";
import { type Greeting, isHidden, isRefusal, Lists, replyText, unknownText } from "./replies.ts";
import { type Room, Rooms } from "./rooms.ts";
import { Whois } from "./whois.ts";
import { clientTag, REACT_TAG, relationOf, REPLY_TAG, TYPING_TAG, UNREACT_TAG } from "./tags.ts";

/** A message in the form that handlers take. */
interface Received {
  readonly stamp: Stamp;
  /** The nick of the sender, or the name of the server. */
  readonly from: string;
  /** True if the sender is the user. */
  readonly own: boolean;
  readonly message: Message;
  readonly params: readonly string[];
}

/** The modes of the user (RPL_UMODEIS). */
const USER_MODES = "221";

type Handler = (state: ServerView, received: Received) => ClientEvent[];

/** The state of one connection. */
export class ServerView {
  /** The user's current nick. */
  nick: string;
  /** The user's mask, `nick!user@host`, once a message has shown it. */
  source: string | undefined;
  /** The features of the server. */
  readonly isupport: Isupport = new Isupport();
  /** The rooms that the user is in. */
  readonly rooms: Rooms = new Rooms(this.isupport);
  /**
   * The stage of the connection: the first greeting (the replies from 001 to the end of the MOTD),
   * a later greeting, or the time after it. During a greeting, some replies are not shown.
   */
  greeting: Greeting = "first";
  /**
   * True if the server has shown the modes of the user in its greeting. A server of chat does so
   * only if the user was there before this client connected: with another client, or while offline.
   */
  hasShownModes = false;
  /** The replies that slash commands gather, to show them as one list. */
  readonly gathered: Gathered = new Gathered();
  readonly #lists = new Lists();
  readonly #whois = new Whois(this.isupport);
  readonly #now: () => number;
  #speeches = 0;

  /**
   * Creates the state before the first message.
   *
   * @param now - Returns the time for messages without one, in milliseconds.
   */
  constructor(nick: string, now: () => number) {
    this.nick = nick;
    this.#now = now;
  }

  /** Returns true if `nick` is the user's. */
  isMe(nick: string): boolean {
    return this.isupport.isSame(nick, this.nick);
  }

  /**
   * Applies a message; returns the events to show.
   *
   * @param isEcho - True if the message is known to be the echo of the user's own line.
   */
  apply(message: Message, isEcho = false): ClientEvent[] {
    if (!hasPossibleNames(message)) return [];
    const received = this.#received(message);
    const { stamp, from, own } = received;
    if (own && message.source?.includes("@")) this.source = message.source;
    if (isSaid(message)) {
      const { room } = this.targetOf(message.params[0] ?? "");
      if (room !== undefined) this.rooms.get(room)?.spoke(from, ++this.#speeches);
      return this.#speech(received, isEcho);
    }
    if (this.gathered.take(message)) return [];
    const whois = this.#whois.take(message);
    if (whois) return whois.flatMap((text) => this.answer(stamp, text));
    const empty = this.#lists.take(message);
    const handler = HANDLERS[message.command];
    if (handler) return [...handler(this, received), ...this.answer(stamp, empty)];
    if (REPLY.test(message.command)) return this.#reply(received, empty);
    return this.answer(stamp, unknownText(message));
  }

  /**
   * Returns the events of a message of history. Changes nothing, because the message is old: a user
   * who left a room at that time may be in it again.
   */
  past(message: Message): ClientEvent[] {
    if (!hasPossibleNames(message)) return [];
    const received = this.#received(message);
    if (isSaid(message)) return this.#speech(received, false);
    if (!PLAYED.has(message.command)) return [];
    return HANDLERS[message.command]?.(this, received) ?? [];
  }

  /** Returns the time and the id of a message, and the account of its sender. */
  stampOf({ tags }: Message): Stamp {
    const time = Date.parse(tags?.get("time") ?? "");
    const id = tags?.get("msgid");
    const account = tags?.get("account");
    return {
      time: Number.isNaN(time) ? this.#now() : time,
      // The client requests the history after a message by its id. So an id that cannot be a
      // parameter (with a space, or with a colon at its beginning) is left out.
      ...(id && isMiddle(id) && { id }),
      ...(account && { account }),
    };
  }

  /** Returns the event for an answer to the user; none during the greeting, or without a text. */
  answer(stamp: Stamp, text: string | undefined): ClientEvent[] {
    if (text === undefined || this.greeting !== "over") return [];
    return [{ ...stamp, type: "answer", text }];
  }

  /** Returns the event that shows a line of the user if no echo does. */
  speech({ to, kind, text, tags }: Line): Speech {
    return {
      type: kind,
      time: this.#now(),
      nick: this.nick,
      ...this.targetOf(to),
      text,
      ...relationOf(tags),
      own: true,
      forMe: false,
    };
  }

  #speech({ stamp, from, own, message, params }: Received, isEcho: boolean): ClientEvent[] {
    const [to = "", content = ""] = params;
    const isNotice = message.command === "NOTICE";
    const target = this.targetOf(to);
    if (!message.source?.includes("!") && isNotice && target.room === undefined) {
      return [{ ...stamp, type: "answer", text: content }];
    }
    const ctcp = parseCtcp(content);
    if (ctcp && (ctcp.command !== "ACTION" || isNotice)) {
      const request = `${ctcp.command} ${ctcp.text}`.trim();
      const toText = isNotice ? SESSION_TEXTS.ctcpReply : SESSION_TEXTS.ctcpRequest;
      return [{ ...stamp, type: "answer", text: toText(from, request) }];
    }
    const type: MessageKind = ctcp ? "action" : isNotice ? "notice" : "message";
    const text = ctcp?.text ?? content;
    // A message that the user sends to themselves arrives twice: as an echo, and as a message.
    const isOwn = own && (isEcho || !this.isMe(to));
    const forMe = !isOwn && (target.room === undefined || this.#mentions(text));
    const about = { ...target, text, ...relationOf(message.tags) };
    return [{ ...stamp, type, nick: from, ...about, own: isOwn, forMe }];
  }

  /** Returns the target of a message to `to`, and its room if it has one. */
  targetOf(to: string): Pick<Speech, "to" | "room" | "status"> {
    const bare = this.isupport.withoutStatus(to);
    if (!this.isupport.isRoom(bare)) return { to };
    const status = to.slice(0, to.length - bare.length);
    return { to, room: this.rooms.get(bare)?.name ?? bare, ...(status !== "" && { status }) };
  }

  /** Returns true if a word of `text` is the user's nick. */
  #mentions(text: string): boolean {
    // Most messages do not contain the nick. This check avoids dividing them into words, which
    // takes much memory.
    if (!this.isupport.fold(text).includes(this.isupport.fold(this.nick))) return false;
    return text.split(BETWEEN_NICKS).some((word) => word !== "" && this.isMe(word));
  }

  #reply({ stamp, message }: Received, empty: string | undefined): ClientEvent[] {
    if (empty !== undefined) return this.answer(stamp, empty);
    if (message.command === USER_MODES && this.greeting !== "over") this.hasShownModes = true;
    if (isHidden(message.command, this.greeting)) return [];
    const text = replyText(message);
    const about = this.#roomOf(message);
    if (isRefusal(message)) return [{ ...stamp, type: "refused", reason: text, ...about }];
    return [{ ...stamp, type: "answer", text, ...about }];
  }

  /** Returns the room in the context of a standard reply, unless the text of the reply names it. */
  #roomOf({ command, params }: Message): { room?: string } {
    if (/^[0-9]/.test(command)) return {};
    const room = params.slice(2, -1).find((param) => this.isupport.isRoom(param));
    if (room === undefined || params.at(-1)?.includes(room)) return {};
    return { room: this.rooms.get(room)?.name ?? room };
  }

  #received(message: Message): Received {
    const from = nickOf(message.source ?? "");
    const { params } = message;
    return { stamp: this.stampOf(message), from, own: this.isMe(from), message, params };
  }
}

/** Returns true for a message with a text of a user or the server. */
function isSaid({ command }: Message): boolean {
  return command === "PRIVMSG" || command === "NOTICE";
}

/**
 * The commands, besides PRIVMSG and NOTICE, that become events when they come from history. Their
 * handlers change no state.
 */
const PLAYED: ReadonlySet<string> = new Set(["REDACT", "TAGMSG"]);

function nameOf({ name }: Room): string {
  return name;
}

/** Matches the characters between words that may be nicks. */
const BETWEEN_NICKS = /[^\p{L}\p{M}\p{N}[\]\\^_`{|}~-]+/u;

/** The values of the typing tag. */
const TYPING = ["active", "paused", "done"] as const;

/** Matches the command of a numeric or a standard reply. */
const REPLY = /^(?:[0-9]{3}|FAIL|WARN|NOTE)$/;

/** The handlers of commands and numerics that change the state or have an event of their own. */
const HANDLERS: Readonly<Record<string, Handler>> = {
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
