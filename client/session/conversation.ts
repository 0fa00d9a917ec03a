/**
 * What one server's messages mean: each changes what is known (one's nick, the rooms, who is in
 * them) and becomes the events to show. Pure; it sends nothing and knows no connection.
 *
 * @module
 */

import { type Message, parseCtcp, parseSource } from "../../protocol.ts";
import type { ClientEvent, Line, MessageKind, Speech, Stamp } from "./events.ts";
import { Isupport } from "./isupport.ts";
import { HIDDEN_REPLIES, isRefusal, replyText } from "./replies.ts";
import { Rooms } from "./rooms.ts";

/** One message as the handlers see it. */
interface Received {
  readonly stamp: Stamp;
  /** The nick, or the server's name, it comes from. */
  readonly from: string;
  /** Whether that is oneself. */
  readonly own: boolean;
  readonly message: Message;
  readonly params: readonly string[];
}

type Handler = (state: Conversation, received: Received) => ClientEvent[];

/** What is known from one connection's messages. */
export class Conversation {
  /** One's nick now. */
  nick: string;
  /** How the server writes oneself, `nick!user@host`, once a message showed it. */
  source: string | undefined;
  /** What the server says of itself. */
  readonly isupport: Isupport = new Isupport();
  /** The rooms one is in. */
  readonly rooms: Rooms = new Rooms(this.isupport);
  readonly #now: () => number;
  #speeches = 0;

  /**
   * Nothing is known yet.
   *
   * @param now - The time for messages that carry none, in milliseconds.
   */
  constructor(nick: string, now: () => number) {
    this.nick = nick;
    this.#now = now;
  }

  /** Whether `nick` is one's own. */
  isMe(nick: string): boolean {
    return this.isupport.isSame(nick, this.nick);
  }

  /**
   * Takes a message in; returns what happened by it.
   *
   * @param isEcho - Whether it is known to be one's own line coming back.
   */
  apply(message: Message, isEcho = false): ClientEvent[] {
    const stamp = this.#stamp(message);
    const from = parseSource(message.source ?? "").nick;
    const own = this.isMe(from);
    if (own && message.source?.includes("@")) this.source = message.source;
    const received = { stamp, from, own, message, params: message.params };
    if (message.command === "PRIVMSG" || message.command === "NOTICE") {
      return this.#speech(received, isEcho);
    }
    const handler = HANDLERS[message.command];
    if (handler) return handler(this, received);
    return REPLY.test(message.command) ? this.#reply(received) : [];
  }

  /** What a confirmed line of one's own looks like, where the server sends no echo. */
  speech({ to, kind, text }: Line): Speech {
    return {
      type: kind,
      time: this.#now(),
      nick: this.nick,
      ...this.#place(to),
      text,
      own: true,
      forMe: false,
    };
  }

  #speech({ stamp, from, own, message, params }: Received, isEcho: boolean): ClientEvent[] {
    const [to = "", said = ""] = params;
    const isNotice = message.command === "NOTICE";
    if (!message.source?.includes("!") && isNotice) {
      return [{ ...stamp, type: "answer", text: said }];
    }
    const ctcp = parseCtcp(said);
    if (ctcp && (ctcp.command !== "ACTION" || isNotice)) {
      const verb = isNotice ? "answers" : "asks for";
      const about = `${from} ${verb} CTCP ${ctcp.command} ${ctcp.text}`.trim();
      return [{ ...stamp, type: "answer", text: about }];
    }
    const type: MessageKind = ctcp ? "action" : isNotice ? "notice" : "message";
    const text = ctcp?.text ?? said;
    const place = this.#place(to);
    // What one says to oneself comes twice: as the echo, and as what was received.
    const isOwn = own && (isEcho || !this.isMe(to));
    const forMe = !isOwn && (place.room === undefined || this.#mentions(text));
    if (place.room) this.rooms.get(place.room)?.spoke(from, ++this.#speeches);
    return [{ ...stamp, type, nick: from, ...place, text, own: isOwn, forMe }];
  }

  /** Where something for `to` is said. */
  #place(to: string): { readonly to: string; readonly room?: string } {
    const bare = this.isupport.withoutStatus(to);
    if (!this.isupport.isRoom(bare)) return { to };
    return { to, room: this.rooms.get(bare)?.name ?? bare };
  }

