/**
 * Logs in to the account of another machine of the user, with the code that the other machine
 * shows. Does not reconnect.
 *
 * @module
 */

import type { Connection } from "./connection.ts";
import type { Identity } from "./identity.ts";

/**
 * Redeems `code` on `connection`. If that logs the user in to an account, and they do not have its
 * nick, calls `returning` with that nick and leaves. The session must then reconnect under that
 * nick.
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
