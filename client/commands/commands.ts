/**
 * The table of all slash commands, and the way from a typed text to the command in it.
 *
 * @module
 */

import { type CommandContext, roomOf, type SlashCommand, usageOf } from "./command.ts";
import { COMMAND_TEXTS } from "../texts/terminal.ts";
import { roomCommands } from "./rooms.ts";
import { talkCommands } from "./talk.ts";
import { peopleCommands } from "./people.ts";
import { moderationCommands } from "./moderation.ts";
import { serverCommands } from "./server.ts";
import { parseParameters, splitFirst } from "./parameters.ts";

const HELP: SlashCommand = {
  name: "help",
  usage: "[COMMAND]",
  help: "list the commands, or explain one",
  run(context, [word = ""]) {
    const name = word.replace(/^\//, "");
    const command = find(name);
    if (name !== "" && !command) return COMMAND_TEXTS.unknown(name);
    const shown = command ? [command] : COMMANDS;
    const width = Math.max(...shown.map((each) => usageOf(each).length));
    for (const each of shown) context.tell(`${usageOf(each).padEnd(width)}  ${each.help}`);
    if (!command) context.tell(COMMAND_TEXTS.afterHelp);
  },
};

/** All commands, in the order of `/help`. */
export const COMMANDS: readonly SlashCommand[] = [
  ...roomCommands,
  ...talkCommands,
  ...peopleCommands,
  ...moderationCommands,
  ...serverCommands,
  HELP,
];

/** The pattern of a line that is meant as a command; invisible characters may stand before it. */
const COMMAND = /^[\s\p{Cf}]*\/(?!\/)/u;

/** Runs or sends `text`, as the user has typed or pasted it. Two slashes at a line's start are one. */
export function submit(context: CommandContext, text: string): void {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const [first = ""] = lines;
  if (lines.length === 1 && COMMAND.test(first)) return runCommand(context, first);
  if (lines.some(looksLikeCommand)) return context.tell(COMMAND_TEXTS.oneLineOnly);
  const { session, buffers: { current } } = context;
  if (!current) return context.tell(COMMAND_TEXTS.notInRoom);
  for (const line of lines) session.say(current.name, line.replace(/^\/\//, "/"));
}

/** Reports whether one of several lines looks like a command. A path, for example, does not. */
function looksLikeCommand(line: string): boolean {
  const [, name, text] = /^[\s\p{Cf}]*\/([A-Za-z]+)(?:\s+(.*))?$/u.exec(line) ?? [];
  return name !== undefined && (Boolean(text) || find(name) !== undefined);
}

/** Runs the command in `line`; shows the error if it fails. */
function runCommand(context: CommandContext, line: string): void {
  const [, name = "", text = ""] = /\/(\S*)(.*)/s.exec(line) ?? [];
  const command = find(name);
  const error = command ? run(context, command, text) : COMMAND_TEXTS.unknown(name);
  if (error) context.tell(error);
}

/** Runs `command`; returns an error for the user, if any. */
function run(context: CommandContext, command: SlashCommand, text: string): string | void {
  const { isupport, rooms } = context.session.state;
  const [first, rest] = splitFirst(text);
  const isNamed = "runIn" in command && isupport.isRoom(first);
  const values = parseParameters(command.usage, isNamed ? rest : text);
  if (values === "too few") return COMMAND_TEXTS.tooFewWords(command.name, usageOf(command));
  if (values === "too many") return COMMAND_TEXTS.tooManyWords(command.name, usageOf(command));
  if (!("runIn" in command)) return command.run(context, values);
  const here = command.withPersons ? context.buffers.current?.name : roomOf(context);
  const room = isNamed ? rooms.get(first)?.name ?? first : here;
  if (room === undefined) return COMMAND_TEXTS.notInRoom;
  return command.runIn(context.session, room, values);
}

function find(name: string): SlashCommand | undefined {
  return COMMANDS.find((command) => command.name === name.toLowerCase());
}
