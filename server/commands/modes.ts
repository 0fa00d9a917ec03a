/**
 * MODE: shows and changes modes of channels and users (https://modern.ircdocs.horse, "MODE
 * message").
 *
 * @module
 */

import type { Command, UserCall } from "../session/command.ts";
import type { Context } from "../core/context.ts";
import type { ModeChange } from "../events/events.ts";
import { LIST_LIMIT } from "../irc/limits.ts";
import {
  ACCOUNT_MASK,
  fullMask,
  maskFault,
  meantInstead,
  MUTE_MASK,
  splitMask,
  withOwnPrefixes,
} from "../state/masks.ts";
import type { Network } from "../state/network.ts";
import {
  CHANNEL_MODES,
  isMemberMode,
  LONGEST_WAIT,
  shownUserModes,
  USER_MODES,
  type UserMode,
} from "../state/modes.ts";
import { operatorModeRemovals } from "../accounts/operator_rights.ts";
import type { Channel, User } from "../state/state.ts";
import { assertChannelOperator, assertMayChange } from "../state/permissions.ts";
import { isKnown } from "../state/visibility.ts";
import { IrcError, type Numeric } from "../irc/replies.ts";
import { MASK_TEXTS } from "../texts/bans.ts";
import { MODE_TEXTS } from "../texts/modes.ts";
import type { Session } from "../session/session.ts";
import { requireChannel, requireUser } from "./lookup.ts";
import { byteLength } from "../../shared/text.ts";
import { casefold, isNick } from "../../protocol.ts";
import { parseRange, withLostColons } from "../../shared/ip.ts";
import type { ListEntry } from "../events/records.ts";

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

/** Shows or changes modes, as MODE does. */
export function mode(call: UserCall): void {
  const [target = ""] = call.params;
  if (target.startsWith("#")) channelMode(call, requireChannel(call, target));
  else userMode(call, requireUser(call.context, target));
}

// Modes of channels: https://modern.ircdocs.horse, "Channel mode".

function channelMode({ context, session, user, params }: UserCall, channel: Channel): void {
  const [, letters, ...rest] = params;
  if (letters === undefined) return sendChannelModes(session, user, channel);
  const changes: ModeChange[] = [];
  for (const request of readChannelModes(letters, rest)) {
    session.attempt(() => {
      if (isListQuery(request)) return sendEntries(session, channel, request.letter);
      assertMayChange(channel, user, request.letter, rankedMember(context, request));
      const change = resolve(request);
      if (change) changes.push(change);
    });
  }
  for (const part of splitIntoLines(changes)) {
    const by = user.actor;
    context.append({ type: "ChannelModesChanged", by, channel: channel.name, changes: part });
  }

  /** Checks and completes a change; returns `undefined` if it would change nothing. */
  function resolve(request: ModeRequest): ModeChange | undefined {
    const { add, letter } = request;
    if (isMemberMode(letter)) return resolveRank(context, channel, request);
    switch (CHANNEL_MODES.get(letter)) {
      case "list":
        return resolveListEntry(context, channel, changes, request);
      case "setting":
      case "limit":
        return resolveSetting({ context, user }, channel, request);
      case "flag":
        return channel.flags.has(letter) === add ? undefined : { add, letter };
      case undefined:
        throw new IrcError("ERR_UNKNOWNMODE", letter);
    }
  }
}

/**
 * Completes a change of a rank. A rank that an account keeps can be taken from the account even
 * while its owner is not a member: otherwise, the owner would have the rank again at the next JOIN.
 */
function resolveRank(
  context: Context,
  channel: Channel,
  { add, letter, param = "" }: ModeRequest,
): ModeChange | undefined {
  const { network } = context;
  const present = network.user(param);
  const memberModes = present && channel.members.get(present);
  if (present && memberModes !== undefined) {
    const { nick, id } = present.actor;
    return memberModes.includes(letter) === add
      ? undefined
      : { add, letter, param: nick, user: id };
  }
  const account = present?.actor.account ?? network.accountOfNick(param)?.name;
  if (!add && account !== undefined && channel.ranks.get(casefold(account))?.includes(letter)) {
    const isMember = network.usersOf(account).values().some((user) => channel.members.has(user));
    // An empty channel exists only while an account owns it, so the ranks in it cannot be taken.
    if (!isMember && channel.members.size > 0) return { add, letter, param: account, account };
  }
  const { nick } = requireUser(context, param).actor;
  throw new IrcError("ERR_USERNOTINCHANNEL", nick, channel.name);
}

/** A requested change, not checked yet. */
export interface ModeRequest {
  /** True to set the mode, false to unset it. */
  readonly add: boolean;
  /** The mode's letter. */
  readonly letter: string;
  /** The parameter; `undefined` if there is none. */
  readonly param: string | undefined;
  /** The time when an entry of a list ends; absent if it never does. */
  readonly until?: number;
}

/**
 * Returns the requested change of each letter, with the parameter that it takes. If several letters
 * change the same mode, or the same entry of a list, only the last of these changes is returned.
 */
