/**
 * Commands for operators of the server and for services, which go to the server as they are typed.
 * They have rows in the table of commands because they would be rejected as unknown otherwise.
 *
 * @module
 */

import { parse } from "../../protocol.ts";
import { send, type SlashCommand } from "./command.ts";

/** The name and the help of each command, and the server's name for it, if that differs. */
const PASSED: readonly (readonly [name: string, help: string, long?: string])[] = [
  ["oper", "become an operator of the server: /oper NAME PASSWORD"],
  ["kill", "disconnect a user: /kill NICK :REASON"],
  ["kline", "ban a mask from the server"],
  ["unkline", "undo /kline"],
  ["dline", "ban an address from the server"],
  ["undline", "undo /dline"],
  ["gline", "ban a mask from the network"],
  ["zline", "ban an address from the network"],
  ["wallops", "write to all operators: /wallops :TEXT"],
  ["rehash", "let the server read its settings again"],
  ["samode", "change the modes of a room as an operator of the server"],
  ["ns", "talk to the service for nicks: /ns HELP", "nickserv"],
  ["cs", "talk to the service for rooms: /cs HELP", "chanserv"],
];

/** The slash commands of this module, in the order in which `/help` lists them. */
export const operatorCommands: readonly SlashCommand[] = PASSED.map(([name, help, long]) => ({
  name,
  usage: "[LINE]",
  help,
  ...(long && { aliases: [long] }),
  run({ session }, [line = ""]) {
    const message = parse(`${(long ?? name).toUpperCase()} ${line}`);
    if (message) return send(session, message.command, ...message.params);
  },
}));
