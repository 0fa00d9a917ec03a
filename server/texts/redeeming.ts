/**
 * Texts that users see when they redeem a token: an invitation, or the ownership of the server.
 *
 * @module
 */

/** Texts about tokens of any kind. */
export const TOKEN_TEXTS = {
  missing: "No token was given",
  unknown: "This server has no such token, or it was revoked: check that you copied all of it, " +
    "or ask for another",
  unknownCode: "This server has no such code: it was used, or has expired. Check that you copied " +
    "all of it, or make another on your other device",
  expired: "That token has expired: ask for another",
  used: "That token has already been used: ask for another",
  tooManyTries: "Too many wrong tokens from your address; try again in a minute",
  full: "This server has reached its limit of tokens of this kind: wait until some expire",
} as const;

/** Texts about redeeming an invitation. */
export const INVITATION_TEXTS = {
  accountRecommended: "To connect again without another invitation, register an account: " +
    "/quote REGISTER * * PASSWORD, or /msg NickServ REGISTER PASSWORD",
  channelGone: (channel: string) => `${channel} no longer exists`,
  channelClosed: (channel: string) =>
    `${channel} has become invitation-only: ask one of its operators for an invitation`,
} as const;

/** Texts about becoming the owner of the server. */
export const OWNER_TEXTS = {
  accountRequired: "The owner of a server needs an account: " +
    "type /quote REGISTER * * PASSWORD, or log in, and the server is yours",
  granted: (room: string) =>
    `You own this server: you are its operator, and the founder of ${room}`,
} as const;
