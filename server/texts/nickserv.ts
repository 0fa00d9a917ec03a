/**
 * Texts that NickServ says.
 *
 * @module
 */

/** Replies of NickServ, as full sentences. */
export const NICKSERV_TEXTS = {
  sentence: (reason: string) => `${reason}.`,
  unknownCommand: "Unknown command; HELP lists the commands.",
  usage: (syntax: string) => `Usage: ${syntax}`,
  commandHelp: (syntax: string, help: string) => `${syntax}: ${help}`,

  notLoggedIn: "You are not logged in.",
  // Becomes a sentence where it is sent.
  loginRequired: "Log in first, with IDENTIFY",
  nickRegistered: (nick: string) => `The nick ${nick} is now yours.`,
  oldPasswordRequired: "Give your old password too, before the new one.",
  passwordChanged: "Your password has been changed.",

  noCertificates: "Your account has no certificates.",
  ownCertificate: (fingerprint: string) => `${fingerprint} (presented by this client)`,
  certificateAdded: (fingerprint: string, account: string) =>
    `The certificate ${fingerprint} now logs in to ${account}.`,
  certificateRemoved: (fingerprint: string, account: string) =>
    `The certificate ${fingerprint} no longer logs in to ${account}.`,
  certificateNotShown:
    "You can add only the certificate that your client presents: connect with the other one and say " +
    "CERT ADD, or type /link CODE on that machine.",
  badFingerprint: "A fingerprint has 64 hexadecimal digits; CERT LIST shows those of your account.",
  certificateUsage: "Use CERT ADD, CERT DEL or CERT LIST; HELP explains them.",

  dropNotAllowed: "You can remove only the account that you are logged in to: name that one.",
  noSuchAccount: "There is no such account.",
  dropWarning: (account: string) =>
    `This removes the account ${account} permanently. Others can take the nick. Rooms that only ` +
    "this account owns disappear once empty, and messages that wait for it are lost. The history " +
    "stays. Clients that are logged in to it are disconnected. A client that reconnects with a key " +
    "under that nick (as chat connect does) gets a new account.",
  dropConfirmation: (account: string, code: string) => `To confirm, say: DROP ${account} ${code}`,
  accountRemoved: (account: string) => `The account ${account} was removed.`,

  isBot: "Your account is now marked as a bot's: rooms show it no earlier messages.",
  isNoBot: "Your account is no longer marked as a bot's.",

  staysInRooms: "You now stay in your rooms while you are offline.",
  leavesRooms: "You now leave your rooms when your last client disconnects.",
} as const;
