/**
 * Slash commands about the server and the client.
 *
 * @module
 */

import { isCommand, parse } from "../../protocol.ts";
import { COMMAND_TEXTS } from "../texts/terminal.ts";
import { send, type SlashCommand } from "./command.ts";

/** The slash commands of this module, in the order in which `/help` lists them. */
export const serverCommands: readonly SlashCommand[] = [
  {
    name: "quote",
    aliases: ["raw"],
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
    name: "set",
    aliases: ["settings"],
    usage: "[NAME] [VALUE…]",
    help: "show the settings, or change one permanently",
    run(context, [name, ...words]) {
      const { settings } = context;
      if (name === undefined || words.length === 0) return context.page(settings.describe(name));
      context.tell(settings.set(name, words.join(" ")));
    },
  },
  {
    name: "clear",
    aliases: ["cls"],
    usage: "",
    help: "clear the screen (or press Ctrl-L); nothing is deleted",
    run: (context) => context.clear ? context.clear() : COMMAND_TEXTS.cannotClear,
  },
  {
    name: "quit",
    aliases: ["exit", "bye"],
    isBasic: true,
    usage: "[REASON]",
    help: "exit (or press Ctrl-D or Ctrl-C on an empty line)",
    run: (context, [reason = ""]) => context.leave(reason),
  },
];
