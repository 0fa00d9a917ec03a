/**
 * NickServ, to whom people say what their clients have no commands for: a nick that nobody has, whose
 * commands are in a table. What they do is decided in `accounts.ts`; here is how it is asked for and
 * answered, in words.
 *
 * @module
 */

import { changePassword, checkClaim, logIn, logOut, NICKSERV, register } from "./accounts.ts";
import type { UserCall } from "../command.ts";
import { StandardError } from "../replies.ts";
import type { Account } from "../state/state.ts";

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
    syntax: "<old password> <new password>",
    help: "Gives your account another password.",
    minWords: 2,
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

function change(call: UserCall, [password = "", wanted = ""]: readonly string[]): void {
  const { session, user } = call;
  const name = user.actor.account;
  if (name === undefined) return tell(call, "Log in first, with IDENTIFY.");
  checkClaim(session, "PRIVMSG", { name, password }, (account, why) => {
    if (!account) return tell(call, `${why}.`);
    attempt(call, () => changePassword(session, account, wanted, () => tell(call, CHANGED)));
  });
}

const CHANGED = "Your account has the new password.";

function make(call: UserCall, [password = "", email = "*"]: readonly string[]): void {
  const welcome = ({ name }: Account) => tell(call, `The nick ${name} is yours.`);
  const wish = { name: "*", password, email };
  register(call.session, wish, welcome, (action) => attempt(call, action));
}

const STAYING: Readonly<Record<string, string>> = {
  on: "You stay in your rooms from now on, also while you are not connected.",
  off: "You leave your rooms when your last client is gone.",
};

function stay(call: UserCall, [choice = ""]: readonly string[]): void {
  const { context, user: { actor } } = call;
  const account = context.network.account(actor.account ?? "");
  if (!account) return tell(call, "Log in first, with IDENTIFY.");
  const answer = STAYING[choice.toLowerCase()];
  if (answer === undefined) return tell(call, "Say it like this: STAY on|off");
  const stays = choice.toLowerCase() === "on";
  context.happen({ type: "AccountSaved", by: actor, account: { ...account, stays } });
  tell(call, answer);
}
