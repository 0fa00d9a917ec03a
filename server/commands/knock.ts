/**
 * KNOCK: who may not join a channel without an invitation asks those who can give one.
 *
 * No specification has it; its numerics, 710 to 714, are those that servers in use share.
 *
 * @module
 */

import { LIMITS } from "../../protocol.ts";
import { splitText } from "../../shared/text.ts";
import type { Command, UserCall } from "../session/command.ts";
import { assertMayKnock } from "../state/permissions.ts";
import { IrcError } from "../irc/replies.ts";
import { theChannel } from "./lookup.ts";

/** Commands of this family. */
export const knockCommands: readonly Command[] = [
  {
    name: "KNOCK",
    syntax: "<channel> [<text>]",
    help: "Asks to be invited to a channel.",
    minParams: 1,
    when: "registered",
    run: knock,
  },
];

/** Those who can invite to a channel are asked by whoever it is no more often than this. */
const KNOCK_PAUSE_MS = 10_000;

function knock(call: UserCall): void {
  const { context, session, user, params: [name = "", comment = ""] } = call;
  const channel = theChannel(call, name);
  const now = context.clock.now();
  assertMayKnock(user, channel, now);
  if (now - channel.knockedAt < KNOCK_PAUSE_MS) {
    throw new IrcError("ERR_TOOMANYKNOCK", channel.name);
  }
  const { mask } = user.actor;
  const [text = ""] = splitText(comment, KNOCK_LENGTH);
  context.append({ type: "Knocked", by: context.server, channel: channel.name, mask, text });
  session.reply("RPL_KNOCKDLVR", channel.name);
}

/** What is said to it has to fit into a line with two names of the channel and a mask. */
const KNOCK_LENGTH = LIMITS.line - 2 * LIMITS.channel - LIMITS.nick - LIMITS.user - 160;
