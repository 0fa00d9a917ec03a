/**
 * `/help`: shows the basic commands, the commands of a subject, one command, or a page of text.
 * The help is made from the tables of commands. Performs no I/O.
 *
 * @module
 */

import { HELP_PAGES, HELP_TEXTS } from "../texts/help.ts";
import { type ClientHelp, type SlashCommand, usageOf } from "./command.ts";

/** The commands of one subject, which `/help SUBJECT` shows. */
export interface Subject {
  /** The name, as the user types it. */
  readonly name: string;
  /** The commands of the subject. */
  readonly commands: readonly SlashCommand[];
}

/**
 * Returns the words after `/help` that stand for a subject, for a page of text, or for all
 * commands.
 */
export function wordsOf(subjects: readonly Subject[]): string[] {
  return [...subjects.map(({ name }) => name), ...Object.keys(HELP_PAGES), "keys", "all"];
}

/** Returns the commands that a client can run, with the explanations for that client. */
export function commandsFor<Command extends SlashCommand>(
  { explanations, lacks }: ClientHelp,
  commands: readonly Command[],
): Command[] {
  return commands.filter(({ name }) => !lacks.has(name)).map((command) => ({
    ...command,
    help: explanations.get(command.name) ?? command.help,
  }));
}

/** Returns the first page of help: the most useful commands, and the words for further help. */
export function basicHelp(subjects: readonly Subject[], client: ClientHelp): string[] {
  const all = commandsFor(client, subjects.flatMap(({ commands }) => commands));
  const basics = all.filter(({ isBasic }) => isBasic);
  return [
    HELP_TEXTS.heading,
    ...rows(basics),
    HELP_TEXTS.messages,
    HELP_TEXTS.subjects(wordsOf(subjects)),
    HELP_TEXTS.plainLine,
  ];
}

/**
 * Returns the help about `word`: a subject, a command, a page, or `all`; `undefined` if there is
 * none.
 */
export function helpAbout(
  word: string,
  subjects: readonly Subject[],
  client: ClientHelp,
): string[] | undefined {
  const all = commandsFor(client, subjects.flatMap(({ commands }) => commands));
  if (word === "all") return rows(all);
  const subject = subjects.find(({ name }) => name === word);
  const command = findCommand(word, all);
  const pages: Readonly<Record<string, readonly string[]>> = { ...HELP_PAGES, keys: client.keys };
  const page = Object.hasOwn(pages, word) ? pages[word] : undefined;
  if (!subject && !command && !page) return undefined;
  const { aliases = [] } = command ?? {};
  return [
    ...rows(command ? [command] : []),
    ...(aliases.length > 0 ? [HELP_TEXTS.aliases(aliases)] : []),
    ...(page ?? []),
    ...rows(
      commandsFor(client, subject?.commands ?? []).filter(({ name }) => name !== command?.name),
    ),
  ];
}

/** Returns the command with that name or alias. */
export function findCommand(
  name: string,
  commands: readonly SlashCommand[],
): SlashCommand | undefined {
  const typed = name.toLowerCase();
  return commands.find((command) => command.name === typed) ??
    commands.find(({ aliases }) => aliases?.includes(typed));
}

/** The width of the column of usages; a longer usage moves only its own explanation. */
const USAGE_WIDTH = 22;

function rows(commands: readonly SlashCommand[]): string[] {
  const widest = Math.max(0, ...commands.map((command) => usageOf(command).length));
  const width = Math.min(widest, USAGE_WIDTH);
  return commands.map((command) => `${usageOf(command).padEnd(width)}  ${command.help}`);
}
