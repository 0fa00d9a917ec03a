/**
 * Texts that users see when they link another client to an account, or get an account back.
 *
 * @module
 */

import { linkNotice } from "../../shared/link_notice.ts";

/** Texts about the codes and tokens that give access to an account. */
export const LINK_TEXTS = {
  accountGone: "The account for this code or token no longer exists",
  keyRequired:
    "Your client presents no key, so the server could not recognize it again: connect over " +
    "TLS, with a chat:// address. The code can still be used",
  stillUsable: (reason: string) => `${reason}. Your code or token can still be used`,
  clientLinked: linkNotice,
  keysReplaced: "The keys of your account were replaced",
  passwordRequired: "Your client presents no key, so the server cannot recognize it again: set a " +
    "password now, with /msg NickServ PASSWD PASSWORD",
} as const;

const REPLACES = "that client's key will replace all keys and the password of the account";

/** Texts of LINK. */
export const LINK_COMMAND_TEXTS = {
  notLoggedIn: "You are not logged in: log in first, or register an account with " +
    "REGISTER * * PASSWORD",
  noSuchAccount: "There is no such account",
  /** For a code that is redeemed after connecting. */
  typeCode: (code: string, minutes: number) =>
    `On your other machine, type /link ${code} (in other clients, /quote REDEEM ${code}). ` +
    `The code works once, within ${minutes} minutes`,
  /** For a code within a command that also connects. The command follows this text. */
  runCommand: (minutes: number) =>
    "Run the following command on your other machine. " +
    `It works once, within ${minutes} minutes`,
  /** For the same code within a link to the page. */
  openPage: (url: string) => `Or open this link in a browser there: ${url}`,
  recoverByToken: (token: string, account: string, hours: number) =>
    `The user who types /link ${token} within ${hours} hours gets the account ${account}: ` +
    REPLACES,
  recoverByCommand: (account: string, hours: number) =>
    `The user who runs the following command within ${hours} hours gets the account ${account}: ` +
    REPLACES,
} as const;