function readChannelModes(letters: string, params: readonly string[]): ModeRequest[] {
  const requests = new Map<string, ModeRequest>();
  let given = params;
  let add = true;
  let next = 0;
  for (const letter of letters) {
    if (letter === "+" || letter === "-") {
      add = letter === "+";
      continue;
    }
    const kind = CHANNEL_MODES.get(letter);
    const takesParam = isMemberMode(letter) || kind === "list" || kind === "setting" ||
      (kind === "limit" && add);
    if (kind === "list" && next === given.length - 1) given = withLostColons(given);
    const param = takesParam ? given[next++] : undefined;
    const entry = kind === "list" && param !== undefined ? fullMask(param) : param;
    const hasEntries = isMemberMode(letter) || kind === "list";
    const key = hasEntries && entry !== undefined ? letter + casefold(entry) : letter;
    requests.delete(key);
    requests.set(key, { add, letter, param });
  }
  return [...requests.values()];
}

/** Returns the user whose rank would change, and the direction, if the mode is a rank. */
function rankedMember({ network }: Context, { add, letter, param = "" }: ModeRequest) {
  return isMemberMode(letter) ? { user: network.user(param), add } : undefined;
}

function isListQuery({ letter, param }: ModeRequest): boolean {
  return CHANNEL_MODES.get(letter) === "list" && (param === undefined || param === "");
}

/** The form of a mask that can stand between other parameters. */
const MASK = /^[^\s:]\S*$/;
/** The largest size of a mask, in bytes; a longer one could match no user. */
const MASK_BYTES = 128;

/** The largest size of all parameters of one MODE, in bytes, so that they fit into a line. */
const PARAMS_BYTES = 300;

/**
 * Splits `changes` into parts that each fit into a line. One line may not suffice, because masks in
 * their full form are longer than the client has written them.
 */
function splitIntoLines(changes: readonly ModeChange[]): ModeChange[][] {
  const parts: ModeChange[][] = [];
  let length = Infinity;
  for (const change of changes) {
    length += byteLength(change.param ?? "") + 1;
    if (length > PARAMS_BYTES) {
      parts.push([]);
      length = byteLength(change.param ?? "") + 1;
    }
    parts.at(-1)?.push(change);
  }
  return parts;
}

/**
 * Checks a change of a list, and returns it with the mask in its full form; `undefined` if it would
 * change nothing. `pending` has the changes of the same command, which are not made yet.
 */
export function resolveListEntry(
  { network }: Context,
  channel: Channel,
  pending: readonly ModeChange[],
  { add, letter, param = "", until }: ModeRequest,
): ModeChange | undefined {
  const list = channel.lists.get(letter);
  const byAccount = accountMask(network, param);
  const usesAccount = byAccount !== undefined && (add || findEntry(list, byAccount) !== undefined);
  const given = usesAccount ? byAccount : param;
  const present = findEntry(list, given);
  const mask = fullMask(given);
  if (!add) {
    const isSame = present && casefold(present.mask) === casefold(mask);
    return present && { add, letter, param: isSame ? mask : present.mask };
  }
  const fault = listEntryFault(given);
  if (fault !== undefined) {
    throw new IrcError("ERR_INVALIDMODEPARAM", channel.name, letter, param, fault);
  }
  const end = until === undefined ? {} : { until };
  if (present) {
    return present.until === until ? undefined : { add, letter, param: present.mask, ...end };
  }
  const added = pending.filter((change) => change.add && change.letter === letter).length;
  if ((list?.size ?? 0) + added >= LIST_LIMIT) {
    throw new IrcError("ERR_BANLISTFULL", channel.name, mask);
  }
  return { add, letter, param: mask, ...end };
}

/**
 * Returns the reason why `param` cannot be in a list, as a text for users; `undefined` if it can.
 */
function listEntryFault(param: string): string | undefined {
  const isParameter = MASK.test(param) || parseRange(param) !== undefined;
  const isShort = byteLength(param) <= MASK_BYTES && byteLength(fullMask(param)) <= MASK_BYTES;
  if (!isParameter || !isShort) return MODE_TEXTS.invalidMask(MASK_BYTES);
  const instead = meantInstead(param);
  return maskFault(param) ?? (instead && MASK_TEXTS.matchesEveryone(instead));
}

/**
 * Returns the entry of a list that `param` names. Earlier versions wrote some masks in other forms,
 * and accepted masks that are refused today. Their entries are also found.
 */
function findEntry(
  list: ReadonlyMap<string, ListEntry> | undefined,
  param: string,
): ListEntry | undefined {
  const mask = casefold(fullMask(param));
  return list?.get(mask) ?? list?.get(casefold(param)) ??
    list?.values().find((entry) => casefold(fullMask(entry.mask)) === mask);
}

/**
 * Returns the mask of an account, if `given` is a nick whose user or owner has an account. The mask
 * still matches the user after they change the nick.
 */
