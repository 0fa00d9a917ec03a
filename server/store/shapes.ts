/**
 * Checks field by field that data from a file has the shape of an event or a record. Data without
 * this shape is damaged and not used. Fields that a newer version added are accepted.
 *
 * @module
 */

import type { Actor, EventBase } from "../events/actor.ts";
import type { Event, ModeChange, Said, SaidLine } from "../events/events.ts";
import { isEventId } from "../events/ids.ts";
import type {
  Account,
  ChannelRecord,
  ClockTrial,
  Credentials,
  FormerName,
  ListEntry,
  LogPosition,
  OperatorRecord,
  OperatorRequest,
  Presence,
  PushSubscription,
  ReadMarker,
  RecordTypes,
  ScramKeyPair,
  ScramKeys,
  ScryptHash,
  Seen,
  ServerBan,
  Token,
  Topic,
  Upload,
  WaitingMessage,
} from "../events/records.ts";

/** An object with any fields. */
type Row = Readonly<Record<string, unknown>>;
/** A function that returns true if a value is valid. */
type Check = (value: unknown) => boolean;
/** The check of each field of `T`. A new field needs a row. */
type Shape<T> = { readonly [Field in keyof Required<T>]: Check };

const text: Check = (value) => typeof value === "string";
const number: Check = (value) => Number.isFinite(value);
const flag: Check = (value) => typeof value === "boolean";
const eventId: Check = (value) => typeof value === "string" && isEventId(value);

/** Returns the check of a field that may be absent. */
function optional(check: Check): Check {
  return (value) => value === undefined || check(value);
}

/** Returns the check that passes only these texts. */
function oneOf(...texts: readonly string[]): Check {
  return (value) => typeof value === "string" && texts.includes(value);
}

function either(...checks: readonly Check[]): Check {
  return (value) => checks.some((check) => check(value));
}

function listOf(check: Check): Check {
  return (value) => isList(value) && value.every(check);
}

/** Returns the check of a list with one value for each of `checks`. */
function tuple(...checks: readonly Check[]): Check {
  return (value) =>
    isList(value) && value.length === checks.length &&
    checks.every((check, index) => check(value[index]));
}

/** Returns the check of an object with any keys, whose values pass `check`. */
function mapOf(check: Check): Check {
  return (value) => isObject(value) && Object.values(value).every(check);
}

function object<T>(shape: Shape<T>): Check {
  const fields = Object.entries<Check>(shape);
  return (value) => isObject(value) && fields.every(([field, check]) => check(value[field]));
}

/** Returns true if `value` is a list. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Returns true if `value` is an object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const actor = object<Actor>({
  id: number,
  nick: text,
  mask: text,
  bot: optional(flag),
  account: optional(text),
});

const target = either(
  object({ type: oneOf("channel"), channel: text, rank: optional(text) }),
  object({ type: oneOf("user"), user: number, nick: text }),
  object({ type: oneOf("account"), account: text }),
);

/** The events that histories consist of, by type. */
interface HistoryEvents {
  readonly Said: Said;
  readonly Joined: Extract<Event, { type: "Joined" }>;
  readonly Parted: Extract<Event, { type: "Parted" }>;
  readonly Kicked: Extract<Event, { type: "Kicked" }>;
  readonly Quit: Extract<Event, { type: "Quit" }>;
  readonly NickChanged: Extract<Event, { type: "NickChanged" }>;
  readonly TopicChanged: Extract<Event, { type: "TopicChanged" }>;
  readonly ChannelModesChanged: Extract<Event, { type: "ChannelModesChanged" }>;
}

/**
 * The check of each field of the events of a history, without the fields that all events have. Tags
 * are checked as they are stored.
 */
const EVENTS: {
  readonly [Type in keyof HistoryEvents]: Shape<Omit<HistoryEvents[Type], keyof EventBase>>;
} = {
  Said: {
    command: oneOf("PRIVMSG", "NOTICE", "TAGMSG"),
    to: target,
    text,
    lines: optional(listOf(object<SaidLine>({ text, concat: flag }))),
    isOverlong: optional(flag),
    tags: mapOf(text),
  },
  Joined: { channel: text, realname: text, memberModes: text },
  Parted: { channel: text, reason: optional(text) },
  Kicked: { channel: text, user: number, nick: text, reason: text },
  Quit: { reason: text },
  NickChanged: { nick: text },
  TopicChanged: { channel: text, topic: text },
  ChannelModesChanged: {
    channel: text,
    changes: listOf(object<ModeChange>({
      add: flag,
      letter: text,
      param: optional(text),
      account: optional(text),
      user: optional(number),
      until: optional(number),
    })),
  },
};

const BASE: Shape<EventBase> = { type: text, id: eventId, time: number, by: actor };
const CHECKS: ReadonlyMap<unknown, Check> = new Map(
  Object.entries(EVENTS).map(([type, shape]) => [type, object<Row>({ ...BASE, ...shape })]),
);

