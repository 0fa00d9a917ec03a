/**
 * The table of slash commands, from which `/help` and the manual page are made. A command knows the
 * session and the current room, and nothing of the terminal.
 *
 * @module
 */

import { isCommand, parse } from "../../protocol.ts";
import type { Session } from "../session/session.ts";
import { COMMAND_TEXTS } from "../texts/terminal.ts";
import { parseParameters, splitFirst } from "./parameters.ts";

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

/** The name and the help of a slash command. */
export interface CommandHelp {
  /** The name, without the slash. */
  readonly name: string;
  /** The parameters, which `parameters.ts` parses: `[OPTIONAL]`, `REQUIRED`, `SEVERAL…`. */
  readonly usage: string;
  /** The explanation, in one line. */
  readonly help: string;
}

/** A command that acts on the whole session. */
export interface SessionCommand extends CommandHelp {
  /** Runs the command with the values of its parameters. Returns an error for the user, if any. */
  run(context: CommandContext, values: readonly string[]): string | void;
}

/** A command that acts in a room: the one that its first word names, or else the current one. */
export interface RoomCommand extends CommandHelp {
  /** Runs the command in `room`, like {@linkcode SessionCommand.run}. */
  runIn(session: Session, room: string, values: readonly string[]): string | void;
}

/** A slash command. */
export type SlashCommand = SessionCommand | RoomCommand;

