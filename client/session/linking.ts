/**
 * Logs in to the account of another machine of the user, with the code that the other machine
 * shows. Does not reconnect.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import { SESSION_TEXTS } from "../texts/session.ts";
import { Connection, type ConnectionOptions, type ConnectionReceiver } from "./connection.ts";
import type { Identity } from "./identity.ts";
import type { Outcome } from "./outcome.ts";
import { replyText } from "./replies.ts";
import { Token } from "./token.ts";

/**
 * Redeems `code` on `connection`. If the code logs the user in to an account, the nick of the
 * account is the wanted nick from now on. If the user does not have this nick yet, calls
 * `returning` with it and leaves. The session must then reconnect under this nick.
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
    if (connection.view.isMe(account)) return;
    returning(account);
    // The server may say that the nick is in use. This does not matter: the user's other machine
    // has it.
    void connection.leaveSilently();
  });
}

/** Returns a random nick that probably no user has, for {@linkcode linkBeforehand}. */
export function linkNick(): string {
  return `link-${crypto.getRandomValues(new Uint8Array(4)).toHex()}`;
}

/** The account that a code has logged in to, or the reason why it has not. */
export type Linked = { readonly account: string } | { readonly reason: string };

/**
 * Redeems `code` on a connection of its own, in no room, for a user who has no account yet.
 * Resolves to the account, if it succeeds. From then on, the user's key logs in to this account.
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
  // With `isReturning`, the server does not create an account for the nick.
  const returning = { keyAccount: "", isReturning: true, token: new Token(code) };
  const connection = await Connection.dial({ ...options, ...returning }, receiver);
  await connection.register();
  const { promise: answered, resolve } = Promise.withResolvers<void>();
  connection.barrier(resolve);
  await Promise.race([answered, connection.ended]);
  await connection.leave("");
  return linked;
}

/** A code that links another device, and a URL that contains it, if the server names one. */
export interface DeviceLink {
  /** The code. */
  readonly code: string;
  /** The URL of the server's page for browsers, with the code in it; undefined without a page. */
  readonly url: string | undefined;
  /** The sentences with which the server explains both. */
  readonly texts: readonly string[];
}

/** The part of a session that sends a command. */
export interface Requester {
  /** Sends a command; resolves to its outcome. `take` gets the messages that answer it. */
  request(message: Message, take: (messages: readonly Message[]) => void): Promise<Outcome>;
}

/**
 * Asks for a code that links another device to the user's account; resolves to it, or to the
 * refusal.
 */
export async function createLink(
  session: Requester,
): Promise<DeviceLink | { readonly reason: string }> {
  const notes: (readonly string[])[] = [];
  const { reason = "" } = await session.request({ command: "LINK", params: [] }, (messages) => {
    notes.push(...messages.map(({ params }) => params));
  });
  const [, , code] = notes.find(([, kind]) => kind === "CODE") ?? [];
  const [, , , url] = notes.find(([, kind]) => kind === "PAGE") ?? [];
  return code === undefined
    ? { reason }
    : { code, url, texts: notes.flatMap((note) => note.at(-1) ?? []) };
}
