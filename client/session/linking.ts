/**
 * Logs in to the account of another machine of the user, with the code that the other machine
 * shows. Does not reconnect.
 *
 * @module
 */

import { SESSION_TEXTS } from "../texts/session.ts";
import { Connection, type ConnectionOptions, type ConnectionReceiver } from "./connection.ts";
import type { Identity } from "./identity.ts";
import { replyText } from "./replies.ts";
import { Token } from "./token.ts";

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

/** The account that a code has logged in to, or the reason why it has not. */
export type Linked = { readonly account: string } | { readonly reason: string };

/**
 * Redeems `code` on a connection of its own, in no room, for a user who has no account yet. From then on, the
 * user's key logs in to the account that this resolves to.
 *
 * @throws {UserError} if the server cannot be reached or does not accept the client.
 */
export async function linkBeforehand(
  code: string,
  options: Omit<ConnectionOptions, "keyAccount" | "isReturning" | "token">,
): Promise<Linked> {
  let linked: Linked = { reason: SESSION_TEXTS.noAnswer };
  const receiver: ConnectionReceiver = {
    message(message) {
      const { command, params: [about, , account = ""] } = message;
      if (command === "900") linked = { account };
      if (command === "FAIL" && about === "REDEEM") linked = { reason: replyText(message) };
    },
    history() {},
    targets() {},
    registered() {},
    ready() {
      return undefined;
    },
  };
  // A client that returns gets no account of its own for its nick.
  const returning = { keyAccount: "", isReturning: true, token: new Token(code) };
  const connection = await Connection.dial({ ...options, ...returning }, receiver);
  await connection.register();
  const { promise: answered, resolve } = Promise.withResolvers<void>();
  connection.barrier(resolve);
  await Promise.race([answered, connection.ended]);
  await connection.leave("");
  return linked;
}
