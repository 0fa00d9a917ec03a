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
  /**
   * Returns the parameter of the modes for the value after the word; `undefined` if the value is
   * invalid. Absent if the word takes no value.
   */
  readonly value?: (text: string) => string | undefined;
  /** The changes that the value `off` means; absent if it has no meaning of its own. */
  readonly off?: readonly string[];
}

const count = (text: string) => /^[1-9]\d{0,8}$/.test(text) ? text : undefined;

/** Returns the seconds of a duration such as `10s`. */
function seconds(text: string): string | undefined {
  const ms = parseDuration(text);
  return ms ? String(ms / 1000) : undefined;
}

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
  { word: "key", modes: ["+k"], value: (text) => text || undefined },
  { word: "no-key", modes: ["-k"] },
  { word: "limit", modes: ["+l"], value: count },
  { word: "no-limit", modes: ["-l"] },
  { word: "slow", modes: ["+W"], value: seconds, off: ["-W"] },
];

/** The words of `/room`. */
export const ROOM_WORDS: readonly string[] = SETTINGS.map(({ word }) => word);

/** The parameters of a MODE that makes the setting, or the reason why there is none. */
export type RoomModes = { readonly params: readonly string[] } | { readonly error: string };

/** Returns the change of modes for `word` and its value. */
export function roomModes(isupport: Isupport, word: string, value = ""): RoomModes {
  const setting = SETTINGS.find((each) => each.word === word.toLowerCase());
  if (!setting) return { error: ROOM_TEXTS.unknown(word, ROOM_WORDS) };
  const off = value.toLowerCase() === "off" ? setting.off : undefined;
  const read = off ? undefined : setting.value?.(value);
  if (!off && (setting.value ? read === undefined : value !== "")) {
    return { error: ROOM_TEXTS.badValue(setting.word, setting.value !== undefined) };
  }
  const modes = (off ?? setting.modes).filter((mode) => isHere(isupport, mode.charAt(1)));
  if (modes.length === 0) return { error: ROOM_TEXTS.notHere(setting.word) };
  // Servers want a parameter when a key is removed; most take any text.
  const param = setting.word === "no-key" ? "*" : read;
  return { params: [modes.join(""), ...(param === undefined ? [] : [param])] };
}

/**
 * Returns true if the server has the mode `letter`. `W` counts only if it takes a parameter,
 * because other servers may use this letter for something else.
 */
function isHere(isupport: Isupport, letter: string): boolean {
  return letter === "W" ? isupport.hasLimit(letter) : isupport.hasMode(letter);
}
