/**
 * TBAN, which bans users from a channel for a time.
 *
 * No specification has this command. Its name and parameters are those of InspIRCd
 * (https://docs.inspircd.org/4/modules/timedbans/).
 *
 * @module
 */

import { parseDuration } from "../../shared/durations.ts";
import { withLostColons } from "../../shared/ip.ts";
import { StandardError } from "../irc/replies.ts";
import type { Command, UserCall } from "../session/command.ts";
import { assertMayChange } from "../state/permissions.ts";
import { MODE_TEXTS } from "../texts/modes.ts";
import { requireChannel } from "./lookup.ts";
import { resolveListEntry } from "./modes.ts";

/** Commands of this family. */
export const timedBanCommands: readonly Command[] = [
  {
    name: "TBAN",
    syntax: "<channel> <duration> <mask>",
    help: "Bans a mask from a channel, as MODE +b does, for a time such as 30m or 1d12h.",
    minParams: 3,
    when: "registered",
    run: banForTime,
  },
];

function banForTime(call: UserCall): void {
  const { context, user } = call;
  const [name = "", duration = "", param = ""] = withLostColons(call.params);
  const channel = requireChannel(call, name);
  assertMayChange(channel, user, "b");
  const ms = parseDuration(duration) ?? 0;
  if (ms === 0) {
    throw new StandardError("TBAN", "INVALID_DURATION", duration, MODE_TEXTS.invalidDuration);
  }
  const until = context.clock.now() + ms;
  const change = resolveListEntry(context, channel, [], { add: true, letter: "b", param, until });
  if (!change) return;
  const by = user.actor;
  context.append({ type: "ChannelModesChanged", by, channel: channel.name, changes: [change] });
}
