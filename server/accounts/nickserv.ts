/**
 * NickServ: a nick without a user, which manages accounts for people whose clients have no commands for
 * that. Its commands are a table, each given and answered in words; their effects are in `accounts.ts` and
 * other modules of this folder.
 *
 * @module
 */

import { addCertificate, removeCertificate } from "./certificates.ts";
import { changePassword, checkClaim, logIn, logOut, NICKSERV, register } from "./accounts.ts";
import { readFingerprint } from "../../shared/fingerprint.ts";
import { confirmationCode, removeAccount } from "./removing.ts";
import type { UserCall } from "../session/command.ts";
import { StandardError } from "../irc/replies.ts";
import type { Account } from "../events/records.ts";
import { NICKSERV_TEXTS } from "../texts/nickserv.ts";

/** A command of NickServ. */
interface Service {
  /** The name, in upper case. */
  readonly name: string;
  /** The words that may follow the name. */
  readonly syntax: string;
  /** The effect, as a sentence. */
  readonly help: string;
  /** The smallest number of words. */
  readonly minWords: number;
  /** The largest number of words. */
  readonly maxWords: number;
  run(call: UserCall, words: readonly string[]): void;
}

const SERVICES: readonly Service[] = [
  {
    name: "BOT",
    syntax: "on|off",
    help:
      "Marks the users of your account as bots (on), which are shown no earlier messages, or not.",
    minWords: 1,
    maxWords: 1,
    run: markBot,
  },
  {
    name: "CERT",
    syntax: "ADD | DEL <fingerprint> | LIST",
    help:
      "Manages the certificates that can log in to your account; ADD adds the one your client uses.",
    minWords: 1,
    maxWords: 2,
    run: certificates,
  },
  {
    name: "DROP",
    syntax: "<account> [<code>]",
    help:
      "Removes your account (operators: any account). First explains the effects and gives you " +
      "a code to confirm.",
    minWords: 1,
    maxWords: 2,
    run: drop,
  },
  {
    name: "HELP",
    syntax: "",
    help: "Lists these commands.",
    minWords: 0,
    maxWords: Infinity,
    run: help,
  },
  {
    name: "IDENTIFY",
    syntax: "[<account>] <password>",
    help: "Logs in to an account: by default, the account of your nick, or of the nick you were " +
      "refused.",
    minWords: 1,
    maxWords: 2,
    run: identify,
  },
  {
    name: "LOGOUT",
    syntax: "",
    help: "Logs out. The nick of your account is then kept for clients that log in to it.",
    minWords: 0,
    maxWords: 0,
    run: leaveAccount,
  },
  {
    name: "PASSWD",
    syntax: "[<old password>] <new password>",
    help: "Changes the password of your account, or sets its first one.",
    minWords: 1,
    maxWords: 2,
    run: setPassword,
  },
  {
    name: "REGISTER",
    syntax: "<password> [<email>]",
    help: "Registers an account with the name of your nick. The nick is then yours.",
    minWords: 1,
    maxWords: 2,
    run: registerNick,
  },
  {
    name: "STAY",
    syntax: "on|off",
    help: "on keeps you in your rooms while you are offline; off does not.",
    minWords: 1,
    maxWords: 1,
    run: stay,
  },
  {
    name: "UNREGISTER",
    syntax: "<account> [<code>]",
    help: "Does the same as DROP.",
    minWords: 1,
    maxWords: 2,
    run: drop,
  },
];

/** Performs a command that a user said to NickServ. */
export function sayToNickServ(call: UserCall, text: string): void {
  const [name = "", ...words] = text.trim().split(/\s+/);
  const service = SERVICES.find((each) => each.name === name.toUpperCase());
  if (!service) return tell(call, NICKSERV_TEXTS.unknownCommand);
  const { minWords, maxWords, run } = service;
  if (words.length < minWords || words.length > maxWords) {
    return tell(call, NICKSERV_TEXTS.usage(withSyntax(service)));
  }
  attempt(call, () => run(call, words));
}

function tell({ context, session }: UserCall, text: string): void {
  const source = `${NICKSERV}!service@${context.options.name}`;
  session.send({ source, command: "NOTICE", params: [session.nick, text] });
}

function withSyntax({ name, syntax }: Service): string {
  return `${name} ${syntax}`.trimEnd();
}

/** Runs `action`; an error is told as a sentence. */
function attempt(call: UserCall, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof StandardError)) throw error;
    tell(call, NICKSERV_TEXTS.sentence(`${error.params.at(-1)}`));
  }
}

function help(call: UserCall): void {
  for (const service of SERVICES) {
    tell(call, NICKSERV_TEXTS.commandHelp(withSyntax(service), service.help));
  }
}

function identify(call: UserCall, words: readonly string[]): void {
  const { session, user } = call;
  const password = words.at(-1) ?? "";
  const mine = session.refusedNick ?? user.actor.nick;
  const name = words.length === 2 ? words[0] ?? mine : mine;
  checkClaim(session, "PRIVMSG", { name, password }, (account, reason) => {
    if (!account) return tell(call, NICKSERV_TEXTS.sentence(reason));
    logIn(session, account);
  });
}

function leaveAccount(call: UserCall): void {
  if (call.user.actor.account === undefined) return tell(call, NICKSERV_TEXTS.notLoggedIn);
  logOut(call.session);
}

