/**
 * Slash commands about the servers that the user is at.
 *
 * @module
 */

import { SERVER_TEXTS } from "../texts/servers.ts";
import type { SlashCommand } from "./command.ts";

/** The slash commands of this module, in the order in which `/help` lists them. */
export const connectionCommands: readonly SlashCommand[] = [
  {
    name: "server",
    aliases: ["servers"],
    usage: "[SERVER]",
    help: "list the servers that you are at, or switch to one",
    run(context, [name]) {
      if (name === undefined) return context.page(context.servers.describe());
      return context.servers.show(name);
    },
  },
  {
    name: "connect",
    usage: "ADDRESS [PASSWORD]",
    help: "connect to another server, too: /connect HOST[:PORT][/ROOM], or a URL",
    run: ({ servers }, [target = "", password]) => servers.connect(target, password),
  },
  {
    name: "reconnect",
    usage: "",
    help: "after a lost connection, try again now",
    run({ session }) {
      if (session.isConnected) return SERVER_TEXTS.isConnected;
      session.reconnect();
    },
  },
  {
    name: "disconnect",
    usage: "[SERVER]",
    help: "leave this server, or another one, and stay at the others",
    run: ({ servers }, [name]) => servers.disconnect(name),
  },
];
