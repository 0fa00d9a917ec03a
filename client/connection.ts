/**
 * One stay at a server, from dialling to the end: registration, capabilities, keeping the line
 * alive, barriers. It hands on every message that concerns people; what was said and to which rooms
 * one belongs outlive it and are the session's.
 *
 * @module
 */

import { type Address, formatAddress, isLoopback } from "../address.ts";
import type { Clock } from "../clock.ts";
import { UserError } from "../errors.ts";
import { isUser, type Message } from "../protocol.ts";
import { printable } from "../text.ts";
import { Batches, type MessageReceiver } from "./batches.ts";
import { Capabilities } from "./capabilities.ts";
import { Conversation } from "./conversation.ts";
import { dialInTime } from "./dial.ts";
import { Keepalive } from "./keepalive.ts";
import { type Dial, Link, type LinkReceiver, type Socket } from "./link.ts";
import { Login, type LoginOptions } from "./login.ts";
import { NickChoice } from "./nicks.ts";
import { NICK_REFUSALS, tell } from "./replies.ts";
import type { Token } from "./token.ts";
import { notChat, quote } from "./unreachable.ts";

/** Milliseconds. */
const TIMES = {
  /** Until the server says anything at all. */
  firstReply: 10_000,
  /** Until one introduces oneself to a server that might have asked for TLS. */
  introduce: 5_000,
  /** Until it lets one in; some look up names, slowly, before they do. */
  register: 60_000,
  /** From saying goodbye until the connection is closed anyway. */
  goodbye: 1_500,
} as const;

/** Answers to a registration that end it, with what to do about each. */
const REGISTRATION_REFUSALS: Readonly<Record<string, string>> = {
  "463": "Its operator has to allow your address.",
  "464": "Give the right password in CHAT_PASSWORD.",
  "465": "Its operator has banned you.",
  "466": "Its operator has banned you.",
};

/** Commands with which a server may open; a numeric or anything else has a source before it. */
const OPENINGS: ReadonlySet<string> = new Set("NOTICE PING PONG CAP ERROR AUTHENTICATE".split(" "));

/** Where and as whom to connect, and with what means. */
export interface ConnectionOptions {
  /** A name or an IP address; IPv6 without brackets. */
  readonly host: string;
  /** From 1 to 65535. */
  readonly port: number;
  /** The nick to try first. */
  readonly nick: string;
  /** The password of the server, if it wants one. */
  readonly password?: string;
  /** What to be let in by, or given something for; only servers of chat know such. */
  readonly token?: Token;
  /** As whom to log in; undefined: not at all. */
  readonly login?: LoginOptions;
  /** The time. */
  readonly clock: Clock;
  /** How connections are made. */
  readonly dial: Dial;
  /** Aborts the attempt to get in; a connection that stands is not concerned. */
  readonly signal: AbortSignal;
}

/** Whom a connection hands messages on to. */
export interface ConnectionReceiver extends MessageReceiver {
  /**
   * Called once, before anything happens: the server has let one in, and has said what it says of
   * itself.
   */
  entered(connection: Connection): void;
  /** Called after each chunk; nothing more is read until it resolves. */
  ready(): Promise<void> | undefined;
}

/** A nick that could not be had, and what the server said about it. */
export interface NickRefusal {
  /** The nick that was asked for. */
  readonly wanted: string;
  /** What the server said, for people. */
  readonly reason: string;
}

/** A connection to a server; made by {@linkcode Connection.dial}. */
export class Connection implements LinkReceiver {
  /** What the server and the client have agreed upon. */
  readonly capabilities: Capabilities;
  /** What is known from the server's messages. */
  readonly conversation: Conversation;
  /** Resolves to why the connection ended. */
  readonly ended: Promise<string>;
  readonly #end: PromiseWithResolvers<string> = Promise.withResolvers();
  /** The fingerprint of a server met for the first time, by which it is recognised from now on. */
  readonly firstSeen: string | undefined;
  /** Why one shows no key to be recognised by, where one should. */
  readonly noKey: string | undefined;
  /** Why the nick is not the wanted one. */
  nickRefusal: NickRefusal | undefined;

  readonly #options: ConnectionOptions;
  readonly #address: Address;
  readonly #where: string;
  readonly #receiver: ConnectionReceiver;
  readonly #link: Link;
  readonly #socket: Socket;
  readonly #nicks: NickChoice;
  readonly #opened: PromiseWithResolvers<boolean> = Promise.withResolvers();
  readonly #login: Login | undefined;
  #stage: "silent" | "negotiating" | "logging-in" | "registering" | "greeted" | "registered" =
    "silent";
  /** What is to be done when the server has answered all that was sent before. */
  readonly #barriers = new Map<string, () => void>();
  #barrierCount = 0;
  #isIntroduced = false;
  readonly #batches: Batches;
  #keepalive: Keepalive | undefined;
  #lastWords: string | undefined;
  /** Why one leaves without having been let in. */
  #failure: UserError | undefined;

