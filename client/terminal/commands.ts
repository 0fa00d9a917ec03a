/**
 * The table of slash commands, from which `/help` and the manual page are made. A command knows the
 * session and the current room, and nothing of the terminal.
 *
 * @module
 */

import { parse } from "../../protocol.ts";
import type { Session } from "../session/session.ts";
import { COMMAND_TEXTS } from "../texts/terminal.ts";

/** The objects that a command acts on. */
export interface CommandContext {
  /** The session with the server. */
  readonly session: Session;
  /** The current room, to which typed lines are sent. */
  room: string | undefined;
  /** Shows `text` to the user. */
  tell(text: string): void;
  /** Ends the client; the other users see `reason`. */
  leave(reason: string): void;
}

/** A slash command. */
export interface SlashCommand {
  /** The name, without the slash. */
  readonly name: string;
  /** The parameters: `[OPTIONAL]`, `REQUIRED`. */
  readonly usage: string;
  /** The explanation, in one line. */
  readonly help: string;
  /** The smallest number of words after the name. */
  readonly minWords: number;
  /** Runs the command with `text`, all that follows its name. Returns an error for the user, if any. */
  run(context: CommandContext, text: string): string | void;
}

/** All commands, in the order of `/help`. */
export const COMMANDS: readonly SlashCommand[] = [
  {
    name: "join",
    usage: "ROOM [KEY]",
    help: "join a room, or switch to one that you are in",
    minWords: 1,
    run(context, text) {
      const [name, key] = splitFirst(text);
      if (name.includes(",")) return COMMAND_TEXTS.oneRoomOnly;
      const room = context.session.state.isupport.toRoom(name);
      context.room = context.session.state.rooms.get(room)?.name ?? room;
      if (!context.session.state.rooms.get(room)) context.session.join(room, key || undefined);
    },
  },
  {
    name: "part",
    usage: "[ROOM] [REASON]",
    help: "leave this room, or another one",
    minWords: 0,
    run(context, text) {
      const { isupport, rooms } = context.session.state;
      const [word, rest] = splitFirst(text);
      const joined = word === "" ? undefined : rooms.get(isupport.toRoom(word))?.name;
      const named = joined ?? (isupport.isRoom(word) ? word : undefined);
      const room = named ?? context.room;
      if (room === undefined) return COMMAND_TEXTS.notInRoom;
      context.session.part(room, named === undefined ? text : rest);
    },
  },
  {
    name: "msg",
    usage: "NICK TEXT",
    help: "send a private message",
    minWords: 2,
    run({ session }, text) {
      const [to, message] = splitFirst(text);
      session.say(to, message);
    },
  },
  {
    name: "me",
    usage: "TEXT",
    help: "describe an action: /me waves",
    minWords: 1,
    run({ session, room }, text) {
      if (room === undefined) return COMMAND_TEXTS.notInRoom;
      session.say(room, text, "action");
    },
  },
  {
    name: "nick",
    usage: "NAME",
    help: "change your nick",
    minWords: 1,
    run: ({ session }, text) => send(session, "NICK", splitFirst(text)[0]),
  },
  {
    name: "names",
    usage: "[ROOM]",
    help: "list the members of a room",
    minWords: 0,
    run(context, text) {
      const { state } = context.session;
      const name = text === "" ? context.room : state.isupport.toRoom(splitFirst(text)[0]);
      if (name === undefined) return COMMAND_TEXTS.notInRoom;
      const room = state.rooms.get(name);
      if (!room) return send(context.session, "NAMES", name);
      context.tell(COMMAND_TEXTS.members(room.name, room.size, room.listing));
    },
  },
  {
    name: "topic",
    usage: "[TEXT]",
    help: "show or set the topic of this room",
    minWords: 0,
    run({ session, room }, text) {
      if (room === undefined) return COMMAND_TEXTS.notInRoom;
      return send(session, "TOPIC", room, ...(text === "" ? [] : [text]));
    },
  },
  {
    name: "away",
    usage: "[REASON]",
    help: "mark yourself as away; without a reason, as back",
    minWords: 0,
    run: ({ session }, text) => send(session, "AWAY", ...(text === "" ? [] : [text])),
  },
  {
    name: "search",
    usage: "WORDS",
    help: "search the messages of this room",
    minWords: 1,
    run({ session, room }, text) {
      if (room === undefined) return COMMAND_TEXTS.notInRoom;
      if (!session.isConnected) return COMMAND_TEXTS.notConnected;
      if (!session.search(room, text)) return COMMAND_TEXTS.cannotSearch;
    },
  },
  {
    name: "whois",
    usage: "NICK",
    help: "show information about a user",
    minWords: 1,
    run: ({ session }, text) => send(session, "WHOIS", splitFirst(text)[0]),
  },
  {
    name: "invite",
    usage: "[NICK] [ROOM] [USES] [TIME]",
    help:
      "invite a user; without a nick, create an invitation, for 1 user and 1 week or as in: /invite 5 2d",
    minWords: 0,
    run(context, text) {
      const { isupport } = context.session.state;
      const [first = "", second] = words(text);
      const isNick = /^[^\d*]/.test(first) && !isupport.isRoom(first);
      if (isNick) {
        const room = second === undefined ? context.room : isupport.toRoom(second);
        return room === undefined
          ? COMMAND_TEXTS.notInRoom
          : send(context.session, "INVITE", first, room);
      }
      // `*` stands for the server, without a room.
      const isTarget = first === "*" || isupport.isRoom(first);
      const target = isTarget ? first : context.room;
      if (target === undefined) return COMMAND_TEXTS.notInRoom;
      return send(context.session, "INVITATION", target, ...words(text).slice(isTarget ? 1 : 0));
    },
  },
  {
    name: "kick",
    usage: "NICK [REASON]",
    help: "remove a user from this room",
    minWords: 1,
    run({ session, room }, text) {
      if (room === undefined) return COMMAND_TEXTS.notInRoom;
      const [nick, reason] = splitFirst(text);
      return send(session, "KICK", room, nick, ...(reason === "" ? [] : [reason]));
    },
  },
  modeCommand(
    "ban",
    "+b",
    "[MASK]",
    "ban a nick or mask; without either, list the bans",
  ),
  modeCommand("unban", "-b", "MASK", "remove a ban"),
  modeCommand("op", "+o", "NICK", "make a user an operator of this room"),
  modeCommand("deop", "-o", "NICK", "remove a user's operator status"),
  modeCommand("voice", "+v", "NICK", "let a user speak in a moderated room (/mode +m)"),
  modeCommand("devoice", "-v", "NICK", "undo /voice"),
  {
    name: "mode",
    usage: "[MODES]",
    help: "show or change the modes of this room: /mode +i, /mode -t",
    minWords: 0,
    run({ session, room }, text) {
      if (room === undefined) return COMMAND_TEXTS.notInRoom;
      return send(session, "MODE", room, ...words(text));
    },
  },
  {
    name: "quote",
    usage: "LINE",
    help: "send an IRC command to the server: /quote HELP",
    minWords: 1,
    run({ session }, text) {
      const message = parse(text);
      if (!message) return COMMAND_TEXTS.notIrc;
      return send(session, message.command, ...message.params);
    },
  },
  {
    name: "link",
    usage: "[CODE]",
    help: "use your account on another machine: /link here shows a code, /link CODE there uses it",
    minWords: 0,
    run({ session }, text) {
      if (text === "") return send(session, "LINK");
      if (!session.link(splitFirst(text)[0])) return COMMAND_TEXTS.notConnected;
    },
  },
  {
    name: "list",
    usage: "",
    help: "list the rooms of the server",
    minWords: 0,
    run: ({ session }) => send(session, "LIST"),
  },
  {
    name: "quit",
    usage: "[REASON]",
    help: "exit (or press Ctrl-D or Ctrl-C on an empty line)",
    minWords: 0,
    run: (context, text) => context.leave(text),
  },
  {
    name: "help",
    usage: "[COMMAND]",
    help: "list the commands, or explain one",
    minWords: 0,
    run(context, text) {
      const [name] = splitFirst(text.replace(/^\//, ""));
      const command = find(name);
      if (name !== "" && !command) return COMMAND_TEXTS.unknown(name);
      const shown = command ? [command] : COMMANDS;
      const width = Math.max(...shown.map((each) => usageOf(each).length));
      for (const each of shown) context.tell(`${usageOf(each).padEnd(width)}  ${each.help}`);
      if (!command) context.tell(COMMAND_TEXTS.afterHelp);
    },
  },
];

/** Runs the command in `line`, which begins with a slash; shows the error if it fails. */
export function runCommand(context: CommandContext, line: string): void {
  const [name, text] = splitFirst(line.slice(1));
  const command = find(name);
  if (!command) return context.tell(COMMAND_TEXTS.unknown(name));
  const error = words(text).length < command.minWords
    ? COMMAND_TEXTS.tooFewWords(command.name, usageOf(command))
    : command.run(context, text);
  if (error) context.tell(error);
}

/** Returns a command that makes `change` in the modes of this room, once for each word after it. */
function modeCommand(name: string, change: string, usage: string, help: string): SlashCommand {
  return {
    name,
    usage,
    help,
    minWords: usage.startsWith("[") ? 0 : 1,
    run({ session, room }, text) {
      if (room === undefined) return COMMAND_TEXTS.notInRoom;
      if (text === "") return send(session, "MODE", room, change);
      // Servers limit the number of changes in one command.
      for (const word of words(text)) {
        if (!session.send("MODE", room, change, word)) return COMMAND_TEXTS.notConnected;
      }
    },
  };
}

function find(name: string): SlashCommand | undefined {
  return COMMANDS.find((command) => command.name === name.toLowerCase());
}

/** Returns the command with its parameters: `/msg NICK TEXT`. */
export function usageOf({ name, usage }: SlashCommand): string {
  return usage === "" ? `/${name}` : `/${name} ${usage}`;
}

/** Splits `text` into its first word and the rest. */
function splitFirst(text: string): [first: string, rest: string] {
  const [, first = "", rest = ""] = /^\s*(\S*)\s*(.*)$/s.exec(text) ?? [];
  return [first, rest.trimEnd()];
}

function words(text: string): string[] {
  return text.split(" ").filter((word) => word !== "");
}

function send(session: Session, command: string, ...params: string[]): string | void {
  if (!session.send(command, ...params)) return COMMAND_TEXTS.notConnected;
}
