/**
 * The door for clients without IRC, such as `nc`: no registration and no commands. A client gets a
 * guest nick, joins the server's room, and is greeted with both names. Each line that it sends is a
 * message to the room. It gets the messages of the room and nothing else.
 *
 * @module
 */

import type { Moment } from "../../shared/clock.ts";
import { type LineLimits, type Received } from "../../lines.ts";
import { LIMITS, type Message } from "../../protocol.ts";
import { printable, splitText } from "../../shared/text.ts";
import { Caps } from "../irc/capabilities.ts";
import type { Connection } from "../net/connection.ts";
import type { LineRules } from "../net/line_rules.ts";
import type { Client } from "../core/client.ts";
import type { Context } from "../core/context.ts";
import type { Door } from "./door.ts";
import type { Outbox } from "../delivery/outbox.ts";
import { replayedText } from "../session/history_view.ts";
import { join } from "../core/joining.ts";
import { guestNick } from "../state/nicks.ts";
import { ALIVE, type Life, type Recipient } from "../state/recipient.ts";
import type { User } from "../state/state.ts";
import { assertHasWaited, assertMaySpeak, isSlow } from "../state/permissions.ts";
import { IrcError, NUMERICS, StandardError } from "../irc/replies.ts";
import { banTerms } from "../state/server_bans.ts";
import { PLAIN_TEXTS } from "../texts/doors.ts";
import { ENTRANCE_TEXTS } from "../texts/logins.ts";

/** The limits of lines. They are longer than in IRC, because pasted text is split into messages. */
const PLAIN_LIMITS: LineLimits = { content: 4096, tags: 0 };

/** The rules for reading lines: after a pause, even text without a line end is a line. */
const PLAIN_RULES: LineRules = { limits: PLAIN_LIMITS, pauseMs: 50 };

/** The door for clients without IRC. */
export const plainDoor: Door = {
  // Layers cannot be detected, because `nc` may send nothing until it has received something.
  layers: [],
  rules: PLAIN_RULES,
  open: (connection, { context, host }) => new PlainClient(connection, context, host),
};

/**
 * The bytes of text that fit into a message, after its source, its command and the longest name of
 * a channel.
 */
const TEXT_LIMIT = LIMITS.line - 2 -
  (LIMITS.nick + LIMITS.user + LIMITS.channel + ": ! @ PRIVMSG :".length + 64);

const NOTHING: ReadonlySet<string> = new Set();
const NO_TAGS = new Map<string, string>();
const encoder = new TextEncoder();

/** A client without IRC. */
class PlainClient implements Recipient, Client {
  readonly caps: Caps = Caps.plainText;
  readonly acting = false;
  readonly away: undefined = undefined;
  readonly answering = false;
  readonly encrypted = false;
  readonly account: undefined = undefined;
  readonly subscriptions: ReadonlySet<string> = NOTHING;
  readonly host: string;
  readonly outbox: Outbox;
  user: User | undefined;
  lastActive: Moment;
  readonly #connection: Connection;
  readonly #context: Context;
  /** The room of the client, which stays the same if the server's default room changes. */
  readonly #room: string;

  /** Creates the client of `connection`; `host` is the client's address. */
  constructor(connection: Connection, context: Context, host: string) {
    this.#connection = connection;
    this.outbox = connection.outbox;
    this.#context = context;
    this.host = host;
    this.#room = context.options.room;
    this.lastActive = context.clock.moment();
  }

  /** Adds a guest to the network, and makes the guest join the room. */
  begin(): void {
    this.#context.clients.add(this);
    this.#connect();
  }

  /** Does nothing: a client without IRC gets only the texts of messages. */
  send(_message: Message): void {}

  /** Does nothing: a client without IRC is not shown the members of the room. */
  entered(): void {}

  /** Does nothing: a client without IRC is not told about settings. */
  reconfigured(): void {}

  /** Returns that the client is alive, without asking: it does not support PING. */
  askIfAlive(): Life {
    return ALIVE;
  }

  /** Does nothing: a client without IRC may be silent for any time. */
  check(_now: Moment): void {}

