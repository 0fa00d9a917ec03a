/**
 * Flips single bits in the files of a store, and compares the messages that the store then serves
 * with those that were said.
 */

import { UserError } from "../../shared/errors.ts";
import { casefold } from "../../protocol.ts";
import type { Event } from "../../server/events/events.ts";
import { EventIds } from "../../server/events/ids.ts";
import { verifyStore } from "../../server/store/backup.ts";
import { openStore } from "../../server/store/open.ts";
import { EVERYTHING, type Store } from "../../server/store/store.ts";
import { Random } from "./random.ts";
import { firstIn, lastIn, searchIn } from "./stored.ts";

/** The results of all flips. */
export interface FlipFindings {
  /** The number of flips. */
  flips: number;
  /** The number of messages that were served. */
  served: number;
  /** The number of served messages with another text than was said, or in another room. */
  changed: number;
  /** The number of messages that were said but not served, without those of refused stores. */
  missing: number;
  /** The number of stores that were refused with an explanation. */
  refused: number;
  /** The number of flips after which something was reported. */
  reported: number;
  /**
   * The flips after which messages were missing, though nothing was reported and a verification
   * finds nothing.
   */
  readonly silent: string[];
  /** Errors without an explanation, each with the flipped bit. */
  readonly crashed: string[];
}

const ROOMS = ["#a", "#b", "#secret"];
const NICKS = ["ada", "bob", "eve"];
const MESSAGES = 300;

/** Returns the names of the files in a folder. */
export function fileNames(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name);
}

/**
 * Flips `count` bits in `file`, one at a time, each in a fresh copy of a killed server's folder.
 */
export function flipBits(
  folder: string,
  file: "journal" | "chat.db" | "chat.db-wal",
  count: number,
  seed: number,
): FlipFindings {
  const random = new Random(seed);
  const data = `${folder}/flipped`;
  const said = killedStore(`${folder}/whole`, file);
  const whole = new Map(said.files);
  const target = whole.get(file) ?? new Uint8Array();
  const findings: FlipFindings = {
    flips: 0,
    served: 0,
    changed: 0,
    missing: 0,
    refused: 0,
    reported: 0,
    silent: [],
    crashed: [],
  };
  while (findings.flips < count) {
    const bit = random.below(target.length * 8);
    const bytes = target.slice();
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    Deno.mkdirSync(data);
    for (const [name, content] of whole) {
      Deno.writeFileSync(`${data}/${name}`, name === file ? bytes : content);
    }
    // The store reserves space on the disk by this file. Writing it would take long, so a file of
    // the same size without content stands in for it.
    Deno.writeFileSync(`${data}/reserve`, new Uint8Array());
    Deno.truncateSync(`${data}/reserve`, 8 * 1024 * 1024);
    findings.flips++;
    tryStore(data, said.rooms, findings, `${file} bit ${bit}`);
    Deno.removeSync(data, { recursive: true });
  }
  return findings;
}

/** The messages of each room, by id, as JSON. */
type Rooms = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Makes a store in a folder, with most of its messages in `file`; returns its files and messages.
 */
function killedStore(data: string, file: string) {
  Deno.mkdirSync(data);
  const ids = new EventIds();
  const rooms = new Map<string, Map<string, string>>(ROOMS.map((room) => [room, new Map()]));
  const store = openStore({ data, memory: false, durable: false });
  store.keep("secret", "x", "tea");
  for (let i = 0; i < MESSAGES; i++) {
    const room = ROOMS[i % ROOMS.length] ?? "";
    const nick = NICKS[(i >> 2) % NICKS.length] ?? "";
    const event: Event = {
      type: "Said",
      id: ids.next(Date.UTC(2026, 0, 1) + i * 1000),
      time: Date.UTC(2026, 0, 1) + i * 1000,
      by: { id: 1 + i % 7, nick, mask: `${nick}!~${nick}@192.0.2.1` },
      command: "PRIVMSG",
      to: { type: "channel", channel: room },
      text: `message ${i} ü ${"tea ".repeat(i % 9)}`,
      tags: new Map(),
    };
    store.append(casefold(room), event);
    store.commit();
    rooms.get(room)?.set(event.id, textOf(event));
    // Moves the messages from the journal to the database.
    if (file !== "journal" && i % 10 === 0) store.find("#a", "");
  }
  if (file !== "journal") store.find("#a", "");
  if (file === "chat.db") store.close();
  const files = fileNames(data).filter((name) => name !== "reserve" && name !== "lock")
    .map((name) => [name, Deno.readFileSync(`${data}/${name}`)] as const);
  if (file !== "chat.db") store.close();
  Deno.removeSync(data, { recursive: true });
  return { files, rooms };
}

function tryStore(data: string, rooms: Rooms, findings: FlipFindings, about: string): void {
  let reports = 0;
  let store: Store | undefined;
  const missingBefore = findings.missing;
  try {
    store = openStore({ data, memory: false, durable: false }, () => reports++);
    const secrets = [...store.records("secret")].map(([, secret]) => secret);
    if (secrets.some((secret) => secret !== "tea")) findings.changed++;
    for (const [room, messages] of rooms) compare(store, room, messages, findings);
    for (let i = 0; i < 20; i++) store.tidy(Date.UTC(2026, 0, 2));
    store.close();
    store = undefined;
  } catch (error) {
    // SQLite explains its errors with a code; `troubleOf` puts them into words.
    const isExplained = error instanceof UserError ||
      (error instanceof Error && "code" in error && error.code === "ERR_SQLITE_ERROR");
    if (isExplained) findings.refused++;
    else findings.crashed.push(`${about}: ${error}`);
  } finally {
    if (reports > 0) findings.reported++;
    close(store);
    const isMissing = findings.missing > missingBefore;
    if (isMissing && reports === 0 && isVerified(data)) findings.silent.push(about);
  }
}

/** Returns true if a verification of the database finds nothing. */
function isVerified(data: string): boolean {
  try {
    return verifyStore(data).error === undefined;
  } catch {
    return false;
  }
}

/** Closes a store that failed, so that its files can be removed. */
function close(store: Store | undefined): void {
  try {
    store?.close();
  } catch {
    // Its error was counted.
  }
}

function compare(
  store: Store,
  room: string,
  messages: ReadonlyMap<string, string>,
  findings: FlipFindings,
): void {
  const first = firstIn(store, room, {}, MESSAGES, EVERYTHING);
  const scopes = [{ key: room }];
  const found = searchIn(store, { scopes, words: "tea", limit: MESSAGES, from: "last" });
  for (const event of [...first, ...lastIn(store, room, {}, 10, EVERYTHING)]) {
    if (messages.get(event.id) !== textOf(event)) findings.changed++;
  }
  for (const { key, event } of found) {
    if (key !== room || messages.get(event.id) !== textOf(event)) findings.changed++;
  }
  findings.served += first.length;
  findings.missing += messages.size - first.length;
}

function textOf(event: Event): string {
  return JSON.stringify(event.type === "Said" ? { ...event, tags: [...event.tags] } : event);
}
