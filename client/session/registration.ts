/**
 * Registers the client with a server: negotiates capabilities, logs in if wanted, finds a free
 * nick, and limits the time for all of it (https://modern.ircdocs.horse, "Connection
 * Registration"). Has no dependency on sockets, or on what follows the registration.
 *
 * @module
 */

import { type Address, formatAddress, isLoopback } from "../../shared/address.ts";
import type { Cancel, Clock } from "../../shared/clock.ts";
import { UserError } from "../../shared/errors.ts";
import { isUser, type Message } from "../../protocol.ts";
import { printable } from "../../shared/text.ts";
import { END_TEXTS, NOT_CHAT_TEXTS, REGISTRATION_TEXTS } from "../texts/session.ts";
import { Capabilities } from "./capabilities.ts";
import { KeyFirst, KeyLogin } from "./key_login.ts";
import { Login, type LoginOptions } from "./login.ts";
import { NickChoice } from "./nicks.ts";
import { refusalError, refusesRegistration } from "./refusals.ts";
import { NICK_REFUSALS, replyText } from "./replies.ts";
import type { MessageStream } from "./message_stream.ts";
import { noAnswerError, notChatError, quote } from "./not_chat.ts";
import type { Token } from "./token.ts";

/** Time limits, in milliseconds. */
const TIMES = {
  /** Until the server sends its first message. */
  firstReply: 10_000,
  /** Until the client sends a PING to a server that has not answered CAP. */
  probe: 1_000,
  /** Until the client sends its nick to a server that might still ask for TLS. */
  sendNick: 5_000,
  /** Until the end of the registration; some servers first look up names, slowly. */
  register: 60_000,
} as const;

/** Commands that a server may send first without a source; numerics and others have a source. */
const OPENINGS: ReadonlySet<string> = new Set("NOTICE PING PONG CAP ERROR AUTHENTICATE".split(" "));

/** The user to register, and the means to identify them. */
export interface RegistrationOptions {
  /** The nick to try first. */
  readonly nick: string;
  /** The server password, if the server has one. */
  readonly password?: string;
  /** A token to redeem; only servers of `chat` support tokens. */
  readonly token?: Token;
  /** The login to make; undefined for none. */
  readonly login?: LoginOptions;
  /**
   * The account that the user's key should log in to; empty for any account. The login may fail. If
   * undefined, the server decides.
   */
  readonly keyAccount?: string;
  /** True if the client was connected before, so that it wants no new account. */
  readonly isReturning?: boolean;
  /** True if the registration fails when the nick is refused; otherwise, other nicks are tried. */
  readonly needsNick?: boolean;
  /** True if a ban is final, so that the client does not wait for its end. */
  readonly endsIfBanned?: true;
  /** The time. */
  readonly clock: Clock;
}

/** The parts of a connection that a registration uses. */
export interface RegistrationParts {
  /** The address of the server. */
  readonly address: Address;
  /** The stream: its encryption, the user's key, and the function that obeys a request for TLS. */
  readonly stream: Pick<MessageStream, "applySts" | "isEncrypted" | "keyProblem" | "showsKey">;
  /** Queues a message. */
  send(message: Message): void;
  /** Calls `action` once the server has answered all messages sent until now. */
  barrier(action: () => void): void;
  /** Called once, at the end of the registration. */
  registered(): void;
  /** Sends QUIT, and ends the connection. */
  leave(): void;
  /** Ends the connection. */
  close(reason: string): void;
}

/** A nick that was refused, and the reason. */
export interface NickRefusal {
  /** The nick that the client requested. */
  readonly wanted: string;
  /** The server's reason, as a text for the user. */
  readonly reason: string;
}

/** One registration; {@linkcode Registration.begin} begins it. */
export class Registration {
  /** The capabilities that the server and the client have negotiated. */
  readonly capabilities: Capabilities;
  /**
   * Resolves to true once the client is registered, and to false if the server asks for TLS; the
   * client has not sent its nick then. Rejects with a {@linkcode UserError} if the registration
   * fails.
   */
  readonly outcome: Promise<boolean>;
  /** The refusal of the wanted nick, if the client has another nick. */
  nickRefusal: NickRefusal | undefined;
  /** The wanted nick, if another user has it. */
  takenNick: string | undefined;
  readonly #outcome: PromiseWithResolvers<boolean> = Promise.withResolvers();
  readonly #options: RegistrationOptions;
  readonly #parts: RegistrationParts;
  readonly #server: string;
  readonly #nicks: NickChoice;
  readonly #login: Login | KeyLogin | KeyFirst | undefined;
  #stage: "silent" | "negotiating" | "logging-in" | "registering" | "greeted" | "registered" =
    "silent";
  #isNickSent = false;
  /** The account that the client is logged in to. */
  account: string | undefined;
  /** The reason why the client leaves during the registration. */
  #failure: UserError | undefined;
  /** True if the server has refused a command because it can do nothing at the moment. */
  #isUnavailable = false;