  /**
   * Connects; nothing is sent or read before {@linkcode register}.
   *
   * @throws {UserError} if that fails, for whatever reason.
   */
  static async dial(
    options: ConnectionOptions,
    receiver: ConnectionReceiver,
  ): Promise<Connection> {
    return new Connection(await dialInTime(options), options, receiver);
  }

  private constructor(socket: Socket, options: ConnectionOptions, receiver: ConnectionReceiver) {
    this.#options = options;
    this.#address = { hostname: options.host, port: options.port };
    this.#where = formatAddress(this.#address);
    this.#receiver = receiver;
    this.#batches = new Batches(receiver);
    this.#nicks = new NickChoice(options.nick);
    this.conversation = new Conversation(options.nick, () => options.clock.now());
    this.#socket = socket;
    this.#link = new Link(socket);
    this.capabilities = new Capabilities(options.login ? ["sasl"] : []);
    this.#login = options.login && new Login(options.login, {
      where: this.#where,
      isPrivate: socket.isEncrypted === true || isLoopback(options.host),
      send: (message) => this.send(message),
    });
    this.firstSeen = socket.firstSeen;
    this.noKey = socket.noKey;
    this.ended = this.#end.promise;
  }

  /**
   * Asks to be let in; resolves once that is done. From then on messages are handed on, until
   * {@linkcode ended}. Resolves to false if the server asks for TLS instead: nobody has introduced
   * themselves, and it is to be dialled again.
   *
   * @throws {UserError} if the server does not let one in, or is none.
   */
  async register(): Promise<boolean> {
    if (/[\0\r\n]/.test(this.#options.password ?? "")) {
      throw new UserError(
        "the password has a line end in it, which it cannot: check CHAT_PASSWORD",
      );
    }
    this.send(this.capabilities.opening);
    const mayAskForTls = this.#socket.heed !== undefined && !this.#socket.isEncrypted;
    if (!mayAskForTls) this.#introduce();
    void this.#live();
    return await this.#opened.promise;
  }

  /** Queues a message; never waits. */
  send(message: Message): void {
    this.#link.send(message);
  }

  /** Calls `action` when the server has answered all that was sent until now. */
  barrier(action: () => void): void {
    const token = `barrier-${++this.#barrierCount}`;
    this.#barriers.set(token, action);
    this.send({ command: "PING", params: [token] });
  }

  /** Says goodbye; resolves when the connection has ended, at most a moment later. */
  async leave(reason: string): Promise<void> {
    this.send({ command: "QUIT", params: reason === "" ? [] : [reason] });
    const cancel = this.#options.clock.after(TIMES.goodbye, () => this.#link.close("left"));
    await this.ended;
    cancel();
  }

  /** Part of {@linkcode LinkReceiver}. */
  ready(): Promise<void> | undefined {
    const ready = this.#receiver.ready();
    return ready && (this.#keepalive?.pause(ready) ?? ready);
  }

  /** Part of {@linkcode LinkReceiver}. */
  garbage(text: string): void {
    if (this.#stage === "silent") this.#fail(notChat(this.#address, quote(text)));
  }

  /** Part of {@linkcode LinkReceiver}. */
  message(message: Message): void {
    this.#keepalive?.heard();
    if (this.#stage === "silent") {
      if (message.source === undefined && !OPENINGS.has(message.command)) {
        const said = [message.command, ...message.params].join(" ");
        return this.#fail(notChat(this.#address, quote(printable(said))));
      }
      this.#stage = "negotiating";
    }
    switch (message.command) {
      case "PING":
        return this.send({ command: "PONG", params: message.params.slice(-1) });
      case "PONG":
        return this.#passBarrier(message.params.at(-1) ?? "");
      case "ERROR":
        this.#lastWords = printable(message.params.at(-1) ?? "");
        // Modern IRC, "ERROR message": nothing follows, and not all servers are quick to hang up.
        return this.#link.close(this.#lastWords);
      case "CAP":
        return this.#negotiate(message);
    }
    // It knows no capabilities.
    if (/^\d/.test(message.command)) this.#introduce();
    if (this.#stage === "greeted" && isHappening(message)) this.#enter();
    if (this.#stage === "greeted" || this.#stage === "registered") this.#batches.take(message);
    else this.#register(message);
  }

  async #live(): Promise<void> {
    const { clock, signal } = this.#options;
    const where = this.#where;
    const patience = [
      clock.after(TIMES.introduce, () => this.#introduce()),
      clock.after(TIMES.firstReply, () => {
        if (this.#stage === "silent") this.#fail(notChat(this.#address, "it does not answer"));
      }),
      clock.after(TIMES.register, () => {
        this.#fail(new UserError(`${where} did not let us in within a minute: try again later`));
      }),
    ];
    const keepalive = new Keepalive(clock, {
      ask: () => this.send({ command: "PING", params: ["still-there"] }),
      gone: () => this.#link.close("the server does not answer any more"),
    });
    this.#keepalive = keepalive;
    const giveUp = () => this.#link.close("left");
    signal.addEventListener("abort", giveUp);
    const done = () => {
      patience.forEach((cancel) => cancel());
      signal.removeEventListener("abort", giveUp);
    };
    this.#opened.promise.then(done, done);
    const reason = await this.#link.receive(this);
    keepalive.stop();
    const why = this.#lastWords ?? reason;
    const refused = this.#stage === "silent"
      ? notChat(this.#address, "it closed the connection without an answer")
      : new UserError(`${where} did not let us in: ${why}`);
    this.#opened.reject(this.#failure ?? refused);
    this.#end.resolve(why);
  }

  /**
   * Says who one is, once. Registration as the Modern IRC Client Protocol's "Connection Registration"
   * orders it.
   */
  #introduce(): void {
    if (this.#isIntroduced) return;
    this.#isIntroduced = true;
    const { nick, password, token } = this.#options;
    const plain = nick.toLowerCase().replace(/[^a-z0-9_-]/g, "").slice(0, 9);
    const given = token?.give();
    if (given) this.send(given);
    if (password !== undefined) this.send({ command: "PASS", params: [password] });
    this.send({ command: "NICK", params: [nick] });
    this.send({ command: "USER", params: [isUser(plain) ? plain : "chat", "0", "*", nick] });
  }

  #negotiate(message: Message): void {
    const answers = this.capabilities.receive(message);
    if (this.#heedStrictness()) return;
    if (this.capabilities.isListed) this.#introduce();
    for (const answer of answers) this.send(answer);
    if (this.#stage !== "negotiating" || !this.capabilities.isSettled) return;
    if (!this.#login) return this.#endNegotiation();
    this.#stage = "logging-in";
    const loggedIn = this.#login.begin(this.capabilities.valueOf("sasl"));
    loggedIn.then(() => this.#endNegotiation(), (error: UserError) => {
      this.#failure = error;
      void this.leave("");
    });
  }

  /** https://ircv3.net/specs/extensions/sts; returns whether this connection is over by that. */
  #heedStrictness(): boolean {
    const sts = this.capabilities.takeStrictness();
    if (sts === undefined) return false;
    try {
      if (!this.#socket.heed?.(sts)) return false;
      this.#opened.resolve(false);
      this.#link.close("the server asks for TLS");
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#fail(error);
    }
    return true;
  }

  #endNegotiation(): void {
    this.#stage = "registering";
    this.send({ command: "CAP", params: ["END"] });
  }

  #register(message: Message): void {
    const { command, params } = message;
    this.#login?.receive(message);
    if (command === "001") {
      if (this.#login && this.#stage !== "registering") {
        return this.#fail(
          new UserError(`${this.#where} let us in without a login (SASL): leave out --login`),
        );
      }
      this.#stage = "greeted";
      this.conversation.apply(message);
      // The answer comes behind all that the server says of itself.
      return this.barrier(() => {
        this.#options.token?.settle();
        this.#enter();
      });
    }
    if (NICK_REFUSALS.has(command)) return this.#tryNextNick(message);
    const advice = REGISTRATION_REFUSALS[command];
    if (advice !== undefined) {
      const reason = printable(params.at(-1) ?? "").replace(/[.\s]+$/, "");
      this.#fail(new UserError(`${this.#where} did not let us in: ${reason}. ${advice}`));
    }
  }

  #enter(): void {
    if (this.#stage !== "greeted") return;
    this.#stage = "registered";
    this.#receiver.entered(this);
    this.#opened.resolve(true);
  }

  #tryNextNick(message: Message): void {
    const next = this.#nicks.next(message.command, message.params[1] ?? "");
    if (next === undefined) {
      const where = this.#where;
      return this.#fail(
        new UserError(`${where} takes none of the nicks tried: give another (--nick)`),
      );
    }
    this.nickRefusal ??= { wanted: this.#options.nick, reason: tell(message) };
    this.send({ command: "NICK", params: [next] });
  }

  #passBarrier(token: string): void {
    const action = this.#barriers.get(token);
    this.#barriers.delete(token);
    action?.();
  }

  #fail(error: UserError): void {
    this.#opened.reject(error);
    this.#link.close(error.message);
  }
}

/**
 * Whether `message` is of what people do, and not of the server itself: some put one into rooms, or
 * hand one what was said meanwhile, before they answer anything.
 */
function isHappening({ command, source }: Message): boolean {
  return command === "JOIN" || command === "PRIVMSG" ||
    (command === "NOTICE" && source?.includes("!") === true);
}
