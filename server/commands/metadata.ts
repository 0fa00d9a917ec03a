/**
 * METADATA: reads and changes the metadata of users and channels, and the keys that a client
 * subscribes to.
 *
 * Source: https://ircv3.net/specs/extensions/metadata, "METADATA client command"; for its
 * revisions, see `server/state/metadata.ts`.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { byteLength } from "../../shared/text.ts";
import type { Call, Command } from "../session/command.ts";
import type { Context } from "../core/context.ts";
import { isMetadataKey, METADATA_LIMITS } from "../state/metadata.ts";
import { setValue } from "../state/mutable_state.ts";
import { MUTED_KEY, mutedEntries } from "../state/muted.ts";
import { inMetadataBatch, postponeSync, sendEntry, syncSteps } from "../session/metadata_view.ts";
import { hasRank } from "../state/modes.ts";
import { silencingChannel } from "../state/permissions.ts";
import { mayReadAbout } from "../state/visibility.ts";
import { type Numeric, NUMERICS, StandardError } from "../irc/replies.ts";
import { isEarlierVersion } from "../delivery/metadata.ts";
import { warnMetadata, withMetadataFaults } from "../session/metadata_faults.ts";
import { METADATA_TEXTS } from "../texts/metadata.ts";
import type { Session } from "../session/session.ts";
import type { Channel, Metadata, User } from "../state/state.ts";
import { mute, mutingAccount, sendMuted } from "./muting.ts";

/** Commands of this family. */
export const metadataCommands: readonly Command[] = [
  {
    name: "METADATA",
    syntax: "<target> <subcommand> [<parameter>{ <parameter>}]",
    help: "Shows or changes the metadata of a user or channel: GET, LIST, SET, CLEAR, SYNC. " +
      "SUB, UNSUB and SUBS manage the keys that you are subscribed to.",
    minParams: 0,
    when: "always",
    run: metadata,
  },
];

/** One use of a subcommand, with at least the parameters that it needs. */
interface MetadataCall extends Call {
  /** The target, as the client wrote it. */
  readonly target: string;
  /** The parameters after the subcommand. */
  readonly rest: readonly string[];
}

/** A subcommand, and the checks before it runs. */
interface Subcommand {
  /** The smallest number of parameters after the subcommand. */
  readonly minParams: number;
  /** True if the rate limit applies to it, because it is costly or reaches other clients. */
  readonly limited?: boolean;
  run(call: MetadataCall): void;
}

const SUBCOMMANDS: ReadonlyMap<string, Subcommand> = new Map<string, Subcommand>([
  ["CLEAR", { minParams: 0, limited: true, run: clear }],
  ["GET", { minParams: 1, run: get }],
  ["LIST", { minParams: 0, run: list }],
  ["SET", { minParams: 1, limited: true, run: set }],
  ["SUB", { minParams: 1, run: subscribe }],
  ["SUBS", { minParams: 0, run: sendSubscriptions }],
  ["SYNC", { minParams: 0, limited: true, run: synchronize }],
  ["UNSUB", { minParams: 1, run: unsubscribe }],
]);

/** The time after which a client that exceeded the rate limit can try again, in seconds. */
const RETRY_SECONDS = "1";

function metadata(call: Call): void {
  withMetadataFaults(call.session, () => runSubcommand(call));
}

function runSubcommand(call: Call): void {
  const { context, session, params: [target = "", name = "", ...rest] } = call;
  const subcommand = SUBCOMMANDS.get(name.toUpperCase());
  if (!subcommand) {
    const text = METADATA_TEXTS.unknownSubcommand([...SUBCOMMANDS.keys()]);
    throw new StandardError("METADATA", "INVALID_PARAMS", name, text);
  }
  if (rest.length < subcommand.minParams) {
    const text = METADATA_TEXTS.missingParameters;
    throw new StandardError("METADATA", "INVALID_PARAMS", name, text);
  }
  if (subcommand.limited && !session.metadata.tryRequest(context.clock.moment())) {
    if (!isEarlierVersion(session.caps)) {
      return session.reply("ERR_METADATARATELIMIT", RETRY_SECONDS, target, name, ...rest);
    }
    const text = METADATA_TEXTS.tooManyRequests;
    throw new StandardError(
      "METADATA",
      "RATE_LIMITED",
      target,
      rest[0] ?? "*",
      RETRY_SECONDS,
      text,
    );
  }
  subcommand.run({ ...call, target, rest });
}

/** The user or channel whose metadata a command reads or changes. */
interface Holder {
  /** The nick or the channel's name; `*` for a client that has not registered. */
  readonly name: string;
  readonly metadata: Metadata;
  /** True if the client may change the metadata. */
  readonly mayChange: boolean;
  change(key: string, value: string | undefined): void;
}