/** Returns the account that the user is logged in to. */
function ownAccount({ context, user: { actor } }: UserCall): Account {
  const account = context.network.account(actor.account ?? "");
  if (account) return account;
  throw new StandardError("NICKSERV", "ACCOUNT_REQUIRED", NICKSERV_TEXTS.loginRequired);
}

function setPassword(call: UserCall, words: readonly string[]): void {
  const { session } = call;
  const { name, credentials } = ownAccount(call);
  const [newPassword = "", password] = words.toReversed();
  const tellChanged = () => tell(call, NICKSERV_TEXTS.passwordChanged);
  const apply = (account: Account) =>
    attempt(call, () => changePassword(session, account, newPassword, tellChanged));
  // An account that only a certificate logs in to has no password yet.
  if (!credentials) return apply(ownAccount(call));
  if (password === undefined) return tell(call, NICKSERV_TEXTS.oldPasswordRequired);
  checkClaim(session, "PRIVMSG", { name, password }, (account, reason) => {
    if (account) apply(account);
    else tell(call, NICKSERV_TEXTS.sentence(reason));
  });
}

function registerNick(call: UserCall, [password = "", email = "*"]: readonly string[]): void {
  const finish = ({ name }: Account) => tell(call, NICKSERV_TEXTS.nickRegistered(name));
  const request = { name: "*", password, email };
  register(call.session, request, finish, (action) => attempt(call, action));
}

function certificates(call: UserCall, [action = "", text]: readonly string[]): void {
  const account = ownAccount(call);
  switch (action.toUpperCase()) {
    case "LIST":
      return listCertificates(call, account);
    case "ADD":
      return addOwnCertificate(call, account, text);
    case "DEL": {
      const fingerprint = readFingerprint(text ?? "");
      if (fingerprint === undefined) return tell(call, NICKSERV_TEXTS.badFingerprint);
      removeCertificate(call.session, account, fingerprint);
      return tell(call, NICKSERV_TEXTS.certificateRemoved(fingerprint, account.name));
    }
    default:
      return tell(call, NICKSERV_TEXTS.certificateUsage);
  }
}

function listCertificates(call: UserCall, { fingerprints }: Account): void {
  if (fingerprints.length === 0) return tell(call, NICKSERV_TEXTS.noCertificates);
  for (const each of fingerprints) {
    const isOwn = each === call.session.certificate;
    tell(call, isOwn ? NICKSERV_TEXTS.ownCertificate(each) : each);
  }
}

/** Adds the certificate that the client presents; `text`, if given, must be its fingerprint. */
function addOwnCertificate(call: UserCall, account: Account, text: string | undefined): void {
  const { session } = call;
  const { certificate } = session;
  if (text !== undefined && readFingerprint(text) !== certificate) {
    return tell(call, NICKSERV_TEXTS.certificateNotShown);
  }
  addCertificate(session, account);
  tell(call, NICKSERV_TEXTS.certificateAdded(`${certificate}`, account.name));
}

function drop(call: UserCall, [name = "", code]: readonly string[]): void {
  const { context: { network }, session, user } = call;
  const account = network.account(name);
  const isOwn = account !== undefined && account.name === user.actor.account;
  if (!isOwn && !user.modes.has("o")) return tell(call, NICKSERV_TEXTS.dropNotAllowed);
  if (!account) return tell(call, NICKSERV_TEXTS.noSuchAccount);
  const confirmation = confirmationCode(account);
  if (code === confirmation) {
    removeAccount(session, account);
    return isOwn ? undefined : tell(call, NICKSERV_TEXTS.accountRemoved(account.name));
  }
  tell(call, NICKSERV_TEXTS.dropWarning(account.name));
  tell(call, NICKSERV_TEXTS.dropConfirmation(account.name, confirmation));
}

/** The reply to each parameter of STAY. */
const STAY_REPLIES: ReadonlyMap<string, string> = new Map([
  ["on", NICKSERV_TEXTS.staysInRooms],
  ["off", NICKSERV_TEXTS.leavesRooms],
]);

function stay(call: UserCall, [choice = ""]: readonly string[]): void {
  const { context, user: { actor } } = call;
  const account = ownAccount(call);
  const reply = STAY_REPLIES.get(choice.toLowerCase());
  if (reply === undefined) return tell(call, NICKSERV_TEXTS.usage("STAY on|off"));
  const stays = choice.toLowerCase() === "on";
  context.append({ type: "AccountSaved", by: actor, account: { ...account, stays } });
  tell(call, reply);
}

/** The reply to each parameter of BOT. */
const BOT_REPLIES: ReadonlyMap<string, string> = new Map([
  ["on", NICKSERV_TEXTS.isBot],
  ["off", NICKSERV_TEXTS.isNoBot],
]);

function markBot(call: UserCall, [choice = ""]: readonly string[]): void {
  const { context, session, user } = call;
  const account = ownAccount(call);
  const reply = BOT_REPLIES.get(choice.toLowerCase());
  if (reply === undefined) return tell(call, NICKSERV_TEXTS.usage("BOT on|off"));
  const bot = choice.toLowerCase() === "on";
  const { actor: by } = user;
  context.append({ type: "AccountSaved", by, account: { ...account, bot } });
  if (user.modes.has("B") !== bot) {
    context.append({ type: "UserModesChanged", by, changes: [{ add: bot, letter: "B" }] });
  }
  session.afterwards(() => tell(call, reply));
}
