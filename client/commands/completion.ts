/**
 * Completes the word before the cursor: a command or a parameter of one, a room, a nick, a path or
 * an emoji. Performs no I/O.
 *
 * @module
 */

import type { Buffers } from "../session/buffers.ts";
import type { ServerView } from "../session/server_view.ts";
import { EMOJI } from "../session/emoji.ts";
import type { ClientHelp, SlashCommand } from "./command.ts";
import { COMMANDS, HELP_WORDS } from "./commands.ts";
import { commandsFor, findCommand } from "./help.ts";
import { ROOM_WORDS } from "./room_settings.ts";
import type { Settings } from "./settings.ts";

/**
 * The last word of a text; empty after a space. The lookbehind makes the search try each word once
 * only.
 */
export const LAST_WORD = /(?<!\S)\S*$/;

/** The completions of a word. */
export interface Completions {
  /** The index in the text before the cursor at which the word begins. */
  readonly from: number;
  /** The texts that can replace the word, best first. */
  readonly options: readonly string[];
}

/** The state that completions come from. */
export interface CompletionParts {
  /** The rooms and their members. */
  readonly state: ServerView;
  /** The conversations at the server that the user sees. */
  readonly buffers: Pick<Buffers, "all" | "current">;
  /** The names of the rooms and persons that the user can switch between. */
  readonly places: () => readonly string[];
  /** Returns the paths of files that begin with `typed`. */
  readonly files: (typed: string) => readonly string[];
  /** The names of the servers that the user is at. */
  readonly servers: () => readonly string[];
  /**
   * The nick that the user wanted at the start; `/nick` completes it even if the user has another.
   */
  readonly wantedNick: string;
  /** The settings. */
  readonly settings: Pick<Settings, "all">;
  /** The facts about the client for `/help`; they name the commands that it cannot run. */
  readonly clientHelp: ClientHelp;
}

/** Returns the values that a parameter of a command can have. */
type Values = (parts: CompletionParts) => readonly string[];

/**
 * The values of the parameters of commands, by their names in the usage. A name with a command
 * before it, such as `nick NAME`, counts for that command only.
 */
const VALUES: Readonly<Record<string, Values>> = {
  COMMAND: commandNames,
  MASK: allNicks,
  MODES: () => ["+i", "+k", "+l", "+m", "+n", "+s", "+t", "-i", "-k", "-l", "-m", "-n", "-s", "-t"],
  NICK: allNicks,
  "SUBJECT|COMMAND": (parts) => [...HELP_WORDS, ...commandNames(parts)],
  "NUMBER|NAME": ({ places }) => places(),
  "ROOM|NICK": ({ places }) => places(),
  ROOM: ({ state }) => Array.from(state.rooms, ({ name }) => name),
  SERVER: ({ servers }) => servers(),
  "nick NAME": ({ state, wantedNick }) => unique([state.nick, wantedNick]),
  "room SETTING": () => ROOM_WORDS,
  "who ROOM|NICK": (parts) => [...VALUES.ROOM?.(parts) ?? [], ...allNicks(parts)],
  "set NAME": ({ settings }) => settings.all.map(({ name }) => name),
};

/**
 * Returns the completions of the last word of `before`: commands after a slash at the beginning of
 * the line, values of a parameter, rooms for a word that begins like one, emoji after a colon, or
 * else nicks in the current room, the last to speak first. An @ before a nick is removed, because
 * not all clients notice a nick after an @.
 */
export function complete(before: string, parts: CompletionParts): Completions {
  const paths = pathsAt(before, parts);
  if (paths) return paths;
  const from = before.search(LAST_WORD);
  const word = before.slice(from);
  const emoji = /:([a-z0-9_+-]+):?$/.exec(word);
  if (emoji) return { from: from + emoji.index, options: emojiLike(emoji[1] ?? "") };
  const fold = (name: string) => parts.state.isupport.fold(name);
  const isFirst = from === 0;
  if (isFirst && /^\/(?!\/)/.test(word)) {
    const names = commandNames(parts).map((name) => `/${name}`);
    return { from, options: matching(names, word, lower, " ") };
  }
  const name = word.replace(/^@/, "");
  const values = valuesOf(before.slice(0, from), parts);
  if (values) {
    const isRoom = (name: string) => parts.state.isupport.isRoom(name);
    return { from, options: namesLike(values, name, fold, isRoom) };
  }
  if (parts.state.isupport.isRoom(`${word}x`)) {
    return { from, options: matching(VALUES.ROOM?.(parts) ?? [], word, fold, " ") };
  }
  return { from, options: matching(nicksHere(parts), name, fold, isFirst ? ": " : " ") };
}

