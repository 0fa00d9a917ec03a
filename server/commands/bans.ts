/**
 * DLINE and KLINE, by which operators ban addresses and masks from the server; UNDLINE and UNKLINE,
 * which remove bans; and the lists of bans for STATS.
 *
 * No specification has these commands. Their names and parameters are the ones that common servers
 * use.
 *
 * @module
 */

import { LIMITS } from "../../protocol.ts";
import { byteLength, printable, splitText } from "../../shared/text.ts";
import type { Command, UserCall } from "../session/command.ts";
import type { Steps } from "../session/slices.ts";
import type { Client } from "../core/client.ts";
import type { Context } from "../core/context.ts";
import { formatDuration, parseDuration } from "../../shared/durations.ts";
import { parseRange, withLostColons } from "../../shared/ip.ts";
import { fullMask, maskFault, matchesEveryone, splitMask } from "../state/masks.ts";
import { StandardError } from "../irc/replies.ts";
import { banTerms, isInForce, matcherOf, SERVER_BAN_LIMITS } from "../state/server_bans.ts";
import type { BanKey, ServerBan } from "../events/records.ts";
import { BAN_TEXTS } from "../texts/bans.ts";

/** A kind of ban. */
interface BanKind {
  readonly kind: BanKey["kind"];
  /** The command that sets a ban; the one that removes it has `UN` before the name. */
  readonly name: string;
  /** The name of the parameter for the target, as HELP shows it. */
  readonly parameter: string;
  /** Returns a target in its full form, or the reason why it is invalid. */
  read(text: string): { readonly target: string } | { readonly fault: string };
  /** Returns true if a target matches everyone, every IPv4 address or every IPv6 address. */
  matchesEveryone(target: string): boolean;
}

/** The largest size of a mask, in bytes. */
const MASK_BYTES = LIMITS.line / 4;

const KINDS: readonly BanKind[] = [
  {
    kind: "address",
    name: "DLINE",
    parameter: "address|range",
    read(text) {
      const target = parseRange(text)?.text;
      return target === undefined ? { fault: BAN_TEXTS.invalidAddress } : { target };
    },
    matchesEveryone: (target) => target.endsWith("/0"),
  },
  {
    kind: "mask",
    name: "KLINE",
    parameter: "mask",
    read: readMask,
    matchesEveryone,
  },
];

/** Commands of this family. */
export const banCommands: readonly Command[] = KINDS.flatMap((ban) => [
  {
    name: ban.name,
    syntax: `[KEEP] [MYSELF] [<duration>] <${ban.parameter}> [<reason>]`,
    help: "Bans clients, for a time such as 1d12h or permanently, and disconnects them. KEEP " +
      "leaves them connected; MYSELF allows a ban that matches you. For operators.",
    minParams: 1,
    when: "operator",
    run: (call) => call.session.answers.send(setBan(call, ban), "to the end"),
  },
  {
    name: `UN${ban.name}`,
    syntax: `<${ban.parameter}>`,
    help: `Removes a ban that ${ban.name} set; for operators.`,
    minParams: 1,
    when: "operator",
    run: (call) => removeBan(call, ban),
  },
]);

/** The parameters of a command that sets a ban. */
interface BanRequest {
  /** The words of {@linkcode OPTIONS} that were given. */
  readonly options: ReadonlySet<string>;
  readonly key: BanKey;
  /** The duration of the ban, in milliseconds; 0 for a permanent ban. */
  readonly ms: number;
  readonly reason: string;
}

/**
 * The words that may precede other parameters. ANDKILL is an option of other servers, and
 * changes nothing here.
 */
const OPTIONS: ReadonlySet<string> = new Set(["ANDKILL", "KEEP", "MYSELF"]);
/**
 * The largest size of a reason, in bytes. A text that names a ban, its author and the reason must
 * fit into a line.
 */
const REASON_BYTES = 200;

function readRequest(params: readonly string[], ban: BanKind): BanRequest {
  const rest = [...withLostColons(params)];
  const options = new Set<string>();
  while (rest.length > 1 && OPTIONS.has(rest[0] ?? "")) options.add(rest.shift() ?? "");
  const ms = rest.length > 1 ? parseDuration(rest[0] ?? "") : undefined;
  if (ms !== undefined) rest.shift();
  const [given = "", ...comment] = rest;
  if (comment.length > 0 && /^\d+$/.test(given)) {
    const text = BAN_TEXTS.durationNeedsUnit;
    throw new StandardError(ban.name, "INVALID_DURATION", given, text);
  }
  const [reason = ""] = splitText(printable(comment.join(" ")), REASON_BYTES);
  return { options, key: readKey(given, ban, ban.name), ms: ms ?? 0, reason };
}

function readKey(given: string, { kind, read }: BanKind, command: string): BanKey {
  const found = read(given);
  if ("target" in found) return { kind, target: found.target };
  throw new StandardError(command, "INVALID_TARGET", given, found.fault);
}