function accountMask(network: Network, given: string): string | undefined {
  const { mutes, ofAccounts, mask } = splitMask(withOwnPrefixes(given));
  if (ofAccounts || !isNick(mask)) return undefined;
  const user = network.user(mask);
  const account = user ? user.actor.account : network.accountOfNick(mask)?.name;
  if (account === undefined) return undefined;
  return `${mutes ? `${MUTE_MASK}:` : ""}${ACCOUNT_MASK}:${account}`;
}

/** The form of a channel key that can be among other keys in JOIN and other parameters in MODE. */
const KEY = /^[^\s,:][^\s,]*$/;
const KEY_BYTES = 32;

/** The user who sets a mode, and the server's shared parts, to find other channels. */
type Setter = Pick<UserCall, "context" | "user">;

/** For each mode with one parameter, a function that checks it and returns its stored form. */
const SETTINGS: ReadonlyMap<
  string,
  (param: string, channel: Channel, setter: Setter) => string
> = new Map([
  ["f", (param, channel, { context, user }) => {
    const next = context.network.channel(param);
    if (!next || next === channel || !isKnown(next, user)) {
      const text = MODE_TEXTS.invalidForward;
      throw new IrcError("ERR_INVALIDMODEPARAM", channel.name, "f", param, text);
    }
    assertChannelOperator(next, user);
    return next.name;
  }],
  ["k", (param, channel) => {
    if (KEY.test(param) && byteLength(param) <= KEY_BYTES) return param;
    throw new IrcError("ERR_INVALIDKEY", channel.name, MODE_TEXTS.invalidKey(KEY_BYTES));
  }],
  ["H", (param, channel) => {
    if (/^[0-9]{1,3}$/.test(param)) return String(Number(param));
    const text = MODE_TEXTS.invalidReplay;
    throw new IrcError("ERR_INVALIDMODEPARAM", channel.name, "H", param, text);
  }],
  ["W", (param, channel) => {
    const seconds = /^[0-9]{1,5}$/.test(param) ? Number(param) : 0;
    if (seconds > 0 && seconds <= LONGEST_WAIT) return String(seconds);
    const text = MODE_TEXTS.invalidWait(LONGEST_WAIT);
    throw new IrcError("ERR_INVALIDMODEPARAM", channel.name, "W", param, text);
  }],
  ["l", (param, channel) => {
    const limit = /^[0-9]{1,9}$/.test(param) ? Number(param) : 0;
    if (limit > 0) return String(limit);
    const text = MODE_TEXTS.invalidLimit;
    throw new IrcError("ERR_INVALIDMODEPARAM", channel.name, "l", param, text);
  }],
]);

function resolveSetting(
  setter: Setter,
  channel: Channel,
  { add, letter, param }: ModeRequest,
): ModeChange | undefined {
  const current = channel.settings.get(letter);
  if (!add) {
    if (current === undefined) return undefined;
    // Modes of type B are unset with a parameter; its value has no meaning.
    return CHANNEL_MODES.get(letter) === "setting" ? { add, letter, param: "*" } : { add, letter };
  }
  if (param === undefined) throw new IrcError("ERR_NEEDMOREPARAMS", "MODE");
  const value = SETTINGS.get(letter)?.(param, channel, setter);
  return value === undefined || value === current ? undefined : { add, letter, param: value };
}

function sendChannelModes(session: Session, viewer: User, channel: Channel): void {
  const { name, flags, settings, createdAt, members } = channel;
  const letters = `+${[...flags].sort().join("")}${[...settings.keys()].join("")}`;
  // Only members see the channel key.
  const params = [...settings].map(([letter, value]) =>
    letter === "k" && !members.has(viewer) ? "*" : value
  );
  session.reply("RPL_CHANNELMODEIS", name, letters, ...params);
  session.reply("RPL_CREATIONTIME", name, String(Math.floor(createdAt / 1000)));
}

/** The numerics for the entries of each list, and for its end. */
const LIST_REPLIES: ReadonlyMap<string, readonly [entry: Numeric, end: Numeric]> = new Map([
  ["b", ["RPL_BANLIST", "RPL_ENDOFBANLIST"]],
  ["e", ["RPL_EXCEPTLIST", "RPL_ENDOFEXCEPTLIST"]],
  ["I", ["RPL_INVEXLIST", "RPL_ENDOFINVEXLIST"]],
]);

function sendEntries(session: Session, channel: Channel, letter: string): void {
  const replies = LIST_REPLIES.get(letter);
  if (!replies) throw new IrcError("ERR_UNKNOWNMODE", letter);
  const [entry, end] = replies;
  for (const { mask, by, time } of channel.lists.get(letter)?.values() ?? []) {
    session.reply(entry, channel.name, mask, by, String(Math.floor(time / 1000)));
  }
  session.reply(end, channel.name);
}

// Modes of users: https://modern.ircdocs.horse, "User mode".

function userMode({ context, session, user, params }: UserCall, target: User): void {
  if (target !== user) throw new IrcError("ERR_USERSDONTMATCH");
  const [, letters] = params;
  if (letters === undefined) {
    return session.reply("RPL_UMODEIS", shownUserModes(user.modes));
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
