/**
 * NickServ, to whom people say what their clients have no commands for: a nick that nobody has, whose
 * commands are in a table. What they do is decided in `accounts.ts`; here is how it is asked for and
 * answered, in words.
 *
 * @module
 */

import { addCertificate, removeCertificate } from "./certificates.ts";
import { changePassword, checkClaim, logIn, logOut, NICKSERV, register } from "./accounts.ts";
import { readFingerprint } from "../../shared/fingerprint.ts";
import { confirmationOf, removeAccount } from "./removing.ts";
import type { UserCall } from "../session/command.ts";
import { StandardError } from "../irc/replies.ts";
import type { Account } from "../events/records.ts";

/** What NickServ understands. */
interface Service {
  /** In upper case. */
  readonly name: string;
  /** What may stand behind it. */
  readonly syntax: string;
  /** What it does. */
  readonly help: string;
  /** How many words it needs at least. */
  readonly minWords: number;
  /** How many it understands at most. */
  readonly maxWords: number;
  run(call: UserCall, words: readonly string[]): void;
}

const SERVICES: readonly Service[] = [
  {
    name: "CERT",
    syntax: "ADD | DEL <fingerprint> | LIST",
    help: "Says which client certificates log in to your account; added is the one that you show.",
    minWords: 1,
    maxWords: 2,
    run: certificates,
  },
  {
    name: "DROP",
    syntax: "<account> [<code>]",
    help: "Removes your account, or, for operators, somebody's; says first what that comes to.",
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
    help: "Logs in to an account: the one of your nick, or of the nick that you could not have.",
    minWords: 1,
    maxWords: 2,
    run: identify,
  },
  {
    name: "LOGOUT",
    syntax: "",
    help: "Logs out. The nick of your account is then for who logs in to it.",
    minWords: 0,
    maxWords: 0,
    run: leave,
  },
  {
    name: "PASSWD",
    syntax: "[<old password>] <new password>",
    help: "Gives your account another password, or its first.",
    minWords: 1,
    maxWords: 2,
    run: change,
  },
  {
    name: "REGISTER",
    syntax: "<password> [<email>]",
    help: "Makes an account of your nick: it is yours from then on.",
    minWords: 1,
    maxWords: 2,
    run: make,
  },
  {
    name: "STAY",
    syntax: "on|off",
    help: "Keeps you in your rooms while you are not connected, or does so no more.",
    minWords: 1,
    maxWords: 1,
    run: stay,
  },
  {
    name: "UNREGISTER",
    syntax: "<account> [<code>]",
    help: "Is what others call DROP.",
    minWords: 1,
    maxWords: 2,
    run: drop,
  },
];

/** Does what somebody said to NickServ. */
export function sayToNickServ(call: UserCall, text: string): void {
  const [name = "", ...words] = text.trim().split(/\s+/);
  const service = SERVICES.find((each) => each.name === name.toUpperCase());
  if (!service) return tell(call, "That is none of my commands; HELP lists them.");
  const { minWords, maxWords, syntax, run } = service;
  if (words.length < minWords || words.length > maxWords) {
    return tell(call, `Say it like this: ${service.name} ${syntax}`.trimEnd());
  }
  attempt(call, () => run(call, words));
}

function tell({ context, session }: UserCall, text: string): void {
  const source = `${NICKSERV}!service@${context.options.name}`;
  session.send({ source, command: "NOTICE", params: [session.nick, text] });
}

/** Does `action`; why it cannot be done is told in words. */
function attempt(call: UserCall, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof StandardError)) throw error;
    tell(call, `${error.params.at(-1)}.`);
  }
}

function help(call: UserCall): void {
  for (const { name, syntax, help } of SERVICES) {
    tell(call, `${`${name} ${syntax}`.trimEnd()}: ${help}`);
  }
}

function identify(call: UserCall, words: readonly string[]): void {
  const { session, user } = call;
  const password = words.at(-1) ?? "";
  const mine = session.refusedNick ?? user.actor.nick;
  const name = words.length === 2 ? words[0] ?? mine : mine;
  checkClaim(session, "PRIVMSG", { name, password }, (account, why) => {
    if (!account) return tell(call, `${why}.`);
    logIn(session, account);
  });
}

function leave(call: UserCall): void {
  if (call.user.actor.account === undefined) return tell(call, "You are not logged in.");
  logOut(call.session);
}