/** All commands, in the order of `/help`. */
export const COMMANDS: readonly SlashCommand[] = [
  {
    name: "join",
    usage: "ROOM [KEY]",
    help: "join a room, or switch to one that you are in",
    run(context, [name = "", key]) {
      const { isupport, rooms } = context.session.state;
      if (name.includes(",") || isupport.isRoom(key ?? "")) return COMMAND_TEXTS.oneRoomOnly;
      const room = isupport.toRoom(name);
      context.room = rooms.get(room)?.name ?? room;
      if (rooms.get(room)) return;
      if (key === undefined || isupport.isRoom(name)) return context.session.join(room, key);
      // The second word may be part of a name with a space.
      context.tell(COMMAND_TEXTS.joinsWithKey(room, key));
      context.session.join(room, key, true);
    },
  },
  {
    name: "part",
    usage: "[ROOM] [REASON]",
    help: "leave this room, or another one",
    run({ session, room: current }, [name, reason = ""]) {
      const { isupport, rooms } = session.state;
      if (name === undefined && current === undefined) return COMMAND_TEXTS.notInRoom;
      const room = isupport.toRoom(name ?? current ?? "");
      const joined = rooms.get(room)?.name;
      // A word that is not a room may be a misspelled one: it must not make the user leave this room.
      if (joined === undefined && !isupport.isRoom(name ?? room)) {
        return COMMAND_TEXTS.notInThatRoom(room);
      }
      session.part(joined ?? room, reason);
    },
  },
  {
    name: "msg",
    usage: "NICK TEXT",
    help: "send a private message",
    run: ({ session }, [to = "", text = ""]) => session.say(to, text),
  },
  {
    name: "me",
    usage: "TEXT",
    help: "describe an action: /me waves",
    runIn: (session, room, [text = ""]) => session.say(room, text, "action"),
  },
  {
    name: "nick",
    usage: "NAME",
    help: "change your nick",
    run: ({ session }, values) => send(session, "NICK", ...values),
  },
  {
    name: "own",
    usage: "[LIST|DEL] [NICK]",
    help: "make your nick yours for good; or give one up, or list yours",
    run: ({ session }, values) => send(session, "OWN", ...values),
  },
  {
    name: "names",
    usage: "[ROOM]",
    help: "list the members of a room",
    run(context, [name = context.room]) {
      if (name === undefined) return COMMAND_TEXTS.notInRoom;
      const { isupport, rooms } = context.session.state;
      const room = rooms.get(isupport.toRoom(name));
      if (!room) return send(context.session, "NAMES", isupport.toRoom(name));
      context.tell(COMMAND_TEXTS.members(room.name, room.size, room.listing));
    },
  },
  {
    name: "topic",
    usage: "[TEXT]",
    help: "show or set the topic of a room",
    runIn: (session, room, values) => send(session, "TOPIC", room, ...values),
  },
  {
    name: "away",
    usage: "[REASON]",
    help: "set yourself away; without a reason, come back",
    run: ({ session }, values) => send(session, "AWAY", ...values),
  },
  {
    name: "search",
    usage: "WORDS",
    help: "search the messages of a room",
    runIn(session, room, [text = ""]) {
      if (!session.isConnected) return COMMAND_TEXTS.notConnected;
      if (!session.search(room, text)) return COMMAND_TEXTS.cannotSearch;
    },
  },
  {
    name: "whois",
    usage: "NICK",
    help: "show information about a user",
    run: ({ session }, values) => send(session, "WHOIS", ...values),
  },
  {
    name: "invite",
    usage: "[NICK] [ROOM] [USES] [TIME]",
    help:
      "invite a user; without a nick, create an invitation (1 use, 1 week; /invite 5 2d: 5 uses, 2 days)",
    run({ session, room: current }, values) {
      const { isupport } = session.state;
      const [first = ""] = values;
      // `*` stands for the server, without a room.
      const isNamed = first === "*" || isupport.isRoom(first);
      const room = isNamed ? first : current;
      const [nick = "", other, ...surplus] = isNamed ? values.slice(1) : values;
      if (first === "*" || !/^[^\d*]/.test(nick)) {
        if (room === undefined) return COMMAND_TEXTS.notInRoom;
        return send(session, "INVITATION", room, ...values.slice(isNamed ? 1 : 0));
      }
      if (surplus.length > 0 || (isNamed && other !== undefined)) {
        return COMMAND_TEXTS.tooManyWords("invite", "/invite NICK [ROOM]");
      }
      const to = other === undefined ? room : isupport.toRoom(other);
      return to === undefined ? COMMAND_TEXTS.notInRoom : send(session, "INVITE", nick, to);
    },
  },
  {
    name: "kick",
    usage: "NICK [REASON]",
    help: "remove a user from a room",
    runIn: (session, room, values) => send(session, "KICK", room, ...values),
  },
  {
    name: "ban",
    usage: "[MASK…]",
    help: "ban a nick or mask, and remove the user of the nick; without either, list the bans",
    runIn(session, room, masks) {
      if (masks.length === 0) return send(session, "MODE", room, "+b");
      const withoutMember: string[] = [];
      for (const mask of masks) {
        if (!session.send("MODE", room, "+b", mask)) return COMMAND_TEXTS.notConnected;
        const [nick = ""] = mask.split("!");
        if (session.state.rooms.get(room)?.has(nick)) session.send("KICK", room, nick, "banned");
        else withoutMember.push(mask);
      }
      if (withoutMember.length > 0) return COMMAND_TEXTS.bannedOnly(withoutMember);
    },
  },
  modeCommand("unban", "-b", "MASK…", "remove a ban"),
  muteCommand("mute", "+", "let a nick or mask read a room and not speak in it"),
  muteCommand("unmute", "-", "undo /mute"),
  modeCommand("op", "+o", "NICK…", "make a user an operator of a room"),
  modeCommand("deop", "-o", "NICK…", "remove a user's operator status"),
  modeCommand("voice", "+v", "NICK…", "let a user speak in a room with mode +m"),
  modeCommand("devoice", "-v", "NICK…", "undo /voice"),
  {
    name: "mode",
    usage: "[MODES…]",
    help: "show or change the modes of a room: /mode +i, /mode -t",
    runIn(session, room, values) {
      const [first = "+"] = values;
      if (session.state.isMe(first)) return send(session, "MODE", ...values);
      // A letter alone lists what is set, for example the bans.
      const isList = values.length === 1 && first.length === 1;
      if (!/^[+-]/.test(first) && !isList) return COMMAND_TEXTS.noModes;
      return send(session, "MODE", room, ...values);
    },
  },
  {
    name: "quote",
    usage: "LINE",
    help: "send an IRC command to the server: /quote HELP",
    run({ session }, [line = ""]) {
      const message = parse(line);
      const isWhole = message && !message.tags && message.source === undefined;
      if (!isWhole || !isCommand(message.command)) return COMMAND_TEXTS.notIrc;
      return send(session, message.command, ...message.params);
    },
  },
  {
    name: "link",
    usage: "[CODE]",
    help:
      "use your account on another machine: /link shows a code; type /link CODE on the other machine",
    run({ session }, [code]) {
      if (code === undefined) return send(session, "LINK");
      if (!session.link(code)) return COMMAND_TEXTS.notConnected;
    },
  },
  {
    name: "list",
    usage: "[MASK]",
    help: "list the rooms of the server, or those that match a mask: /list *tea*",
    run: ({ session }, values) => send(session, "LIST", ...values),
  },
  {
    name: "quit",
    usage: "[REASON]",
    help: "exit (or press Ctrl-D or Ctrl-C on an empty line)",
    run: (context, [reason = ""]) => context.leave(reason),
  },
  {
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
  },
];

