/**
 * DLINE and KLINE: operators keep addresses and masks out of the server; UNDLINE and UNKLINE let
 * them in again. STATS lists who is kept out.
 *
 * No specification has them; their names and parameters are those that servers in use share.
 *
 * @module
 */

import { LIMITS } from "../../protocol.ts";
import { byteLength, printable, splitText } from "../../shared/text.ts";
import type { Command, UserCall } from "../session/command.ts";
import type { Context } from "../core/context.ts";
import { formatDuration, parseDuration } from "../../shared/durations.ts";
import { parseRange } from "../../shared/ip.ts";
import { fullMask } from "../state/masks.ts";
import { IrcError, StandardError } from "../irc/replies.ts";
import { banTerms, holds, isBannedBy, SERVER_BAN_LIMITS } from "../state/server_bans.ts";
import type { BanKey, ServerBan } from "../events/records.ts";

/** What there is to say of each kind of ban. */
interface BanKind {
  readonly kind: BanKey["kind"];
  /** The command that sets it; with `UN` before it, the one that takes it back. */
  readonly name: string;
  readonly parameter: string;
  readonly example: string;
  /** How what it matches is written in full; `undefined` if it is nothing that could be banned. */
  read(text: string): string | undefined;
}

const KINDS: readonly BanKind[] = [
  {
    kind: "address",
    name: "DLINE",
    parameter: "address|range",
    example: "an address or a range, such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32",
    read: (text) => parseRange(text)?.text,
  },
  {
    kind: "mask",
    name: "KLINE",
    parameter: "mask",
    example: `a mask of at most ${LIMITS.line / 4} bytes, such as spammer, *!*@192.0.2.* or a!b@c`,
    read: readMask,
  },
];

/** Commands of this family. */
export const banCommands: readonly Command[] = KINDS.flatMap((ban) => [
  {
    name: ban.name,
    syntax: `[KEEP] [MYSELF] [<duration>] <${ban.parameter}> [<reason>]`,
    help: "Bans from the server, for good or as long as 1d12h says, and closes whom it matches " +
      "(KEEP: does not; MYSELF: you, too); for operators.",
    minParams: 1,
    when: "operator",
    run: (call) => save(call, ban),
  },
  {
    name: `UN${ban.name}`,
    syntax: `<${ban.parameter}>`,
    help: `Takes a ban back that ${ban.name} set; for operators.`,
    minParams: 1,
    when: "operator",
    run: (call) => remove(call, ban),
  },
]);

/** What an operator wants of a ban. */
interface Wish {
  /** Which of `WORDS` stood before the rest. */
  readonly words: ReadonlySet<string>;
  readonly key: BanKey;
  /** How long it is to hold, in milliseconds; 0, for good. */
  readonly ms: number;
  readonly reason: string;
}

/** Words before the rest; ANDKILL, which is what happens in any case, is known from elsewhere. */
const WORDS: ReadonlySet<string> = new Set(["ANDKILL", "KEEP", "MYSELF"]);
/** So that what is told of a ban fits into a line, with all names that go with it. */
const REASON_LENGTH = 200;

function readWish(params: readonly string[], ban: BanKind): Wish {
  const rest = [...params];
  const words = new Set<string>();
  while (rest.length > 1 && WORDS.has(rest[0] ?? "")) words.add(rest.shift() ?? "");
  const ms = rest.length > 1 ? parseDuration(rest[0] ?? "") : undefined;
  if (ms !== undefined) rest.shift();
  const [given = "", ...comment] = rest;
  if (comment.length > 0 && /^\d+$/.test(given)) {
    const why = "A duration needs a unit, as in 30m, 12h or 1d12h";
    throw new StandardError(ban.name, "INVALID_DURATION", given, why);
  }
  const [reason = ""] = splitText(printable(comment.join(" ")), REASON_LENGTH);
  return { words, key: readKey(given, ban, ban.name), ms: ms ?? 0, reason };
}

function readKey(given: string, { kind, example, read }: BanKind, command: string): BanKey {
  const target = read(given);
  if (target !== undefined) return { kind, target };
  throw new StandardError(command, "INVALID_TARGET", given, `It has to be ${example}`);
}