/** The account that somebody is logged in to. */
function ownAccount({ context, user: { actor } }: UserCall): Account {
  const account = context.network.account(actor.account ?? "");
  if (account) return account;
  throw new StandardError("NICKSERV", "ACCOUNT_REQUIRED", "Log in first, with IDENTIFY");
}

function change(call: UserCall, words: readonly string[]): void {
  const { session } = call;
  const { name, credentials } = ownAccount(call);
  const [wanted = "", password] = words.toReversed();
  const apply = (account: Account) =>
    attempt(call, () => changePassword(session, account, wanted, () => tell(call, CHANGED)));
  // Who is recognised by a certificate alone has no password yet.
  if (!credentials) return apply(ownAccount(call));
  if (password === undefined) return tell(call, "Say your old password too, before the new one.");
  checkClaim(session, "PRIVMSG", { name, password }, (account, why) => {
    if (account) apply(account);
    else tell(call, `${why}.`);
  });
}

const CHANGED = "Your account has the new password.";

function make(call: UserCall, [password = "", email = "*"]: readonly string[]): void {
  const welcome = ({ name }: Account) => tell(call, `The nick ${name} is yours.`);
  const wish = { name: "*", password, email };
  register(call.session, wish, welcome, (action) => attempt(call, action));
}

function certificates(call: UserCall, [action = "", text]: readonly string[]): void {
  const { session } = call;
  const account = ownAccount(call);
  const fingerprint = readFingerprint(text ?? "");
  switch (action.toUpperCase()) {
    case "LIST":
      if (account.fingerprints.length === 0) return tell(call, "Your account has no certificates.");
      for (const each of account.fingerprints) {
        tell(call, each === session.certificate ? `${each}, which is this client's` : each);
      }
      return;
    case "ADD":
      if (text !== undefined && fingerprint !== session.certificate) return tell(call, NOT_SHOWN);
      addCertificate(session, account);
      return tell(
        call,
        `Who has the certificate ${session.certificate} is let in as ${account.name} now.`,
      );
    case "DEL":
      if (fingerprint === undefined) return tell(call, NOT_WHOLE);
      removeCertificate(session, account, fingerprint);
      return tell(call, `The certificate ${fingerprint} logs in to ${account.name} no more.`);
    default:
      return tell(call, "CERT is followed by ADD, DEL or LIST; HELP says how.");
  }
}

const NOT_SHOWN =
  "Only the certificate that your client shows can be added: connect with the other one and say " +
  "CERT ADD, or type /link CODE there.";
const NOT_WHOLE = "A fingerprint has 64 hexadecimal digits; CERT LIST shows those of your account.";

function drop(call: UserCall, [name = "", code]: readonly string[]): void {
  const { context: { network }, session, user } = call;
  const account = network.account(name);
  const isOwn = account !== undefined && account.name === user.actor.account;
  if (!isOwn && !user.modes.has("o")) return tell(call, NOT_OWN);
  if (!account) return tell(call, "There is no such account.");
  const confirmation = confirmationOf(account);
  if (code === confirmation) {
    removeAccount(session, account);
    return isOwn ? undefined : tell(call, `The account ${account.name} is removed.`);
  }
  tell(
    call,
    `This removes the account ${account.name} for good: others can have the nick, rooms that only ` +
      "it owns end when they are empty, and what waits for it is not told any more. What was said " +
      "stays. Whoever is logged in to it has to go; if they come back by a key under that nick, as " +
      "chat connect does, they have a new account.",
  );
  tell(call, `To do so, say: DROP ${account.name} ${confirmation}`);
}

const NOT_OWN =
  "Only your own account is yours to remove, while you are logged in to it: say its name.";

const STAYING: ReadonlyMap<string, string> = new Map([
  ["on", "You stay in your rooms from now on, also while you are not connected."],
  ["off", "You leave your rooms when your last client is gone."],
]);

function stay(call: UserCall, [choice = ""]: readonly string[]): void {
  const { context, user: { actor } } = call;
  const account = ownAccount(call);
  const answer = STAYING.get(choice.toLowerCase());
  if (answer === undefined) return tell(call, "Say it like this: STAY on|off");
  const stays = choice.toLowerCase() === "on";
  context.append({ type: "AccountSaved", by: actor, account: { ...account, stays } });
  tell(call, answer);
}
