/**
 * What can be typed behind a slash, as a table: what `/help` says is made from it. A command knows
 * the session and the one room that is shown, and nothing of how they are shown.
 *
 * @module
 */

import { parse } from "../../protocol.ts";
import type { Session } from "../session/session.ts";

/** What a command acts on. */
export interface CommandContext {
  /** Where commands are carried out. */
  readonly session: Session;
  /** The room in which is said what is typed. */
  room: string | undefined;
  /** Tells the user something. */
  tell(text: string): void;
  /** Ends it all, with a word for those who stay. */
  leave(reason: string): void;
}

/** One command. */
export interface SlashCommand {
  /** Without the slash. */
  readonly name: string;
  /** What can stand behind it: `[OPTIONAL]`, `NEEDED`. */
  readonly usage: string;
  /** One line. */
  readonly help: string;
  /** How many words there are at least. */
  readonly needs: number;
  /** Acts; `text` is all that stands behind the name. Returns what is wrong, where something is. */
  run(context: CommandContext, text: string): string | void;
}

/** What to do where there is no room to say something in. */
export const NO_ROOM = "you are not in a room: use /join ROOM first";
const OFFLINE = "not connected: try again when the connection is back";

/** Every command, in the order in which they are explained. */
export const COMMANDS: readonly SlashCommand[] = [
  {
    name: "join",
    usage: "ROOM [KEY]",
    help: "join a room, or switch to one that you are in",
    needs: 1,
    run(context, text) {
      const [name, key] = cut(text);
      if (name.includes(",")) return "join one room at a time: /join ROOM";
      const room = context.session.state.isupport.toRoom(name);
      context.room = context.session.state.rooms.get(room)?.name ?? room;
      if (!context.session.state.rooms.get(room)) context.session.join(room, key || undefined);
    },
  },
  {
    name: "part",
    usage: "[ROOM] [REASON]",
    help: "leave a room; without one, this room",
    needs: 0,
    run(context, text) {
      const { isupport, rooms } = context.session.state;
      const [word, rest] = cut(text);
      const joined = word === "" ? undefined : rooms.get(isupport.toRoom(word))?.name;
      const named = joined ?? (isupport.isRoom(word) ? word : undefined);
      const room = named ?? context.room;
      if (room === undefined) return NO_ROOM;
      context.session.part(room, named === undefined ? text : rest);
    },
  },
  {
    name: "msg",
    usage: "NICK TEXT",
    help: "send a private message",
    needs: 2,
    run({ session }, text) {
      const [to, said] = cut(text);
      session.say(to, said);
    },
  },
  {
    name: "me",
    usage: "TEXT",
    help: "describe an action: /me waves",
    needs: 1,
    run({ session, room }, text) {
      if (room === undefined) return NO_ROOM;
      session.say(room, text, "action");
    },
  },
  {
    name: "nick",
    usage: "NAME",
    help: "change your nick",
    needs: 1,
    run: ({ session }, text) => send(session, "NICK", cut(text)[0]),
  },
  {
    name: "names",
    usage: "[ROOM]",
    help: "list the members of a room",
    needs: 0,
    run(context, text) {
      const { state } = context.session;
      const name = text === "" ? context.room : state.isupport.toRoom(cut(text)[0]);
      if (name === undefined) return NO_ROOM;
      const room = state.rooms.get(name);
      if (!room) return send(context.session, "NAMES", name);
      context.tell(`${room.size} in ${room.name}: ${room.listing.join(" ")}`);
    },
  },
  {
    name: "topic",
    usage: "[TEXT]",
    help: "show or set the topic of this room",
    needs: 0,
    run({ session, room }, text) {
      if (room === undefined) return NO_ROOM;
      return send(session, "TOPIC", room, ...(text === "" ? [] : [text]));
    },
  },
  {
    name: "away",
    usage: "[REASON]",
    help: "mark yourself as away; without a reason, as back",
    needs: 0,
    run: ({ session }, text) => send(session, "AWAY", ...(text === "" ? [] : [text])),
  },
  {
    name: "search",
    usage: "WORDS",
    help: "search the messages of this room",
    needs: 1,
    run({ session, room }, text) {
      if (room === undefined) return NO_ROOM;
      if (!session.isConnected) return OFFLINE;
      if (!session.search(room, text)) return "this server cannot search messages";
    },
  },
  {
    name: "whois",
    usage: "NICK",
    help: "show information about a user",
    needs: 1,
    run: ({ session }, text) => send(session, "WHOIS", cut(text)[0]),
  },
  {
    name: "invite",
    usage: "[NICK] [ROOM] [USES] [TIME]",
    help:
      "invite a user; without a nick, make a command to pass on, for 1 user and 1 week, or: /invite 5 2d",
    needs: 0,
    run(context, text) {
      const { isupport } = context.session.state;
      const [first = "", second] = words(text);
      const isNick = /^[^\d*]/.test(first) && !isupport.isRoom(first);
      if (isNick) {
        const room = second === undefined ? context.room : isupport.toRoom(second);
        return room === undefined ? NO_ROOM : send(context.session, "INVITE", first, room);
      }
      const isPlace = first === "*" || isupport.isRoom(first);
      const place = isPlace ? first : context.room;
      if (place === undefined) return NO_ROOM;
      return send(context.session, "INVITATION", place, ...words(text).slice(isPlace ? 1 : 0));
    },
  },
  {
    name: "kick",
    usage: "NICK [REASON]",
    help: "remove a user from this room",
    needs: 1,
    run({ session, room }, text) {
      if (room === undefined) return NO_ROOM;
      const [nick, reason] = cut(text);
      return send(session, "KICK", room, nick, ...(reason === "" ? [] : [reason]));
    },
  },
  modeCommand(
    "ban",
    "+b",
    "[MASK]",
    "ban a nick or mask; without one, list the bans",
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
    needs: 0,
    run({ session, room }, text) {
      if (room === undefined) return NO_ROOM;
      return send(session, "MODE", room, ...words(text));
    },
  },
  {
    name: "quote",
    usage: "LINE",
    help: "send an IRC command to the server: /quote HELP",
    needs: 1,
    run({ session }, text) {
      const message = parse(text);
      if (!message) return "that is not an IRC command: /quote COMMAND PARAMETERS";
      return send(session, message.command, ...message.params);
    },
  },
  {
    name: "link",
    usage: "[CODE]",
    help: "use your account on another machine: /link here shows a code, /link CODE there uses it",
    needs: 0,
    run({ session }, text) {
      if (text === "") return send(session, "LINK");
      if (!session.link(cut(text)[0])) return OFFLINE;
    },
  },
  {
    name: "list",
    usage: "",
    help: "list the rooms of the server",
    needs: 0,
    run: ({ session }) => send(session, "LIST"),
  },
  {
    name: "quit",
    usage: "[REASON]",
    help: "exit (or press Ctrl-D or Ctrl-C on an empty line)",
    needs: 0,
    run: (context, text) => context.leave(text),
  },
  {
    name: "help",
    usage: "[COMMAND]",
    help: "list the commands, or explain one",
    needs: 0,
    run(context, text) {
      const [name] = cut(text.replace(/^\//, ""));
      const command = find(name);
      if (name !== "" && !command) return unknown(name);
      const shown = command ? [command] : COMMANDS;
      const width = Math.max(...shown.map((each) => usageOf(each).length));
      for (const each of shown) context.tell(`${usageOf(each).padEnd(width)}  ${each.help}`);
      if (command) return;
      context.tell(
        "Anything else is sent to the room; begin with // to send a message that begins with /.",
      );
    },
  },
];

/** Does what `line` says, which begins with a slash; tells the user where that cannot be. */
export function runCommand(context: CommandContext, line: string): void {
  const [name, text] = cut(line.slice(1));
  const command = find(name);
  if (!command) return context.tell(unknown(name));
  const wrong = words(text).length < command.needs
    ? `/${command.name} needs more: ${usageOf(command)}`
    : command.run(context, text);
  if (wrong) context.tell(wrong);
}

/** A command that does `change` to the modes of this room, with each of the words behind it. */
function modeCommand(name: string, change: string, usage: string, help: string): SlashCommand {
  return {
    name,
    usage,
    help,
    needs: usage.startsWith("[") ? 0 : 1,
    run({ session, room }, text) {
      if (room === undefined) return NO_ROOM;
      if (text === "") return send(session, "MODE", room, change);
      // Servers take only so many changes in one command.
      for (const word of words(text)) {
        if (!session.send("MODE", room, change, word)) return OFFLINE;
      }
    },
  };
}

function find(name: string): SlashCommand | undefined {
  return COMMANDS.find((command) => command.name === name.toLowerCase());
}

/** What to type for a command: `/msg NICK TEXT`. */
export function usageOf({ name, usage }: SlashCommand): string {
  return usage === "" ? `/${name}` : `/${name} ${usage}`;
}

function unknown(name: string): string {
  return `there is no command /${name}, so nothing was said: /help lists what there is`;
}

/** The first word, and what stands behind it. */
function cut(text: string): [first: string, rest: string] {
  const [, first = "", rest = ""] = /^\s*(\S*)\s*(.*)$/s.exec(text) ?? [];
  return [first, rest.trimEnd()];
}

function words(text: string): string[] {
  return text.split(" ").filter((word) => word !== "");
}

function send(session: Session, command: string, ...params: string[]): string | void {
  if (!session.send(command, ...params)) return OFFLINE;
}
