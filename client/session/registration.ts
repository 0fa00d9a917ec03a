/**
 * Being let in by a server: what both sides agree upon, a login where one is wanted, a nick that is
 * free, and how long all of it may take (Modern IRC Client Protocol, "Connection Registration"). It
 * knows no socket, and nothing of what comes once one is in.
 *
 * @module
 */

import { type Address, formatAddress, isLoopback } from "../../shared/address.ts";
import type { Cancel, Clock } from "../../shared/clock.ts";
import { UserError } from "../../shared/errors.ts";
import { isUser, type Message } from "../../protocol.ts";
import { printable } from "../../shared/text.ts";
import { Capabilities } from "./capabilities.ts";
import { Login, type LoginOptions } from "./login.ts";
import { NickChoice } from "./nicks.ts";
import { NICK_REFUSALS, replyText } from "./replies.ts";
import type { MessageStream } from "./message_stream.ts";
import { notChatError, quote } from "./not_chat.ts";
import type { Token } from "./token.ts";

/** Milliseconds. */
const TIMES = {
  /** Until the server says anything at all. */
  firstReply: 10_000,
  /** Until one introduces oneself to a server that might have asked for TLS. */
  introduce: 5_000,
  /** Until it lets one in; some look up names, slowly, before they do. */
  register: 60_000,
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

/** As whom to be let in. */
export interface RegistrationOptions {
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
}

/** Where a registration is, and what it does there. */
export interface RegistrationParts {
  /** The server. */
  readonly address: Address;
  /** Whether it is encrypted, and what it makes of a server that asks for that. */
  readonly stream: Pick<MessageStream, "applySts" | "isEncrypted">;
  /** Queues a message. */
  send(message: Message): void;
  /** Calls `action` when the server has answered all that was sent until now. */
  barrier(action: () => void): void;
  /** One is in: called once. */
  registered(): void;
  /** Says goodbye, and ends the connection. */
  leave(): void;
  /** Ends the connection. */
  close(reason: string): void;
}

/** A nick that could not be had, and what the server said about it. */
export interface NickRefusal {
  /** The nick that was asked for. */
  readonly wanted: string;
  /** What the server said, for people. */
  readonly reason: string;
}

/** One try to be let in; {@linkcode Registration.begin} begins it. */
export class Registration {
  /** What the server and the client have agreed upon. */
  readonly capabilities: Capabilities;
  /**
   * Resolves to true when one is let in, and to false if the server asks for TLS instead: nobody has
   * introduced themselves then. Rejects with a {@linkcode UserError} if one is not let in.
   */
  readonly outcome: Promise<boolean>;
  /** Why the nick is not the wanted one. */
  nickRefusal: NickRefusal | undefined;
  readonly #outcome: PromiseWithResolvers<boolean> = Promise.withResolvers();
  readonly #options: RegistrationOptions;
  readonly #parts: RegistrationParts;
  readonly #where: string;
  readonly #nicks: NickChoice;
  readonly #login: Login | undefined;
  #stage: "silent" | "negotiating" | "logging-in" | "registering" | "greeted" | "in" = "silent";
  #isIntroduced = false;
  /** Why one leaves without having been let in. */
  #failure: UserError | undefined;

  /** Nothing is said yet. */
  constructor(options: RegistrationOptions, parts: RegistrationParts) {
    this.#options = options;
    this.#parts = parts;
    this.#where = formatAddress(parts.address);
    this.#nicks = new NickChoice(options.nick);
    this.capabilities = new Capabilities(options.login ? ["sasl"] : []);
    this.#login = options.login && new Login(options.login, {
      where: this.#where,
      isPrivate: parts.stream.isEncrypted === true || isLoopback(parts.address.hostname),
      send: (message) => parts.send(message),
    });
    this.outcome = this.#outcome.promise;
  }

  /**
   * Says the first word, and waits only so long.
   *
   * @throws {UserError} if the password cannot be said.
   */
  begin(): void {
    if (/[\0\r\n]/.test(this.#options.password ?? "")) {
      throw new UserError(
        "the password has a line end in it, which it cannot: check CHAT_PASSWORD",
      );
    }
    this.#parts.send(this.capabilities.opening);
    const { stream } = this.#parts;
    const mayAskForTls = stream.applySts !== undefined && !stream.isEncrypted;
    if (!mayAskForTls) this.#introduce();
    const patience = this.#patience();
    const done = () => patience.forEach((cancel) => cancel());
    this.outcome.then(done, done);
  }

  /** The server has said something that is no message. */
  invalidLine(text: string): void {
    if (this.#stage === "silent") this.#fail(notChatError(this.#parts.address, quote(text)));
  }

  /** Returns whether it is a server of IRC that says `message`: if not, that is the end. */
  isFromIrcServer({ source, command, params }: Message): boolean {
    if (this.#stage !== "silent") return true;
    if (source === undefined && !OPENINGS.has(command)) {
      this.invalidLine(printable([command, ...params].join(" ")));
      return false;
    }
    this.#stage = "negotiating";
    return true;
  }

  /** Takes `message`; returns whether it concerns the registration alone. */
  handles(message: Message): boolean {
    // It knows no capabilities.
    if (/^\d/.test(message.command)) this.#introduce();
    if (this.#stage === "greeted" && isHappening(message)) this.#enter();
    if (!this.#isGreeted) this.#register(message);
    return !this.#isGreeted;
  }

  /** Takes a CAP, at any time. */
  negotiate(message: Message): void {
    const answers = this.capabilities.receive(message);
    if (this.#applySts()) return;
    if (this.capabilities.isListed) this.#introduce();
    for (const answer of answers) this.#parts.send(answer);
    if (this.#stage !== "negotiating" || !this.capabilities.isSettled) return;
    if (!this.#login) return this.#endNegotiation();
    this.#stage = "logging-in";
    const loggedIn = this.#login.begin(this.capabilities.valueOf("sasl"));
    loggedIn.then(() => this.#endNegotiation(), (error: UserError) => {
      this.#failure = error;
      this.#parts.leave();
    });
  }

  /** The connection has ended, for that reason. */
  end(reason: string): void {
    const refused = this.#stage === "silent"
      ? notChatError(this.#parts.address, "it closed the connection without an answer")
      : new UserError(`${this.#where} did not let us in: ${reason}`);
    this.#outcome.reject(this.#failure ?? refused);
  }

  get #isGreeted(): boolean {
    return this.#stage === "greeted" || this.#stage === "in";
  }

  #patience(): Cancel[] {
    const { clock } = this.#options;
    return [
      clock.after(TIMES.introduce, () => this.#introduce()),
      clock.after(TIMES.firstReply, () => {
        if (this.#stage === "silent") {
          this.#fail(notChatError(this.#parts.address, "it does not answer"));
        }
      }),
      clock.after(TIMES.register, () => {
        this.#fail(
          new UserError(`${this.#where} did not let us in within a minute: try again later`),
        );
      }),
    ];
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
    const given = token?.redeem();
    if (given) this.#parts.send(given);
    if (password !== undefined) this.#parts.send({ command: "PASS", params: [password] });
    this.#parts.send({ command: "NICK", params: [nick] });
    this.#parts.send({ command: "USER", params: [isUser(plain) ? plain : "chat", "0", "*", nick] });
  }

  /** https://ircv3.net/specs/extensions/sts; returns whether this connection is over by that. */
  #applySts(): boolean {
    const sts = this.capabilities.takeStsPolicy();
    if (sts === undefined) return false;
    try {
      if (!this.#parts.stream.applySts?.(sts)) return false;
      this.#outcome.resolve(false);
      this.#parts.close("the server asks for TLS");
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#fail(error);
    }
    return true;
  }

  #endNegotiation(): void {
    this.#stage = "registering";
    this.#parts.send({ command: "CAP", params: ["END"] });
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
      // Its answer comes behind all that the server says of itself.
      return this.#parts.barrier(() => {
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
    this.#stage = "in";
    this.#parts.registered();
    this.#outcome.resolve(true);
  }

  #tryNextNick(message: Message): void {
    const next = this.#nicks.next(message.command, message.params[1] ?? "");
    if (next === undefined) {
      const where = this.#where;
      return this.#fail(
        new UserError(`${where} takes none of the nicks tried: give another (--nick)`),
      );
    }
    this.nickRefusal ??= { wanted: this.#options.nick, reason: replyText(message) };
    this.#parts.send({ command: "NICK", params: [next] });
  }

  #fail(error: UserError): void {
    this.#outcome.reject(error);
    this.#parts.close(error.message);
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
