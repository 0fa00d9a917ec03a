/**
 * RENAME: changes the name of a channel, which keeps its members and its history.
 *
 * Source: https://ircv3.net/specs/extensions/channel-rename
 *
 * @module
 */

import { casefold, isChannel, LIMITS } from "../../protocol.ts";
import { splitText } from "../../shared/text.ts";
import type { Context } from "../core/context.ts";
import type { Command, UserCall } from "../session/command.ts";
import { assertChannelOperator, assertMember } from "../state/permissions.ts";
import type { Channel } from "../state/state.ts";
import { RENAME_TEXTS } from "../texts/rename.ts";
import { requireChannel } from "./lookup.ts";

/** Commands of this family. */
export const renameCommands: readonly Command[] = [
  {
    name: "RENAME",
    syntax: "<channel> <new name> [<reason>]",
    help: "Renames a channel; for operators of the channel.",
    minParams: 2,
    when: "registered",
    run: rename,
  },
];

/**
 * The shortest time between two renames of a channel, in milliseconds. Each rename is costly,
 * because clients without channel-rename are sent the list of all members.
 */
const RENAME_PAUSE_MS = 60_000;

function rename(call: UserCall): void {
  const { context, session, user, params: [from = "", name = "", comment = ""] } = call;
  const channel = requireChannel(call, from);
  assertMember(channel, user);
  assertChannelOperator(channel, user);
  const refusal = refusalOf(call, channel, name);
  if (refusal) return session.fail("RENAME", refusal.code, channel.name, name, refusal.text);
  const [reason = ""] = splitText(comment, LIMITS.kick);
  const { name: before } = channel;
  context.append({ type: "Renamed", by: user.actor, channel: before, name, reason });
  if (casefold(before) !== casefold(name)) redirect(context, before, name);
}

/**
 * Changes the channels that forward users to `before`, the old name of a channel (mode `f`): they
 * now forward to `name`, its new name.
 */
function redirect(context: Context, before: string, name: string): void {
  const { network, server: by } = context;
  const changes = [{ add: true, letter: "f", param: name }];
  const key = casefold(before);
  for (const { name: channel, settings } of network.channels.values()) {
    const next = settings.get("f");
    if (next === undefined || casefold(next) !== key) continue;
    context.append({ type: "ChannelModesChanged", by, channel, changes });
  }
}

/** The code and the text of the reply to a RENAME that is refused. */
interface Refusal {
  readonly code: "CHANNEL_NAME_IN_USE" | "CANNOT_RENAME";
  readonly text: string;
}

/** Returns the refusal if `channel` cannot be renamed to `name`, and `undefined` if it can. */
function refusalOf({ context }: UserCall, channel: Channel, name: string): Refusal | undefined {
  const { network, options, clock } = context;
  if (!isChannel(name)) return { code: "CANNOT_RENAME", text: RENAME_TEXTS.invalidName };
  if (name === channel.name) return { code: "CANNOT_RENAME", text: RENAME_TEXTS.sameName };
  const other = network.channel(name);
  if (other && other !== channel) {
    return { code: "CHANNEL_NAME_IN_USE", text: RENAME_TEXTS.nameInUse };
  }
  if (casefold(channel.name) === casefold(options.room)) {
    return { code: "CANNOT_RENAME", text: RENAME_TEXTS.isLobby };
  }
  const passed = clock.now() - channel.renamedAt;
  // If the clock was set back, `passed` is negative, and says nothing about the time that has
  // really passed. Then RENAME is allowed.
  if (passed >= 0 && passed < RENAME_PAUSE_MS) {
    return { code: "CANNOT_RENAME", text: RENAME_TEXTS.tooSoon };
  }
  return undefined;
}