/** The types of the events that histories consist of. */
export const HISTORY_TYPES: readonly string[] = Object.keys(EVENTS);

/** An event of a history as it is stored whole: its tags are an object. */
export type StoredWhole =
  | (Omit<Said, "tags"> & { readonly tags: Readonly<Record<string, string>> })
  | Exclude<Event, Said>;

/**
 * A message that resembles an earlier one of its block: the id, the text, the index of the earlier
 * message, and the time if it differs from the id's.
 */
export type StoredReference = readonly [
  id: string,
  text: string,
  original: number,
  time?: number,
];

/** Returns true if `value` is an event of a history, as it is stored whole. */
export function isStoredWhole(value: unknown): value is StoredWhole {
  return isObject(value) && CHECKS.get(value["type"])?.(value) === true;
}

/**
 * Returns true if `value` is a message that is stored by reference to an earlier one. It uses no
 * `Check`, because it must be fast: most messages are stored in this form.
 */
export function isStoredReference(value: unknown): value is StoredReference {
  if (!isList(value) || value.length < 3 || value.length > 4) return false;
  const [id, text, original, time] = value;
  if (value.length === 4 && typeof time !== "number") return false;
  return typeof text === "string" && typeof original === "number" && typeof id === "string" &&
    isEventId(id);
}

const listEntry = object<ListEntry>({
  mask: text,
  by: text,
  time: number,
  until: optional(number),
});
const grant = either(
  object({ kind: oneOf("owner") }),
  object({ kind: oneOf("link", "recovery"), account: text }),
  object({
    kind: oneOf("invitation"),
    maker: text,
    channel: optional(object({ name: text, createdAt: number, opens: flag })),
  }),
);

/** The check of each kind of record. */
const RECORDS: { readonly [Kind in keyof RecordTypes]: Check } = {
  account: object<Account>({
    name: text,
    createdAt: number,
    startId: optional(text),
    credentials: optional(object<Credentials>({
      scrypt: object<ScryptHash>({
        salt: text,
        hash: text,
        cost: number,
        blockSize: number,
        parallelization: number,
      }),
      scram: object<ScramKeys>({
        salt: text,
        iterations: number,
        storedKey: text,
        serverKey: text,
        others: optional(listOf(object<ScramKeyPair>({ storedKey: text, serverKey: text }))),
      }),
    })),
    email: optional(text),
    fingerprints: listOf(text),
    nicks: optional(listOf(text)),
    stays: optional(flag),
    bot: optional(flag),
    muted: optional(listOf(text)),
  }),
  ban: object<ServerBan>({
    kind: oneOf("address", "mask"),
    target: text,
    by: text,
    time: number,
    until: optional(number),
    reason: text,
  }),
  channel: object<ChannelRecord>({
    name: text,
    createdAt: number,
    startId: optional(text),
    topic: optional(object<Topic>({ text, by: text, time: number })),
    flags: text,
    settings: mapOf(text),
    ranks: mapOf(text),
    admitted: optional(mapOf(text)),
    lists: mapOf(listOf(listEntry)),
    metadata: mapOf(text),
    unused: optional(flag),
    formerNames: optional(listOf(object<FormerName>({ name: text, until: number }))),
  }),
  clock: object<ClockTrial>({ deletionTime: number, triedMs: number }),
  waiting: listOf(object<WaitingMessage>({ id: text, by: actor, to: target })),
  marker: object<ReadMarker>({ reader: text, target: text, upTo: number }),
  position: object<LogPosition>({ log: text, seq: number }),
  push: object<PushSubscription>({ account: text, endpoint: text, p256dh: text, auth: text }),
  operator: object<OperatorRecord>({ name: text, since: number }),
  request: object<OperatorRequest>({ account: text, createdAt: optional(number) }),
  secret: text,
  token: object<Token>({
    hash: text,
    worth: grant,
    by: text,
    time: number,
    until: optional(number),
    uses: number,
    usedBy: listOf(text),
  }),
  presence: object<Presence>({
    nick: text,
    username: text,
    host: text,
    address: optional(text),
    realname: text,
    channels: listOf(either(tuple(text, text), tuple(text, text, text))),
    away: optional(text),
  }),
  upload: object<Upload>({
    id: text,
    account: text,
    name: text,
    mediaType: optional(text),
    bytes: number,
    sha256: optional(text),
    time: number,
    messages: listOf(eventId),
  }),
  seen: object<Seen>({
    time: number,
    channels: listOf(tuple(text, text)),
    open: optional(listOf(text)),
  }),
};

/** Returns true if `value` is a record of the kind with this name. */
export function isKeptRecord(kind: string, value: unknown): boolean {
  const [, check] = Object.entries(RECORDS).find(([name]) => name === kind) ?? [];
  return check?.(value) === true;
}

/** Returns true if `value` is a record of this kind. */
export function isRecord<Kind extends keyof RecordTypes>(
  kind: Kind,
  value: unknown,
): value is RecordTypes[Kind] {
  return RECORDS[kind](value);
}
