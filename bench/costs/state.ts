/**
 * Fills a store with everything that makes commands costly: many users, rooms and messages, and
 * full lists.
 *
 * @module
 */

import type { Said } from "../../server/events/events.ts";
import { EventIds, idAt, timeOf } from "../../server/events/ids.ts";
import type { Account, ChannelRecord } from "../../server/events/records.ts";
import { LIST_LIMIT } from "../../server/irc/limits.ts";
import { banRecordKey } from "../../server/kinds/saving.ts";
import { METADATA_LIMITS } from "../../server/state/metadata.ts";
import { SERVER_BAN_LIMITS } from "../../server/state/server_bans.ts";
import { TOKEN_LIMIT } from "../../server/state/tokens.ts";
import type { Store } from "../../server/store/store.ts";

/** The numbers of users, of rooms and of messages. */
export interface Scale {
  /** The number of users. They stay while they are offline. */
  readonly users: number;
  readonly rooms: number;
  readonly messages: number;
}

/** The number of rooms with full lists. A client can be in all of them at the same time. */
export const GUARDED_ROOMS = 90;
/** The rooms that every user is in. */
export const CROWDED_ROOMS: readonly string[] = ["#big0", "#big1", "#big2", "#big3"];
/** The room with messages. */
export const TALK_ROOM = "#talk";
/** The name of an account that owns a room. */
export const OWNER = "owner";
/** The room of this account; it has full lists. */
export const OWNED_ROOM = "#owned0";
/** The number of accounts that own the rooms with few members. */
const KEEPERS = 500;
/** The time of creation of everything. */
const START = Date.UTC(2025, 0);
const YEAR_MS = 365 * 86_400_000;
/** The number of messages that are stored at once. */
const MESSAGES_AT_ONCE = 50;
/** The time from one such group of messages to the next, in milliseconds. */
const PACE_MS = 1000;

/** Returns the name of a room with few members. */
function roomName(index: number): string {
  return `#${"r".repeat(40)}${index}`;
}

/** Returns the account of a user. */
export function accountOf(index: number): Account {
  return { name: `u${index}`, createdAt: START, fingerprints: [], stays: true };
}

/**
 * Returns the mask that costs most to match: as long as possible, with many stars. It matches
 * nobody.
 */
export function costlyMask(index: number): string {
  return `*${"u*".repeat(25)}!*${"s*".repeat(20)}@${"*".repeat(10)}${index}x`;
}

/** Fills `store`, at the time `now`; `scale` has the numbers. */
export function fillStore(store: Store, scale: Scale, now: number): void {
  fillRooms(store, scale);
  fillLists(store);
  fillUsers(store, scale, now);
  fillRecords(store, now);
  store.commit();
  fillHistory(store, scale);
}

/** The number of rooms so far. It gives each room a different start time. */
let starts = 0;

function keepRoom(store: Store, room: Partial<ChannelRecord> & { readonly name: string }): void {
  const startId = idAt(START + starts++);
  const none = {
    createdAt: START,
    startId,
    flags: "",
    settings: {},
    ranks: {},
    lists: {},
    metadata: {},
  };
  store.keep("channel", room.name, { ...none, ...room });
}

function fillRooms(store: Store, { rooms }: Scale): void {
  const topic = { text: "t".repeat(60), by: "ada", time: START };
  for (let index = 0; index < rooms; index++) {
    keepRoom(store, { name: roomName(index), topic, ranks: { [`keeper${index % KEEPERS}`]: "q" } });
  }
  for (const name of [TALK_ROOM, ...CROWDED_ROOMS]) keepRoom(store, { name, topic });
}

function fillLists(store: Store): void {
  const entries = Array.from(
    { length: LIST_LIMIT },
    (_, i) => ({ mask: costlyMask(i), by: "founder!~user@192.0.2.1", time: START }),
  );
  const metadata = Object.fromEntries(Array.from(
    { length: METADATA_LIMITS.keys },
    (_, i) => [`key${i}`, "v".repeat(METADATA_LIMITS.valueBytes)],
  ));
  const lists = { b: entries, e: entries, I: entries };
  for (let index = 0; index < GUARDED_ROOMS; index++) {
    const ranks = { starter: "q" };
    keepRoom(store, { name: `#guarded${index}`, ranks, lists, metadata });
  }
  keepRoom(store, { name: OWNED_ROOM, ranks: { [OWNER]: "qo" }, lists, metadata });
}

function fillUsers(store: Store, { users, rooms }: Scale, now: number): void {
  const roomsPerUser = Math.floor(rooms / Math.max(1, users));
  for (let index = 0; index < users; index++) {
    const nick = `u${index}`;
    store.keep("account", nick, accountOf(index));
    const own = Array.from({ length: roomsPerUser }, (_, i) => roomName(index * roomsPerUser + i));
    store.keep("presence", nick, {
      nick,
      username: "~user",
      host: "192.0.2.1",
      realname: "r".repeat(150),
      channels: [...CROWDED_ROOMS, ...own].map((name) => [name, ""] as const),
    });
    const [target = ""] = CROWDED_ROOMS;
    store.keep("marker", `${nick} ${target}`, { reader: nick, target, upTo: now });
  }
}

function fillRecords(store: Store, now: number): void {
  for (let index = 0; index < TOKEN_LIMIT - 100; index++) {
    const worth = { kind: "invitation", maker: `maker${index}` } as const;
    const token = { worth, hash: `hash${index}`, by: "u", time: now, usedBy: [], uses: 1 };
    store.keep("token", token.hash, { ...token, until: now + YEAR_MS });
  }
  for (const kind of ["address", "mask"] as const) {
    for (let index = 0; index < SERVER_BAN_LIMITS[kind] - 100; index++) {
      const address = `198.51.${Math.floor(index / 250)}.${index % 250}`;
      const target = kind === "address" ? address : costlyMask(index);
      const ban = { kind, target, by: "root", time: now, reason: "r".repeat(200) };
      store.keep("ban", banRecordKey(ban), ban);
    }
  }
}

/** Adds messages of two common words; every fiftieth has the longest tags. */
function fillHistory(store: Store, { messages }: Scale): void {
  const ids = new EventIds();
  const long = new Map([["+long", "x".repeat(3900)]]);
  const none = new Map<string, string>();
  for (let index = 0; index < messages; index++) {
    const id = ids.next(START + Math.floor(index / MESSAGES_AT_ONCE) * PACE_MS);
    const said: Said = {
      type: "Said",
      id,
      time: timeOf(id),
      by: { id: 1, nick: "talker", mask: "talker!~user@192.0.2.1" },
      command: "PRIVMSG",
      to: { type: "channel", channel: TALK_ROOM },
      text: `alpha beta ${index}`,
      tags: index % 50 === 0 ? long : none,
    };
    store.append(TALK_ROOM, said);
    if (index % MESSAGES_AT_ONCE !== MESSAGES_AT_ONCE - 1) continue;
    store.commit();
    if (index % (20 * MESSAGES_AT_ONCE) === MESSAGES_AT_ONCE - 1) store.tidy(0);
  }
  store.commit();
  while ((store.size()?.unindexed ?? 0) > 0) store.tidy(0);
}
