/**
 * Texts about connecting to the server and leaving it.
 *
 * @module
 */

/** Texts of PASS, NICK, USER and QUIT, and of the welcome. */
export const REGISTRATION_TEXTS = {
  loginFailed: (reason: string) => `${reason}; you are not logged in`,
  nickInUse: "That nick is in use, or looks like one that is in use",
  nickInUseByYou: "You use this nick on another connection. To share it, connect again and " +
    "log in first, by SASL or with the password NAME:PASSWORD",
  welcome: (network: string, mask: string) => `Welcome to ${network}, ${mask}`,
  yourHost: (name: string, version: string) => `Your host is ${name}, running version ${version}`,
  startedAt: (time: string) => `This server was started at ${time}`,
  /** For operators. */
  connected: (mask: string) => `Connected: ${mask}`,
  /** The prefix distinguishes the reasons of users from the reasons of the server. */
  quitReason: (reason: string) => `Quit: ${reason}`,
} as const;
