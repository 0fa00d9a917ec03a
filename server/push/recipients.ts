/**
 * Decides which users get a pushed message: owners of accounts who are away or not connected, if
 * the message is private or names them in a channel. Performs no I/O.
 *
 * @module
 */

import { isForPrograms } from "../../protocol.ts";
import type { Said } from "../events/events.ts";
import type { Account } from "../events/records.ts";
import { isMuted } from "../state/muted.ts";
import type { Network } from "../state/network.ts";
import { isConnected } from "../state/recipient.ts";
import type { User } from "../state/state.ts";

/**
 * The largest number of words in a message that are looked up as nicks. It limits the cost of a
 * long message.
 */
const WORDS = 200;
/** The characters between nicks in a text. */
const BETWEEN_NICKS = /[\s,.:;!?@()"]+/;

/** Returns the accounts that `said`, which `audience` sees, is pushed to. */
export function accountsToTell(
  said: Said,
  audience: readonly User[],
  network: Pick<Network, "channel" | "user">,
): string[] {
  if (!isForPeople(said)) return [];
  const { by, to } = said;
  if (to.type === "account") return [to.account];
  const named = to.type === "user" ? audience : namedIn(said, audience, network);
  const accounts = named.filter(isAway).flatMap(({ actor: { account } }) => account ?? []);
  return [...new Set(accounts)].filter((account) => account !== by.account);
}

/** Returns true if the owner of `account` has muted the channel or the author of a message. */
export function isFromMuted({ by, to }: Said, account: Account | undefined): boolean {
  if (!account?.muted) return false;
  const names = to.type === "channel" ? [to.channel] : [by.nick, by.account ?? by.nick];
  return names.some((name) => isMuted(account, name));
}

/** Returns true for what users say, and false for what programs exchange. */
function isForPeople({ command, text }: Said): boolean {
  return command === "PRIVMSG" && !isForPrograms(text);
}

/** Returns the users who see a message and whose nick is a word of its text. */
function namedIn(
  { text, to }: Said,
  audience: readonly User[],
  network: Pick<Network, "channel" | "user">,
): User[] {
  if (to.type !== "channel") return [];
  const members = network.channel(to.channel)?.members;
  const words = new Set(text.split(BETWEEN_NICKS, WORDS));
  return [...words].flatMap((word) => network.user(word) ?? []).filter((found) =>
    to.rank === undefined ? members?.has(found) : audience.includes(found)
  );
}

function isAway(user: User): boolean {
  return !isConnected(user) || user.away !== undefined;
}
