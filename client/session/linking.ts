/**
 * Logs in to the account of another machine of the user, with the code that the other machine
 * shows. Does not reconnect.
 *
 * @module
 */

import type { Connection } from "./connection.ts";
import type { Identity } from "./identity.ts";

/**
 * Redeems `code` on `connection`. If that logs the user in to an account, its nick is the wanted one from
 * now on. If they do not have it yet, calls `returning` with that nick and leaves. The session must then
 * reconnect under that nick.
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
    if (account === undefined) return;
    identity.takeAccountNick();
    // The server may have changed the nick at the login.
    if (connection.conversation.isMe(account)) return;
    returning(account);
    void connection.leave("");
  });
}
