/**
 * Slash commands that show earlier messages: history and search.
 *
 * @module
 */

import { HISTORY_TEXTS } from "../texts/history.ts";
import { COMMAND_TEXTS } from "../texts/terminal.ts";
import type { CommandContext, SlashCommand } from "./command.ts";

/** The slash commands of this module, in the order in which `/help` lists them. */
export const historyCommands: readonly SlashCommand[] = [
  {
    name: "history",
    usage: "[NUMBER|ROOM] [NUMBER|today|yesterday|DATE]",
    help: "show what was said earlier (or press Page Up): /history 50, /history 2026-11-20",
    run(context, values) {
      const [first = ""] = values;
      const named = isRange(first) ? undefined : nameOf(context, first);
      const isSurplus = named === undefined && values.length > 1;
      if (first !== "" && !isRange(first) && named === undefined || isSurplus) {
        return HISTORY_TEXTS.notARange(values.join(" "));
      }
      const name = named ?? context.buffers.current?.name;
      if (name === undefined) return COMMAND_TEXTS.notInRoom;
      if (first === "") return context.readingBack.onwards(name);
      const range = named === undefined ? first : values[1] ?? "";
      if (range !== "" && !isRange(range)) return HISTORY_TEXTS.notARange(range);
      read(context, name, range);
    },
  },
  {
    name: "search",
    isBasic: true,
    usage: "[WORDS]",
    help:
      "search this room: /search tea, /search from:bob tea; /search 3 shows what is around result 3",
    withPersons: true,
    runIn(_session, room, [words], { readingBack }) {
      if (words === undefined) return readingBack.moreResults();
      search(readingBack, room, words);
    },
  },
  {
    name: "find",
    usage: "WORDS",
    help: "search all your rooms and conversations; otherwise like /search",
    run: ({ readingBack }, [words = ""]) => search(readingBack, undefined, words),
  },
  {
    name: "mentions",
    aliases: ["highlights"],
    usage: "",
    help: "search all your rooms for messages of others with your nick",
    run: ({ readingBack, session }) => readingBack.search(undefined, session.state.nick, true),
  },
];

/**
 * Searches for `words` in a room or in all rooms. If `words` is the number of a result, shows the
 * messages around this result.
 */
function search(
  readingBack: CommandContext["readingBack"],
  room: string | undefined,
  words: string,
): void {
  const number = /^[1-9][0-9]{0,5}$/.test(words) ? Number(words) : 0;
  if (number > 0 && number <= readingBack.results) return readingBack.around(number);
  readingBack.search(room, words);
}

/** The pattern of a day, or of a number of messages. */
const RANGE = /^(?:[1-9][0-9]{0,5}|today|yesterday|[0-9]{4}-[0-9]{2}-[0-9]{2})$/;

function isRange(text: string): boolean {
  return RANGE.test(text);
}

/** Returns the room or the person that `text` names; the `#` of a room may be left out. */
function nameOf({ buffers, session: { state } }: CommandContext, text: string): string | undefined {
  if (text === "") return undefined;
  if (state.isupport.isRoom(text)) return text;
  return (buffers.find(text) ?? buffers.find(state.isupport.toRoom(text)))?.name;
}

function read(context: CommandContext, name: string, range: string): void {
  const { readingBack } = context;
  if (range === "" || /^[0-9]+$/.test(range)) {
    return readingBack.earlier(name, range === "" ? undefined : Number(range));
  }
  const today = new Date(context.now());
  const ago = { today: 0, yesterday: 1 }[range];
  const [year = 0, month = 0, day = 0] = ago === undefined
    ? range.split("-").map(Number)
    : [today.getFullYear(), today.getMonth() + 1, today.getDate() - ago];
  const start = new Date(year, month - 1, day);
  if (ago === undefined && start.getMonth() !== month - 1) {
    return context.tell(HISTORY_TEXTS.notARange(range));
  }
  readingBack.day(name, start, range);
}
