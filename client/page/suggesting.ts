/**
 * The completions that the page suggests for the word that the user types. Tab uses the same
 * completions. Performs no I/O.
 *
 * @module
 */

import { usageOf } from "../commands/command.ts";
import { COMMANDS } from "../commands/commands.ts";
import {
  complete,
  type CompletionParts,
  type Completions,
  LAST_WORD,
} from "../commands/completion.ts";
import { commandsFor } from "../commands/help.ts";
import { PAGE_HELP } from "../texts/page_help.ts";
import type { Chat } from "./chat.ts";

/** A suggestion. */
export interface Suggestion {
  /** The text that replaces the word. */
  readonly text: string;
  /** The name of the person or the room, or the usage of the command. */
  readonly name: string;
  /** The explanation of the command, or the topic of the room; may be empty. */
  readonly help: string;
}

/** The suggestions for a word. */
export interface Suggestions {
  /** The index in the text before the cursor at which the word begins. */
  readonly from: number;
  /** The suggestions, best first. */
  readonly all: readonly Suggestion[];
  /** True if the typed word is one of the suggestions. */
  readonly isExact: boolean;
}

/** The state that suggestions come from. */
export type SuggestionParts = Pick<Chat, "session" | "buffers" | "settings">;

/** Returns the completions of the last word of `before`, as Tab uses them. */
export function completionsOf(before: string, chat: SuggestionParts): Completions {
  return complete(before, partsOf(chat));
}

/**
 * Returns the suggestions for the last word of `before` if it begins with `@`, with `/` or with the
 * prefix of a room; `undefined` if there are none.
 */
export function suggestionsFor(before: string, chat: SuggestionParts): Suggestions | undefined {
  const start = before.search(LAST_WORD);
  const word = before.slice(start);
  const { isupport } = chat.session.state;
  const isCommand = start === 0 && /^\/(?!\/)/.test(word);
  if (!isCommand && !word.startsWith("@") && !isupport.isRoom(`${word}x`)) return undefined;
  const { from, options } = completionsOf(before, chat);
  if (from !== start || options.length === 0) return undefined;
  const all = options.map((text) => suggestion(text, chat));
  const typed = isupport.fold(word.replace(/^@/, ""));
  return { from, all, isExact: options.some((text) => isupport.fold(wordOf(text)) === typed) };
}

/** Returns a completion without the colon and the space after it. */
function wordOf(option: string): string {
  return option.replace(/:? $/, "");
}

function suggestion(text: string, { buffers }: SuggestionParts): Suggestion {
  const name = wordOf(text);
  const command = commandsFor(PAGE_HELP, COMMANDS).find((each) => `/${each.name}` === name);
  if (command) return { text, name: usageOf(command), help: command.help };
  return { text, name, help: buffers.find(name)?.topic ?? "" };
}

function partsOf({ session, buffers, settings }: SuggestionParts): CompletionParts {
  const { state } = session;
  return {
    state,
    buffers,
    settings,
    clientHelp: PAGE_HELP,
    wantedNick: state.nick,
    places: () => buffers.all.map(({ name }) => name),
    files: () => [],
    servers: () => [],
  };
}
