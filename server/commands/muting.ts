/**
 * METADATA with the key `soju.im/muted`, by which the owner of an account mutes channels and
 * people. Each account has its own values of this key.
 *
 * @module
 */

import { isChannel, isNick } from "../../protocol.ts";
import type { Call } from "../session/command.ts";
import { isEarlierVersion } from "../delivery/metadata.ts";
import type { Account } from "../events/records.ts";
import { NUMERICS, StandardError } from "../irc/replies.ts";
import { sendEntry } from "../session/metadata_view.ts";
import { isMuted, MUTED_KEY, MUTED_LIMIT, withMuted } from "../state/muted.ts";
import { METADATA_TEXTS } from "../texts/metadata.ts";

/** One use of METADATA on a channel or a person. */
export interface MutingCall extends Call {
  /** The channel or the nick, which need not exist now. */
  readonly target: string;
}

/**
 * Returns the account whose muted channels and people the command reads or changes. Returns
 * `undefined` if the key or the target shows that the command is about other metadata, or if the
 * user is not logged in.
 */
export function mutingAccount(call: MutingCall, key: string): Account | undefined {
  const { context: { network }, session: { user }, target } = call;
  const account = user?.actor.account;
  if (key !== MUTED_KEY || account === undefined || target === "*") return undefined;
  return network.account(account);
}

/** Replies with the value of the key `soju.im/muted` for the target of the command. */
export function sendMuted({ session, target }: MutingCall, account: Account): void {
  if (!isMuted(account, target)) session.reply("RPL_KEYNOTSET", target, MUTED_KEY);
  else sendEntry(session, { target, key: MUTED_KEY, value: "1" });
}

/**
 * Mutes the target of the command if `value` is `1`, and otherwise unmutes it. Tells the other
 * clients of the user that are subscribed to the key.
 */
export function mute(call: MutingCall, account: Account, value: string): void {
  const { context, session, target } = call;
  const { user } = session;
  if (!user) return;
  if (!isNick(target) && !isChannel(target)) {
    throw new StandardError("METADATA", "INVALID_TARGET", target, METADATA_TEXTS.invalidTarget);
  }
  const isWanted = value === "1";
  const changed = withMuted(account, target, isWanted);
  if (isWanted && (changed.muted?.length ?? 0) > MUTED_LIMIT) {
    const text = METADATA_TEXTS.tooManyMuted(MUTED_LIMIT);
    const params = ["SET", target, String(MUTED_LIMIT), text];
    throw new StandardError("METADATA", "LIMIT_REACHED", ...params);
  }
  const params = [target, MUTED_KEY, "*", isWanted ? "1" : "0"];
  session.reply("RPL_KEYVALUE", ...params);
  if (isMuted(account, target) === isWanted) return;
  context.append({ type: "AccountSaved", by: user.actor, account: changed });
  const [numeric] = NUMERICS.RPL_KEYVALUE;
  for (const other of user.recipients.all) {
    if (other === session || !other.subscriptions.has(MUTED_KEY)) continue;
    const message = isEarlierVersion(other.caps)
      ? { command: "METADATA", params }
      : { command: numeric, params: ["*", ...params] };
    other.send({ source: context.options.name, ...message });
  }
}
