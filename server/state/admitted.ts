/**
 * The accounts that may come back to an invitation-only channel (mode `i`). Members may come back
 * after a lost connection or a restart of the server, but not after they left by themselves or were
 * removed. Part of the network's state.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { EventId } from "../events/ids.ts";
import type { Channel, User } from "./state.ts";

/**
 * The largest number of accounts that may come back to one channel; a new one replaces the oldest.
 */
export const ADMITTED_LIMIT = 1000;

/** A channel whose admitted accounts can be changed. */
export interface Admitting extends Pick<Channel, "arrivals" | "flags"> {
  /** The accounts, by folded name, each with the id of the event that admitted it. */
  readonly admitted: Map<string, EventId>;
}

/**
 * Returns the id of the event that admitted the account of `user` to `channel`; `undefined` if the
 * account may not come back.
 */
export function admittedSince({ actor: { account } }: User, channel: Channel): EventId | undefined {
  return account === undefined ? undefined : channel.admitted.get(casefold(account));
}

/**
 * Admits the account of a member, if the channel is invitation-only. `since` is the id of the event
 * that admitted it; an account that is admitted already keeps its earlier id.
 */
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
 * Updates the admitted accounts after mode `i` was changed. If the channel is invitation-only now,
 * the accounts of all members are admitted; otherwise, none is.
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
