/**
 * Slash commands that join, leave and describe rooms, and switch between conversations.
 *
 * @module
 */

import { COMMAND_TEXTS, ROW_TEXTS } from "../texts/terminal.ts";
import { type CommandContext, roomOf, send, type SlashCommand } from "./command.ts";

/** Commands of this subject. */
export const roomCommands: readonly SlashCommand[] = [
  {
    name: "join",
    aliases: ["j"],
    isBasic: true,
    usage: "ROOM [KEY]",
    help: "join a room, or switch to one that you are in",
    run(context, [name = "", key]) {
      const { isupport, rooms } = context.session.state;
      if (name.includes(",") || isupport.isRoom(key ?? "")) return COMMAND_TEXTS.oneRoomOnly;
      const room = isupport.toRoom(name);
      context.switchTo(context.buffers.open(rooms.get(room)?.name ?? room));
      if (rooms.get(room)) return;
      if (key === undefined || isupport.isRoom(name)) return context.session.join(room, key);
      // The second word may be part of a name with a space.
      context.tell(COMMAND_TEXTS.joinsWithKey(room, key));
      context.session.join(room, key, true);
    },
  },
  {
    name: "part",
    aliases: ["leave"],
    isBasic: true,
    usage: "[ROOM] [REASON]",
    help: "leave this room, or another one",
    run(context, [name, reason = ""]) {
      const { session } = context;
      const { isupport, rooms } = session.state;
      const current = roomOf(context);
      if (name === undefined && context.buffers.current?.kind === "person") return close(context);
      if (name === undefined && current === undefined) return COMMAND_TEXTS.notInRoom;
      const room = isupport.toRoom(name ?? current ?? "");
      const joined = rooms.get(room)?.name;
      // A word that is no room may be a misspelt one: it is not a reason to leave the current room.
      if (joined === undefined && !isupport.isRoom(name ?? room)) {
        return COMMAND_TEXTS.notInThatRoom(room);
      }
      session.part(joined ?? room, reason);
    },
  },
  {
    name: "query",
    aliases: ["q"],
    usage: "NICK [TEXT]",
    help: "open a private conversation; what you type then goes to that user",
    run(context, [nick = "", text]) {
      if (context.session.state.isupport.isRoom(nick)) return COMMAND_TEXTS.noPerson(nick);
      context.switchTo(context.buffers.open(nick));
      if (text !== undefined) context.session.say(nick, text);
    },
  },
  {
    name: "win",
    usage: "[NUMBER|NAME]",
    help: "switch to a room or person by number or part of the name; without either, list them",
    run: goTo,
  },
  {
    name: "go",
    isBasic: true,
    usage: "NAME",
    help: "switch to the room or person whose name fits best: /go lby",
    run: goTo,
  },
  {
    name: "close",
    usage: "",
    help: "close a private conversation, or leave this room",
    run: (context) => {
      const { current } = context.buffers;
      if (current?.kind === "room") return context.session.part(current.name, "");
      return close(context);
    },
  },
  {
    name: "names",
    aliases: ["n", "who", "users"],
    isBasic: true,
    usage: "[ROOM]",
    help: "list the members of a room",
    run(context, [name = roomOf(context)]) {
      if (name === undefined) return COMMAND_TEXTS.notInRoom;
      const { isupport, rooms } = context.session.state;
      const room = rooms.get(isupport.toRoom(name));
      if (!room) return send(context.session, "NAMES", isupport.toRoom(name));
      context.tell(COMMAND_TEXTS.members(room.name, room.size, room.listing));
    },
  },
  {
    name: "topic",
    aliases: ["t"],
    usage: "[TEXT]",
    help: "show or set the topic of a room",
    runIn: (session, room, values) => send(session, "TOPIC", room, ...values),
  },
  {
    name: "list",
    aliases: ["rooms"],
    isBasic: true,
    usage: "[MASK]",
    help: "list the rooms of the server, or those that match a mask: /list *tea*",
    run: ({ session }, values) => send(session, "LIST", ...values),
  },
];

/** Switches to a buffer by its number or its name, or lists all. */
function goTo(context: CommandContext, [name]: readonly string[]): string | void {
  const { buffers } = context;
  if (name === undefined) {
    for (const [index, { name, unread, mentions }] of buffers.all.entries()) {
      context.tell(ROW_TEXTS.buffer(index + 1, name, unread, mentions > 0));
    }
    return;
  }
  const buffer = /^\d+$/.test(name) ? buffers.all[Number(name) - 1] : buffers.matching(name)[0];
  if (!buffer) return COMMAND_TEXTS.noBuffer(name);
  context.switchTo(buffer);
}

/** Closes the current conversation. */
function close(context: CommandContext): string | void {
  const { buffers } = context;
  if (!buffers.current) return COMMAND_TEXTS.notInRoom;
  buffers.close(buffers.current);
  if (buffers.current) context.switchTo(buffers.current);
}
