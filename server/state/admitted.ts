/**
 * The accounts that may come back to a channel that needs an invitation. Members may come back
 * after a lost connection or a restart of the server, but not after they left by themselves or were
 * removed. Part of the network's state.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { EventId } from "../events/ids.ts";
import type { Channel, User } from "./state.ts";

/** The largest number of such accounts of one channel; a new one replaces the oldest. */
export const ADMITTED_LIMIT = 1000;

/** A channel whose admitted accounts can be changed. */
export interface Admitting extends Pick<Channel, "arrivals" | "flags"> {
  /** The accounts, by folded name, each with the id of the event that admitted it. */
  readonly admitted: Map<string, EventId>;
}

/** Returns the event since which `user` is admitted to `channel`; `undefined` if they are not. */
export function admittedSince({ actor: { account } }: User, channel: Channel): EventId | undefined {
  return account === undefined ? undefined : channel.admitted.get(casefold(account));
}

/** Admits the account of a member since the event `since`, if the channel needs an invitation. */
export function admit(
  { actor: { account } }: Pick<User, "actor">,
  { flags, admitted }: Pick<Admitting, "admitted" | "flags">,
  since: EventId,
): void {
  if (account === undefined || !flags.has("i") || admitted.has(casefold(account))) return;
  admitted.set(casefold(account), since);
  const [oldest] = admitted.keys();
  if (admitted.size > ADMITTED_LIMIT && oldest !== undefined) admitted.delete(oldest);
}

/**
 * Admits the accounts of all members if the channel needs an invitation now; otherwise, admits
 * none.
 */
export function changeAdmitted(channel: Admitting): void {
  channel.admitted.clear();
  for (const [user, since] of channel.arrivals) admit(user, channel, since);
}

/** Ends the admission of a user who leaves by themselves or is removed. */
export function dismiss(
  { actor: { account } }: User,
  { admitted }: Pick<Admitting, "admitted">,
): void {
  if (account !== undefined) admitted.delete(casefold(account));
}
