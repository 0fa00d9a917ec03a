/**
 * Logs in to the account of another machine of the user, with the code that it shows. Does not reconnect.
 *
 * @module
 */

import type { Connection } from "./connection.ts";
import type { Identity } from "./identity.ts";

/**
 * Redeems `code` on `connection`. If the user then has an account whose nick they do not have, leaves, and
 * calls `returning` with that nick, under which the session must reconnect.
 */
export function redeemCode(
  code: string,
  connection: Connection,
  identity: Identity,
  returning: (nick: string) => void,
): void {
  identity.account = undefined;
  connection.send({ command: "REDEEM", params: [code] });
  connection.barrier(() => {
    const { account } = identity;
    if (account === undefined || connection.conversation.isMe(account)) return;
    identity.takeAccountNick();
    returning(account);
    void connection.leave("");
  });
}
