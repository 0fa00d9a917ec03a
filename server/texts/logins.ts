/**
 * Texts that users see when they log in or connect.
 *
 * @module
 */

/** Texts about logging in to an account. */
export const LOGIN_TEXTS = {
  // Does not say whether the account exists.
  wrongPassword: "Incorrect account or password",
  tooManyTries: "Too many wrong passwords; try again in a minute",
  passwordChanged: "The password of your account was changed; log in with the new one",
  busy: "Too many users are logging in; try again in a few seconds",
  loggedIn: (account: string) => `You are now logged in as ${account}`,
} as const;

/** Reasons why a SASL mechanism fails; they follow "SASL authentication failed: ". */
export const SASL_TEXTS = {
  malformedPlain: "PLAIN needs an account and a password, each after a NUL",
  noImpersonation: "logging in as another user is not supported",
  malformedScram: "the first SCRAM message is malformed or asks for channel binding",
  malformedExternal: "EXTERNAL needs an account name or an empty message",
} as const;

/** Texts for clients that the server does not let in; `server/metrics/` classifies the reasons. */
export const ENTRANCE_TEXTS = {
  passwordRequired: "This server requires a password; connect again with it",
  passwordRequiredReason: "Password required",
  wrongPassword: "Wrong password for this server; check it and connect again",
  wrongPasswordReason: "Wrong password",
  tooManyTriesReason: "Too many wrong passwords",
  banned: (terms: string) => `You are banned from this server${terms}`,
  bannedReason: (terms: string) => `Banned${terms}`,
  invitationOnly: (why: string) => `This server is invitation-only. ${why}`,
  waysIn:
    "Ask a member for an invitation (they type /invite), or log in to your account with its " +
    "key, SASL, or the password NAME:PASSWORD",
} as const;
