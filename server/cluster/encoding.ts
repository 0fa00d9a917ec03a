/**
 * Turns the messages of a cluster, and the entries of its log, into bytes and back. The format is
 * JSON, with an object for each value that JSON lacks: `{ "$map": [[key, value], …] }`,
 * `{ "$set": [value, …] }`, and `{ "$special": name }` for `undefined` in a list and for numbers
 * such as `Infinity`. An object that has such a key itself is written as
 * `{ "$object": [[key, value], …] }`. Absent fields and fields that are `undefined` are the same.
 *
 * The readers check only what keeps their callers from failing on damaged bytes: the other
 * processes of the cluster are trusted.
 *
 * @module
 */

import { isList, isObject } from "../store/shapes.ts";
import type { Entry, Message } from "./messages.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The values of `$special`, by name. */
const SPECIAL: ReadonlyMap<unknown, unknown> = new Map<unknown, unknown>(
  [undefined, Infinity, -Infinity, NaN].map((value) => [String(value), value]),
);

/** Returns the bytes that encode `value`: plain data, which may contain maps and sets. */
export function encode(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(pack(value)));
}

/**
 * Returns the value that `bytes` encode.
 *
 * @throws {Error} if they are damaged.
 */
export function decode(bytes: Uint8Array): unknown {
  return unpack(JSON.parse(decoder.decode(bytes)));
}

/** Returns the message that `bytes` encode; `undefined` if they encode no message. */
export function readMessage(bytes: Uint8Array): Message | undefined {
  const value = tryDecode(bytes);
  return isMessage(value) ? value : undefined;
}

/** Returns the entry that `bytes` encode; `undefined` if they encode no entry. */
export function readEntry(bytes: Uint8Array): Entry | undefined {
  const value = tryDecode(bytes);
  return isEntry(value) ? value : undefined;
}

/** Returns the value that `bytes` encode; `undefined` if they are damaged. */
export function tryDecode(bytes: Uint8Array): unknown {
  try {
    return decode(bytes);
  } catch {
    return undefined;
  }
}

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string";
const number: Check = (value) => typeof value === "number";
const flag: Check = (value) => typeof value === "boolean";
const list: Check = isList;
const map: Check = (value) => value instanceof Map;

/** Returns the check of a field that earlier versions do not send. */
function optional(check: Check): Check {
  return (value) => value === undefined || check(value);
}

/** Returns the check of a list of objects that have a text in `field`. */
function listWith(field: string): Check {
  return (value) => isList(value) && value.every((item) => isObject(item) && text(item[field]));
}

/** The check of each field of `T`. */
type Shape<T> = { readonly [Field in keyof Required<T>]: Check };

/** The fields of the messages that processes send; `committed` comes from the log, as an entry. */
const MESSAGES: {
  readonly [Type in Exclude<Message["type"], "committed">]: Shape<
    Omit<Extract<Message, { type: Type }>, "type">
  >;
} = {
  heartbeat: { epoch: number, leader: text, last: number, waitsMs: number },
  alive: {
    ...{ life: text, epoch: number, received: map, full: list, saved: number, requests: list },
    refused: optional(listWith("address")),
  },
  hello: {
    ...{ life: text, epoch: number, count: number, clients: listWith("client") },
    uptimeMs: optional(number),
  },
  welcome: { life: text, epoch: number },
  leaving: { life: text },
  inputs: { epoch: number, inputs: listWith("client") },
  answers: { epoch: number, answers: listWith("client") },
};

const SHAPES: ReadonlyMap<unknown, Readonly<Record<string, Check>>> = new Map(
  Object.entries(MESSAGES),
);

const ENTRY: Shape<Entry> = {
  epoch: number,
  leader: text,
  begins: flag,
  events: (value) => isList(value) && value.every((item) => isObject(item) && isEvent(item.event)),
  answered: map,
  attached: map,
  buried: list,
};

function isMessage(value: unknown): value is Message {
  const shape = isObject(value) ? SHAPES.get(value.type) : undefined;
  return shape !== undefined && fits(value, shape);
}

function isEntry(value: unknown): value is Entry {
  return fits(value, ENTRY);
}

function isEvent(value: unknown): boolean {
  return isObject(value) && text(value.type);
}

function fits(value: unknown, shape: Readonly<Record<string, Check>>): boolean {
  return isObject(value) &&
    Object.entries(shape).every(([field, check]) => check(value[field]));
}

/**
 * Returns `value` in the types of JSON. Most parts have these types already, and are not copied. A
 * function that `JSON.stringify` calls for each field would be several times slower.
 */
function pack(value: unknown): unknown {
  if (value === undefined || (typeof value === "number" && !Number.isFinite(value))) {
    return { $special: String(value) };
  }
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return packList(value);
  if (value instanceof Map) return { $map: packList([...value]) };
  if (value instanceof Set) return { $set: packList([...value]) };
  return packObject(value);
}

function packList(list: readonly unknown[]): readonly unknown[] {
  let packed: unknown[] | undefined;
  for (const [index, value] of list.entries()) {
    const simple = pack(value);
    if (simple !== value) packed ??= list.slice(0, index);
    packed?.push(simple);
  }
  return packed ?? list;
}

function packObject(value: object): unknown {
  let packed: Map<string, unknown> | undefined;
  let isAmbiguous = false;
  for (const [key, field] of Object.entries(value)) {
    if (key.startsWith("$")) isAmbiguous = true;
    if (field === undefined) continue;
    const simple = pack(field);
    if (simple !== field) packed ??= new Map(Object.entries(value));
    packed?.set(key, simple);
  }
  if (isAmbiguous) {
    const fields = [...packed ?? Object.entries(value)];
    return { $object: fields.filter(([, field]) => field !== undefined) };
  }
  return packed === undefined ? value : Object.fromEntries(packed);
}

/**
 * Returns the value from which {@linkcode pack} made `value`. Changes the parts of `value` in
 * place.
 */
function unpack(value: unknown): unknown {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) value[index] = unpack(value[index]);
    return value;
  }
  if (!isRecord(value)) return value;
  for (const key in value) {
    const field = value[key];
    if (key.startsWith("$")) return unpackTagged(key, field);
    if (typeof field !== "object") continue;
    const unpacked = unpack(field);
    if (unpacked !== field) value[key] = unpacked;
  }
  return value;
}

function unpackTagged(tag: string, value: unknown): unknown {
  if (tag === "$special") {
    if (SPECIAL.has(value)) return SPECIAL.get(value);
    throw new TypeError(`unknown value ${String(value)}`);
  }
  const list = unpack(value);
  if (!isList(list)) throw new TypeError(`${tag} has no list`);
  switch (tag) {
    case "$map":
      return new Map(list.map(pairOf));
    case "$object":
      return Object.fromEntries(list.map(pairOf));
    case "$set":
      return new Set(list);
  }
  throw new TypeError(`unknown type ${tag}`);
}

function pairOf(value: unknown): [unknown, unknown] {
  if (isList(value) && value.length === 2) return [value[0], value[1]];
  throw new TypeError("not a pair");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
