/**
 * RENAME: a channel gets another name, and everybody and everything in it stays.
 *
 * Source: https://ircv3.net/specs/extensions/channel-rename
 *
 * @module
 */

import { casefold, isChannel, LIMITS } from "../../protocol.ts";
import { splitText } from "../../shared/text.ts";
import type { Command, UserCall } from "../session/command.ts";
import { assertChannelOperator, assertMember } from "../state/permissions.ts";
import type { Channel } from "../state/state.ts";
import { theChannel } from "./lookup.ts";

/** Commands of this family. */
export const renameCommands: readonly Command[] = [
  {
    name: "RENAME",
    syntax: "<channel> <new name> [<reason>]",
    help: "Gives a channel another name; for those who run it.",
    minParams: 2,
    when: "registered",
    run: rename,
  },
];

/**
 * How long a channel keeps its name at least. A member whose client knows no RENAME is sent the names
 * of all the others: it should not be made to happen often.
 */
const RENAME_PAUSE_MS = 60_000;

function rename(call: UserCall): void {
  const { context, session, user, params: [from = "", name = "", comment = ""] } = call;
  const channel = theChannel(call, from);
  assertMember(channel, user);
  assertChannelOperator(channel, user);
  const refusal = refusalOf(call, channel, name);
  if (refusal) return session.fail("RENAME", refusal.code, channel.name, name, refusal.why);
  const [reason = ""] = splitText(comment, LIMITS.kick);
  context.append({ type: "Renamed", by: user.actor, channel: channel.name, name, reason });
}

interface Refusal {
  readonly code: "CHANNEL_NAME_IN_USE" | "CANNOT_RENAME";
  readonly why: string;
}

/** Why `channel` cannot be called `name`, if it cannot. */
function refusalOf({ context }: UserCall, channel: Channel, name: string): Refusal | undefined {
  const { network, options, clock } = context;
  if (!isChannel(name)) return { code: "CANNOT_RENAME", why: "No channel can be called that" };
  if (name === channel.name) return { code: "CANNOT_RENAME", why: "That is its name already" };
  const other = network.channel(name);
  if (other && other !== channel) {
    return { code: "CHANNEL_NAME_IN_USE", why: "The channel name is already taken" };
  }
  if (casefold(channel.name) === casefold(options.room)) {
    return { code: "CANNOT_RENAME", why: "It is where everybody is asked to come" };
  }
  if (clock.now() - channel.renamedAt < RENAME_PAUSE_MS) {
    return { code: "CANNOT_RENAME", why: "It was renamed only now; try again in a minute" };
  }
  return undefined;
}
