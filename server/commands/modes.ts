/**
 * MODE: shows and changes the modes of channels and users.
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
import { MODE_TEXTS } from "../texts/modes.ts";
import type { Session } from "../session/session.ts";
import { requireChannel, requireUser } from "./lookup.ts";
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
  if (target.startsWith("#")) channelMode(call, requireChannel(call, target));
  else userMode(call, requireUser(call.context, target));
}

// Modes of channels: Modern IRC, "Channel mode".

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
    const { add, letter, param } = request;
    if (isMemberMode(letter)) {
      const member = requireUser(context, param ?? "");
      const { nick, id } = member.actor;
      const has = channel.members.get(member);
      if (has === undefined) throw new IrcError("ERR_USERNOTINCHANNEL", nick, channel.name);
      return has.includes(letter) === add ? undefined : { add, letter, param: nick, user: id };
    }
    switch (CHANNEL_MODES.get(letter)) {
      case "list":
        return resolveListEntry(channel, changes, request);
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

/** A requested change, not checked yet. */
interface ModeRequest {
  readonly add: boolean;
  readonly letter: string;
  readonly param: string | undefined;
}

/**
 * Returns the requested change of each letter, with the parameter that it takes. Of several changes of
 * the same mode, or of the same entry of a list, only the last one is returned.
 */
function readChannelModes(letters: string, params: readonly string[]): ModeRequest[] {
  const requests = new Map<string, ModeRequest>();
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
    const param = takesParam ? params[next++] : undefined;
    const hasEntries = isMemberMode(letter) || kind === "list";
    const key = hasEntries && param !== undefined ? letter + casefold(param) : letter;
    requests.delete(key);
    requests.set(key, { add, letter, param });
  }
  return [...requests.values()];
}

/** Returns the member whose rank would change, if the mode is a rank. */
function rankedMember({ network }: Context, { add, letter, param = "" }: ModeRequest) {
  return isMemberMode(letter) ? { user: network.user(param), add } : undefined;
}

function isListQuery({ letter, param }: ModeRequest): boolean {
  return CHANNEL_MODES.get(letter) === "list" && (param === undefined || param === "");
}

/** A mask can stand between other parameters. No longer mask could match a user. */
const MASK = /^[^\s:]\S*$/;
const MASK_BYTES = 128;

/** The largest size of all parameters of one MODE, in bytes, so that they fit into a line. */
const PARAMS_BYTES = 300;

/** Splits `changes` into parts that fit into a line each: a full mask is longer than the one given. */
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

/** Checks a change of a list. The changes in `pending` belong to the same command and are not made yet. */
function resolveListEntry(
  channel: Channel,
  pending: readonly ModeChange[],
  { add, letter, param = "" }: ModeRequest,
): ModeChange | undefined {
  if (!MASK.test(param) || byteLength(param) > MASK_BYTES) {
    const text = MODE_TEXTS.invalidMask(MASK_BYTES);
    throw new IrcError("ERR_INVALIDMODEPARAM", channel.name, letter, param, text);
  }
  const mask = fullMask(param);
  const list = channel.lists.get(letter);
  if ((list?.has(casefold(mask)) ?? false) === add) return undefined;
  const added = pending.filter((change) => change.add && change.letter === letter).length;
  if (add && (list?.size ?? 0) + added >= LIST_LIMIT) {
    throw new IrcError("ERR_BANLISTFULL", channel.name, mask);
  }
  return { add, letter, param: mask };
}

/** A key can stand between others in JOIN and between other parameters in MODE. */
const KEY = /^[^\s,:][^\s,]*$/;
const KEY_BYTES = 32;

/** The user who sets a mode, and the context with all channels. */
type Setter = Pick<UserCall, "context" | "user">;

/** For each mode with one parameter, a function that checks the parameter and returns it as it is stored. */
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
  // Only members see the key.
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

// Modes of users: Modern IRC, "User mode".

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
