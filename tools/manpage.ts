/**
 * Writes the manual page, `docs/chat.1`, from the tables of flags and of slash commands.
 *
 * @module
 */

import { usageOf } from "../client/commands/command.ts";
import { COMMANDS } from "../client/commands/commands.ts";
import { type Command, sections, synopsis } from "../shared/flags.ts";
import { MODES } from "../main.ts";
import { VERSION } from "../shared/version.ts";

/** The path of the manual page. */
export const PATH = "docs/chat.1";

/** Returns the manual page, in the language of man(7). */
export async function manPage(): Promise<string> {
  const manuals = await Promise.all(
    MODES.map(async ({ name, load }) => manual(name, (await load()).command)),
  );
  return [
    `.\\" Generated from the flags and commands by "deno task man".`,
    `.TH CHAT 1 "" "chat ${VERSION}" "User Commands"`,
    ".SH NAME",
    "chat \\- chat server and terminal client",
    ".SH SYNOPSIS",
    ...MODES.flatMap((mode) => [".br", `.B ${escape(synopsis(mode))}`]),
    ...[".br", ".B chat help [COMMAND]", ".br", ".B chat \\-\\-version"],
    ...manuals.flat(),
    ".SH COMMANDS",
    ...[".PP", "These can be typed in chat connect. Anything else is sent to the room."],
    ...COMMANDS.flatMap((command) => term(usageOf(command), command.help)),
    ".SH ENVIRONMENT",
    ...term("CHAT_PASSWORD", "The server's password, for chat serve and chat connect."),
    ...term(
      "CHAT_LOGIN_PASSWORD",
      "The password of the account that chat connect --login logs in to.",
    ),
    ...term(
      "CHAT_NATS_USER, CHAT_NATS_PASSWORD",
      "The user and the password for the NATS servers of chat serve --cluster.",
    ),
    ...term(
      "CHAT_NATS_CREDS",
      "The path of a file with credentials (.creds), in place of these two.",
    ),
    ...term(
      "CHAT_NATS_CA",
      "The path of the certificate of the authority that has signed those of the NATS servers, in PEM.",
    ),
    ...term(
      "CHAT_CONNECT",
      "The command that joins a server, as chat serve prints it when it starts (default: chat connect).",
    ),
    ...term("NO_COLOR", "If set, chat connect uses no colors."),
    ...term("CHAT_DEBUG", "If set to 1, an error is printed with its stack trace."),
    ".SH EXIT STATUS",
    ...term("0", "Success."),
    ...term("1", "An operation failed, or a message was not delivered; standard error says which."),
    ...term("2", "The command line is wrong."),
    ...term("130", "Stopped at once by a second signal, or the password prompt was canceled."),
    "",
  ].join("\n");
}

function manual(name: string, command: Command): string[] {
  return [
    `.SH ${escape(`CHAT ${name.toUpperCase()}`)}`,
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

/**
 * Escapes backslashes, dashes, quotes, and a first character that would begin a request of man(7).
 */
function escape(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll('"', "\\(dq")
    .replace(/^[.']/, "\\&$&");
}

if (import.meta.main) await Deno.writeTextFile(PATH, await manPage());
