/**
 * Texts that NickServ says, and those that all services say. Some have the words that scripts of
 * bots look for: "now identified", "incorrect", "killed", "is not currently online", "is not
 * registered".
 *
 * @module
 */

/** Replies that all services give. */
export const SERVICE_TEXTS = {
  sentence: (reason: string) => `${reason}.`,
  unknownCommand: "Unknown command; HELP lists the commands.",
  usage: (syntax: string) => `Usage: ${syntax}`,
  commandHelp: (syntax: string, help: string) => `${syntax}: ${help}`,
} as const;

/**
 * Texts of GHOST, REGAIN, RECOVER and RELEASE. A period is added to all but the reason to quit.
 */
export const REGAIN_TEXTS = {
  notRegistered: (nick: string) => `The nick ${nick} is not registered`,
  ownNick: (nick: string) => `You have the nick ${nick} already`,
  passwordRequired: "Access denied: give the password of that nick, too",
  quitReason: (by: string) => `Disconnected by the owner of the nick (${by})`,
  stillInUse: (nick: string) => `The nick ${nick} is in use`,
} as const;

/** Replies of NickServ, as full sentences. */
export const NICKSERV_TEXTS = {
  realname: "Manages accounts: /msg NickServ HELP",

  identified: (account: string) => `You are now identified for ${account}.`,
  loggedOut: "You are now logged out.",
  ghosted: (nick: string) => `The ghost ${nick} was killed.`,
  notOnline: (nick: string) => `${nick} is not currently online.`,
  regained: (nick: string) => `You now have the nick ${nick}.`,

  notRegistered: (name: string) => `${name} is not registered.`,
  account: (name: string, created: string) => `The account ${name} was registered on ${created}.`,
  online: (name: string) => `${name} is online.`,
  offline: (name: string) => `${name} is offline.`,
  email: (email: string) => `E-mail address: ${email}`,
  certificates: (count: number) => `Certificates: ${count}`,
  status: (nick: string, level: number, account: string) =>
    `STATUS ${nick} ${level} ${account}`.trimEnd(),
  access: (names: string, level: number) => `${names} ACC ${level}`,

  notLoggedIn: "You are not logged in.",
  // A period is added where it is sent.
  loginRequired: "Log in first, with IDENTIFY",
  nickRegistered: (nick: string) => `The nick ${nick} is now yours.`,
  oldPasswordRequired: "Give your old password too, before the new one.",
  passwordChanged: "Your password has been changed.",
  othersDisconnected: "Your other clients were disconnected. Keys of your account remain valid: " +
    "CERT LIST shows them, and CERT DEL removes one.",

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

  isBot: "Your account is now marked as a bot: it gets no earlier messages when it joins a room.",
  isNoBot: "Your account is no longer marked as a bot.",

  staysInRooms: "You now stay in your rooms while you are offline.",
  leavesRooms: "You now leave your rooms when your last client disconnects.",
} as const;
