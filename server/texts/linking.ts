/**
 * Texts that users see when they link another client to an account, or get an account back.
 *
 * @module
 */

/** Texts about the codes and tokens that give access to an account. */
export const LINK_TEXTS = {
  accountGone: "The account that the code or token was for no longer exists",
  keyRequired:
    "Your client shows no key, so the server could not recognize it again: connect over " +
    "TLS, with chat:// before the address. The code can still be used",
  stillUsable: (reason: string) => `${reason}. Your code or token can still be used`,
  clientLinked: (account: string, host: string) =>
    `A client at ${host} logged in to the account ${account} with your code`,
  keysReplaced: "The keys of your account were replaced",
  passwordRequired: "Your client shows no key, so the server cannot recognize it again: set a " +
    "password now, with /msg NickServ PASSWD PASSWORD",
} as const;
