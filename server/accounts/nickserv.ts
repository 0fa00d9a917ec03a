/**
 * NickServ: a service that manages accounts, for people whose clients have no commands for that.
 * Users send it its commands as private messages; this module contains the table of these commands.
 * Their effects are in `accounts.ts` and other modules of this folder.
 *
 * @module
 */

import { addCertificate, removeCertificate } from "./certificates.ts";
import { changePassword, checkClaim, logIn, logOut, register } from "./accounts.ts";
import { readFingerprint } from "../../shared/fingerprint.ts";
import { freeNick, takeNick } from "./regaining.ts";
import {
  attemptFor,
  type Service,
  type ServiceCommand,
  tellCommands,
  tellFrom,
} from "./service.ts";
import { accessLevel, accountInfo, statusOf } from "./nick_status.ts";
import { confirmationCode, removeAccount } from "./removing.ts";
import type { UserCall } from "../session/command.ts";
import { assertMayChangeIdentity } from "../state/permissions.ts";
import { StandardError } from "../irc/replies.ts";
import type { Account } from "../events/records.ts";
import { NICKSERV_TEXTS, SERVICE_TEXTS } from "../texts/nickserv.ts";

const COMMANDS: readonly ServiceCommand[] = [
  {
    name: "ACC",
    syntax: "<nick> [<account>]",
    help:
      "Shows how surely a user owns an account: 3 if logged in to it, 2 if only the certificate " +
      "is right, 1 if neither, 0 if the user or the account does not exist.",
    minWords: 1,
    maxWords: 2,
    run: access,
  },
  {
    name: "BOT",
    syntax: "on|off",
    help:
      "on marks the users of your account as bots, which get no earlier messages when they join; " +
      "off ends that.",
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
    name: "GHOST",
    syntax: "<nick> [<password>]",
    help: "Disconnects the client that uses a nick of yours; the password logs you in.",
    minWords: 1,
    maxWords: 2,
    run: ghost,
  },
  {
    name: "HELP",
    syntax: "",
    help: "Lists these commands.",
    minWords: 0,
    maxWords: Infinity,
    run: (call) => tellCommands(nickServ, call),
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
    name: "INFO",
    syntax: "[<account>]",
    help: "Shows an account: by default, your own.",
    minWords: 0,
    maxWords: 1,
    run: info,
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
    name: "RECOVER",
    syntax: "<nick> [<password>]",
    help: "Does the same as REGAIN.",
    minWords: 1,
    maxWords: 2,
    run: regain,
  },
  {
    name: "REGAIN",
    syntax: "<nick> [<password>]",
    help: "Disconnects the client that uses a nick of yours, and gives you the nick.",
    minWords: 1,
    maxWords: 2,
    run: regain,
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
    name: "RELEASE",
    syntax: "<nick> [<password>]",
    help: "Does the same as GHOST, because this server never holds a nick back from its owner.",
    minWords: 1,
    maxWords: 2,
    run: ghost,
  },
  {
    name: "STATUS",
    syntax: "<nick>{ <nick>}",
    help: "Shows how surely users own their nicks, by the numbers that ACC explains.",
    minWords: 1,
    maxWords: 16,
    run: status,
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

/** The service NickServ. */
export const nickServ: Service = {
  nick: "NickServ",
  realname: NICKSERV_TEXTS.realname,
  commands: COMMANDS,
};

function tell(call: UserCall, text: string): void {
  tellFrom(nickServ.nick, call, text);
}

/** Runs `action`. If it throws a refusal, NickServ tells the user the reason. */
function attempt(call: UserCall, action: () => void): void {
  attemptFor(nickServ.nick, call, action);
}

function identify(call: UserCall, words: readonly string[]): void {
  const { session, user } = call;
  const password = words.at(-1) ?? "";
  const nick = session.refusedNick ?? user.actor.nick;
  const mine = call.context.network.accountOfNick(nick)?.name ?? nick;
  const name = words.length === 2 ? words[0] ?? mine : mine;
  checkClaim(session, "PRIVMSG", { name, password }, (account, reason) => {
    if (!account) return tell(call, SERVICE_TEXTS.sentence(reason));
    logIn(session, account);
    tell(call, NICKSERV_TEXTS.identified(account.name));
  });
}

function leaveAccount(call: UserCall): void {
  if (call.user.actor.account === undefined) return tell(call, NICKSERV_TEXTS.notLoggedIn);
  const { session, user } = call;
  assertMayChangeIdentity(user);
  logOut(session);
  tell(call, NICKSERV_TEXTS.loggedOut);
}

function ghost(call: UserCall, [nick = "", password]: readonly string[]): void {
  freeNick(call, nick, password, (ghost) => {
    const { ghosted, notOnline } = NICKSERV_TEXTS;
    tell(call, ghost ? ghosted(ghost.actor.nick) : notOnline(nick));
  }, (reason) => tell(call, SERVICE_TEXTS.sentence(reason)));
}

function regain(call: UserCall, [nick = "", password]: readonly string[]): void {
  freeNick(call, nick, password, (ghost) => {
    if (ghost) tell(call, NICKSERV_TEXTS.ghosted(ghost.actor.nick));
    attempt(call, () => {
      takeNick(call, ghost?.actor.nick ?? nick);
      tell(call, NICKSERV_TEXTS.regained(call.user.actor.nick));
    });
  }, (reason) => tell(call, SERVICE_TEXTS.sentence(reason)));
}

/**
 * Returns the account that the user is logged in to.
 * @throws {StandardError} if there is none.
 */
function ownAccount({ context, user: { actor } }: UserCall): Account {
  const account = context.network.account(actor.account ?? "");
  if (account) return account;
  throw new StandardError("NICKSERV", "ACCOUNT_REQUIRED", NICKSERV_TEXTS.loginRequired);
}

function setPassword(call: UserCall, words: readonly string[]): void {
  const { session } = call;
  const { name, credentials } = ownAccount(call);
  const [newPassword = "", password] = words.toReversed();
  const tellChanged = () => {
    tell(call, NICKSERV_TEXTS.passwordChanged);
    if (credentials) tell(call, NICKSERV_TEXTS.othersDisconnected);
  };
  const apply = (account: Account) =>
    attempt(call, () => changePassword(session, account, newPassword, tellChanged));
  // An account that was created for a certificate has no password at first.
  if (!credentials) return apply(ownAccount(call));
  if (password === undefined) return tell(call, NICKSERV_TEXTS.oldPasswordRequired);
  checkClaim(session, "PRIVMSG", { name, password }, (account, reason) => {
    if (account) apply(account);
    else tell(call, SERVICE_TEXTS.sentence(reason));
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

/** Reads `choice`, which must be `on` or `off`; if it is neither, tells the user the usage. */
function readSwitch(call: UserCall, command: string, choice: string): boolean | undefined {
  const isOn = SWITCHES.get(choice.toLowerCase());
  if (isOn === undefined) tell(call, SERVICE_TEXTS.usage(`${command} on|off`));
  return isOn;
}

const SWITCHES: ReadonlyMap<string, boolean> = new Map([["on", true], ["off", false]]);

function stay(call: UserCall, [choice = ""]: readonly string[]): void {
  const { context, user: { actor } } = call;
  const account = ownAccount(call);
  const stays = readSwitch(call, "STAY", choice);
  if (stays === undefined) return;
  context.append({ type: "AccountSaved", by: actor, account: { ...account, stays } });
  tell(call, stays ? NICKSERV_TEXTS.staysInRooms : NICKSERV_TEXTS.leavesRooms);
}

function markBot(call: UserCall, [choice = ""]: readonly string[]): void {
  const { context, user } = call;
  const account = ownAccount(call);
  const bot = readSwitch(call, "BOT", choice);
  if (bot === undefined) return;
  const { actor: by } = user;
  context.append({ type: "AccountSaved", by, account: { ...account, bot } });
  if (user.modes.has("B") !== bot) {
    context.append({ type: "UserModesChanged", by, changes: [{ add: bot, letter: "B" }] });
  }
  tell(call, bot ? NICKSERV_TEXTS.isBot : NICKSERV_TEXTS.isNoBot);
}

function info(call: UserCall, [name]: readonly string[]): void {
  const account = name === undefined ? ownAccount(call) : call.context.network.ownerOf(name);
  if (!account) return tell(call, NICKSERV_TEXTS.notRegistered(name ?? ""));
  for (const line of accountInfo(call, account)) tell(call, line);
}

function status(call: UserCall, nicks: readonly string[]): void {
  for (const nick of nicks) tell(call, statusOf(call.context.network, nick));
}

function access(call: UserCall, words: readonly string[]): void {
  const { network } = call.context;
  const [nick = "", account = nick] = words;
  const level = accessLevel(network.user(nick), network.account(account));
  tell(call, NICKSERV_TEXTS.access(words.join(" -> "), level));
}