/** The pattern of a line that is meant as a command; invisible characters may stand before it. */
const COMMAND = /^[\s\p{Cf}]*\/(?!\/)/u;

/** Runs or sends `text`, which the user has typed or pasted. Two slashes at a line's start stand for one. */
export function submit(context: CommandContext, text: string): void {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const [first = ""] = lines;
  if (lines.length === 1 && COMMAND.test(first)) return runCommand(context, first);
  if (lines.some(looksLikeCommand)) return context.tell(COMMAND_TEXTS.oneLineOnly);
  const { session, room } = context;
  if (room === undefined) return context.tell(COMMAND_TEXTS.notInRoom);
  for (const line of lines) session.say(room, line.replace(/^\/\//, "/"));
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
  const room = isNamed ? rooms.get(first)?.name ?? first : context.room;
  if (room === undefined) return COMMAND_TEXTS.notInRoom;
  return command.runIn(context.session, room, values);
}

/** Returns a command that applies `change` to the modes of a room, once for each of its parameters. */
function modeCommand(name: string, change: string, usage: string, help: string): SlashCommand {
  return {
    name,
    usage,
    help,
    runIn(session, room, values) {
      if (values.length === 0) return send(session, "MODE", room, change);
      // Servers limit the number of changes in one command.
      for (const value of values) {
        if (!session.send("MODE", room, change, value)) return COMMAND_TEXTS.notConnected;
      }
    },
  };
}

/** Returns a command that mutes the users of each mask, or with the sign `-` unmutes them. */
function muteCommand(name: string, sign: "+" | "-", help: string): SlashCommand {
  return {
    name,
    usage: "MASK…",
    help,
    runIn(session, room, masks) {
      for (const mask of masks) {
        const mute = session.state.isupport.mute(mask);
        if (!mute) return COMMAND_TEXTS.cannotMute;
        const { letter, param } = mute;
        if (!session.send("MODE", room, sign + letter, param)) return COMMAND_TEXTS.notConnected;
      }
    },
  };
}

function find(name: string): SlashCommand | undefined {
  return COMMANDS.find((command) => command.name === name.toLowerCase());
}

/** Returns the command with its parameters: `/msg NICK TEXT`. */
export function usageOf(command: SlashCommand): string {
  const room = "runIn" in command ? "[ROOM]" : "";
  return [`/${command.name}`, room, command.usage].filter((part) => part !== "").join(" ");
}

function send(session: Session, command: string, ...params: string[]): string | void {
  if (params.slice(0, -1).some((param) => param.startsWith(":"))) return COMMAND_TEXTS.colon;
  if (!session.send(command, ...params)) return COMMAND_TEXTS.notConnected;
}
