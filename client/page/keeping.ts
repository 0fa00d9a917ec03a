/**
 * The memory of the page in its browser: the user, their rooms and settings, the people and rooms
 * that they ignore or silence, and the messages that they have read or begun to write. All of it is
 * for one server, which is the origin of the page.
 *
 * @module
 */

import { isMiddle } from "../../protocol.ts";
import type { SettingStore } from "../commands/settings.ts";
import type { ClosedStore } from "../session/closed.ts";
import type { IgnoredStore } from "../session/ignored.ts";
import { asPosition, type KnownPositions, type Position } from "../session/reading.ts";
import type { SilencedStore } from "../session/silenced.ts";
import type { WantedRoom } from "../session/wanted.ts";
import type { NewMarks } from "./timeline.ts";

/** The user at this server. */
export interface Me {
  /** The nick. */
  readonly nick: string;
  /** The account; absent until the server has created it. */
  readonly account?: string;
  /** The password of the account, which this page has made; the user never sees it. */
  readonly password?: string;
}

/** The memory of the browser, or of this tab alone. */
type Memory = () => Storage;
const browser: Memory = () => localStorage;
const tab: Memory = () => sessionStorage;

/** Reads the value that is kept under `name`; `undefined` if there is none, or it is damaged. */
function read(name: string, memory = browser): unknown {
  try {
    return JSON.parse(memory().getItem(name) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}

/**
 * Keeps `value` under `name`; `undefined` removes it. Returns false if the browser does not allow
 * it.
 */
export function keep(name: string, value: unknown, memory = browser): boolean {
  try {
    if (value === undefined) memory().removeItem(name);
    else memory().setItem(name, JSON.stringify(value));
    return true;
  } catch {
    // The browser keeps nothing for this page, for example in a private window.
    return false;
  }
}

/**
 * Returns the values that are kept under names for which `matches` returns true, and removes them.
 */
export function takeAll(matches: (name: string) => boolean): unknown[] {
  try {
    const names = Object.keys(localStorage).filter(matches);
    const values = names.map((name) => read(name));
    for (const name of names) keep(name, undefined);
    return values;
  } catch {
    // The browser keeps nothing for this page.
    return [];
  }
}

/** Returns those properties of an object whose values are texts. */
export function texts(value: unknown): Map<string, string> {
  if (typeof value !== "object" || value === null) return new Map();
  const all = Object.entries(value);
  return new Map(all.flatMap(([key, each]) => typeof each === "string" ? [[key, each]] : []));
}

/** Returns the user that this browser knows; `undefined` at the first visit. */
export function readMe(): Me | undefined {
  const found = texts(read("me"));
  const nick = found.get("nick");
  if (nick === undefined || !isMiddle(nick)) return undefined;
  const account = found.get("account");
  const password = found.get("password");
  return { nick, ...(account !== undefined && { account }), ...(password && { password }) };
}

/** Keeps the user. */
export function keepMe(me: Me): void {
  keep("me", me);
}

/** The positions up to which the user has read. */
export const positions: KnownPositions = {
  find: () => new Map(knownPositions()),
  keep: (changed) => void keep("read", Object.fromEntries([...knownPositions(), ...changed])),
};

function knownPositions(): [string, Position][] {
  const found = read("read");
  if (typeof found !== "object" || found === null) return [];
  return Object.entries(found).flatMap(([name, value]): [string, Position][] => {
    const position = positionIn(value);
    return position ? [[name, position]] : [];
  });
}

/** Returns the position in a value that was kept; `undefined` if it has none. */
export function positionIn(value: unknown): Position | undefined {
  if (typeof value !== "object" || value === null || !("time" in value)) return undefined;
  return asPosition(value.time, "id" in value ? value.id : undefined);
}

/** Returns the rooms of the last visit, without those whose name or key no command can have. */
export function readRooms(): WantedRoom[] {
  return [...texts(read("rooms"))]
    .filter(([name, key]) => isMiddle(name) && (key === "" || isMiddle(key)))
    .map(([name, key]) => ({ name, ...(key !== "" && { key }) }));
}

/** Keeps the rooms for the next visit. */
export function keepRooms(rooms: Iterable<WantedRoom>): void {
  keep("rooms", Object.fromEntries([...rooms].map(({ name, key = "" }) => [name, key])));
}

/** The settings. */
export const settingStore: SettingStore = {
  read: () => texts(read("settings")),
  keep: (settings) => keep("settings", Object.fromEntries(settings)),
};

/** The people who are ignored. */
export const ignoredStore: IgnoredStore = {
  read: () => texts(read("ignored")).values(),
  keep: (words) => void keep("ignored", { ...words }),
};

/** The rooms and persons that are silenced. */
export const silencedStore: SilencedStore = {
  read: () => texts(read("silenced")).values(),
  keep: (names) => void keep("silenced", { ...names }),
};

/** The rooms and persons that the server knows, or may know, to be silenced. */
export const mutedStore: SilencedStore = {
  read: () => texts(read("muted")).values(),
  keep: (names) => void keep("muted", { ...names }),
};

/** The private conversations that the user has closed. */
export const closedStore: ClosedStore = {
  read: () => [...texts(read("closed"))].flat(),
  keep: (words) => {
    const pairs = words.flatMap((nick, i) => i % 2 === 0 ? [[nick, words[i + 1] ?? ""]] : []);
    keep("closed", Object.fromEntries(pairs));
  },
};

/** Returns the name of this tab, which stays the same over a reload. */
export function tabName(): string {
  const found = read("tab", tab);
  if (typeof found === "string") return found;
  const name = crypto.getRandomValues(new Uint8Array(12)).toHex();
  keep("tab", name, tab);
  return name;
}

/** The lines above new messages. Each tab has its own: it shows what was new when it was opened. */
export const newMarks: NewMarks = {
  read(name) {
    const [id, count] = texts(read("new", tab)).get(name)?.split(" ") ?? [];
    return id === undefined ? undefined : { id, count: Number(count) || 0 };
  },
  keep(name, mark) {
    const marks = texts(read("new", tab));
    if (mark) marks.set(name, `${mark.id} ${mark.count}`);
    else marks.delete(name);
    keep("new", Object.fromEntries(marks), tab);
  },
};

/** The draft of a conversation; each property is empty if it is unused. */
export interface KeptDraft {
  /** The text of a message or of a reply. */
  readonly text: string;
  /** The id of the message that the text answers. */
  readonly reply: string;
  /** The id of the message that the user edits. */
  readonly edit: string;
  /** The new text of that message. */
  readonly edited: string;
}

/** The draft of a conversation to which the user writes nothing. */
export const NO_DRAFT: KeptDraft = { text: "", reply: "", edit: "", edited: "" };

/**
 * Returns what the user has begun to write to `name`, in this tab or else in the tab where they
 * have written last.
 */
export function readDraft(name: string): KeptDraft {
  return draftsIn(tab).get(name) ?? draftsIn(browser).get(name) ?? NO_DRAFT;
}

function draftsIn(memory: Memory): Map<string, KeptDraft> {
  const found = read("drafts", memory);
  if (typeof found !== "object" || found === null) return new Map();
  return new Map(
    Object.entries(found).map(([name, value]) => {
      const { text = "", reply = "", edit = "", edited = "" } = Object.fromEntries(texts(value));
      return [name, { text, reply, edit, edited }];
    }),
  );
}

/** Keeps what the user has begun to write to `name`. */
export function keepDraft(name: string, draft: KeptDraft): void {
  const isEmpty = Object.values(draft).every((text) => text === "");
  for (const memory of [tab, browser]) {
    const drafts = draftsIn(memory);
    // In the tab, an empty draft hides a text that was begun in another tab.
    if (isEmpty && memory === browser) drafts.delete(name);
    else drafts.set(name, draft);
    keep("drafts", Object.fromEntries(drafts), memory);
  }
}
