/**
 * Slash commands that send messages.
 *
 * @module
 */

import { send, type SlashCommand } from "./command.ts";

/** The slash commands of this module, in the order in which `/help` lists them. */
export const talkCommands: readonly SlashCommand[] = [
  {
    name: "msg",
    aliases: ["m", "w", "dm", "pm", "whisper"],
    isBasic: true,
    usage: "NICK TEXT",
    help: "send a private message",
    run: ({ session }, [to = "", text = ""]) => session.say(to, text),
  },
  {
    name: "me",
    usage: "TEXT",
    help: "describe an action: /me waves",
    withPersons: true,
    runIn: (session, room, [text = ""]) => session.say(room, text, "action"),
  },
  {
    name: "upload",
    usage: "FILE",
    help: "upload a file, and send its link; to delete the file, delete that message",
    withPersons: true,
    runIn: (_session, room, [path = ""], context) => context.upload(path, room),
  },
  {
    name: "away",
    usage: "[REASON]",
    help: "set yourself away; without a reason, come back",
    run: ({ session }, values) => send(session, "AWAY", ...values),
  },
];
