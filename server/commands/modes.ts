/**
 * MODE, of channels and of users.
 *
 * @module
 */

import type { Command, UserCall } from "../session/command.ts";
import type { Context } from "../core/context.ts";
import type { ModeChange } from "../events/events.ts";
import { LIST_LIMIT } from "../irc/limits.ts";
import { fullMask } from "../state/masks.ts";
import { CHANNEL_MODES, isMemberMode, USER_MODES, type UserMode } from "../state/modes.ts";
import { operatorModeRemovals } from "../accounts/operator_rights.ts";
import type { Channel, User } from "../state/state.ts";
import { assertChannelOperator, assertMayChange, isKnown } from "../state/permissions.ts";
import { IrcError, type Numeric } from "../irc/replies.ts";
import type { Session } from "../session/session.ts";
import { theChannel, theUser } from "./lookup.ts";
import { byteLength } from "../../shared/text.ts";
import { casefold } from "../../protocol.ts";

/** Commands of this family. */
export const modeCommands: readonly Command[] = [
  {
    name: "MODE",
    syntax: "<target> [<modes> [<parameters>]]",
    help: "Shows or changes the modes of a channel, or your own.",
    minParams: 1,
    when: "registered",
    run: mode,
  },
];

function mode(call: UserCall): void {
  const [target = ""] = call.params;
  if (target.startsWith("#")) channelMode(call, theChannel(call, target));
  else userMode(call, theUser(call.context, target));
}

// Of channels: Modern IRC, "Channel mode".

function channelMode({ context, session, user, params }: UserCall, channel: Channel): void {
  const [, letters, ...rest] = params;
  if (letters === undefined) return sendChannelModes(session, user, channel);
  const changes: ModeChange[] = [];
  for (const asked of readChannelModes(letters, rest)) {
    session.attempt(() => {
      if (isListQuery(asked)) return sendList(session, channel, asked.letter);
      assertMayChange(channel, user, asked.letter, rankedMember(context, asked));
      const change = resolve(asked);
      if (change) changes.push(change);
    });
  }
  for (const some of inLines(changes)) {
    const by = user.actor;
    context.append({ type: "ChannelModesChanged", by, channel: channel.name, changes: some });
  }

  /** What is asked for, checked and complete; nothing where it would change nothing. */
  function resolve(asked: AskedMode): ModeChange | undefined {
    const { add, letter, param } = asked;
    if (isMemberMode(letter)) {
      const member = theUser(context, param ?? "");
      const { nick, id } = member.actor;
      const has = channel.members.get(member);
      if (has === undefined) throw new IrcError("ERR_USERNOTINCHANNEL", nick, channel.name);
      return has.includes(letter) === add ? undefined : { add, letter, param: nick, user: id };
    }
    switch (CHANNEL_MODES.get(letter)) {
      case "list":
        return resolveListEntry(channel, changes, asked);
      case "setting":
      case "limit":
        return resolveSetting({ context, user }, channel, asked);
      case "flag":
        return channel.flags.has(letter) === add ? undefined : { add, letter };
      case undefined:
        throw new IrcError("ERR_UNKNOWNMODE", letter);
    }
  }
}

interface AskedMode {
  readonly add: boolean;
  readonly letter: string;
  readonly param: string | undefined;
}

/**
 * Goes through the letters and hands each the parameter it takes. Of several changes of the same
 * thing, the last one counts.
 */
function readChannelModes(letters: string, params: readonly string[]): AskedMode[] {
  const asked = new Map<string, AskedMode>();
  let add = true;
  let next = 0;
  for (const letter of letters) {
    if (letter === "+" || letter === "-") {
      add = letter === "+";
      continue;
    }
    const kind = CHANNEL_MODES.get(letter);
    const takes = isMemberMode(letter) || kind === "list" || kind === "setting" ||
      (kind === "limit" && add);
    const param = takes ? params[next++] : undefined;
    const isOneOfMany = isMemberMode(letter) || kind === "list";
    const what = isOneOfMany && param !== undefined ? letter + casefold(param) : letter;
    asked.delete(what);
    asked.set(what, { add, letter, param });
  }
  return [...asked.values()];
}

/** Whose rank is asked to be changed, if one is. */
function rankedMember({ network }: Context, { add, letter, param = "" }: AskedMode) {
  return isMemberMode(letter) ? { user: network.user(param), add } : undefined;
}

function isListQuery({ letter, param }: AskedMode): boolean {
  return CHANNEL_MODES.get(letter) === "list" && (param === undefined || param === "");
}

/** What stands between other parameters; no mask that is longer could match anybody. */
const MASK = /^[^\s:]\S*$/;
const MASK_LENGTH = 128;

/** What the parameters of one MODE may have together, so that a line has room for them. */
const PARAMS_LENGTH = 300;

/** `changes` in as few parts as fit into a line each: a mask is longer in full than as it was given. */
function inLines(changes: readonly ModeChange[]): ModeChange[][] {
  const parts: ModeChange[][] = [];
  let length = Infinity;
  for (const change of changes) {
    length += byteLength(change.param ?? "") + 1;
    if (length > PARAMS_LENGTH) {
      parts.push([]);
      length = byteLength(change.param ?? "") + 1;
    }
    parts.at(-1)?.push(change);
  }
  return parts;
}

