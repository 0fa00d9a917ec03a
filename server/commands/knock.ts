/**
 * KNOCK: asks for an invitation to a channel. Its members who may invite others get the request.
 *
 * No specification has KNOCK. The numerics, 710 to 714, are those that existing servers share.
 *
 * @module
 */

import { LIMITS } from "../../protocol.ts";
import { splitText } from "../../shared/text.ts";
import type { Command, UserCall } from "../session/command.ts";
import { assertMayKnock } from "../state/permissions.ts";
import { IrcError } from "../irc/replies.ts";
import { requireChannel } from "./lookup.ts";

/** Commands of this family. */
export const knockCommands: readonly Command[] = [
  {
    name: "KNOCK",
    syntax: "<channel> [<text>]",
    help: "Asks for an invitation to a channel.",
    minParams: 1,
    when: "registered",
    run: knock,
  },
];

/**
 * The shortest time between two deliveries of KNOCK to the same channel, even from different users,
 * in milliseconds.
 */
const KNOCK_PAUSE_MS = 10_000;

function knock(call: UserCall): void {
  const { context, session, user, params: [name = "", comment = ""] } = call;
  const channel = requireChannel(call, name);
  const now = context.clock.now();
  assertMayKnock(user, channel, now);
  const passed = now - channel.knockedAt;
  // If the clock was set back, `passed` is negative, and says nothing about the time that has
  // really passed. Then KNOCK is allowed.
  if (passed >= 0 && passed < KNOCK_PAUSE_MS) {
    throw new IrcError("ERR_TOOMANYKNOCK", channel.name);
  }
  const { mask } = user.actor;
  const [text = ""] = splitText(comment, KNOCK_BYTES);
  context.append({ type: "Knocked", by: context.server, channel: channel.name, mask, text });
  session.reply("RPL_KNOCKDLVR", channel.name);
}

/**
 * The largest size of the text, in bytes. The line that delivers it also contains the mask of the
 * user, and the channel's name twice.
 */
const KNOCK_BYTES = LIMITS.line - 2 * LIMITS.channel - LIMITS.nick - LIMITS.user - 160;
