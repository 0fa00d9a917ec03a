/**
 * Logs in to an account with SASL during registration: chooses the mechanism and runs it. If the
 * login fails, so does the registration; the client never continues without the login that the user
 * asked for. Does not know sockets.
 *
 * Sources: https://ircv3.net/specs/extensions/sasl-3.1, https://ircv3.net/specs/extensions/sasl-3.2
 *
 * @module
 */

import { FinalError, UserError } from "../../shared/errors.ts";
import type { Message } from "../../protocol.ts";
import { Pieces, toPieces } from "../../shared/sasl.ts";
import { printable, trimSignsAtEnd } from "../../shared/text.ts";
import { LOGIN_TEXTS, MECHANISM_TEXTS } from "../texts/session.ts";
import {
  type Credentials,
  type Mechanism,
  MechanismError,
  type MechanismKind,
  MECHANISMS,
} from "./sasl.ts";

/** The account, and the mechanism of the login. */
export interface LoginOptions extends Credentials {
  /** The only mechanism to use; if undefined, the best mechanism that uses a password. */
  readonly mechanism?: string;
  /**
   * If given, the user's key is tried before the password. Called once the key has logged in. The
   * password is not needed any more then.
   */
  readonly keyWorked?: () => void;
}

/** The parts of a connection that a login uses. */
export interface LoginParts {
  /** The address of the server. */
  readonly server: string;
  /** True if others cannot read the connection: it is encrypted, or on this machine. */
  readonly isPrivate: boolean;
  /** Sends a message. */
  send(message: Message): void;
}

/** A mechanism in progress. */
interface Attempt {
  readonly kind: MechanismKind;
  readonly mechanism: Mechanism;
  readonly pieces: Pieces;
  /**
   * True once the mechanism has sent a message; an earlier refusal concerns the mechanism itself.
   */
  hasSent: boolean;
}

/** Replies that end a mechanism without a login. */
const REFUSALS: ReadonlySet<string> = new Set("902 904 905 906 907 FAIL".split(" "));

/** The largest length of a text quoted from the server, in characters. */
const QUOTE_LENGTH = 200;

/** A login with SASL, from the choice of the mechanism to the answer of the server. */
export class Login {
  readonly #options: LoginOptions;
  readonly #parts: LoginParts;
  readonly #end: PromiseWithResolvers<void> = Promise.withResolvers();
  /** The mechanisms that the server lists; empty if it does not list them. */
  #offered: readonly string[] = [];
  #untried: readonly MechanismKind[];
  #attempt: Attempt | undefined;
  /** The server's reason for the last refusal. */
  #reason = "";

