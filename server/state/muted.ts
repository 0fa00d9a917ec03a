/**
 * The channels and people that the owner of an account has muted: messages from them are not pushed
 * to the owner's devices. Clients mute by setting the metadata key `soju.im/muted`, which soju
 * introduced and which goguma and senpai set. Only the owner sees it.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Account } from "../events/records.ts";
import type { MetadataEntry } from "./metadata.ts";

/** The metadata key; its value is `1` for a muted channel or person. */
export const MUTED_KEY = "soju.im/muted";

/** The largest number of channels and people that one account can mute. */
export const MUTED_LIMIT = 100;

/** Returns true if the owner of `account` has muted the channel or the person `name`. */
export function isMuted({ muted = [] }: Pick<Account, "muted">, name: string): boolean {
  const folded = casefold(name);
  return muted.some((each) => casefold(each) === folded);
}

/** Yields a metadata entry for each channel and person that the owner of `account` has muted. */
export function* mutedEntries(
  account: Pick<Account, "muted"> | undefined,
): Generator<MetadataEntry> {
  for (const target of account?.muted ?? []) yield { target, key: MUTED_KEY, value: "1" };
}

/** Returns `account` with `name` muted if `isMuted`, and otherwise not muted. */
export function withMuted(account: Account, name: string, isMuted: boolean): Account {
  const folded = casefold(name);
  const others = (account.muted ?? []).filter((each) => casefold(each) !== folded);
  return { ...account, muted: isMuted ? [...others, name] : others };
}
