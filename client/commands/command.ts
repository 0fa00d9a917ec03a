/**
 * Slash commands as rows of a table, from which `/help`, completion and the manual page are made. A
 * command acts on the session and the buffers, and has no dependency on the terminal.
 *
 * @module
 */

import type { Buffer } from "../session/buffer.ts";
import type { BufferList } from "../session/buffer_list.ts";
import type { Buffers } from "../session/buffers.ts";
import type { Entry } from "../session/entries.ts";
import type { Ignored } from "../session/ignored.ts";
import type { ReadingBack } from "../session/reading_back.ts";
import type { Session } from "../session/session.ts";
import type { Settings } from "./settings.ts";
import { COMMAND_TEXTS } from "../texts/terminal.ts";

/** The objects that a command acts on. */
export interface CommandContext {
  /** The session with the server. */
  readonly session: Session;
  /** The rooms and persons of the session. */
  readonly buffers: Buffers;
  /** The rooms and persons of all sessions, which the user can switch between. */
  readonly list: BufferList;
  /** The servers that the user is at. */
  readonly servers: ServerList;
  /** The people whose messages are not shown. */
  readonly ignored: Ignored;
  /** The settings of the client. */
  readonly settings: Settings;
  /** Reads back in the history of the server. */
  readonly readingBack: ReadingBack;
  /** The facts about the client that `/help` shows. */
  readonly clientHelp: ClientHelp;
  /** Returns the time, in milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Shows `buffer`, to which typed lines are sent from then on. */
  switchTo(buffer: Buffer): void;
  /** Shows the last messages with a person; absent if the client shows them by itself. */
  opened?(nick: string): void;
  /** Shows `text` to the user. */
  tell(text: string): void;
  /** Shows as many of `lines` as fit the screen; `/more` shows the next ones. */
  page(lines: readonly string[]): void;
  /** Shows the next lines of the last long answer. */
  more(): void;
  /** Shows groups of words in columns, each after its heading, like {@linkcode page}. */
  grid(groups: readonly WordGroup[]): void;
  /** The message that the user has chosen for this command: "missing" if it is not in the room. */
  readonly selected: Entry | "missing" | undefined;
  /**
   * Shows a QR code of a URL, for a phone, or the room that the code needs. The URL is also shown as
   * text.
   */
  showQrCode(url: string): void;
  /** Puts `text`, a command that acts on `entry` of `buffer`, into the input line. */
  compose(text: string, entry: Entry, buffer: Buffer): void;
  /**
   * Keeps `text`, which is to replace the message `id` of `buffer`, until the server has answered.
   * The result is then called with true if the text is sent, or with false if the user still has to
   * send it. Absent if the user finds the text among the lines that they have typed.
   */
  editing?(buffer: Buffer, id: string, text: string): (isSent: boolean) => void;
  /** Uploads the file at `path`, and sends its link to the room or person `to`. */
  upload(path: string, to: string): void;
  /** Clears the screen; absent if that is not possible. */
  clear?(): void;
  /** Ends the client; the other users see `reason`. */
  leave(reason: string): void;
}

/** The facts about one kind of client, in a terminal or in a browser, that `/help` shows. */
export interface ClientHelp {
  /** The lines about the keys on the keyboard that it uses. */
  readonly keys: readonly string[];
  /** The explanations of the commands that are explained differently in this client, by name. */
  readonly explanations: ReadonlyMap<string, string>;
  /** The names of the commands that it cannot run. */
  readonly lacks: ReadonlySet<string>;
}

/**
 * The servers that the user is at, each with a session. Each method that fails returns an error for
 * the user.
 */
export interface ServerList {
  /** Returns a line about each server. */
  describe(): string[];
  /** Returns the names of a room or person: its own, and one with the name of its server. */
  namesOf(buffer: Buffer): readonly string[];
  /** Returns the name of a room or person as the list of all rooms and persons shows it. */
  labelOf(buffer: Buffer): string;
  /** Shows the server with that name. */
  show(name: string): string | void;
  /** Connects to another server, and shows it. */
  connect(target: string, password?: string): string | void;
  /** Leaves the server called `name`, or else the server that the user sees. */
  disconnect(name?: string): string | void;
}

/** Words that are shown in columns under a heading. */
export interface WordGroup {
  /** The line above the words. */
  readonly heading: string;
  /** The words, in order. */
  readonly words: readonly string[];
}

/** The name and the help of a slash command. */
export interface CommandHelp {
  /** The name, without the slash. */
  readonly name: string;
  /** The parameters, which `parameters.ts` parses: `[OPTIONAL]`, `REQUIRED`, `SEVERAL…`. */
  readonly usage: string;
  /** The explanation, in one line. */
  readonly help: string;
  /** Other names by which users know the command. */
  readonly aliases?: readonly string[];
  /** True for the few commands that `/help` shows first. */
  readonly isBasic?: true;
}

/** A command that acts on the whole session. */
export interface SessionCommand extends CommandHelp {
  /** Runs the command with the values of its parameters. Returns an error for the user, if any. */
  run(context: CommandContext, values: readonly string[]): string | void;
}

/** A command that acts in the room that its first word names, or else in the current room. */
export interface RoomCommand extends CommandHelp {
  /** True if the command also acts in a private conversation. */
  readonly withPersons?: true;
  /** True if a parameter can be the name of a room, which is otherwise taken for a mistake. */
  readonly takesRooms?: true;
  /** Runs the command in `room`, like {@linkcode SessionCommand.run}. */
  runIn(
    session: Session,
    room: string,
    values: readonly string[],
    context: CommandContext,
  ): string | void;
}

/** A slash command. */
export type SlashCommand = SessionCommand | RoomCommand;

/** Returns the command with its parameters: `/msg NICK TEXT`. */
export function usageOf(command: SlashCommand): string {
  const room = "runIn" in command ? "[ROOM]" : "";
  return [`/${command.name}`, room, command.usage].filter((part) => part !== "").join(" ");
}

/** Returns the name of the current room; `undefined` in a private conversation. */
export function roomOf({ buffers: { current } }: CommandContext): string | undefined {
  return current?.kind === "room" ? current.name : undefined;
}

/** Returns the error for the user if a command needs a room, and no room is shown. */
export function noRoom({ buffers: { current } }: CommandContext, usage: string): string {
  return current ? COMMAND_TEXTS.needsRoom(usage) : COMMAND_TEXTS.notInRoom;
}

/** Sends an IRC command; returns an error for the user, if any. */
export function send(session: Session, command: string, ...params: string[]): string | void {
  if (params.slice(0, -1).some((param) => param.startsWith(":"))) return COMMAND_TEXTS.colon;
  if (!session.send(command, ...params)) return COMMAND_TEXTS.notConnected;
}
