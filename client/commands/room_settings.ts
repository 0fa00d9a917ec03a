/**
 * `/room`: the settings of a room as words, each with the modes that it means. Performs no I/O.
 *
 * @module
 */

import type { Isupport } from "../session/isupport.ts";
import { parseDuration } from "../../shared/durations.ts";
import { ROOM_TEXTS } from "../texts/terminal.ts";

/** A word that stands for modes of a room. */
interface RoomSetting {
  /** The word. */
  readonly word: string;
  /** The changes: a sign and a letter each. Those that the server does not know are left out. */
  readonly modes: readonly string[];
  /** Checks the value after the word; absent if there is none. */
  readonly value?: (text: string) => boolean;
}

const isCount = (text: string) => /^[1-9]\d{0,8}$/.test(text);

/** The words, in the order in which they are listed. */
const SETTINGS: readonly RoomSetting[] = [
  { word: "open", modes: ["-i", "-s", "-p", "-m"] },
  { word: "private", modes: ["+i", "+s"] },
  { word: "invite", modes: ["+i"] },
  { word: "anyone", modes: ["-i"] },
  { word: "hidden", modes: ["+s"] },
  { word: "shown", modes: ["-s", "-p"] },
  { word: "quiet", modes: ["+m"] },
  { word: "talk", modes: ["-m"] },
  { word: "topic-locked", modes: ["+t"] },
  { word: "topic-free", modes: ["-t"] },
  { word: "members-only", modes: ["+n"] },
  { word: "outsiders", modes: ["-n"] },
  { word: "key", modes: ["+k"], value: (text) => text !== "" },
  { word: "no-key", modes: ["-k"] },
  { word: "limit", modes: ["+l"], value: isCount },
  { word: "no-limit", modes: ["-l"] },
  // No server announces a mode that slows a room down, so `/room slow` only tells the user that the
  // server lacks this setting.
  { word: "slow", modes: [], value: (text) => parseDuration(text) !== undefined },
];

/** The words of `/room`. */
export const ROOM_WORDS: readonly string[] = SETTINGS.map(({ word }) => word);

/** The parameters of a MODE that makes the setting, or the reason why there is none. */
export type RoomModes = { readonly params: readonly string[] } | { readonly error: string };

/** Returns the change of modes for `word` and its value. */
export function roomModes(isupport: Isupport, word: string, value = ""): RoomModes {
  const setting = SETTINGS.find((each) => each.word === word.toLowerCase());
  if (!setting) return { error: ROOM_TEXTS.unknown(word, ROOM_WORDS) };
  if (setting.value ? !setting.value(value) : value !== "") {
    return { error: ROOM_TEXTS.badValue(setting.word, setting.value !== undefined) };
  }
  const modes = setting.modes.filter((mode) => isupport.hasMode(mode.charAt(1)));
  if (modes.length === 0) return { error: ROOM_TEXTS.notHere(setting.word) };
  // Servers want a parameter when a key is removed; most take any text.
  const param = setting.value ? value : setting.word === "no-key" ? "*" : undefined;
  return { params: [modes.join(""), ...(param === undefined ? [] : [param])] };
}
