/**
 * Texts that users see about accounts, nicks and certificates.
 *
 * @module
 */

/** Texts about nicks that belong to accounts. */
export const NICK_TEXTS = {
  reserved: "That nick is reserved for the server; choose another one",
  owned: "That nick belongs to another user. If it is yours, log in, or type /link on a machine " +
    "that is logged in to it",
  leaveIt: (nick: string, seconds: number) =>
    `The nick ${nick} belongs to an account that you are not logged in to. ` +
    `Choose another one within ${seconds} seconds, or you will be given one like guest1`,
  usedElsewhere: (nick: string) =>
    `The nick ${nick} is yours, but in use on another connection. To take it from there, type ` +
    `/msg NickServ REGAIN ${nick}`,
  nowYours: (nick: string) =>
    `The nick ${nick} is now yours: the server recognizes you by your client's key`,
} as const;

/** Texts about the nicks that an account owns. */
export const OWN_NICK_TEXTS = {
  offer: (nick: string) =>
    `Nobody owns the nick ${nick}. OWN makes it yours (in chat connect: /own), so that no other ` +
    "user can take it",
  added: (nick: string, account: string) =>
    `The nick ${nick} is now yours: it belongs to your account ${account}`,
  already: (nick: string) => `The nick ${nick} is yours already`,
  taken: "That nick belongs to another user",
  accountRequired:
    "Register an account first, with REGISTER * * PASSWORD, which also owns your nick",
  loginRequired: "Log in first",
  usage:
    "Write OWN to own the nick that you use now (NICK changes it), OWN LIST, or OWN DEL and a nick",
  full: (limit: number) =>
    `Your account already has ${limit} additional nicks, the maximum: OWN LIST shows them, and ` +
    "OWN DEL gives one up",
  notAdded: (account: string) => `Give up one of the nicks in OWN LIST other than ${account}`,
  removed: (nick: string) => `The nick ${nick} is not yours any more`,
  list: (nicks: readonly string[]) => `Your nicks: ${nicks.join(" ")}`,
} as const;

/** Texts about registering an account and about its password. */
export const ACCOUNT_TEXTS = {
  busy: "Too many accounts are being registered; try again in a minute",
  full: "This server has reached its limit of accounts; ask its operator to remove some",
  nickRequired: "Choose a nick first, with NICK",
  alreadyLoggedIn: (account: string) => `You are logged in as ${account}`,
  nameMustBeNick: "An account name must be your nick; change to that nick first, with NICK",
  nameReserved: "That name is reserved for the server; choose another one",
  nameTaken: "That nick is taken by another user; choose another one",
  emailRequired: "Give an email address, as in ada@example.org",
  passwordTooLong: (bytes: number) => `A password can be at most ${bytes} bytes long`,
  passwordTooWeak: "Choose a password that is not empty and is not your name",
} as const;

/** Texts about removing an account. */
export const REMOVAL_TEXTS = {
  forOperators: (account: string, by: string) => `Account removed: ${account} by ${by}`,
  reason: (account: string) => `The account ${account} was removed`,
} as const;

/** Texts about the certificates of an account. */
export const CERTIFICATE_TEXTS = {
  notShown: "Your client presents no certificate; connect over TLS with one",
  alreadyAdded: "Your account already has that certificate",
  accountFull: (account: string, limit: number) =>
    `The account ${account} already has ${limit} certificates, which is the limit: in a client ` +
    "that is logged in to it, list them with /msg NickServ CERT LIST, and remove one with CERT DEL",
  certificateFull: (limit: number) =>
    `Your client's certificate already belongs to ${limit} accounts, which is the limit: log in ` +
    "to one of them, and remove it there with /msg NickServ CERT DEL",
  unknown: "Your account does not have that certificate; CERT LIST shows those that it has",
  lastWayIn: "That is the last way into your account; set a password first, with PASSWD",
} as const;
