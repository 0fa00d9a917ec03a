/**
 * Removes timed bans from channels once they have expired.
 *
 * @module
 */

import type { Context } from "./context.ts";

/**
 * The largest number of bans that one check removes. The next check removes more, so that many bans
 * with the same end do not keep clients waiting.
 */
const BANS_PER_CHECK = 20;

/** Returns a function, to be called often, that removes the bans whose end has come. */
export function timedBanCheck(context: Context): () => void {
  return () => {
    const ended = context.network.timedBans.ended(context.clock.now(), BANS_PER_CHECK);
    const { server: by } = context;
    for (const { channel: { name: channel }, mask } of ended) {
      const changes = [{ add: false, letter: "b", param: mask }];
      context.append({ type: "ChannelModesChanged", by, channel, changes });
    }
  };
}