/**
 * Returns the paths of files that complete the path after `/upload`, or after the room there. A
 * path may have spaces. Returns undefined without `/upload`.
 */
function pathsAt(before: string, { files, state }: CompletionParts): Completions | undefined {
  const [, upload, typed = ""] = /^(\/upload\s+)(\S.*)?$/i.exec(before) ?? [];
  if (upload === undefined) return undefined;
  const options = files(typed);
  const [room] = /^\S+\s+/.exec(typed) ?? [""];
  const isRoom = state.rooms.get(state.isupport.toRoom(room.trim())) !== undefined;
  if (options.length > 0 || !isRoom) return { from: upload.length, options };
  return { from: upload.length + room.length, options: files(typed.slice(room.length)) };
}

/**
 * Returns the values for the parameter of a command that follows `before`, which ends with a space;
 * undefined if the parameter can be any text.
 */
function valuesOf(before: string, parts: CompletionParts): readonly string[] | undefined {
  const [, name, given = ""] = /^\/([a-z]+)\s+(\S.*)?$/i.exec(before) ?? [];
  const command = findCommand(name ?? "", COMMANDS);
  if (!command) return undefined;
  const words = given.split(/\s+/).filter((word) => word !== "");
  const parameter = parameterAt(command, words, parts);
  if (parameter === undefined) return undefined;
  if (command.name === "set" && parameter === "VALUE") {
    return parts.settings.all.find((setting) => setting.name === words[0])?.choices;
  }
  const known = VALUES[`${command.name} ${parameter}`] ?? VALUES[parameter];
  if (known) return known(parts);
  return parameter.includes("|") ? parameter.split("|") : undefined;
}

/** Returns the name of the parameter after `words`, as in the usage of `command`. */
function parameterAt(
  command: SlashCommand,
  words: readonly string[],
  { state }: CompletionParts,
): string | undefined {
  const names = command.usage.split(" ").map((name) => name.replace(/[[\]]/g, ""));
  // A room may come before the parameters of a command that acts in a room.
  const isNamed = "runIn" in command && state.isupport.isRoom(words[0] ?? "");
  const at = words.length - (isNamed ? 1 : 0);
  const last = names.at(-1) ?? "";
  return names[at]?.replace("…", "") ?? (last.endsWith("…") ? last.slice(0, -1) : undefined);
}

/** Returns the names of the commands that the client can run. */
function commandNames({ clientHelp }: CompletionParts): string[] {
  return commandsFor(clientHelp, COMMANDS).map(({ name }) => name);
}

/** Returns the nicks of the others in the current conversation, the last to speak first. */
function nicksHere({ state, buffers: { current } }: CompletionParts): string[] {
  if (current?.kind === "person") return [current.name];
  const nicks = current && state.rooms.get(current.name)?.nicks;
  return (nicks ?? []).filter((nick) => !state.isMe(nick));
}

/** Returns the nicks in the current buffer, and then all other nicks that the user can see. */
function allNicks(parts: CompletionParts): string[] {
  const { state, buffers } = parts;
  const persons = buffers.all.filter(({ kind }) => kind === "person").map(({ name }) => name);
  const others = Array.from(state.rooms, ({ nicks }) => nicks).flat();
  return unique([...nicksHere(parts), ...persons, ...others]).filter((nick) => !state.isMe(nick));
}

/**
 * Returns the emoji whose names begin with `name`; the emoji with exactly this name is the first.
 */
function emojiLike(name: string): string[] {
  const names = [...EMOJI.keys()].filter((each) => each.startsWith(name));
  const exact = names.filter((each) => each === name);
  return unique([...exact, ...names].map((each) => EMOJI.get(each) ?? ""));
}

/** Returns the names that begin with `word`; the sign of a room may be left out. */
function namesLike(
  names: readonly string[],
  word: string,
  fold: (name: string) => string,
  isRoom: (name: string) => boolean,
): string[] {
  const start = fold(word);
  const fits = (name: string) =>
    fold(name).startsWith(start) || (isRoom(name) && fold(name.slice(1)).startsWith(start));
  return names.filter(fits).map((name) => `${name} `);
}

function matching(
  names: readonly string[],
  word: string,
  fold: (name: string) => string,
  ending: string,
): string[] {
  const start = fold(word);
  return names.filter((name) => fold(name).startsWith(start)).map((name) => name + ending);
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

function lower(text: string): string {
  return text.toLowerCase();
}
