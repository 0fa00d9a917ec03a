/**
 * Slash commands for the operators of a room.
 *
 * @module
 */

import { parseDuration } from "../../shared/durations.ts";
import type { Session } from "../session/session.ts";
import { COMMAND_TEXTS, IGNORE_TEXTS, SILENCE_TEXTS } from "../texts/terminal.ts";
import { type CommandContext, send, type SlashCommand } from "./command.ts";
import { ROOM_WORDS, roomModes } from "./room_settings.ts";

/** The slash commands of this module, in the order in which `/help` lists them. */
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
    usage: "[TIME] [NICK|MASK…] [REASON]",
    help: "ban a user or mask, for a time if the server can, and remove the user; or list the bans",
    runIn: ban,
  },
  modeCommand("unban", "-b", "MASK…", "remove a ban"),
  muteCommand("mute", "+", "let a nick or mask read a room, but not speak in it"),
  muteCommand("unmute", "-", "undo /mute"),
  modeCommand("op", "+o", "NICK…", "make a user an operator of a room"),
  modeCommand("deop", "-o", "NICK…", "remove a user's operator status"),
  modeCommand("voice", "+v", "NICK…", "let a user speak in a room with mode +m"),
  modeCommand("devoice", "-v", "NICK…", "undo /voice"),
  {
    name: "room",
    takesRooms: true,
    usage: "[SETTING] [VALUE]",
    help: `show the settings of a room, or change one: ${ROOM_WORDS.join(", ")}`,
    runIn(session, room, [word, value]) {
      if (word === undefined) return send(session, "MODE", room);
      const change = roomModes(session.state.isupport, word, value);
      return "error" in change ? change.error : send(session, "MODE", room, ...change.params);
    },
  },
  {
    name: "mode",
    takesRooms: true,
    usage: "[MODES…]",
    help: "show or change the modes of a room: /mode +i, /mode -t",
    runIn(session, room, values) {
      const [first = "+"] = values;
      if (session.state.isMe(first)) return send(session, "MODE", ...values);
      // A letter alone lists the entries that are set, for example the bans.
      const isList = values.length === 1 && first.length === 1;
      if (!/^[+-]/.test(first) && !isList) return COMMAND_TEXTS.noModes;
      return send(session, "MODE", room, ...values);
    },
  },
];

/** Bans users, and removes those that are in the room; or lists the bans. */
function ban(
  session: Session,
  room: string,
  values: readonly string[],
  context: CommandContext,
): string | void {
  const words = values.join(" ").split(" ").filter((word) => word !== "");
  if (words.length === 0) return send(session, "MODE", room, "+b");
  const [first = ""] = words;
  const time = parseDuration(first) === undefined ? undefined : words.shift();
  // The first word is a nick or a mask. More masks may follow, and then the reason.
  const reasonAt = words.findIndex((word, i) => i > 0 && !/[!@*]/.test(word));
  const masks = reasonAt < 0 ? words : words.slice(0, reasonAt);
  const reason = words.slice(masks.length).join(" ") || "banned";
  if (masks.length === 0) return COMMAND_TEXTS.tooFewWords("ban", "/ban [ROOM] [TIME] NICK");
  if (masks.some((mask) => mask.startsWith(":"))) return COMMAND_TEXTS.colon;
  if (!session.isConnected) return COMMAND_TEXTS.notConnected;
  const withoutMember: string[] = [];
  for (const mask of masks) {
    const [nick = ""] = mask.split("!");
    const isMember = session.state.rooms.get(room)?.has(nick) ?? false;
    if (!isMember) withoutMember.push(mask);
    setBan({ session, tell: (text) => context.tell(text) }, room, mask, time, () => {
      if (isMember) session.send("KICK", room, nick, reason);
    });
  }
  if (withoutMember.length > 0) return COMMAND_TEXTS.bannedOnly(withoutMember);
}

/**
 * Sets a ban, and calls `done`. With a `time`, tries TBAN, the command of `chat serve` and InspIRCd
 * for a ban that ends; at a server without it, sets a ban without an end and tells the user.
 */
function setBan(
  { session, tell }: Pick<CommandContext, "session" | "tell">,
  room: string,
  mask: string,
  time: string | undefined,
  done: () => void,
): void {
  const setForever = () => {
    session.send("MODE", room, "+b", mask);
    done();
  };
  if (time === undefined) return setForever();
  session.request({ command: "TBAN", params: [room, time, mask] }).then((outcome) => {
    if (outcome.isUnknown) {
      setForever();
      return tell(COMMAND_TEXTS.noTimedBan(mask));
    }
    if (outcome.status !== "done") return tell(outcome.reason ?? "");
    done();
    tell(COMMAND_TEXTS.bannedFor(mask, time));
  });
}

/**
 * Returns a command that sends one MODE with `change`, such as `+o`, for each of its parameters or,
 * without parameters, one MODE with `change` alone.
 */
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

/** Returns a command that mutes the users who match one of its masks or, with `-`, unmutes them. */
function muteCommand(name: string, sign: "+" | "-", help: string): SlashCommand {
  return {
    name,
    usage: "[MASK…]",
    help,
    runIn(session, room, masks, context) {
      const { isupport, rooms } = session.state;
      if (masks.length === 0) return SILENCE_TEXTS.meantForYou(room);
      for (const mask of masks) {
        // A user who types the name of a room without its # wants to silence it for themselves.
        const other = rooms.get(isupport.toRoom(mask));
        if (other && !rooms.get(room)?.has(mask)) return SILENCE_TEXTS.meantForYou(other.name);
        const mute = session.state.isupport.mute(mask);
        if (!mute) return COMMAND_TEXTS.cannotMute;
        const { letter, param } = mute;
        if (!session.isConnected) return COMMAND_TEXTS.notConnected;
        const change = { command: "MODE", params: [room, sign + letter, param] };
        session.request(change).then(({ reason, isForOperators }) => {
          if (reason === undefined) return;
          const forOneself = sign === "+" && isForOperators;
          context.tell(forOneself ? IGNORE_TEXTS.insteadOfMute(reason, nickIn(mask)) : reason);
        });
      }
    },
  };
}

/** Returns the nick at the beginning of `mask`; the placeholder `NICK` if it has a wildcard. */
function nickIn(mask: string): string {
  const [nick = ""] = mask.split("!");
  return /[*?@:]/.test(nick) ? "NICK" : nick;
}
