/**
 * METADATA: what users and channels tell of themselves under keys, and who is told of it.
 *
 * Source: as in `server/state/metadata.ts`, "METADATA client command".
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { byteLength } from "../../shared/text.ts";
import type { Call, Command } from "../session/command.ts";
import type { Context } from "../core/context.ts";
import { isMetadataKey, METADATA_LIMITS } from "../state/metadata.ts";
import { inMetadataBatch, postponeSync, sendEntry, sync } from "../session/metadata_view.ts";
import { hasRank } from "../state/modes.ts";
import { isKnown } from "../state/permissions.ts";
import { type Numeric, StandardError } from "../irc/replies.ts";
import type { Session } from "../session/session.ts";
import type { Channel, Metadata, User } from "../state/state.ts";

/** Commands of this family. */
export const metadataCommands: readonly Command[] = [
  {
    name: "METADATA",
    syntax: "<target> <subcommand> [<parameter>{ <parameter>}]",
    help: "GET, LIST, SET, CLEAR or SYNC what somebody tells of themselves; SUB, UNSUB, SUBS.",
    minParams: 0,
    when: "always",
    run: metadata,
  },
];

/** One use of a subcommand, its parameters counted. */
interface MetadataCall extends Call {
  /** What it is about, as it was named. */
  readonly target: string;
  /** What follows the subcommand. */
  readonly rest: readonly string[];
}

