/**
 * Makes NickServ's descriptions of accounts and their owners.
 *
 * @module
 */

import type { Account } from "../events/records.ts";
import { formatTime } from "../irc/server_time.ts";
import type { UserCall } from "../session/command.ts";
import type { Network } from "../state/network.ts";
import type { User } from "../state/state.ts";
import { NICKSERV_TEXTS } from "../texts/nickserv.ts";

/**
 * Returns a number that says how surely `user` owns `account`: 3 if the user is logged in to the
 * account, 2 if the user presents one of its certificates, 1 otherwise, and 0 if the user or the
 * account does not exist. Scripts for other networks expect these numbers.
 */
export function accessLevel(user: User | undefined, account: Account | undefined): number {
  if (!user || !account) return 0;
  if (user.actor.account === account.name) return 3;
  const { fingerprints } = account;
  const showsKey = user.recipients.all.some(({ certificate }) =>
    certificate !== undefined && fingerprints.includes(certificate)
  );
  return showsKey ? 2 : 1;
}

/** Returns the reply to the NickServ command STATUS for `nick`. */
export function statusOf(network: Network, nick: string): string {
  const user = network.user(nick);
  const level = accessLevel(user, network.ownerOf(nick));
  return NICKSERV_TEXTS.status(nick, level, level === 3 ? user?.actor.account ?? "" : "");
}

/**
 * Returns the lines that describe `account` to the user of the call. Only its owner and operators
 * get the lines about its email address and certificates.
 */
export function accountInfo({ context, user }: UserCall, account: Account): string[] {
  const { name, createdAt, email, fingerprints } = account;
  const isOnline = [...context.network.usersOf(name)].some(({ recipients }) =>
    recipients.all.length > 0
  );
  const { certificates, offline, online } = NICKSERV_TEXTS;
  const shown = [
    NICKSERV_TEXTS.account(name, formatTime(createdAt).slice(0, 10)),
    isOnline ? online(name) : offline(name),
  ];
  if (user.actor.account !== name && !user.modes.has("o")) return shown;
  return [
    ...shown,
    ...(email === undefined ? [] : [NICKSERV_TEXTS.email(email)]),
    certificates(fingerprints.length),
  ];
}
