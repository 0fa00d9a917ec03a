/**
 * Logs in to the account of the user's cryptographic key with SASL EXTERNAL during registration.
 * Unlike a login that the user asked for (`login.ts`), it may fail: the client then continues
 * without a login. Performs no I/O.
 *
 * Sources: https://ircv3.net/specs/extensions/sasl-3.1; RFC 4422, appendix A (EXTERNAL)
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import { toPieces } from "../../shared/sasl.ts";
import type { Login } from "./login.ts";

/** Replies that end an attempt without a login. */
const REFUSALS: ReadonlySet<string> = new Set("902 904 905 906 907 908".split(" "));

/** A login with the user's cryptographic key alone, which may fail. */
export class KeyLogin {
  readonly #send: (message: Message) => void;
  readonly #end: PromiseWithResolvers<boolean> = Promise.withResolvers();
  /** The accounts to try; an empty name stands for any account. */
  readonly #accounts: string[];

  /**
   * Creates a login to `account` that has not begun; an empty name stands for any account of the
   * key. If `orAny`, any account is the second choice.
   */
  constructor(account: string, orAny: boolean, send: (message: Message) => void) {
    this.#accounts = orAny && account !== "" ? [account, ""] : [account];
    this.#send = send;
  }

  /**
   * Begins the login; resolves once it has ended, to true if the client is logged in. `offered` is
   * the value of the server's capability `sasl`; if it does not list EXTERNAL, the login ends at
   * once.
   */
  begin(offered: string | undefined): Promise<boolean> {
    const isOffered = offered?.toUpperCase().split(",").includes("EXTERNAL") ?? false;
    if (isOffered) this.#send({ command: "AUTHENTICATE", params: ["EXTERNAL"] });
    else this.#end.resolve(false);
    return this.#end.promise;
  }

  /** Takes a message, which need not concern the login. */
  receive({ command, params }: Message): void {
    if (command === "AUTHENTICATE" && params[0] === "+") return this.#answer();
    // RPL_SASLSUCCESS
    if (command === "903") return this.#end.resolve(true);
    if (!REFUSALS.has(command)) return;
    this.#accounts.shift();
    // RPL_SASLMECHS comes before ERR_SASLFAIL, and says that the server has no EXTERNAL: no further
    // account is tried.
    if (command === "908") this.#accounts.length = 0;
    if (this.#accounts.length === 0) return this.#end.resolve(false);
    this.#send({ command: "AUTHENTICATE", params: ["EXTERNAL"] });
  }

  #answer(): void {
    for (const piece of toPieces(this.#accounts[0] ?? "")) {
      this.#send({ command: "AUTHENTICATE", params: [piece] });
    }
  }
}

/** A login by the user's key, and with a password only if the server does not know the key. */
export class KeyFirst {
  readonly #key: KeyLogin;
  readonly #password: Login;
  readonly #keyWorked: () => void;
  #current: KeyLogin | Login;

  /** Creates a login that has not begun; calls `keyWorked` if the key logs in. */
  constructor(key: KeyLogin, password: Login, keyWorked: () => void) {
    this.#current = this.#key = key;
    this.#password = password;
    this.#keyWorked = keyWorked;
  }

  /**
   * Begins the login as {@linkcode Login.begin} does.
   *
   * @throws {UserError} if neither the key nor the password logs in.
   */
  async begin(offered: string | undefined): Promise<void> {
    if (await this.#key.begin(offered)) return this.#keyWorked();
    this.#current = this.#password;
    await this.#password.begin(offered);
  }

  /** Takes a message, which need not concern the login. */
  receive(message: Message): void {
    this.#current.receive(message);
  }
}