/** A subcommand: what is checked before it, and what it does. */
interface Subcommand {
  /** How many parameters it needs at least. */
  readonly minParams: number;
  /** Whether a client may do it only so often: it costs others, or a lot. */
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

/** Seconds after which to try again what was too much. */
const RETRY_SECONDS = "1";

function metadata(call: Call): void {
  const { context, session, params: [target = "", name = "", ...rest] } = call;
  const subcommand = SUBCOMMANDS.get(name.toUpperCase());
  if (!subcommand) {
    const known = `It is one of ${[...SUBCOMMANDS.keys()].join(", ")}`;
    throw new StandardError("METADATA", "INVALID_PARAMS", name, known);
  }
  if (rest.length < subcommand.minParams) {
    throw new StandardError("METADATA", "INVALID_PARAMS", name, "Not enough parameters");
  }
  if (subcommand.limited && !session.metadata.tryRequest(context.clock.now())) {
    return session.reply("ERR_METADATARATELIMIT", RETRY_SECONDS, target, name, ...rest);
  }
  subcommand.run({ ...call, target, rest });
}

/** Whose metadata a command is about. */
interface Holder {
  /** The nick, or the channel's name; `*` for who has no nick yet. */
  readonly name: string;
  readonly metadata: Metadata;
  /** Whether who asks may change it. */
  readonly mayChange: boolean;
  change(key: string, value: string | undefined): void;
}

/**
 * Finds whose metadata is meant.
 *
 * @throws {StandardError} if there is nobody of that name, or nothing that the client may see.
 */
function holderOf({ context, session, target }: MetadataCall): Holder {
  const { user, metadata: { early } } = session;
  if (!user) {
    if (target !== "*") throw invalidTarget(target);
    return {
      name: "*",
      metadata: early,
      mayChange: true,
      change: (key, value) => put(early, key, value),
    };
  }
  const found = theTarget(context, user, target);
  const whose = "actor" in found
    ? { type: "user", user: found.actor.id, nick: found.actor.nick } as const
    : { type: "channel", channel: found.name } as const;
  return {
    name: whose.type === "user" ? whose.nick : whose.channel,
    metadata: found.metadata,
    mayChange: mayChange(user, found),
    change: (key, value) =>
      context.append({ type: "MetadataChanged", by: user.actor, target: whose, key, value }),
  };
}

function theTarget(context: Context, user: User, target: string): User | Channel {
  if (target === "*") return user;
  const found = context.network.user(target);
  if (found) return found;
  const channel = context.network.channel(target);
  if (!channel || !mayRead(user, channel)) throw invalidTarget(target);
  return channel;
}

/** What a channel tells of itself is for those who are in it, or could just come in. */
function mayRead(user: User, channel: Channel): boolean {
  if (channel.members.has(user) || user.modes.has("o")) return true;
  return isKnown(channel, user) && !channel.flags.has("i") && !channel.settings.has("k");
}

/** "Concepts": of oneself, and of channels one runs; operators of the server keep order. */
function mayChange(user: User, target: User | Channel): boolean {
  if (user === target || user.modes.has("o")) return true;
  return "members" in target && hasRank(target.members.get(user) ?? "", "@");
}

function invalidTarget(target: string): StandardError {
  return new StandardError(
    "METADATA",
    "INVALID_TARGET",
    target,
    "There is no such nick or channel",
  );
}

function put(values: Map<string, string>, key: string, value: string | undefined): void {
  if (value === undefined) values.delete(key);
  else values.set(key, value);
}

/** What is wrong with a key that cannot be one. */
const KEY_RULE =
  `A key is made of a-z, 0-9, _, ., / and -, and at most ${METADATA_LIMITS.keyBytes} bytes`;

function get(call: MetadataCall): void {
  const { session, rest } = call;
  const { name, metadata } = holderOf(call);
  inMetadataBatch(session, name, () => {
    for (const key of rest) {
      const value = metadata.get(key);
      if (!isMetadataKey(key)) session.warn("METADATA", "INVALID_KEY", key, KEY_RULE);
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
  const { name, metadata, mayChange, change } = holderOf(call);
  if (!isMetadataKey(key)) throw new StandardError("METADATA", "INVALID_KEY", key, KEY_RULE);
  if (!mayChange) throw noPermission(name, key);
  const value = text === "" ? undefined : text;
  if (value !== undefined) {
    if (byteLength(value) > METADATA_LIMITS.valueBytes) {
      const rule = `A value is at most ${METADATA_LIMITS.valueBytes} bytes`;
      throw new StandardError("METADATA", "INVALID_VALUE", key, rule);
    }
    if (!metadata.has(key) && metadata.size >= METADATA_LIMITS.keys) {
      throw limitReached("SET", name, METADATA_LIMITS.keys, "Remove another key first");
    }
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

function noPermission(target: string, key: string): StandardError {
  return new StandardError(
    "METADATA",
    "KEY_NO_PERMISSION",
    target,
    key,
    "That is not yours to set",
  );
}

function limitReached(command: string, item: string, limit: number, todo: string): StandardError {
  return new StandardError("METADATA", "LIMIT_REACHED", command, item, String(limit), todo);
}

/** So many keys of greatest length fit into a line. */
const KEYS_PER_LINE = 10;

/** "METADATA SUB": keys are taken in their order, up to the first that finds no room. */
function subscribe(call: MetadataCall): void {
  const { session, rest } = call;
  assertOneself(call);
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
  if (refused !== undefined) throw limitReached("SUB", refused, limit, "UNSUB another key first");
}

function unsubscribe(call: MetadataCall): void {
  const { session, rest } = call;
  assertOneself(call);
  const keys = validKeys(session, rest);
  for (const key of keys) session.metadata.subscriptions.delete(key);
  sendKeys(session, "RPL_METADATAUNSUBOK", keys);
}

function sendSubscriptions(call: MetadataCall): void {
  const { session } = call;
  assertOneself(call);
  const keys = [...session.metadata.subscriptions];
  session.inBatch("metadata-subs", () => sendKeys(session, "RPL_METADATASUBS", keys));
}

/** Only one's own subscriptions can be seen and changed. */
function assertOneself({ session, target }: MetadataCall): void {
  const isSelf = target === "*" || casefold(target) === casefold(session.user?.actor.nick ?? "*");
  if (!isSelf) throw new StandardError("METADATA", "INVALID_TARGET", target, "It has to be *");
}

function validKeys(session: Session, keys: readonly string[]): string[] {
  return keys.filter((key) => {
    const isValid = isMetadataKey(key);
    if (!isValid) session.warn("METADATA", "INVALID_KEY", key, KEY_RULE);
    return isValid;
  });
}

function sendKeys(session: Session, numeric: Numeric, keys: readonly string[]): void {
  for (let i = 0; i < keys.length; i += KEYS_PER_LINE) {
    session.reply(numeric, ...keys.slice(i, i + KEYS_PER_LINE));
  }
}

/** What SYNC calls all that a client is told of unasked. */
const ALL = "*ALL";

function synchronize({ context, session, target }: MetadataCall): void {
  const { user } = session;
  if (!user) throw invalidTarget(target);
  if (target === ALL) return sync(session, ALL, user.channels, watchedBy(context, user));
  const found = theTarget(context, user, target);
  if ("actor" in found) sync(session, found.actor.nick, [], [found]);
  else sync(session, found.name, [found], []);
}

function watchedBy({ network }: Context, user: User): User[] {
  return [user.actor.nick, ...network.monitors.nicksOf(user)].flatMap((nick) =>
    network.user(nick) ?? []
  );
}
