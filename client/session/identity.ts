/**
 * The nick and the account of the user at a server, kept from one connection to the next. On each
 * connection, the client asks for the wanted nick, even if the server gave it another nick before,
 * and logs in to the same account. Performs no I/O.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import type { RegistrationOptions } from "./registration.ts";
import { SESSION_TEXTS } from "../texts/session.ts";

/** A nick and an account at a server, as they are remembered. */
export interface KnownIdentity {
  /** The nick that the user wants. */
  readonly nick: string;
  /** The account that the user's key logged in to; absent if there was none. */
  readonly account?: string;
}

/** The nick and the account before the first connection, and the place to keep later ones. */
export interface IdentityOptions extends KnownIdentity {
  /** Keeps the nick and the account for later sessions at this server. */
  readonly remember?: (known: KnownIdentity) => void;
}

/** The nick and the account of a connection that has just been registered. */
export interface Registered {
  /** The account that the client has logged in to. */
  readonly account: string | undefined;
  /** The refusal of the wanted nick, if it was refused; the session reports it to the user. */
  readonly nickRefusal: object | undefined;
}

/** The nick and the account of the user, from one connection to the next. */
export class Identity {
  /** The account of the current connection; undefined if the user is not logged in. */
  account: string | undefined;
  readonly #remember: (known: KnownIdentity) => void;
  readonly #isSame: (one: string, other: string) => boolean;
  /** The nick that the user wants. */
  #nick: string;
  /** The account to log in to on the next connection. */
  #kept: string | undefined;
  /** The nick that the user has asked for, until the server answers. */
  #requested: string | undefined;

  /**
   * Begins with the identity from an earlier session. `isSame` returns true if the server treats
   * two nicks as the same.
   */
  constructor(
    { nick, account, remember = () => {} }: IdentityOptions,
    isSame: (one: string, other: string) => boolean,
  ) {
    this.#nick = nick;
    this.#kept = account;
    this.#remember = remember;
    this.#isSame = isSame;
  }

  /** Records that the user asks the server for `nick`. */
  request(nick: string): void {
    this.#requested = nick;
  }

  /**
   * Records that the user's nick is `nick` now. The new nick becomes the wanted one only if the
   * user asked for it: a server can also rename users who do not log in.
   */
  renamed(nick: string): void {
    if (this.#requested === undefined || !this.#isSame(this.#requested, nick)) return;
    this.#requested = undefined;
    this.#nick = nick;
    this.#save();
  }

  /** Records the login (900) or the logout (901) that the server reports in `message`, if any. */
  follow({ command, params }: Message): void {
    if (command !== "900" && command !== "901") return;
    this.account = command === "900" ? params[2] : undefined;
    this.#kept = this.account;
    this.#save();
  }

  /** Makes the name of the user's account the wanted nick, as after `/link`. */
  takeAccountNick(): void {
    this.#nick = this.account ?? this.#nick;
    this.#save();
  }

  /**
   * Begins a connection; returns the nick to ask for, and the account that the key should log in
   * to. On a reconnect, the key logs in to an existing account or to none: it must not register a
   * new one.
   */
  connecting(isFirst: boolean): Pick<RegistrationOptions, "nick" | "keyAccount" | "isReturning"> {
    this.account = undefined;
    this.#requested = undefined;
    const keyAccount = this.#kept ?? (isFirst ? undefined : "");
    const account = keyAccount === undefined ? {} : { keyAccount };
    return { nick: this.#nick, isReturning: !isFirst, ...account };
  }

  /**
   * Records that a connection is registered under `nick`. Returns texts for the user if the nick or
   * the account is not the same as on the previous connection.
   */
  connected(nick: string, { account, nickRefusal }: Registered, isFirst: boolean): string[] {
    const before = this.#kept;
    this.account ??= account;
    if (this.account !== undefined) this.#kept = this.account;
    this.#save();
    if (isFirst) return [];
    const isOtherNick = nickRefusal === undefined && !this.#isSame(nick, this.#nick);
    return [
      ...(isOtherNick ? [SESSION_TEXTS.otherNick(nick, this.#nick)] : []),
      ...accountDifference(before, this.account),
    ];
  }

  #save(): void {
    const account = this.#kept;
    this.#remember({ nick: this.#nick, ...(account !== undefined && { account }) });
  }
}

function accountDifference(before: string | undefined, now: string | undefined): string[] {
  if (before === undefined || before === now) return [];
  return [
    now === undefined ? SESSION_TEXTS.notLoggedIn(before) : SESSION_TEXTS.otherAccount(now, before),
  ];
}