  /** Creates a registration that has not begun. */
  constructor(options: RegistrationOptions, parts: RegistrationParts) {
    this.#options = options;
    this.#parts = parts;
    this.#server = formatAddress(parts.address);
    this.#nicks = new NickChoice(options.nick, options.isReturning ? options.keyAccount : "");
    this.#login = this.#newLogin();
    this.capabilities = new Capabilities(this.#login ? ["sasl"] : []);
    this.outcome = this.#outcome.promise;
  }

  /**
   * Sends the first message, and starts the time limits.
   *
   * @throws {UserError} if the password cannot be sent.
   */
  begin(): void {
    if (/[\0\r\n]/.test(this.#options.password ?? "")) {
      throw new UserError(REGISTRATION_TEXTS.passwordWithLineEnd);
    }
    this.#parts.send(this.capabilities.opening);
    const { stream } = this.#parts;
    const mayAskForTls = stream.applySts !== undefined && !stream.isEncrypted;
    if (!mayAskForTls) this.#sendNick();
    const limits = this.#startTimeLimits();
    const done = () => limits.forEach((cancel) => cancel());
    this.outcome.then(done, done);
  }

  /** Takes the printable part of a line that is not a message. */
  invalidLine(text: string): void {
    if (this.#stage === "silent") this.#fail(notChatError(this.#parts.address, quote(text)));
  }

  /** Records that the server answered plain text with a TLS alert. */
  tlsAlert(): void {
    if (this.#stage !== "silent") return;
    this.#fail(new UserError(NOT_CHAT_TEXTS.tlsPort(this.#server)));
  }

  /** Returns true if `message` may come from an IRC server; otherwise ends the registration. */
  isFromIrcServer({ source, command, params }: Message): boolean {
    if (this.#stage !== "silent") return true;
    if (source === undefined && !OPENINGS.has(command)) {
      this.invalidLine(printable([command, ...params].join(" ")));
      return false;
    }
    this.#stage = "negotiating";
    return true;
  }

  /** Takes `message`; returns true if it concerns the registration only. */
  handles(message: Message): boolean {
    // A server without capabilities may ignore CAP. A numeric or a PONG then shows that no answer
    // to CAP will come.
    if (/^\d|^PONG$/.test(message.command)) this.#sendNick();
    if (this.#stage === "greeted" && isEvent(message)) this.#complete();
    if (!this.#isGreeted) this.#register(message);
    return !this.#isGreeted;
  }

  /** Takes a CAP message, at any time. */
  negotiate(message: Message): void {
    const answers = this.capabilities.receive(message);
    if (this.#applySts()) return;
    if (this.capabilities.isListed) this.#sendNick();
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

  /** Records that the connection has ended for this `reason`. */
  end(reason: string): void {
    const refused = this.#stage === "silent"
      ? this.#noAnswer(NOT_CHAT_TEXTS.closed)
      : this.#refused(reason);
    this.#outcome.reject(this.#failure ?? refused);
  }

  /**
   * Returns the login that the user asked for, or else a login by the key, if the server can see
   * it.
   */
  #newLogin(): Login | KeyLogin | KeyFirst | undefined {
    const { login, keyAccount, isReturning = false } = this.#options;
    const { address, stream } = this.#parts;
    const send = (message: Message) => this.#parts.send(message);
    const isShownByTls = stream.isEncrypted === true && stream.keyProblem === undefined;
    const { showsKey = isShownByTls } = stream;
    if (login) {
      const isPrivate = stream.isEncrypted === true || isLoopback(address.hostname);
      const byPassword = new Login(login, { server: this.#server, isPrivate, send });
      if (!login.keyWorked || !showsKey) return byPassword;
      return new KeyFirst(new KeyLogin(login.account, false, send), byPassword, login.keyWorked);
    }
    if (keyAccount === undefined || !showsKey) return undefined;
    return new KeyLogin(keyAccount, isReturning, send);
  }

  get #isGreeted(): boolean {
    return this.#stage === "greeted" || this.#stage === "registered";
  }

  #noAnswer(reason: string): UserError {
    const { address, stream } = this.#parts;
    return noAnswerError(address, reason, stream.isEncrypted === true);
  }

  #startTimeLimits(): Cancel[] {
    const { clock } = this.#options;
    return [
      clock.after(TIMES.probe, () => this.#probe()),
      clock.after(TIMES.sendNick, () => this.#sendNick()),
      clock.after(TIMES.firstReply, () => {
        if (this.#stage === "silent") this.#fail(this.#noAnswer(NOT_CHAT_TEXTS.silent));
      }),
      clock.after(TIMES.register, () => {
        this.#fail(new UserError(REGISTRATION_TEXTS.timeout(this.#server)));
      }),
    ];
  }

  /**
   * Sends a PING to a server that has not answered CAP. Servers answer in order, so a server
   * without CAP reveals itself by its PONG or its error (ERR_NOTREGISTERED) long before the client
   * stops waiting.
   */
  #probe(): void {
    if (!this.#isNickSent) this.#parts.send({ command: "PING", params: ["probe"] });
  }

  /** Sends token, password, nick and user, once, in the order of "Connection Registration". */
  #sendNick(): void {
    if (this.#isNickSent) return;
    this.#isNickSent = true;
    const { nick, password, token } = this.#options;
    const user = nick.toLowerCase().replace(/[^a-z0-9_-]/g, "").slice(0, 9);
    const redeem = token?.redeem();
    if (redeem) this.#parts.send(redeem);
    if (password !== undefined) this.#parts.send({ command: "PASS", params: [password] });
    this.#parts.send({ command: "NICK", params: [nick] });
    this.#parts.send({ command: "USER", params: [isUser(user) ? user : "chat", "0", "*", nick] });
  }

  /**
   * Applies a new value of `sts` (https://ircv3.net/specs/extensions/sts); returns true if that
   * ends the connection.
   */
  #applySts(): boolean {
    const sts = this.capabilities.takeStsPolicy();
    if (sts === undefined) return false;
    try {
      if (!this.#parts.stream.applySts?.(sts)) return false;
      this.#outcome.resolve(false);
      this.#parts.close(END_TEXTS.needsTls);
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
    if (command === "900") this.account = params[2];
    if (command === "001") {
      if (this.#options.login && this.#stage !== "registering") {
        return this.#fail(new UserError(REGISTRATION_TEXTS.loginSkipped(this.#server)));
      }
      this.#stage = "greeted";
      // The server answers the PING of this barrier after its whole greeting.
      return this.#parts.barrier(() => {
        this.#options.token?.settle();
        this.#complete();
      });
    }
    // A server of a cluster sends this if it cannot reach the others, and then ends the connection.
    if (command === "FAIL" && params[1] === "TEMPORARILY_UNAVAILABLE") this.#isUnavailable = true;
    if (NICK_REFUSALS.has(command)) return this.#tryNextNick(message);
    if (refusesRegistration(command)) {
      this.#fail(this.#refused(printable(params.at(-1) ?? ""), command));
    }
  }

  #refused(reason: string, numeric?: string): UserError {
    const { endsIfBanned = false, password } = this.#options;
    return refusalError(reason, numeric, {
      server: this.#server,
      hasPassword: password !== undefined,
      isUnavailable: this.#isUnavailable,
      endsIfBanned,
    });
  }

  #complete(): void {
    if (this.#stage !== "greeted") return;
    this.#stage = "registered";
    this.#parts.registered();
    this.#outcome.resolve(true);
  }

  #tryNextNick(message: Message): void {
    const { needsNick, isReturning } = this.#options;
    const reason = replyText(message);
    const { otherNick, noFreeNick } = REGISTRATION_TEXTS;
    if (needsNick && !isReturning) return this.#fail(new UserError(otherNick(reason)));
    const next = this.#nicks.next(message.command, message.params[1] ?? "");
    if (next === undefined) return this.#fail(new UserError(noFreeNick(this.#server)));
    // With 432, no user has the nick: the server does not allow it at all.
    if (!this.nickRefusal && message.command !== "432") this.takenNick = this.#options.nick;
    this.nickRefusal ??= { wanted: this.#options.nick, reason };
    this.#parts.send({ command: "NICK", params: [next] });
  }

  #fail(error: UserError): void {
    this.#outcome.reject(error);
    this.#parts.close(error.message);
  }
}

/**
 * Returns true if `message` comes from a user and not from the server. Some servers join the client
 * to rooms, or send missed messages, before they answer the PING after the greeting.
 */
function isEvent({ command, source }: Message): boolean {
  return command === "JOIN" || command === "PRIVMSG" ||
    (command === "NOTICE" && source?.includes("!") === true);
}
