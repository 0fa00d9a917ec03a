/**
 * Frees nicks from ghosts. A ghost is a user whose clients are gone, but whose connections have not
 * ended yet.
 *
 * @module
 */

import { SESSION_TEXTS } from "../texts/session.ts";
import type { Life } from "../state/recipient.ts";
import type { User } from "../state/state.ts";
import type { Context } from "./context.ts";

/**
 * Asks the clients of all users with `nick`, or with a nick that looks like it, if they are still
 * there. Disconnects a user if no client of the user answers in time. Resolves to true if a user
 * other than `asker` keeps the nick, and otherwise to false; by then, another user may have taken
 * the nick. If the asker owns the nick (`isOwner`), the result waits for the answers. Otherwise, a
 * client that was heard a moment ago is enough for the result to be true without waiting. Even
 * then, its user loses the nick if nothing more comes from the clients.
 */
export async function isKept(
  context: Context,
  nick: string,
  asker?: User,
  isOwner = false,
): Promise<boolean> {
  const holders = context.network.holdersOf(nick).filter((holder) => holder !== asker);
  const kept = holders.map(async (holder) => {
    const { recipients: { all } } = holder;
    // A user who stays while offline keeps the nick.
    if (all.length === 0) return true;
    const lives = all.map((recipient) => recipient.askIfAlive(isOwner));
    disconnectGhost(context, holder, lives);
    return await anyTrue(lives.map((life) => isOwner ? life.isAlive : life.isProbablyAlive));
  });
  return (await Promise.all(kept)).includes(true);
}

/**
 * Closes all clients of a user if no client answers. The user then quits, or stays while offline,
 * as after any lost connection.
 */
async function disconnectGhost(
  context: Context,
  { recipients }: User,
  lives: readonly Life[],
): Promise<void> {
  if (await anyTrue(lives.map((life) => life.isAlive))) return;
  const close = () => {
    for (const recipient of recipients.all) recipient.close(SESSION_TEXTS.didNotAnswer);
  };
  context.guard("closing failed", {}, close);
}

/**
 * Resolves to true as soon as one of `answers` is true, and to false once all of them are false.
 */
async function anyTrue(answers: readonly Promise<boolean>[]): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  for (const answer of answers) answer.then((isTrue) => isTrue && resolve(true));
  Promise.all(answers).then((all) => resolve(all.includes(true)));
  return await promise;
}
