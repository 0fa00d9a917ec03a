/**
 * Makes a user the owner of the server. A server without operators prints a token when it starts;
 * the user who redeems it owns the server.
 *
 * @module
 */

import type { Context } from "../core/context.ts";
import { joinAndShow } from "../core/joining.ts";
import { giveRank } from "../core/ranks.ts";
import { grantRights, hasOperators } from "./operator_rights.ts";
import { wasUsedBy } from "../state/tokens.ts";
import { OWNER_TEXTS } from "../texts/redeeming.ts";
import { countUse, issue, redeemError, type Redemption, withdraw } from "./tokens.ts";

/**
 * Issues the token that makes a user the owner of the server, and returns its text; returns
 * `undefined` if the server has operators. Withdraws earlier owner tokens, with one exception:
 * while there are operators, a used token stays, so that the owner can run the printed command
 * again without an error.
 */
export function issueOwnerToken(context: Context): string | undefined {
  const { network, server } = context;
  const isOwned = hasOperators(context);
  for (const token of network.tokens.all()) {
    const isUnneeded = token.uses > 0 || !isOwned;
    if (token.worth.kind === "owner" && isUnneeded) withdraw(context, server, token);
  }
  return isOwned ? undefined : issue(context, server, { worth: { kind: "owner" }, uses: 1 });
}

/**
 * Makes the user who redeems the token an operator of the server and a founder of the default
 * channel.
 */
export function redeemOwnership(redemption: Redemption): void {
  const { session, user, token, text } = redemption;
  const { context } = session;
  const { account } = user.actor;
  const { room } = context.options;
  if (account === undefined) {
    session.heldToken = text;
    throw redeemError("ACCOUNT_REQUIRED", OWNER_TEXTS.accountRequired);
  }
  // A second use does not give back rights that the user has lost since the first use.
  if (wasUsedBy(token, account)) return;
  countUse(redemption);
  context.append({ type: "OperatorAdded", by: user.actor, account });
  grantRights(session, user);
  session.step(() => joinAndShow(context, user, room));
  session.step(() => {
    const channel = context.network.channel(room);
    if (channel?.members.has(user)) giveRank(context, user, channel, "qo");
  });
  session.note("REDEEM", "OWNER", OWNER_TEXTS.granted(room));
}
