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
  passwordChanged: "Your account has the new password.",

  noCertificates: "Your account has no certificates.",
  ownCertificate: (fingerprint: string) => `${fingerprint} (shown by this client)`,
  certificateAdded: (fingerprint: string, account: string) =>
    `The certificate ${fingerprint} now logs in to ${account}.`,
  certificateRemoved: (fingerprint: string, account: string) =>
    `The certificate ${fingerprint} no longer logs in to ${account}.`,
  certificateNotShown:
    "You can add only the certificate that your client shows: connect with the other one and say " +
    "CERT ADD, or type /link CODE on that machine.",
  badFingerprint: "A fingerprint has 64 hexadecimal digits; CERT LIST shows those of your account.",
  certificateUsage: "Give ADD, DEL or LIST after CERT; HELP shows how.",

  dropNotAllowed: "You can remove only the account that you are logged in to: give its name.",
  noSuchAccount: "There is no such account.",
  dropWarning: (account: string) =>
    `This removes the account ${account} permanently. Others can take the nick, rooms that only ` +
    "it owns end when they are empty, and messages that wait for it are lost. The history stays. " +
    "Clients that are logged in to it are disconnected; one that comes back under that nick with " +
    "a key, as chat connect does, gets a new account.",
  dropConfirmation: (account: string, code: string) => `To confirm, say: DROP ${account} ${code}`,
  accountRemoved: (account: string) => `The account ${account} was removed.`,

  staysInRooms: "You now stay in your rooms while you are offline.",
  leavesRooms: "You now leave your rooms when your last client disconnects.",
} as const;
