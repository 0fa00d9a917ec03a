/**
 * LIST: shows channels with their topics, by their names or by conditions.
 *
 * Source: Modern IRC (https://modern.ircdocs.horse, "LIST message" and "ELIST Parameter").
 *
 * @module
 */

import type { Command, UserCall } from "../session/command.ts";
import type { Steps } from "../session/slices.ts";
import { textMatcher } from "../state/masks.ts";
import { isKnown, isShown, mayReadAbout } from "../state/visibility.ts";
import { IrcError } from "../irc/replies.ts";
import type { Channel } from "../state/state.ts";
import { TARGET_TEXTS } from "../texts/search.ts";
import { splitTargets } from "./lookup.ts";

/** Commands of this family. */
export const listCommands: readonly Command[] = [
  {
    name: "LIST",
    syntax: "[<channel or condition>{,<channel or condition>}]",
    help:
      "Lists channels with their topics: those named, or those that match a mask and meet all other " +
      "conditions. Examples: #a*, !#a* (not that mask), >10 and <10 (more and fewer users), C>60 " +
      "and C<60 (created more and fewer minutes ago), T>60 and T<60 (topic set).",
    minParams: 0,
    when: "registered",
    run: (call) => call.session.answers.send(list(call)),
  },
];

/** The largest number of conditions. Each is checked for every channel. */
const CONDITION_LIMIT = 8;

/** A condition of LIST: a function that returns true for the channels to list. */
type Condition = (channel: Channel) => boolean;

function* list({ context, session, user, params: [param = ""] }: UserCall): Steps {
  const asked = param === "" ? [] : splitTargets(param, "LIST");
  const isNames = asked.length > 0 && asked.every((each) => NAME.test(each));
  const channels = isNames
    ? asked.flatMap((name) => context.network.channel(name) ?? [])
    : context.network.channels.values();
  const maySee = isNames ? isKnown : isShown;
  const conditions = isNames ? [] : readConditions(asked, context.clock.now());
  session.reply("RPL_LISTSTART", "Channel");
  for (const channel of channels) {
    yield;
    if (!maySee(channel, user) || !conditions.every((meets) => meets(channel))) continue;
    const { name, members, topic } = channel;
    const about = topic && mayReadAbout(channel, user) ? topic.text : "";
    session.reply("RPL_LIST", name, String(members.size), about);
  }
  session.reply("RPL_LISTEND");
}

/** Matches the name of one channel, but no mask. */
const NAME = /^#[^*?]*$/;
/** Matches a condition such as `>10` or `C<60`. */
const COMPARISON = /^([CT]?)([<>])([0-9]{1,9})$/i;

function readConditions(asked: readonly string[], now: number): Condition[] {
  if (asked.length > CONDITION_LIMIT) {
    const text = TARGET_TEXTS.tooManyConditions(CONDITION_LIMIT);
    throw new IrcError("ERR_TOOMANYTARGETS", "LIST", text);
  }
  const conditions: Condition[] = [];
  const masks: string[] = [];
  for (const each of asked) {
    const [whole, letter = "", sign, number] = COMPARISON.exec(each) ?? [];
    if (whole !== undefined) {
      const measure = MEASURES[letter.toUpperCase()] ?? countMembers;
      const bound = Number(number);
      conditions.push((channel) => {
        const value = measure(channel, now);
        return sign === "<" ? value < bound : value > bound;
      });
    } else if (each.startsWith("!")) {
      const isExcluded = textMatcher(each.slice(1));
      conditions.push(({ name }) => !isExcluded(name));
    } else {
      masks.push(each);
    }
  }
  if (masks.length > 0) {
    const matchers = masks.map(textMatcher);
    conditions.push(({ name }) => matchers.some((matches) => matches(name)));
  }
  return conditions;
}

const MINUTE = 60_000;

/**
 * The value that a condition compares, by the letter of the condition: the age, in minutes, of the
 * channel (C) or of its topic (T). For a channel without a topic, it is NaN, which meets no
 * condition.
 */
const MEASURES: Readonly<Record<string, (channel: Channel, now: number) => number>> = {
  C: ({ createdAt }, now) => (now - createdAt) / MINUTE,
  T: ({ topic }, now) => topic ? (now - topic.time) / MINUTE : NaN,
};

function countMembers({ members }: Channel): number {
  return members.size;
}
