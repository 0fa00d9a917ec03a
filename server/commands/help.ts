/**
 * HELP, whose texts are in the rows of the table of commands.
 *
 * Source: Modern IRC (https://modern.ircdocs.horse, "HELP message").
 *
 * @module
 */

import type { Command, UserCall } from "../session/command.ts";
import { IrcError } from "../irc/replies.ts";
import { INFORMATION_TEXTS } from "../texts/information.ts";

/** Returns the commands HELP and HELPOP, which explain `others` and themselves. */
export function helpCommands(others: readonly Command[]): readonly Command[] {
  const table = new Map<string, Command>();
  const rows: readonly Command[] = ["HELP", "HELPOP"].map((name) => ({
    name,
    syntax: "[<command>]",
    help: "Explains a command; without parameters, lists all commands.",
    minParams: 0,
    when: "registered",
    run: (call) => sendHelp(call, table),
  }));
  for (const command of [...others, ...rows]) table.set(command.name, command);
  return rows;
}

/** The number of command names in a line of the index. */
const NAMES_PER_LINE = 12;

function sendHelp(
  { session, params: [subject = ""] }: UserCall,
  table: ReadonlyMap<string, Command>,
): void {
  if (subject === "") return sendIndex();
  const command = table.get(subject.toUpperCase());
  if (!command) throw new IrcError("ERR_HELPNOTFOUND", subject);
  const { name, syntax, help } = command;
  session.reply("RPL_HELPSTART", name, `${name} ${syntax}`.trimEnd());
  session.reply("RPL_HELPTXT", name, help);
  session.reply("RPL_ENDOFHELP", name);

  function sendIndex(): void {
    const names = [...table.keys()].sort();
    session.reply("RPL_HELPSTART", "*", INFORMATION_TEXTS.helpIndex);
    for (let i = 0; i < names.length; i += NAMES_PER_LINE) {
      session.reply("RPL_HELPTXT", "*", names.slice(i, i + NAMES_PER_LINE).join(" "));
    }
    session.reply("RPL_ENDOFHELP", "*");
  }
}