/**
 * Finds the user or channel that the command names. A client that has not registered can name only
 * itself.
 *
 * @throws {StandardError} if there is no such user or channel, or the client may not see its
 * metadata.
 */
function holderOf({ context, session, target }: MetadataCall): Holder {
  const { user, metadata: { early } } = session;
  if (!user) {
    if (target !== "*") throw invalidTarget(target);
    return {
      name: "*",
      metadata: early,
      mayChange: true,
      change: (key, value) => setValue(early, key, value),
    };
  }
  const found = requireTarget(context, user, target);
  const holder = "actor" in found
    ? { type: "user", user: found.actor.id, nick: found.actor.nick } as const
    : { type: "channel", channel: found.name } as const;
  return {
    name: holder.type === "user" ? holder.nick : holder.channel,
    metadata: found.metadata,
    mayChange: mayChange(user, found),
    change: (key, value) =>
      context.append({ type: "MetadataChanged", by: user.actor, target: holder, key, value }),
  };
}

function requireTarget(context: Context, user: User, target: string): User | Channel {
  if (target === "*") return user;
  const found = context.network.user(target);
  if (found) return found;
  const channel = context.network.channel(target);
  if (!channel || !mayReadAbout(channel, user)) throw invalidTarget(target);
  return channel;
}

/**
 * Returns true if `user` may change the metadata of `target`. Users may change their own metadata.
 * Operators of a channel may change the metadata of the channel ("Concepts"), and operators of the
 * server may change all metadata.
 */
function mayChange(user: User, target: User | Channel): boolean {
  if (user === target || user.modes.has("o")) return true;
  return "members" in target && hasRank(target.members.get(user) ?? "", "@");
}

function invalidTarget(target: string): StandardError {
  return new StandardError("METADATA", "INVALID_TARGET", target, METADATA_TEXTS.invalidTarget);
}

const INVALID_KEY_TEXT = METADATA_TEXTS.invalidKey(METADATA_LIMITS.keyBytes);

function get(call: MetadataCall): void {
  const { session, rest } = call;
  const account = rest.every((key) => key === MUTED_KEY) && mutingAccount(call, MUTED_KEY);
  if (account) return inMetadataBatch(session, call.target, () => sendMuted(call, account));
  const { name, metadata } = holderOf(call);
  inMetadataBatch(session, name, () => {
    for (const key of rest) {
      const value = metadata.get(key);
      if (!isMetadataKey(key)) warnMetadata(session, "INVALID_KEY", key, INVALID_KEY_TEXT);
      else if (value === undefined) session.reply("RPL_KEYNOTSET", name, key);
      else sendEntry(session, { target: name, key, value });
    }
  });
}

function list(call: MetadataCall): void {
  const { session } = call;
  const { name, metadata } = holderOf(call);
  inMetadataBatch(session, name, () => {
    for (const [key, value] of metadata) sendEntry(session, { target: name, key, value });
  });
}

function set(call: MetadataCall): void {
  const { session, rest: [key = "", text = ""] } = call;
  const account = mutingAccount(call, key);
  if (account) return mute(call, account, text);
  const { name, metadata, mayChange, change } = holderOf(call);
  if (!isMetadataKey(key)) {
    throw new StandardError("METADATA", "INVALID_KEY", key, INVALID_KEY_TEXT);
  }
  if (!mayChange) throw noPermission(name, key);
  const value = text === "" ? undefined : text;
  if (value !== undefined) {
    if (byteLength(value) > METADATA_LIMITS.valueBytes) {
      const text = METADATA_TEXTS.valueTooLong(METADATA_LIMITS.valueBytes);
      throw new StandardError("METADATA", "INVALID_VALUE", key, text);
    }
    if (!metadata.has(key) && metadata.size >= METADATA_LIMITS.keys) {
      const limit = METADATA_LIMITS.keys;
      throw limitReached("SET", name, limit, METADATA_TEXTS.tooManyKeys(limit));
    }
    const { user } = session;
    const silencing = user?.metadata === metadata ? silencingChannel(user) : undefined;
    if (silencing) throw noPermission(name, key, METADATA_TEXTS.muted(silencing.name));
  }
  if (value === undefined && !metadata.has(key) && isEarlierVersion(session.caps)) {
    const [, text] = NUMERICS.RPL_KEYNOTSET;
    throw new StandardError("METADATA", "KEY_NOT_SET", name, key, text);
  }
  if (metadata.get(key) !== value) change(key, value);
  if (value === undefined) session.reply("RPL_KEYNOTSET", name, key);
  else sendEntry(session, { target: name, key, value });
}