/** Of the same command, `pending` changes are still to be made. */
function resolveListEntry(
  channel: Channel,
  pending: readonly ModeChange[],
  { add, letter, param = "" }: AskedMode,
): ModeChange | undefined {
  if (!MASK.test(param) || byteLength(param) > MASK_LENGTH) {
    const expected = `A mask is at most ${MASK_LENGTH} bytes, without spaces`;
    throw new IrcError("ERR_INVALIDMODEPARAM", channel.name, letter, param, expected);
  }
  const mask = fullMask(param);
  const list = channel.lists.get(letter);
  if ((list?.has(casefold(mask)) ?? false) === add) return undefined;
  const coming = pending.filter((change) => change.add && change.letter === letter).length;
  if (add && (list?.size ?? 0) + coming >= LIST_LIMIT) {
    throw new IrcError("ERR_BANLISTFULL", channel.name, mask);
  }
  return { add, letter, param: mask };
}

/** What a key may be: it stands between others in JOIN, and between parameters in MODE. */
const KEY = /^[^\s,:][^\s,]*$/;
const KEY_LENGTH = 32;

/** Who sets a mode, and where they find other channels. */
type Setter = Pick<UserCall, "context" | "user">;

/** What each mode with one parameter may be set to: this returns it as it is kept, or throws. */
const SETTINGS: ReadonlyMap<
  string,
  (param: string, channel: Channel, setter: Setter) => string
> = new Map([
  ["f", (param, channel, { context, user }) => {
    const next = context.network.channel(param);
    if (!next || next === channel || !isKnown(next, user)) {
      const expected = "People are sent on to another channel, which exists";
      throw new IrcError("ERR_INVALIDMODEPARAM", channel.name, "f", param, expected);
    }
    assertChannelOperator(next, user);
    return next.name;
  }],
  ["k", (param, channel) => {
    if (KEY.test(param) && byteLength(param) <= KEY_LENGTH) return param;
    throw new IrcError("ERR_INVALIDKEY", channel.name);
  }],
  ["l", (param, channel) => {
    const limit = /^[0-9]{1,9}$/.test(param) ? Number(param) : 0;
    if (limit > 0) return String(limit);
    const expected = "A limit is a number above zero";
    throw new IrcError("ERR_INVALIDMODEPARAM", channel.name, "l", param, expected);
  }],
]);

function resolveSetting(
  setter: Setter,
  channel: Channel,
  { add, letter, param }: AskedMode,
): ModeChange | undefined {
  const current = channel.settings.get(letter);
  if (!add) {
    if (current === undefined) return undefined;
    // Type B modes are unset with a parameter, whatever it is.
    return CHANNEL_MODES.get(letter) === "setting" ? { add, letter, param: "*" } : { add, letter };
  }
  if (param === undefined) throw new IrcError("ERR_NEEDMOREPARAMS", "MODE");
  const value = SETTINGS.get(letter)?.(param, channel, setter);
  return value === undefined || value === current ? undefined : { add, letter, param: value };
}

function sendChannelModes(session: Session, viewer: User, channel: Channel): void {
  const { name, flags, settings, createdAt, members } = channel;
  const letters = `+${[...flags].sort().join("")}${[...settings.keys()].join("")}`;
  // The key is for those who are in.
  const params = [...settings].map(([letter, value]) =>
    letter === "k" && !members.has(viewer) ? "*" : value
  );
  session.reply("RPL_CHANNELMODEIS", name, letters, ...params);
  session.reply("RPL_CREATIONTIME", name, String(Math.floor(createdAt / 1000)));
}

/** What the entries of each list, and its end, are told with. */
const LIST_REPLIES: ReadonlyMap<string, readonly [entry: Numeric, end: Numeric]> = new Map([
  ["b", ["RPL_BANLIST", "RPL_ENDOFBANLIST"]],
  ["e", ["RPL_EXCEPTLIST", "RPL_ENDOFEXCEPTLIST"]],
  ["I", ["RPL_INVEXLIST", "RPL_ENDOFINVEXLIST"]],
]);

function sendList(session: Session, channel: Channel, letter: string): void {
  const replies = LIST_REPLIES.get(letter);
  if (!replies) throw new IrcError("ERR_UNKNOWNMODE", letter);
  const [entry, end] = replies;
  for (const { mask, by, time } of channel.lists.get(letter)?.values() ?? []) {
    session.reply(entry, channel.name, mask, by, String(Math.floor(time / 1000)));
  }
  session.reply(end, channel.name);
}

// Of users: Modern IRC, "User mode".

function userMode({ context, session, user, params }: UserCall, target: User): void {
  if (target !== user) throw new IrcError("ERR_USERSDONTMATCH");
  const [, letters] = params;
  if (letters === undefined) {
    return session.reply("RPL_UMODEIS", `+${[...user.modes].sort().join("")}`);
  }
  const changes: ModeChange[] = [];
  let add = true;
  for (const letter of letters) {
    if (letter === "+" || letter === "-") {
      add = letter === "+";
      continue;
    }
    const mode = USER_MODES.get(letter);
    if (!mode) session.reply("ERR_UMODEUNKNOWNFLAG");
    else if (user.modes.has(letter) !== add && maySet(mode, add)) changes.push({ add, letter });
  }
  if (changes.some(({ add, letter }) => !add && letter === "o")) {
    changes.push(...operatorModeRemovals(user));
  }
  if (changes.length > 0) context.append({ type: "UserModesChanged", by: user.actor, changes });

  function maySet({ selfSet, operatorsOnly }: UserMode, add: boolean): boolean {
    return !add || (selfSet && (!operatorsOnly || user.modes.has("o")));
  }
}