  /** Sends a line to the room, or tells the client why the line was not sent. */
  received(found: Received): void {
    // Lines that arrived before the client was closed may still be delivered.
    if (!this.#context.clients.has(this)) return;
    switch (found.type) {
      case "too-long":
        return this.#tell(PLAIN_TEXTS.lineTooLong(PLAIN_LIMITS.content));
      case "refused":
        return this.#tell(PLAIN_TEXTS.notUtf8);
      case "line":
      case "long":
        return this.#sendToRoom(printable(found.text));
    }
  }

  close(reason: string): void {
    if (!this.#context.clients.has(this)) return;
    this.leave(reason);
    this.#tell(PLAIN_TEXTS.disconnected(reason));
    this.#connection.end(reason);
  }

  /** Removes the client from the network. */
  leave(reason: string): void {
    this.#context.clients.delete(this);
    const user = this.user;
    if (user === undefined) return;
    this.user = undefined;
    this.#context.log.info("disconnected", { nick: user.actor.nick, address: this.host, reason });
    this.#context.append({ type: "Quit", by: user.actor, reason });
  }

  #connect(): void {
    const { clock, network, log } = this.#context;
    const address = this.host;
    const host = this.#context.cloaks.hostOf(address);
    const username = "~nc";
    const id = this.#context.events.newUserId();
    const nick = guestNick((nick) => network.isFree(nick));
    const by = { id, nick, mask: `${nick}!${username}@${host}` };
    const ban = network.serverBans.ofUser({ mask: by.mask, address }, clock.now());
    if (ban) return this.close(ENTRANCE_TEXTS.bannedReason(banTerms(ban, clock.now())));
    const { realname } = PLAIN_TEXTS;
    const connected = { type: "Connected", by, username, host, address, realname } as const;
    this.#context.append({ ...connected, plain: true });
    this.user = network.users.get(id);
    this.user?.recipients.add(this);
    log.info("connected", { nick, address, door: "plain" });
    this.#attempt((user) => this.#join(user, this.#room), (reason) => this.close(reason));
  }

  #join(user: User, room: string): void {
    if (!join(this.#context, user, room)) return;
    this.#tell(PLAIN_TEXTS.greeting(user.actor.nick, room));
    const address = this.host;
    const show = () => {
      for (const line of replayedText(this.#context, user, room)) this.#tell(line);
    };
    if (this.#context.guard("history cannot be read", { address, room }, show)) return;
    this.#tell(PLAIN_TEXTS.noHistory);
  }

  #sendToRoom(text: string): void {
    if (text.trim() === "") return;
    this.lastActive = this.#context.clock.moment();
    const { network } = this.#context;
    this.#attempt((user) => {
      const channel = network.channel(this.#room);
      if (!channel?.members.has(user)) throw new IrcError("ERR_NOTONCHANNEL", this.#room);
      assertMaySpeak(user, channel);
      if (isSlow(channel)) assertHasWaited(user, channel, this.#context.clock.now());
      const to = { type: "channel", channel: channel.name } as const;
      for (const piece of splitText(text, TEXT_LIMIT)) {
        const said = { type: "Said", by: user.actor, command: "PRIVMSG", text: piece } as const;
        this.#context.append({ ...said, to, tags: NO_TAGS });
      }
    }, (reason) => this.#tell(PLAIN_TEXTS.notSent(reason)));
  }

  /** Runs `action`; if it throws, calls `refused` with the reason. */
  #attempt(action: (user: User) => void, refused: (reason: string) => void): void {
    if (!this.user) return;
    try {
      action(this.user);
    } catch (error) {
      if (error instanceof StandardError) return refused(error.params.at(-1) ?? error.message);
      if (!(error instanceof IrcError)) {
        const { host: address } = this;
        this.#context.fault("a plain line failed", { address }, error);
        return refused(PLAIN_TEXTS.fault);
      }
      const [, text]: readonly [string, string?] = NUMERICS[error.numeric];
      refused(text ?? error.params.at(-1) ?? PLAIN_TEXTS.notAllowed);
    }
  }

  #tell(text: string): void {
    this.outbox.push(encoder.encode(`${text}\n`));
  }
}
