/**
 * Makes users operators of the server when they log in to an account on the store's list of
 * operators. Takes these rights away when they log out, or when their account is no longer on the
 * list. Rights from OPER stay. `chat operators` changes the list while the server runs, so it is
 * read at every login, and every second while users have rights from it.
 *
 * @module
 */

import type { Moment } from "../../shared/clock.ts";
import { casefold } from "../../protocol.ts";
import type { Context } from "../core/context.ts";
import type { ModeChange } from "../events/events.ts";
import { USER_MODES } from "../state/modes.ts";
import type { Session } from "../session/session.ts";
import type { User } from "../state/state.ts";

/**
 * Gives the user of `session` the user modes that belong to their account: `o` if the account is on
 * the list of operators, `B` if the account is a bot's.
 */
export function grantAccountRights(session: Session): void {
  const { context, user } = session;
  if (!user) return;
  const { account } = user.actor;
  if (isOperatorAccount(context, account)) grantRights(session, user);
  if (!context.network.account(account ?? "")?.bot || user.modes.has("B")) return;
  const changes = [{ add: true, letter: "B" }];
  context.append({ type: "UserModesChanged", by: user.actor, changes });
}

/** Makes `user`, the user of `session`, an operator of the server, unless they already are one. */
export function grantRights(session: Session, user: User): void {
  if (user.modes.has("o")) return;
  const { context } = session;
  const { actor: by } = user;
  context.append({ type: "UserModesChanged", by, changes: [{ add: true, letter: "o" }] });
  context.log.info("became operator", { nick: by.nick, operator: by.account ?? "" });
  session.reply("RPL_YOUREOPER");
}

/**
 * Revokes the rights that `user` has by their account. Called before they log out of it or log in
 * to another.
 */
export function revokeAccountRights(context: Context, user: User): void {
  if (!user.isOperatorByPassword) revokeRights(context, user);
}

/** The time between two checks of the list, in milliseconds. */
const CHECK_MS = 1000;

/**
 * Returns a function that revokes the rights of users whose account is no longer on the list of
 * operators. Call it often, with the present moment; it reads the list at most once a second.
 */
export function operatorCheck(context: Context): (now: Moment) => void {
  let checkedAt = context.clock.moment();
  return (now) => {
    if (now.since(checkedAt) < CHECK_MS) return;
    checkedAt = now;
    revokeLostRights(context);
  };
}

function revokeLostRights(context: Context): void {
  const { log, network, store } = context;
  const users = [...network.withMode("o")].filter((user) => !user.isOperatorByPassword);
  if (users.length === 0) return;
  const operators = new Set(Array.from(store.records("operator"), ([account]) => account));
  for (const user of users) {
    const { nick, account = "" } = user.actor;
    if (operators.has(casefold(account))) continue;
    revokeRights(context, user);
    log.info("lost operator rights", { nick, operator: account });
  }
}

/** Revokes the operator rights of `user`, even those from OPER. */
export function revokeRights(context: Context, user: User): void {
  if (!user.modes.has("o")) return;
  const changes = [{ add: false, letter: "o" }, ...operatorModeRemovals(user)];
  context.append({ type: "UserModesChanged", by: user.actor, changes });
}

/**
 * Returns the changes that remove from `user` the modes that only operators may have, except `o`.
 */
export function operatorModeRemovals({ modes }: User): ModeChange[] {
  return [...modes].filter((letter) => USER_MODES.get(letter)?.operatorsOnly)
    .map((letter) => ({ add: false, letter }));
}

/**
 * Returns true if some user can become an operator of the server: by their account, or with OPER.
 * On an invitation-only server, OPER does not count, because there may be no user who can connect
 * to use it.
 */
export function hasOperators({ options, store }: Context): boolean {
  const byPassword = options.operators.length > 0 && !options.inviteOnly;
  return byPassword || !store.records("operator")[Symbol.iterator]().next().done;
}

function isOperatorAccount({ store }: Context, account: string | undefined): boolean {
  if (account === undefined) return false;
  const wanted = casefold(account);
  for (const [key] of store.records("operator")) if (key === wanted) return true;
  return false;
}
