/**
 * Operators of the server by their accounts: who logs in to one that is in the store's list becomes an
 * operator, and who logs out of it is none any more. The list is made by `chat operators`, beside the
 * server, so it is read whenever somebody logs in.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Context } from "../core/context.ts";
import type { ModeChange } from "../events/events.ts";
import { USER_MODES } from "../state/modes.ts";
import type { Session } from "../session/session.ts";
import type { User } from "../state/state.ts";

/** Makes an operator of the session's user, if their account is one's and they are none yet. */
export function gainRights(session: Session): void {
  const { context, user } = session;
  if (user && isOperators(context, user.actor.account)) giveRights(session, user);
}

/** Makes an operator of `user`, of whom `session` is a client, if they are none yet. */
export function giveRights(session: Session, user: User): void {
  if (user.modes.has("o")) return;
  const { context } = session;
  const { actor: by } = user;
  context.append({ type: "UserModesChanged", by, changes: [{ add: true, letter: "o" }] });
  context.log.info("became operator", { nick: by.nick, operator: by.account ?? "" });
  session.reply("RPL_YOUREOPER");
}

/** Takes from `user` what they are an operator by, before they leave their account. */
export function loseRights(context: Context, user: User): void {
  if (isOperators(context, user.actor.account)) dropRights(context, user);
}

/** Makes `user` no operator any more, by whatever they became one. */
export function dropRights(context: Context, user: User): void {
  if (!user.modes.has("o")) return;
  const changes = [{ add: false, letter: "o" }, ...operatorsModes(user)];
  context.append({ type: "UserModesChanged", by: user.actor, changes });
}

/** What else `user` loses with user mode `o`. */
export function operatorsModes({ modes }: User): ModeChange[] {
  return [...modes].filter((letter) => USER_MODES.get(letter)?.operatorsOnly)
    .map((letter) => ({ add: false, letter }));
}

/**
 * Whether anybody can become an operator here, by their account or with OPER; by their account, where
 * the server is by invitation: nobody would come in to say OPER.
 */
export function hasOperators({ options, store }: Context): boolean {
  const byPassword = options.operators.length > 0 && !options.inviteOnly;
  return byPassword || !store.records("operator")[Symbol.iterator]().next().done;
}

function isOperators({ store }: Context, account: string | undefined): boolean {
  if (account === undefined) return false;
  const wanted = casefold(account);
  for (const [key] of store.records("operator")) if (key === wanted) return true;
  return false;
}
