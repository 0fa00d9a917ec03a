/**
 * The table of all slash commands, and the functions that run a typed text.
 *
 * @module
 */

import {
  type ClientHelp,
  type CommandContext,
  noRoom,
  roomOf,
  type SlashCommand,
  usageOf,
} from "./command.ts";
import { nearest } from "../../shared/nearest.ts";
import { COMMAND_TEXTS } from "../texts/terminal.ts";
import { roomCommands } from "./rooms.ts";
import { historyCommands } from "./history.ts";
import { talkCommands } from "./talk.ts";
import { messageCommands } from "./messages.ts";
import { peopleCommands } from "./people.ts";
import { moderationCommands } from "./moderation.ts";
import { operatorCommands } from "./operators.ts";
import { serverCommands } from "./server.ts";
import { connectionCommands } from "./servers.ts";
import { basicHelp, commandsFor, findCommand, helpAbout, type Subject, wordsOf } from "./help.ts";
import { parseParameters, splitFirst } from "./parameters.ts";

const helpCommands: readonly SlashCommand[] = [
  {
    name: "help",
    aliases: ["?", "h"],
    usage: "[SUBJECT|COMMAND]",
    help: "show the most useful commands, the commands of a subject, or explain a command",
    run(context, [word = ""]) {
      const name = word.replace(/^\//, "").toLowerCase();
      const { clientHelp } = context;
      const lines = name === ""
        ? basicHelp(SUBJECTS, clientHelp)
        : helpAbout(name, SUBJECTS, clientHelp);
      if (!lines) return unknown(name, clientHelp);
      context.page(lines);
    },
  },
  {
    name: "more",
    usage: "",
    help: "show the next lines of a long answer, of a search or of /history",
    run: (context) => context.more(),
  },
];

/** The subjects of help, in the order in which `/help` names them. */
const SUBJECTS: readonly Subject[] = [
  { name: "rooms", commands: roomCommands },
  { name: "talk", commands: [...talkCommands, ...messageCommands, ...historyCommands] },
  { name: "people", commands: peopleCommands },
  { name: "moderation", commands: moderationCommands },
  { name: "operators", commands: operatorCommands },
  { name: "servers", commands: connectionCommands },
  { name: "client", commands: [...serverCommands, ...helpCommands] },
];

/** The words after `/help` that are not the names of commands. */
export const HELP_WORDS: readonly string[] = wordsOf(SUBJECTS);

/** All commands, by subject. */
export const COMMANDS: readonly SlashCommand[] = SUBJECTS.flatMap(({ commands }) => commands);

/**
 * The pattern of a line that is meant as a command; invisible characters may stand before it. Input
 * methods for Chinese and Japanese write a wide slash.
 */
const COMMAND = /^[\s\p{Cf}]*(?:\/(?!\/)|／(?=[A-Za-z]))/u;

/** Returns true if `text`, as the user has typed or pasted it, is a command. */
export function isCommand(text: string): boolean {
  const [first = "", ...more] = text.split("\n").filter((line) => line.trim() !== "");
  return more.length === 0 && COMMAND.test(first);
}

/**
 * Runs or sends `text`, as the user has typed or pasted it. Two slashes at the start of a line
 * stand for one slash if the line would otherwise be a command; a comment in program code
 * (`// text`) stays as it is.
 */
export function submit(context: CommandContext, text: string): void {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const [first = ""] = lines;
  if (isCommand(text)) return runCommand(context, first);
  if (lines.some(looksLikeCommand)) return context.tell(COMMAND_TEXTS.oneLineOnly);
  const { session, buffers: { current } } = context;
  if (!current && !session.isStarting) return context.tell(COMMAND_TEXTS.notInRoom);
  const isMistakable = lines.length === 1 ? (line: string) => /^\/\S/.test(line) : looksLikeCommand;
  const said = text.split("\n").map((line) => {
    if (line.trim() === "") return "";
    return line.startsWith("//") && isMistakable(line.slice(1)) ? line.slice(1) : line;
  });
  if (current) session.say(current.name, said.join("\n"));
  else session.sayAtHome(said.join("\n"));
}

/**
 * Reports whether a line, one of several, looks like a command; a path such as `/usr/bin` does not.
 */
function looksLikeCommand(line: string): boolean {
  const [, name, text] = /^[\s\p{Cf}]*[/／]([A-Za-z]+)(?:\s+(\S.*)?)?$/u.exec(line) ?? [];
  return name !== undefined && (Boolean(text) || find(name) !== undefined);
}

/** Runs the command in `line`; shows the error if it fails. */
function runCommand(context: CommandContext, line: string): void {
  const [, name = "", text = ""] = /[/／](\S*)(.*)/s.exec(line) ?? [];
  const command = find(name);
  const error = command ? run(context, command, text) : unknown(name, context.clientHelp);
  if (error) context.tell(error);
}

/** Runs `command`; returns an error for the user, if any. */
function run(context: CommandContext, command: SlashCommand, text: string): string | void {
  const { rooms } = context.session.state;
  const [first, rest] = splitFirst(text);
  const isNamed = "runIn" in command && isRoom(context, first);
  const values = parseParameters(command.usage, isNamed ? rest : text);
  if (values === "too few") return COMMAND_TEXTS.tooFewWords(command.name, usageOf(command));
  if (values === "too many") return COMMAND_TEXTS.tooManyWords(command.name, usageOf(command));
  if (!("runIn" in command)) return command.run(context, values);
  // In `/kick NICK ROOM`, ROOM would be taken for the reason of a kick from the current room.
  const isMisplaced = !isNamed && !command.takesRooms &&
    values.some((value) => isRoom(context, value));
  if (isMisplaced) return COMMAND_TEXTS.roomFirst(usageOf(command));
  const here = command.withPersons ? context.buffers.current?.name : roomOf(context);
  const room = isNamed ? rooms.get(first)?.name ?? first : here;
  if (room === undefined) return noRoom(context, usageOf(command).replace("[ROOM]", "ROOM"));
  return command.runIn(context.session, room, values, context);
}

/**
 * Reports whether `word` is the name of a room. Modes and other words, too, can begin with `+` or
 * `!`. Of such words, only the names of rooms that the user is in count.
 */
function isRoom({ session: { state } }: CommandContext, word: string): boolean {
  return state.isupport.isRoom(word) &&
    (!/^[+!]/.test(word) || state.rooms.get(word) !== undefined);
}

function find(name: string): SlashCommand | undefined {
  return findCommand(name, COMMANDS);
}

/**
 * Returns the error about a command that does not exist. It names the command that was probably
 * meant, if any.
 */
function unknown(name: string, client: ClientHelp): string {
  const names = commandsFor(client, COMMANDS).flatMap(({ name, aliases = [] }) => [
    name,
    ...aliases,
  ]);
  return COMMAND_TEXTS.unknown(name, nearest(name, names));
}
