/**
 * The door for people who have only `nc`: no registration, no commands. They are in the server's
 * room under a nick they are given; every line they send is said there, every line said there is
 * shown to them, and nothing else.
 *
 * @module
 */

import { type LineLimits, type Received } from "../../lines.ts";
import { LIMITS, type Message } from "../../protocol.ts";
import { printable, splitText } from "../../shared/text.ts";
import { Caps } from "../irc/capabilities.ts";
import type { Connection, LineRules } from "../net/connection.ts";
import type { Client, Context } from "../core/context.ts";
import type { Door } from "./door.ts";
import { faultFields } from "../../shared/log.ts";
import type { Outbox } from "../delivery/outbox.ts";
import { replayedText } from "../session/history_view.ts";
import { join } from "../core/joining.ts";
import { guestNick } from "../state/nicks.ts";
import type { Recipient } from "../state/recipient.ts";
import type { User } from "../state/state.ts";
import { assertMaySpeak } from "../state/permissions.ts";
import { IrcError, NUMERICS, StandardError } from "../irc/replies.ts";
import { banTerms } from "../state/server_bans.ts";

/** Longer than a line of IRC, since what people paste is split into messages, not refused. */
const PLAIN_LIMITS: LineLimits = { content: 4096, tags: 0 };

/** How lines come here: the simplest of clients send no line end, and pause instead. */
const PLAIN_RULES: LineRules = { limits: PLAIN_LIMITS, pauseMs: 50 };

/** The door for `nc`; see the module. */
export const plainDoor: Door = {
  flag: "--plain-port",
  // `nc` says nothing before it is spoken to, so no layer can be told from lines.
  layers: [],
  rules: PLAIN_RULES,
  open: (connection, { context, host }) => new PlainClient(connection, context, host),
};

/** What fits into a message beside its source, its command and any channel's name. */
const TEXT_LIMIT = LIMITS.line - 2 -
  (LIMITS.nick + LIMITS.user + LIMITS.channel + ": ! @ PRIVMSG :".length + 64);

const NOTHING: ReadonlySet<string> = new Set();
const NO_TAGS = new Map<string, string>();
const encoder = new TextEncoder();

/** Somebody with `nc`. */
class PlainClient implements Recipient, Client {
  readonly caps: Caps = Caps.plainText;
  readonly acting = false;
  readonly answering = false;
  readonly encrypted = false;
  readonly account: undefined = undefined;
  readonly subscriptions: ReadonlySet<string> = NOTHING;
  readonly host: string;
  readonly outbox: Outbox;
  user: User | undefined;
  lastActive: number;
  readonly #connection: Connection;
  readonly #context: Context;

  /** Lets in who is on `connection`, from `host`, and puts them into the room. */
  constructor(connection: Connection, context: Context, host: string) {
    this.#connection = connection;
    this.outbox = connection.outbox;
    this.#context = context;
    this.host = host;
    this.lastActive = context.clock.now();
    context.clients.add(this);
    context.afterwards(() => this.#enter());
  }

  /** Nothing but what is said reaches people who speak no IRC. */
  send(_message: Message): void {}

  /** Nothing: who speaks no IRC is not told who is there. */
  entered(): void {}

  /** Nothing: a person with `nc` may listen for as long as they like. */
  check(_now: number): void {}

  /** Says in the room what was sent, or why that cannot be. */
  received(found: Received): void {
    // Lines that came before it was closed may be left.
    if (!this.#context.clients.has(this)) return;
    switch (found.type) {
      case "too-long":
        return this.#tell(
          `A line is at most ${PLAIN_LIMITS.content} bytes; this one was not said.`,
        );
      case "refused":
        return this.#tell("Only UTF-8 text can be said here; this line was not.");
      case "line":
      case "long":
        return this.#say(printable(found.text));
    }
  }

  close(reason: string): void {
    if (!this.#context.clients.has(this)) return;
    this.leave(reason);
    this.#tell(`Closing: ${reason}`);
    this.#context.afterwards(() => this.#connection.end(reason));
  }

  /** Takes them off the network. */
  leave(reason: string): void {
    this.#context.clients.delete(this);
    this.#context.afterwards(() => this.#depart(reason));
  }

  #depart(reason: string): void {
    const user = this.user;
    if (user === undefined) return;
    this.user = undefined;
    this.#context.log.info("went", { nick: user.actor.nick, address: this.host, reason });
    this.#context.append({ type: "Quit", by: user.actor, reason });
  }

  #enter(): void {
    const { clock, network, options, log } = this.#context;
    const host = this.host;
    const username = "~nc";
    const id = this.#context.events.newUserId();
    const nick = guestNick((nick) => network.isFree(nick));
    const by = { id, nick, mask: `${nick}!${username}@${host}` };
    const ban = network.serverBans.ofMask(by.mask, clock.now());
    if (ban) return this.close(`Banned${banTerms(ban, clock.now())}`);
    const realname = "Plain text guest";
    this.#context.append({ type: "Connected", by, username, host, realname, plain: true });
    this.#context.afterwards(() => {
      this.user = network.users.get(id);
      this.user?.recipients.add(this);
      log.info("came", { nick, address: host, door: "plain" });
      this.#attempt((user) => this.#join(user, options.room), (why) => this.close(why));
    });
  }

  #join(user: User, room: string): void {
    join(this.#context, user, room, () => {
      for (const line of replayedText(this.#context, user, room)) this.#tell(line);
    });
  }

  #say(text: string): void {
    if (text.trim() === "") return;
    this.lastActive = this.#context.clock.now();
    const { network, options } = this.#context;
    this.#attempt((user) => {
      const channel = network.channel(options.room);
      if (!channel?.members.has(user)) throw new IrcError("ERR_NOTONCHANNEL", options.room);
      assertMaySpeak(user, channel);
      const to = { type: "channel", channel: channel.name } as const;
      for (const piece of splitText(text, TEXT_LIMIT)) {
        const said = { type: "Said", by: user.actor, command: "PRIVMSG", text: piece } as const;
        this.#context.append({ ...said, to, tags: NO_TAGS });
      }
    }, (why) => this.#tell(`Not said: ${why}.`));
  }

  #attempt(action: (user: User) => void, refused: (why: string) => void): void {
    if (!this.user) return;
    try {
      action(this.user);
    } catch (error) {
      if (error instanceof StandardError) return refused(error.params.at(-1) ?? error.message);
      if (!(error instanceof IrcError)) {
        const { host: address } = this;
        this.#context.log.error("a plain line failed", { address, ...faultFields(error) });
        return refused("something went wrong here; it has been logged");
      }
      const [, text]: readonly [string, string?] = NUMERICS[error.numeric];
      refused(text ?? error.params.at(-1) ?? "that is not allowed");
    }
  }

  #tell(text: string): void {
    this.#context.afterwards(() => this.outbox.push(encoder.encode(`${text}\n`)));
  }
}