function* setBan({ context, session, user, params }: UserCall, ban: BanKind): Steps {
  const { options, key, ms, reason } = readRequest(params, ban);
  const isBanned = matcherOf(key);
  if (!options.has("MYSELF") && isBanned(session.host, user.actor.mask)) {
    const text = BAN_TEXTS.matchesYourself(ban.name);
    throw new StandardError(ban.name, "BANS_YOURSELF", key.target, text);
  }
  if (!options.has("MYSELF") && ban.matchesEveryone(key.target)) {
    const text = BAN_TEXTS.matchesEveryone(ban.name);
    throw new StandardError(ban.name, "BANS_EVERYONE", key.target, text);
  }
  if (isFull(context, key)) {
    const text = BAN_TEXTS.tooMany(SERVER_BAN_LIMITS[ban.kind]);
    throw new StandardError(ban.name, "TOO_MANY_BANS", key.target, text);
  }
  const time = context.clock.now();
  const by = user.actor.nick;
  const until = ms === 0 ? {} : { until: time + ms };
  const saved: ServerBan = { ...key, by, time, ...until, reason };
  const earlier = context.network.serverBans.get(key);
  if (earlier) context.append({ type: "ServerBanRemoved", by: user.actor, ban: earlier });
  context.append({ type: "ServerBanSaved", by: user.actor, ban: saved });
  const terms = banTerms(saved, time);
  context.log.warn("banned", {
    target: key.target,
    by,
    for: ms === 0 ? "ever" : formatDuration(ms),
  });
  context.tellOperators(BAN_TEXTS.bannedBy(by, key.target, terms));
  const matched: Client[] = [];
  for (const client of options.has("KEEP") ? [] : [...context.clients]) {
    if (isBanned(client.host, client.user?.actor.mask)) matched.push(client);
    yield;
  }
  session.fromServer("NOTICE", by, BAN_TEXTS.banned(key.target, terms, matched.length));
  const closeReason = BAN_TEXTS.closeReason(terms);
  for (const client of matched) {
    if (client !== session) client.close(closeReason);
    yield;
  }
  if (options.has("KEEP")) return;
  yield* removeOffline(context, key, closeReason);
  // The operator's own client comes last, because it gets the reply.
  if (matched.includes(session)) session.close(closeReason);
}

/**
 * Removes users whom the ban `key` matches and who stay while offline: they have no client that
 * could be closed.
 */
function* removeOffline(context: Context, key: BanKey, reason: string): Steps {
  const isBanned = matcherOf(key);
  for (const user of [...context.network.users.values()]) {
    yield;
    const { recipients, address, actor: by } = user;
    if (recipients.all.length > 0 || !isBanned(address, by.mask)) continue;
    if (context.network.users.has(by.id)) context.append({ type: "Quit", by, reason });
  }
}

/**
 * Returns true if the list is too full to take a ban of `key`. Removes expired bans from a list
 * that is full.
 */
function isFull(context: Context, key: BanKey): boolean {
  const { deletionTime, network: { serverBans }, server } = context;
  const limit = SERVER_BAN_LIMITS[key.kind];
  const bans = serverBans.all(key.kind);
  if (bans.length < limit || serverBans.get(key)) return false;
  const expired = bans.filter((ban) => !isInForce(ban, deletionTime));
  for (const ban of expired) context.append({ type: "ServerBanRemoved", by: server, ban });
  return bans.length - expired.length >= limit;
}

function removeBan({ context, session, user, params }: UserCall, ban: BanKind): void {
  const command = `UN${ban.name}`;
  const [given = ""] = withLostColons(params);
  const { target, found } = findBan(context, given, ban, command);
  if (!found || !isInForce(found, context.clock.now())) {
    throw new StandardError(command, "NO_SUCH_BAN", target, BAN_TEXTS.notBanned);
  }
  const by = user.actor.nick;
  context.append({ type: "ServerBanRemoved", by: user.actor, ban: found });
  context.log.warn("ban removed", { target, by });
  context.tellOperators(BAN_TEXTS.removedBy(by, target));
  session.fromServer("NOTICE", by, BAN_TEXTS.removed(target));
}

/**
 * Returns the target that `given` means, and its ban if there is one. Masks are also looked up as
 * they are written, because an earlier version may have accepted masks that are invalid today.
 */
function findBan(
  { network: { serverBans } }: Context,
  given: string,
  ban: BanKind,
  command: string,
) {
  const { kind } = ban;
  const asWritten = kind === "mask" ? serverBans.get({ kind, target: given }) : undefined;
  if (asWritten) return { target: asWritten.target, found: asWritten };
  const key = readKey(given, ban, command);
  return { target: key.target, found: serverBans.get(key) };
}

/** Returns a mask in its full form, or the reason why it is invalid. */
function readMask(text: string): { readonly target: string } | { readonly fault: string } {
  const target = fullMask(text);
  const isValid = text !== "" && !/\s/.test(target) && target === printable(target) &&
    byteLength(target) <= MASK_BYTES;
  if (!isValid) return { fault: BAN_TEXTS.invalidMask(MASK_BYTES) };
  const { mutes, ofAccounts } = splitMask(target);
  if (mutes || ofAccounts) return { fault: BAN_TEXTS.noPrefix("KLINE") };
  const fault = maskFault(text);
  return fault === undefined ? { target } : { fault };
}

/** Returns the bans of a kind that have not expired. */
function bansOf({ clock, network }: Context, kind: BanKey["kind"]): ServerBan[] {
  return network.serverBans.all(kind).filter((ban) => isInForce(ban, clock.now()));
}

/** Sends the bans of a kind for STATS. */
export function* sendBans({ context, session }: UserCall, kind: BanKey["kind"]): Steps {
  for (const ban of bansOf(context, kind)) {
    yield;
    const text = BAN_TEXTS.setBy(ban.by, banTerms(ban, context.clock.now()));
    if (kind === "address") session.reply("RPL_STATSDLINE", "D", ban.target, text);
    else session.reply("RPL_STATSKLINE", "K", ban.target, "*", "*", text);
  }
}
