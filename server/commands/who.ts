/**
 * WHO: lists the users of a channel, or those that match a mask.
 *
 * Sources: Modern IRC (https://modern.ircdocs.horse, "WHO message");
 * https://ircv3.net/specs/extensions/whox
 *
 * @module
 */

import type { Moment } from "../../shared/clock.ts";
import { casefold } from "../../protocol.ts";
import { isWithin, parseRange, withLostColons } from "../../shared/ip.ts";
import type { Command, UserCall } from "../session/command.ts";
import type { Steps } from "../session/slices.ts";
import { textMatcher } from "../state/masks.ts";
import { isKnown, isVisible } from "../state/visibility.ts";
import { idleMs } from "../state/recipient.ts";
import type { Channel, User } from "../state/state.ts";
import { shownPrefixes } from "../session/channel_view.ts";

/** Commands of this family. */
export const whoCommands: readonly Command[] = [
  {
    name: "WHO",
    syntax: "[<mask> [[o]%<fields>[,<token>]]]",
    help:
      "Lists the users of a channel, or all that match a mask. o: operators only; for fields, " +
      "see the WHOX specification.",
    minParams: 0,
    when: "registered",
    run: (call) => call.session.answers.send(who(call)),
  },
];

function* who(call: UserCall): Steps {
  const { context, session, user, params } = call;
  const [mask = "*", options = ""] = withLostColons(params);
  const named = context.network.channel(mask);
  const channel = named && isKnown(named, user) ? named : undefined;
  const found = channel ? channel.members.keys() : candidates(call, mask);
  const isFound = channel ? () => true : matcherOf(call, mask);
  const [filter, fields] = options.split("%");
  const send = fields === undefined ? sendWho : fieldSender(fields);
  for (const each of found) {
    yield;
    // Since the step before, the asking user may have left the channel, or the channel may have
    // become secret.
    if (channel && !isKnown(channel, user)) break;
    const seesAll = channel?.members.has(user) ?? false;
    if (!isFound(each)) continue;
    if (filter === "o" && !each.modes.has("o")) continue;
    const isNamed = casefold(each.actor.nick) === casefold(mask);
    if (seesAll || isNamed || isVisible(each, user)) {
      send({ call, user: each, channel });
    }
  }
  session.reply("RPL_ENDOFWHO", mask);
}

/** A user that WHO has found. */
interface Found {
  readonly call: UserCall;
  readonly user: User;
  /** The channel that the mask names, if it names one. */
  readonly channel: Channel | undefined;
}

/** Returns the user with the nick `mask`, if there is one, and all users otherwise. */
function candidates({ context: { network } }: UserCall, mask: string): Iterable<User> {
  const named = network.user(mask);
  return named ? [named] : network.users.values();
}

/**
 * Returns a function that reports whether `mask` matches a user. A mask that is a nick in use
 * matches only the user with that nick.
 */
function matcherOf({ context, user: viewer }: UserCall, mask: string): (user: User) => boolean {
  const named = context.network.user(mask);
  if (named) return (user) => user === named;
  const range = parseRange(mask);
  const matches = textMatcher(mask);
  return (user) => {
    const { actor, host, address, realname } = user;
    // Only operators see addresses of other users.
    const seesAddress = user === viewer || viewer.modes.has("o");
    const hosts = seesAddress ? [host, address] : [host];
    return [actor.nick, realname, ...hosts].some(matches) ||
      (range !== undefined && hosts.some((each) => isWithin(each, [range])));
  };
}

function sendWho(found: Found): void {
  const { call: { context, session }, user: { actor, username, host, realname }, channel } = found;
  const { name } = context.options;
  const where = channel?.name ?? "*";
  const flags = flagsOf(found);
  session.reply("RPL_WHOREPLY", where, username, host, name, actor.nick, flags, `0 ${realname}`);
}

/**
 * Returns `H` or `G` (here or gone), `*` for an operator of the server, `B` for a bot, and the
 * prefixes of the user's ranks in the channel.
 */
function flagsOf({ call: { session }, user, channel }: Found): string {
  return (user.away === undefined ? "H" : "G") + (user.modes.has("o") ? "*" : "") +
    (user.modes.has("B") ? "B" : "") +
    (channel ? shownPrefixes(session, channel.members.get(user) ?? "") : "");
}

/**
 * Returns the address of the user if everyone sees it as the user's host, or if the viewer is that
 * user or an operator of the server. Otherwise, returns the placeholder for hidden addresses
 * (https://ircv3.net/specs/extensions/whox, "`RPL_WHOSPCRPL` (354) numeric reply").
 */
function addressOf({ call: { user: viewer }, user }: Found): string {
  const { address, host } = user;
  if (user === viewer || viewer.modes.has("o") || address === host) return address;
  return UNKNOWN_ADDRESS;
}

const UNKNOWN_ADDRESS = "255.255.255.255";

/** The fields of WHOX except the token, in the order in which they are sent. */
const FIELDS: readonly (readonly [letter: string, value: (found: Found) => string])[] = [
  ["c", ({ channel }) => channel?.name ?? "*"],
  ["u", ({ user }) => user.username],
  ["i", addressOf],
  ["h", ({ user }) => user.host],
  ["s", ({ call }) => call.context.options.name],
  ["n", ({ user }) => user.actor.nick],
  ["f", flagsOf],
  ["d", () => "0"], // hops: users see only one server
  ["l", ({ call, user }) => idleSeconds(call.context.clock.moment(), user)],
  ["a", ({ user }) => user.actor.account ?? "0"],
  ["o", () => "n/a"], // operators of a channel have no levels
  ["r", ({ user }) => user.realname],
];

/** Returns a function that sends the fields in `spec`, which is `<fields>[,<token>]`. */
function fieldSender(spec: string): (found: Found) => void {
  const [letters = "", token = ""] = spec.split(",");
  const requested = FIELDS.filter(([letter]) => letters.includes(letter));
  const first = letters.includes("t") ? [TOKEN.test(token) ? token : "0"] : [];
  return (found) =>
    found.call.session.reply(
      "RPL_WHOSPCRPL",
      ...first,
      ...requested.map(([, value]) => value(found)),
    );
}

/**
 * Matches a token: digits, at most three (https://ircv3.net/specs/extensions/whox, "Extended `WHO`
 * command").
 */
const TOKEN = /^[0-9]{1,3}$/;

function idleSeconds(now: Moment, user: User): string {
  if (user.recipients.all.length === 0) return "0";
  return String(Math.floor(idleMs(user, now) / 1000));
}