  /** Creates a login that has not begun. */
  constructor(options: LoginOptions, parts: LoginParts) {
    this.#options = options;
    this.#parts = parts;
    const wanted = options.mechanism?.toUpperCase();
    this.#untried = MECHANISMS.filter(({ name, isByKey }) =>
      wanted === undefined ? !isByKey : name === wanted
    );
  }

  /**
   * Begins the login; resolves once the user is logged in. `offered` is the value of the server's
   * capability `sasl`, which may list its mechanisms; undefined if the server lacks it.
   *
   * @throws {FinalError} if the server refuses the login, or does not prove that it knows the
   * password.
   * @throws {UserError} if no mechanism is possible.
   */
  begin(offered: string | undefined): Promise<void> {
    this.#offer(offered ?? "");
    if (offered === undefined) this.#end.reject(this.#impossible());
    else this.#tryNext();
    return this.#end.promise;
  }

  /** Takes a message, which need not concern the login. */
  receive(message: Message): void {
    const { command, params } = message;
    const attempt = this.#attempt;
    if (!attempt) return;
    if (command === "AUTHENTICATE") return void this.#answer(attempt, params[0] ?? "");
    // RPL_SASLMECHS
    if (command === "908") return this.#offer(params[1] ?? "");
    // RPL_SASLSUCCESS
    if (command === "903") return this.#succeed(attempt);
    const isRefusal = REFUSALS.has(command) && (command !== "FAIL" || params[0] === "AUTHENTICATE");
    if (isRefusal) this.#refused(attempt, params.at(-1) ?? "");
  }

  #offer(list: string): void {
    this.#offered = list.split(",").filter((name) => name !== "").map((name) => name.toUpperCase());
  }

  #tryNext(): void {
    const [kind, ...rest] = this.#untried.filter((kind) => this.#isPossible(kind));
    this.#untried = rest;
    if (!kind) return this.#end.reject(this.#impossible());
    const mechanism = kind.begin(this.#options);
    this.#attempt = { kind, mechanism, pieces: new Pieces(), hasSent: false };
    this.#parts.send({ command: "AUTHENTICATE", params: [kind.name] });
  }

  #isPossible({ name, sendsPassword }: MechanismKind): boolean {
    const isOffered = this.#offered.length === 0 || this.#offered.includes(name);
    return isOffered && (!sendsPassword || this.#parts.isPrivate);
  }

  #impossible(): UserError {
    const { server, isPrivate } = this.#parts;
    const { mechanism } = this.#options;
    if (!isPrivate && this.#offered.includes("PLAIN")) {
      return new UserError(LOGIN_TEXTS.needsTls(server));
    }
    const offered = printable(this.#offered.join(", ")).slice(0, QUOTE_LENGTH);
    const reasons = [
      ...(this.#reason === "" ? [] : [this.#reason]),
      ...(offered === "" ? [] : [LOGIN_TEXTS.offers(offered)]),
    ];
    return new UserError(
      mechanism === undefined
        ? LOGIN_TEXTS.impossible(server, reasons)
        : LOGIN_TEXTS.impossibleWith(mechanism, server, reasons),
    );
  }

  async #answer(attempt: Attempt, piece: string): Promise<void> {
    const gathered = attempt.pieces.take(piece);
    if (gathered.type === "incomplete") return;
    try {
      if (gathered.type === "refused") {
        throw new MechanismError(MECHANISM_TEXTS.malformed(gathered.why));
      }
      const text = await attempt.mechanism.answer(gathered.text);
      // The server may have refused this attempt meanwhile.
      if (this.#attempt !== attempt) return;
      attempt.hasSent = true;
      for (const piece of toPieces(text)) {
        this.#parts.send({ command: "AUTHENTICATE", params: [piece] });
      }
    } catch (error) {
      if (!(error instanceof MechanismError)) throw error;
      // Aborts the exchange (https://ircv3.net/specs/extensions/sasl-3.1, "The AUTHENTICATE
      // Command").
      this.#parts.send({ command: "AUTHENTICATE", params: ["*"] });
      this.#end.reject(this.#deceptive(error.message));
    }
  }

  #succeed({ mechanism }: Attempt): void {
    this.#attempt = undefined;
    if (mechanism.isProven) return this.#end.resolve();
    this.#end.reject(this.#deceptive(MECHANISM_TEXTS.noProof));
  }

  /** Tries the next mechanism, unless the refused one has already sent a message. */
  #refused({ hasSent, kind }: Attempt, reason: string): void {
    this.#attempt = undefined;
    this.#reason = trimSignsAtEnd(printable(reason), ". \t").slice(0, QUOTE_LENGTH);
    if (!hasSent) return this.#tryNext();
    const { server } = this.#parts;
    const { account } = this.#options;
    this.#end.reject(
      new FinalError(LOGIN_TEXTS.refused(server, account, this.#reason, this.#adviceAfter(kind))),
    );
  }

  #adviceAfter({ isByKey }: MechanismKind): string {
    if (isByKey) return LOGIN_TEXTS.registerKey;
    const isPlainLeft = this.#untried.some((kind) => this.#isPossible(kind));
    return isPlainLeft ? LOGIN_TEXTS.checkPasswordOrUsePlain : LOGIN_TEXTS.checkPassword;
  }

  /**
   * Returns the error for a server that may be an impostor; `what` says why, as the end of a
   * sentence about the server.
   */
  #deceptive(what: string): FinalError {
    return new FinalError(LOGIN_TEXTS.deceptive(this.#parts.server, what));
  }
}
