/**
 * Writes the manual page, `docs/chat.1`, from the tables that the command line and
 * what is typed in `chat connect` are read by.
 *
 * @module
 */

import { COMMANDS, usageOf } from "../client/commands.ts";
import { CONNECT } from "../client/options.ts";
import { type Command, sections, synopsis } from "../flags.ts";
import { SERVE } from "../server/config/config.ts";
import { EXPORT } from "../server/store/export.ts";
import { OPERATORS } from "../server/config/operators.ts";
import { VERSION } from "../version.ts";

/** Where the manual page is kept. */
export const PATH = "docs/chat.1";

/** The manual page, in the language of man(7). */
export function manPage(): string {
  const commands = [SERVE, CONNECT, EXPORT, OPERATORS];
  return [
    `.\\" Made from the flags and commands by "deno task man".`,
    `.TH CHAT 1 "" "chat ${VERSION}" "User Commands"`,
    ".SH NAME",
    "chat \\- people talk in rooms, from a terminal",
    ".SH SYNOPSIS",
    ...commands.flatMap((command) => [".br", `.B ${escape(synopsis(command))}`]),
    ...[".br", ".B chat help [COMMAND]", ".br", ".B chat \\-\\-version"],
    ...commands.flatMap(commandSection),
    ".SH COMMANDS",
    ...[".PP", "What can be typed in chat connect; all else is said in the room."],
    ...COMMANDS.flatMap((command) => term(usageOf(command), command.help)),
    ".SH ENVIRONMENT",
    ...term("CHAT_PASSWORD", "The server's password, for both commands."),
    ...term(
      "CHAT_LOGIN_PASSWORD",
      "The password of the account that chat connect --login logs in to.",
    ),
    ...term("CHAT_DEBUG", "Set to 1, it shows where in the program an error came from."),
    ".SH EXIT STATUS",
    ...term("0", "All went well."),
    ...term("1", "Something failed, or something said has not arrived; standard error says what."),
    ...term("2", "The command line was wrong."),
    ...term("130", "The server was told a second time to stop, and did at once."),
    "",
  ].join("\n");
}

function commandSection(command: Command): string[] {
  return [
    `.SH ${escape(`CHAT ${command.name.toUpperCase()}`)}`,
    ...command.description.flatMap((paragraph) => [".PP", escape(paragraph)]),
    ...sections(command).flatMap(({ heading, rows }) => [
      `.SS ${escape(heading)}`,
      ...rows.flatMap(([name, meaning]) => term(name, meaning)),
    ]),
    ".SS Examples",
    ...command.examples.flatMap(({ line, does }) => term(line, does)),
  ];
}

function term(name: string, meaning: string): string[] {
  return [".TP", `.B ${escape(name)}`, escape(meaning)];
}

/** Text as it is: backslashes, dashes that are typed, and what would begin a request. */
function escape(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll('"', "\\(dq")
    .replace(/^[.']/, "\\&$&");
}

if (import.meta.main) await Deno.writeTextFile(PATH, manPage());
