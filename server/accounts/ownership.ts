/**
 * Who owns the server: whoever redeems the token that it shows where it was started, as long as
 * nobody runs it.
 *
 * @module
 */

import type { Context } from "../core/context.ts";
import { joinAndShow } from "../core/joining.ts";
import { giveRank } from "../core/ranks.ts";
import { giveRights, hasOperators } from "./operator_rights.ts";
import { wasUsedBy } from "../state/tokens.ts";
import { failure, issue, type Redemption, spend, withdraw } from "./tokens.ts";

/**
 * The text of a token for who is to own the server; `undefined` if somebody runs it already. One that
 * was made before and not used is worth nothing any more.
 */
export function claim(context: Context): string | undefined {
  const { network, server } = context;
  const isRun = hasOperators(context);
  for (const token of network.tokens.all) {
    const isOver = token.uses > 0 || !isRun;
    if (token.worth.kind === "owner" && isOver) withdraw(context, server, token);
  }
  return isRun ? undefined : issue(context, server, { worth: { kind: "owner" }, uses: 1 });
}

const NEEDS_ACCOUNT = "Who owns the server has to be recognized when they come again: " +
  "type /quote REGISTER * * PASSWORD (or log in), and it is yours";

/** Gives the server, and the room that newcomers join, to who has redeemed that token. */
export function own(redemption: Redemption): void {
  const { session, user, token, text } = redemption;
  const { context } = session;
  const { account } = user.actor;
  const { room } = context.options;
  if (account === undefined) {
    session.heldToken = text;
    throw failure("ACCOUNT_REQUIRED", NEEDS_ACCOUNT);
  }
  // By now, somebody may have taken from them what they were given by it.
  if (wasUsedBy(token, account)) return;
  spend(redemption);
  context.append({ type: "OperatorAdded", by: user.actor, account });
  giveRights(session, user);
  session.afterwards(() => joinAndShow(context, user, room));
  session.afterwards(() => {
    const channel = context.network.channel(room);
    if (channel?.members.has(user)) giveRank(context, user, channel, "qo");
  });
  session.note("REDEEM", "OWNER", `You own this server, as its operator, and founder of ${room}`);
}
