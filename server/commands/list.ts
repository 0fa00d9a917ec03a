/**
 * Which channels there are: LIST, and what it can be asked for.
 *
 * Source: Modern IRC, "LIST message" and "ELIST Parameter".
 *
 * @module
 */

import type { Command, UserCall } from "../session/command.ts";
import { matchesMask } from "../state/masks.ts";
import { isKnown, isShown } from "../state/permissions.ts";
import { IrcError } from "../irc/replies.ts";
import type { Channel } from "../state/state.ts";
import { targets } from "./lookup.ts";

/** Commands of this family. */
export const listCommands: readonly Command[] = [
  {
    name: "LIST",
    syntax: "[<channel or condition>{,<channel or condition>}]",
    help: "Lists channels with their topics: those named, or those that meet all conditions, of " +
      "<mask>, !<mask>, >users, <users, C>minutes and C<minutes since they were made, T>minutes " +
      "and T<minutes since their topic was set.",
    minParams: 0,
    when: "registered",
    run: list,
  },
];

/** Conditions are looked at for every channel there is: more than these are not taken. */
const CONDITION_LIMIT = 8;

/** Whether a channel is one of those asked for. */
type Condition = (channel: Channel) => boolean;

function list({ context, session, user, params: [param = ""] }: UserCall): void {
  const asked = param === "" ? [] : targets(param, "LIST");
  const isNames = asked.length > 0 && asked.every((each) => NAME.test(each));
  const channels = isNames
    ? asked.flatMap((name) => context.network.channel(name) ?? [])
    : context.network.channels.values();
  const mayBeTold = isNames ? isKnown : isShown;
  const conditions = isNames ? [] : readConditions(asked, context.clock.now());
  session.reply("RPL_LISTSTART", "Channel");
  for (const channel of channels) {
    if (!mayBeTold(channel, user) || !conditions.every((holds) => holds(channel))) continue;
    const { name, members, topic } = channel;
    session.reply("RPL_LIST", name, String(members.size), topic?.text ?? "");
  }
  session.reply("RPL_LISTEND");
}

/** A channel, and not a mask of several. */
const NAME = /^#[^*?]*$/;
/** What a channel's number of members, or an age in minutes, is to be below or above. */
const COMPARISON = /^([CT]?)([<>])([0-9]{1,9})$/i;

function readConditions(asked: readonly string[], now: number): Condition[] {
  if (asked.length > CONDITION_LIMIT) {
    throw new IrcError("ERR_TOOMANYTARGETS", "LIST", `At most ${CONDITION_LIMIT} conditions`);
  }
  const conditions: Condition[] = [];
  const masks: string[] = [];
  for (const each of asked) {
    const [whole, letter = "", sign, number] = COMPARISON.exec(each) ?? [];
    if (whole !== undefined) {
      const measured = MEASURES[letter.toUpperCase()] ?? countMembers;
      const sought = Number(number);
      conditions.push((channel) => {
        const value = measured(channel, now);
        return sign === "<" ? value < sought : value > sought;
      });
    } else if (each.startsWith("!")) {
      conditions.push(({ name }) => !matchesMask(each.slice(1), name));
    } else {
      masks.push(each);
    }
  }
  if (masks.length > 0) {
    conditions.push(({ name }) => masks.some((mask) => matchesMask(mask, name)));
  }
  return conditions;
}

const MINUTE = 60_000;

/** What a comparison with a letter is of; not a number, which nothing compares with, if there is none. */
const MEASURES: Readonly<Record<string, (channel: Channel, now: number) => number>> = {
  C: ({ createdAt }, now) => (now - createdAt) / MINUTE,
  T: ({ topic }, now) => topic ? (now - topic.time) / MINUTE : NaN,
};

function countMembers({ members }: Channel): number {
  return members.size;
}