function save({ context, session, user, params }: UserCall, ban: BanKind): void {
  const { words, key, ms, reason } = readWish(params, ban);
  if (!words.has("MYSELF") && isBannedBy(key, session.host, user.actor.mask)) {
    const why = "That is you, too; if you mean it, put MYSELF before it";
    throw new StandardError(ban.name, "BANS_YOURSELF", key.target, why);
  }
  if (isFull(context, key)) {
    const why = `There are ${SERVER_BAN_LIMITS[ban.kind]} bans already; take some back first`;
    throw new StandardError(ban.name, "TOO_MANY_BANS", key.target, why);
  }
  const time = context.clock.now();
  const by = user.actor.nick;
  const until = ms === 0 ? {} : { until: time + ms };
  const saved: ServerBan = { ...key, by, time, ...until, reason };
  context.append({ type: "ServerBanSaved", by: user.actor, ban: saved });
  const terms = banTerms(saved, time);
  context.log.warn("banned", {
    target: key.target,
    by,
    for: ms === 0 ? "good" : formatDuration(ms),
  });
  context.tellOperators(`Banned by ${by}: ${key.target}${terms}`);
  const matched = [...context.clients].filter((client) =>
    !words.has("KEEP") && isBannedBy(key, client.host, client.user?.actor.mask)
  );
  // Told first, since the operator may be among them.
  const closed = `connections closed: ${matched.length}`;
  session.fromServer("NOTICE", by, `Banned: ${key.target}${terms}; ${closed}`);
  for (const client of matched) client.close(`Banned${terms}`);
  if (words.has("KEEP")) return;
  context.afterwards(() => endStaying(context, key, `Banned${terms}`));
}

/** Whom `key` matches of those who stay while they are not connected does so no more. */
function endStaying(context: Context, key: BanKey, reason: string): void {
  for (const { recipients, address, actor: by } of [...context.network.users.values()]) {
    if (recipients.all.length > 0 || !isBannedBy(key, address, by.mask)) continue;
    context.append({ type: "Quit", by, reason });
  }
}

/** Whether there is no place for `key`, after those that have ended made theirs. */
function isFull(context: Context, key: BanKey): boolean {
  const { clock, network: { serverBans }, server } = context;
  const limit = SERVER_BAN_LIMITS[key.kind];
  const bans = serverBans.all(key.kind);
  if (bans.length < limit || serverBans.get(key)) return false;
  const ended = bans.filter((ban) => !holds(ban, clock.now()));
  for (const ban of ended) context.append({ type: "ServerBanRemoved", by: server, ban });
  return bans.length - ended.length >= limit;
}

function remove({ context, session, user, params: [given = ""] }: UserCall, ban: BanKind): void {
  const command = `UN${ban.name}`;
  const { target } = readKey(given, ban, command);
  const found = context.network.serverBans.get({ kind: ban.kind, target });
  if (!found || !holds(found, context.clock.now())) {
    const why = "That is not banned; STATS d and STATS k list what is";
    throw new StandardError(command, "NO_SUCH_BAN", target, why);
  }
  const by = user.actor.nick;
  context.append({ type: "ServerBanRemoved", by: user.actor, ban: found });
  context.log.warn("no longer banned", { target, by });
  context.tellOperators(`No longer banned, by ${by}: ${target}`);
  session.fromServer("NOTICE", by, `No longer banned: ${target}`);
}

/** What looks like an address is not taken for a nick. */
function readMask(text: string): string | undefined {
  const isHost = /[.:]/.test(text) && !/[!@]/.test(text);
  const mask = fullMask(isHost ? `*@${text}` : text);
  const isGood = text !== "" && !/\s/.test(mask) && mask === printable(mask) &&
    byteLength(mask) <= LIMITS.line / 4;
  return isGood ? mask : undefined;
}

/** The bans of a kind that hold now. */
function bansOf({ clock, network }: Context, kind: BanKey["kind"]): ServerBan[] {
  return network.serverBans.all(kind).filter((ban) => holds(ban, clock.now()));
}

/** Whom operators keep out is for operators; for STATS. */
export function sendBans({ context, session, user }: UserCall, kind: BanKey["kind"]): void {
  if (!user.modes.has("o")) throw new IrcError("ERR_NOPRIVILEGES");
  for (const ban of bansOf(context, kind)) {
    const text = `Set by ${ban.by}${banTerms(ban, context.clock.now())}`;
    if (kind === "address") session.reply("RPL_STATSDLINE", "D", ban.target, text);
    else session.reply("RPL_STATSKLINE", "K", ban.target, "*", "*", text);
  }
}
