/**
 * Slash commands that join, leave and describe rooms, and switch between conversations.
 *
 * @module
 */

import { gatherAway, MAX_ASKED } from "../session/away.ts";
import type { Buffer } from "../session/buffer.ts";
import { type ListedRoom, listRooms, roomsWith } from "../session/room_list.ts";
import { COMMAND_TEXTS, LIST_TEXTS, ROW_TEXTS, SILENCE_TEXTS } from "../texts/terminal.ts";
import { type CommandContext, noRoom, roomOf, send, type SlashCommand } from "./command.ts";

/** The slash commands of this module, in the order in which `/help` lists them. */
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
      // A prefix alone names no room, but `toRoom` would make it the name `##`, `#&` and so on.
      if (/^[#&!+]$/.test(name)) return COMMAND_TEXTS.noRoomName(name);
      const room = isupport.toRoom(name);
      context.switchTo(context.buffers.open(rooms.get(room)?.name ?? room));
      if (rooms.get(room)) return;
      if (key === undefined || isupport.isRoom(name)) return context.session.join(room, key);
      // The user may have typed a name with a space, and not a key, so the answer says which word
      // is taken for the key.
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
      if (isupport.isRoom(reason)) return COMMAND_TEXTS.leavesOneRoom;
      if (name === undefined && context.buffers.current?.kind === "person") return close(context);
      if (name === undefined && current === undefined) return COMMAND_TEXTS.notInRoom;
      const room = isupport.toRoom(name ?? current ?? "");
      const joined = rooms.get(room)?.name;
      // A word that is not the name of a room may be a misspelled name. It is not taken as a reason
      // to leave the current room.
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
      const isNew = context.buffers.find(nick) === undefined;
      context.switchTo(context.buffers.open(nick));
      if (isNew) context.opened?.(nick);
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
    usage: "ROOM|NICK",
    help: "switch to a room or person by a part of the name",
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
    name: "silence",
    usage: "[ROOM|NICK]",
    help:
      "never ring for a room or person, and count only a room's messages to you; kept for next time",
    run: (context, [name]) => silence(context, name, true),
  },
  {
    name: "unsilence",
    usage: "[ROOM|NICK]",
    help: "undo /silence",
    run: (context, [name]) => silence(context, name, false),
  },
  {
    name: "names",
    aliases: ["n", "users"],
    isBasic: true,
    usage: "[ROOM]",
    help: "list the members of a room",
    run: names,
  },
  {
    name: "who",
    usage: "[ROOM|NICK]",
    help: "list the members of a room, or show information about a user",
    run(context, [name]) {
      if (name === undefined || isRoomHere(context, name)) return names(context, [name]);
      return send(context.session, "WHOIS", name);
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
    usage: "[WORD|MASK|more]",
    help: "list the rooms, the biggest first: /list, /list tea",
    run: list,
  },
];

/** Reports whether `word` names a room; the `#` of a room that the user is in may be left out. */
function isRoomHere({ session: { state } }: CommandContext, word: string): boolean {
  const { isupport, rooms } = state;
  return isupport.isRoom(word) || rooms.get(isupport.toRoom(word)) !== undefined;
}

/** Lists the members of a room by rank. */
function names(
  context: CommandContext,
  [name = roomOf(context)]: readonly (string | undefined)[],
): string | void {
  if (name === undefined) return noRoom(context, "/names ROOM");
  const { session } = context;
  const { isupport, rooms } = session.state;
  const room = rooms.get(isupport.toRoom(name));
  if (!room) return send(session, "NAMES", isupport.toRoom(name));
  const show = () =>
    context.grid(room.ranks.map(({ prefix, members }, i) => ({
      heading: (i === 0 ? `${LIST_TEXTS.members(room.name, room.size)} ` : "") +
        LIST_TEXTS.rank(prefix, members.length),
      words: members.map(({ nick, isAway }) =>
        isAway ? LIST_TEXTS.away(prefix + nick) : prefix + nick
      ),
    })));
  if (!session.isConnected || room.size > MAX_ASKED) return show();
  gatherAway(session, room, show);
  return send(session, "WHO", room.name);
}

/** Lists the rooms of the server, the biggest first. */
function list(context: CommandContext, [word]: readonly string[]): string | void {
  if (word === "more") return context.more();
  const { session } = context;
  const isMask = word !== undefined &&
    (/[*?<>,]/.test(word) || session.state.isupport.isRoom(word));
  const part = isMask ? "" : word?.toLowerCase() ?? "";
  const show = (rooms: readonly ListedRoom[]) => {
    const shown = roomsWith(rooms, part);
    if (shown.length === 0) return context.tell(LIST_TEXTS.noRooms(part));
    const width = Math.min(24, Math.max(...shown.map(({ name }) => name.length)));
    context.page([
      LIST_TEXTS.rooms(shown.length),
      ...shown.map(({ name, size, topic }) => LIST_TEXTS.room(name.padEnd(width), size, topic)),
    ]);
  };
  if (!listRooms(session, show, ...(isMask ? [word] : []))) return COMMAND_TEXTS.notConnected;
}

/** Switches to a buffer by its number or its name, or lists all buffers. */
function goTo(context: CommandContext, [name]: readonly string[]): string | void {
  const { list, servers } = context;
  if (name === undefined) {
    for (const [index, buffer] of list.all.entries()) {
      const { unread, mentions } = buffer;
      context.tell(ROW_TEXTS.buffer(index + 1, servers.labelOf(buffer), unread, mentions > 0));
    }
    return;
  }
  const namesOf = (buffer: Buffer) => servers.namesOf(buffer);
  const buffer = /^\d+$/.test(name) ? list.all[Number(name) - 1] : list.matching(name, namesOf)[0];
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

/**
 * Silences the conversation that `typed` names, or else the current one. If `isSilenced` is false,
 * ends the silence instead. Returns the answer for the user.
 */
function silence(
  { buffers, session }: CommandContext,
  typed: string | undefined,
  isSilenced: boolean,
): string {
  const { isupport } = session.state;
  const buffer = typed === undefined
    ? buffers.current
    : buffers.find(typed) ?? buffers.find(isupport.toRoom(typed));
  if (!buffer) return COMMAND_TEXTS.noBuffer(typed ?? "");
  const { name } = buffer;
  if (!buffers.silence(name, isSilenced)) {
    return isSilenced
      ? SILENCE_TEXTS.already(name)
      : SILENCE_TEXTS.notSilenced(name, buffers.silenced.names);
  }
  return isSilenced ? SILENCE_TEXTS.silenced(name) : SILENCE_TEXTS.heard(name);
}