function clear(call: MetadataCall): void {
  const { session } = call;
  const { name, metadata, mayChange, change } = holderOf(call);
  if (!mayChange) throw noPermission(name, "*");
  inMetadataBatch(session, name, () => {
    for (const key of [...metadata.keys()]) {
      change(key, undefined);
      session.reply("RPL_KEYNOTSET", name, key);
    }
  });
}

function noPermission(
  target: string,
  key: string,
  text = METADATA_TEXTS.noPermission(target),
): StandardError {
  return new StandardError("METADATA", "KEY_NO_PERMISSION", target, key, text);
}

function limitReached(command: string, item: string, limit: number, text: string): StandardError {
  return new StandardError("METADATA", "LIMIT_REACHED", command, item, String(limit), text);
}

/** The number of keys in each line of a reply. They fit even if all have the largest size. */
const KEYS_PER_LINE = 10;

/**
 * Subscribes to the keys in the order given, up to the first that exceeds the limit ("METADATA
 * SUB").
 */
function subscribe(call: MetadataCall): void {
  const { session, rest } = call;
  assertIsSelf(call);
  const { metadata: { subscriptions } } = session;
  const before = subscriptions.size;
  const limit = METADATA_LIMITS.subscriptions;
  const keys = validKeys(session, rest);
  const taken: string[] = [];
  for (const key of keys) {
    if (!subscriptions.has(key) && subscriptions.size >= limit) break;
    subscriptions.add(key);
    taken.push(key);
  }
  sendKeys(session, "RPL_METADATASUBOK", taken);
  if (subscriptions.size > before && session.user) {
    session.metadata.unfinished = undefined;
    postponeSync(session, ALL);
  }
  const refused = keys[taken.length];
  if (refused !== undefined) {
    throw limitReached("SUB", refused, limit, METADATA_TEXTS.tooManySubscriptions(limit));
  }
}

function unsubscribe(call: MetadataCall): void {
  const { session, rest } = call;
  assertIsSelf(call);
  const keys = validKeys(session, rest);
  for (const key of keys) session.metadata.subscriptions.delete(key);
  sendKeys(session, "RPL_METADATAUNSUBOK", keys);
}

function sendSubscriptions(call: MetadataCall): void {
  const { session } = call;
  assertIsSelf(call);
  const keys = [...session.metadata.subscriptions];
  session.inBatch({ type: "metadata-subs" }, () => sendKeys(session, "RPL_METADATASUBS", keys));
}

/**
 * Throws if the target is another user: clients can see and change only their own subscriptions.
 */
function assertIsSelf({ session, target }: MetadataCall): void {
  const isSelf = target === "*" || casefold(target) === casefold(session.user?.actor.nick ?? "*");
  if (isSelf) return;
  throw new StandardError("METADATA", "INVALID_TARGET", target, METADATA_TEXTS.notYourself);
}

function validKeys(session: Session, keys: readonly string[]): string[] {
  return keys.filter((key) => {
    const isValid = isMetadataKey(key);
    if (!isValid) warnMetadata(session, "INVALID_KEY", key, INVALID_KEY_TEXT);
    return isValid;
  });
}

function sendKeys(session: Session, numeric: Numeric, keys: readonly string[]): void {
  for (let i = 0; i < keys.length; i += KEYS_PER_LINE) {
    session.reply(numeric, ...keys.slice(i, i + KEYS_PER_LINE));
  }
}

/**
 * The target of SYNC that stands for the client's user, the user's channels, their members, and the
 * users that the client monitors.
 */
const ALL = "*ALL";

function synchronize({ context, session, target }: MetadataCall): void {
  const { user } = session;
  if (!user) throw invalidTarget(target);
  const { answers } = session;
  if (target === ALL) {
    const isSubscribed = session.metadata.subscriptions.has(MUTED_KEY);
    const account = isSubscribed ? context.network.account(user.actor.account ?? "") : undefined;
    const users = selfAndMonitored(session, user);
    return answers.send(syncSteps(session, ALL, user.channels, users, mutedEntries(account)));
  }
  const found = requireTarget(context, user, target);
  answers.send(
    "actor" in found
      ? syncSteps(session, found.actor.nick, [], [found])
      : syncSteps(session, found.name, [found], []),
  );
}

function selfAndMonitored(session: Session, user: User): User[] {
  const { monitors, network } = session.context;
  return [user.actor.nick, ...monitors.nicksOf(session)].flatMap((nick) =>
    network.user(nick) ?? []
  );
}