  /** Whether one's nick is a word of `text`. */
  #mentions(text: string): boolean {
    return text.split(NO_NICK).some((word) => word !== "" && this.isMe(word));
  }

  #reply({ stamp, message }: Received): ClientEvent[] {
    if (HIDDEN_REPLIES.has(message.command)) return [];
    const text = replyText(message);
    if (isRefusal(message)) return [{ ...stamp, type: "refused", reason: text }];
    return [{ ...stamp, type: "answer", text }];
  }

  #stamp({ tags }: Message): Stamp {
    const time = Date.parse(tags?.get("time") ?? "");
    const id = tags?.get("msgid");
    return { time: Number.isNaN(time) ? this.#now() : time, ...(id && { id }) };
  }
}

/** What separates the words of a text when a nick is looked for. */
const NO_NICK = /[^\p{L}\p{M}\p{N}[\]\\^_`{|}~-]+/u;

/** A numeric or a standard reply. */
const REPLY = /^(?:[0-9]{3}|FAIL|WARN|NOTE)$/;

/** Messages that are neither speech nor plain numerics. */
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
    return [{ ...stamp, type: "kick", nick, own, room: room?.name ?? name, by: from, text }];
  },

  QUIT(state, { stamp, from, own, params: [text = ""] }) {
    for (const room of state.rooms) room.remove(from);
    // Modern IRC, "QUIT message": this alone is what servers put where no reason was given.
    const reason = text.trim() === "Quit:" ? "" : text;
    return [{ ...stamp, type: "quit", nick: from, own, text: reason }];
  },

  NICK(state, { stamp, from, own, params: [to = ""] }) {
    for (const room of state.rooms) room.rename(from, to);
    if (own) {
      state.nick = to;
      state.source = state.source?.replace(/^[^!]*/, to);
    }
    return [{ ...stamp, type: "nick", nick: from, own, to }];
  },

  TOPIC(_state, { stamp, from, own, params: [room = "", text = ""] }) {
    return [{ ...stamp, type: "topic", nick: from, own, room, text }];
  },

  MODE(state, { stamp, from, own, params: [target = "", modes = "", ...params] }) {
    const room = state.rooms.get(target);
    if (!room) return [];
    for (const { nick, prefix, has } of state.isupport.memberChanges(modes, params)) {
      room.setPrefix(nick, prefix, has);
    }
    const text = [modes, ...params].join(" ");
    return [{ ...stamp, type: "mode", nick: from, own, room: room.name, text }];
  },

  INVITE(_state, { stamp, from, own, params: [, room = ""] }) {
    return [{ ...stamp, type: "invite", nick: from, own, room }];
  },

  // https://ircv3.net/specs/extensions/chghost: nobody came or went, so there is nothing to show.
  CHGHOST(state, { own, params: [user = "", host = ""] }) {
    if (own) state.source = `${state.nick}!${user}@${host}`;
    return [];
  },

  WALLOPS(_state, { stamp, from, params }) {
    return [{
      ...stamp,
      type: "answer",
      text: `${from} to all operators: ${params.at(-1) ?? ""}`,
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

  "396"(state, { params: [, shown = ""] }) {
    // RPL_VISIBLEHOST: `host` or `user@host`.
    const mask = shown.includes("@") ? shown : shown && `@${shown}`;
    if (mask) state.source = state.source?.replace(mask.startsWith("@") ? /@.*$/ : /[^!]*$/, mask);
    return [];
  },
};
