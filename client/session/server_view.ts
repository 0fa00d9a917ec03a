/**
 * The state of one connection, as the server's messages describe it: the user's nick, the rooms and
 * their members. A message may change the state, and may become events to show. Performs no I/O,
 * and sends nothing.
 *
 * @module
 */

import { isMiddle, type Message, nickOf, parseCtcp } from "../../protocol.ts";
import { SESSION_TEXTS } from "../texts/session.ts";
import type { ClientEvent, Line, MessageKind, Speech, Stamp } from "./events.ts";
import { Gathered } from "./gathered.ts";
import { HANDLERS, PLAYED, type Received, type View } from "./message_handlers.ts";
import { Isupport } from "./isupport.ts";
import { hasPossibleNames } from "./named.ts";
import { type Greeting, isHidden, isRefusal, Lists, replyText, unknownText } from "./replies.ts";
import { Rooms } from "./rooms.ts";
import { Whois } from "./whois.ts";
import { relationOf } from "./tags.ts";

/** The modes of the user (RPL_UMODEIS). */
const USER_MODES = "221";

/** The state of one connection. */
export class ServerView implements View {
  nick: string;
  source: string | undefined;
  readonly isupport: Isupport = new Isupport();
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

/** Matches the characters between words that may be nicks. */
const BETWEEN_NICKS = /[^\p{L}\p{M}\p{N}[\]\\^_`{|}~-]+/u;

/** Matches the command of a numeric or a standard reply. */
const REPLY = /^(?:[0-9]{3}|FAIL|WARN|NOTE)$/;
