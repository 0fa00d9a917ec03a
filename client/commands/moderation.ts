/**
 * Slash commands for those who run a room.
 *
 * @module
 */

import { COMMAND_TEXTS } from "../texts/terminal.ts";
import { send, type SlashCommand } from "./command.ts";

/** Commands of this subject. */
export const moderationCommands: readonly SlashCommand[] = [
  {
    name: "kick",
    aliases: ["k", "remove"],
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
];

/** Returns a command that makes `change` in the modes of a room, once for each word after it. */
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

/** Returns a command that mutes the users of each mask after it, or with `-` does so no more. */
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
