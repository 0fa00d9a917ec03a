/**
 * Logging in to an account by SASL, before one is let in: by which mechanism, and what comes of it.
 * Either one is logged in at the end or it failed; nobody is let in as somebody who is not. It sends
 * through what it is given, and knows no sockets.
 *
 * Sources: https://ircv3.net/specs/extensions/sasl-3.1, https://ircv3.net/specs/extensions/sasl-3.2
 *
 * @module
 */

import { FinalError, UserError } from "../../shared/errors.ts";
import type { Message } from "../../protocol.ts";
import { Pieces, toPieces } from "../../shared/sasl.ts";
import { printable } from "../../shared/text.ts";
import {
  type Credentials,
  type Mechanism,
  MechanismError,
  type MechanismKind,
  MECHANISMS,
} from "./sasl.ts";

/** As whom to log in, and how. */
export interface LoginOptions extends Credentials {
  /** The name of the mechanism to use, and no other; undefined: the best with a password. */
  readonly mechanism?: string;
}

/** What a login needs of its connection. */
export interface LoginParts {
  /** The server, for people. */
  readonly where: string;
  /** Whether nobody on the way can read along. */
  readonly isPrivate: boolean;
  /** Sends a message. */
  send(message: Message): void;
}

/** A mechanism at work, and what it has come to. */
interface Attempt {
  readonly kind: MechanismKind;
  readonly mechanism: Mechanism;
  readonly pieces: Pieces;
  /** Whether the mechanism has said anything: before that, only its name was refused. */
  hasSpoken: boolean;
}

/** Answers that mean that one is not logged in, and will not be by this mechanism. */
const REFUSALS: ReadonlySet<string> = new Set("902 904 905 906 907 FAIL".split(" "));

/** Characters shown of what a server says. */
const QUOTED = 200;

/** One login; see the module. */
export class Login {
  readonly #options: LoginOptions;
  readonly #parts: LoginParts;
  readonly #end: PromiseWithResolvers<void> = Promise.withResolvers();
  /** What the server says that it has; empty, it does not say. */
  #offered: readonly string[] = [];
  #untried: readonly MechanismKind[];
  #attempt: Attempt | undefined;
  /** Why the last attempt was refused, in the server's words. */
  #said = "";

  /** Not begun yet. */
  constructor(options: LoginOptions, parts: LoginParts) {
    this.#options = options;
    this.#parts = parts;
    const wanted = options.mechanism?.toUpperCase();
    this.#untried = MECHANISMS.filter(({ name, isByKey }) =>
      wanted === undefined ? !isByKey : name === wanted
    );
  }

  /**
   * Begins; `offered` is the value of the server's capability `sasl`, which lists its mechanisms;
   * undefined where it has none. Resolves when one is logged in.
   *
   * @throws {FinalError} if the server refuses that, or pretends.
   * @throws {UserError} if it cannot be done.
   */
  begin(offered: string | undefined): Promise<void> {
    this.#offer(offered ?? "");
    if (offered === undefined) this.#end.reject(this.#impossible());
    else this.#tryNext();
    return this.#end.promise;
  }

  /** Takes a message in, which need not concern it. */
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
    this.#attempt = { kind, mechanism, pieces: new Pieces(), hasSpoken: false };
    this.#parts.send({ command: "AUTHENTICATE", params: [kind.name] });
  }

  #isPossible({ name, sendsPassword }: MechanismKind): boolean {
    const isOffered = this.#offered.length === 0 || this.#offered.includes(name);
    return isOffered && (!sendsPassword || this.#parts.isPrivate);
  }

  #impossible(): UserError {
    const { where, isPrivate } = this.#parts;
    const { mechanism } = this.#options;
    if (!isPrivate && this.#offered.includes("PLAIN")) {
      return new UserError(
        `${where} has to be told the password as it is, and everybody on the way could read it: ` +
          "connect by TLS (ircs://)",
      );
    }
    const offered = printable(this.#offered.join(", ")).slice(0, QUOTED);
    const found = offered === "" ? [] : [`it offers ${offered}`];
    const why = [...this.#said === "" ? [] : [this.#said], ...found].join("; ");
    return new UserError(
      `${where} cannot log us in${mechanism === undefined ? "" : ` by ${mechanism}`}` +
        `${why === "" ? "" : ` (${why})`}: leave out --login, or try again later` +
        (mechanism === undefined ? "" : ", or choose another way with --sasl"),
    );
  }

  async #answer(attempt: Attempt, piece: string): Promise<void> {
    const gathered = attempt.pieces.take(piece);
    if (gathered.type === "incomplete") return;
    try {
      if (gathered.type === "refused") {
        throw new MechanismError(`says something else (${gathered.why})`);
      }
      const text = await attempt.mechanism.answer(gathered.text);
      // It may have been refused meanwhile.
      if (this.#attempt !== attempt) return;
      attempt.hasSpoken = true;
      for (const piece of toPieces(text)) {
        this.#parts.send({ command: "AUTHENTICATE", params: [piece] });
      }
    } catch (error) {
      if (!(error instanceof MechanismError)) throw error;
      // sasl-3.1, "The AUTHENTICATE command": that is the end of it.
      this.#parts.send({ command: "AUTHENTICATE", params: ["*"] });
      this.#end.reject(this.#pretends(error.message));
    }
  }

  #succeed({ mechanism }: Attempt): void {
    this.#attempt = undefined;
    if (mechanism.isProven) return this.#end.resolve();
    this.#end.reject(this.#pretends("does not prove that it knows the password"));
  }

  /** A mechanism that is not there may be followed by another; what it has said is not said again. */
  #refused({ hasSpoken, kind }: Attempt, reason: string): void {
    this.#attempt = undefined;
    this.#said = printable(reason).replace(/[.\s]+$/, "").slice(0, QUOTED);
    if (!hasSpoken) return this.#tryNext();
    const other = this.#untried.some((kind) => this.#isPossible(kind))
      ? ", or try --sasl plain, which tells the server the password itself"
      : "";
    const advice = kind.isByKey
      ? "log in with the password, and tell the server of your key"
      : `check the name and the password${other}`;
    const { where } = this.#parts;
    this.#end.reject(
      new FinalError(
        `${where} did not log us in as ${this.#options.account} (${this.#said}): ` +
          advice,
      ),
    );
  }

  #pretends(what: string): FinalError {
    return new FinalError(
      `${this.#parts.where} ${what}: it may be another server than it seems, so nothing was said ` +
        "there. Ask its operator, by another way",
    );
  }
}
