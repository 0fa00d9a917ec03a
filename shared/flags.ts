/**
 * Represents the command line as data: the names of commands, and their flags with their meanings.
 * The parser, the help text and the manual page are all made from these tables, so they always
 * agree. Does not know what the commands do.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { UsageError } from "./errors.ts";
import { nearest } from "./nearest.ts";

/** A flag of a command. */
export interface Flag {
  /**
   * The name in kebab case, without the dashes. It cannot begin with `no-`, which `parseArgs` takes
   * for a negation.
   */
  readonly name: string;
  /** The placeholder for its value in help, such as `PORT`; absent for a switch. */
  readonly value?: string;
  /**
   * The value that the flag has when it is given alone, if its value is optional. Another value is
   * then given as `--flag=value`.
   */
  readonly alone?: string;
  /** True if all values count when it is given more than once; otherwise the last one counts. */
  readonly repeatable?: true;
  /** The environment variable that is read if the flag is not given. */
  readonly variable?: string;
  /** The default value, as it would be typed. */
  readonly default?: string;
  /** The heading above it in help. */
  readonly group: string;
  /** The description, in one or two sentences. */
  readonly help: string;
}

/** A setting that has no flag. */
export interface FileSetting {
  /** Its path in the configuration file, as in `limits.pingSeconds`. */
  readonly path: string;
  /** The description. */
  readonly help: string;
  /** The default value. */
  readonly default: string;
}

/** The name and summary of a command, for one line of help. */
export interface Heading {
  /** The word that follows `chat`. */
  readonly name: string;
  /** The placeholder for its operand in help; absent if it takes none. */
  readonly operand?: string;
  /** The description, in a few words. */
  readonly summary: string;
}

/** The flags of a command, and its help. */
export interface Command {
  /** The description, in paragraphs. */
  readonly description: readonly string[];
  /** The flags, in the order of help. */
  readonly flags: readonly Flag[];
  /** The settings that only its configuration file can have. */
  readonly fileOnly?: readonly FileSetting[];
  /** The exit codes, each with its meaning. */
  readonly exitCodes?: readonly Row[];
  /** Examples of command lines, each with its effect. */
  readonly examples: readonly { readonly line: string; readonly does: string }[];
}

/** The environment variables: `Deno.env`, or a `Map` in its place. */
export interface Environment {
  /** Returns the value of a variable, or `undefined` if it is not set. */
  get(name: string): string | undefined;
}

/** The parts of a command line. */
export interface Arguments {
  /** The arguments that are not flags, in order. */
  readonly operands: readonly string[];
  /** The names of the given switches. */
  readonly switches: ReadonlySet<string>;
  /**
   * The values of each flag that was given, or that its environment variable sets: at least one, in
   * order.
   */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** The flag that shows help instead of running the command; every command has it. */
export const HELP: Flag = { name: "help", group: "Help", help: "Show this help and exit." };

/**
 * Parses the arguments after a command. An empty environment variable counts as not set.
 *
 * @throws {UsageError} for an unknown flag (it names the nearest known one), for a flag without its
 * value, and for a switch with a value.
 */
export function parseFlags(
  command: Command,
  args: readonly string[],
  environment: Environment,
): Arguments {
  const flags = new Map([...command.flags, HELP].map((flag) => [flag.name, flag]));
  const names = [...flags.keys()];
  const parsed = parseArgs(joinValues(args, flags), { string: ["_", ...names], collect: names });
  const switches = new Set<string>();
  const values = new Map<string, readonly string[]>();
  for (const { name, value, repeatable, variable } of flags.values()) {
    const given = parsed[name] ?? [];
    const fallback = variable && environment.get(variable);
    if (value === undefined && given.length > 0) switches.add(name);
    else if (given.length > 0) values.set(name, repeatable ? given : given.slice(-1));
    else if (fallback) values.set(name, [fallback]);
  }
  return { operands: parsed._.map(String), switches, values };
}

type Flags = ReadonlyMap<string, Flag>;

/**
 * Returns the arguments with each flag as `--name=value`, the only form in which `parseArgs`
 * guesses nothing. In other forms, `parseArgs` takes a `true` after a switch for its value, an
 * empty argument after a flag for no value, and `--no-nick=ada` for `--nick=ada`.
 */
function joinValues(args: readonly string[], flags: Flags): string[] {
  const joined: string[] = [];
  const words = args.values();
  for (const word of words) {
    if (word === "--") return [...joined, word, ...words];
    const isFlag = word.startsWith("-") && word !== "-";
    joined.push(isFlag ? joinValue(word, words, flags) : word);
  }
  return joined;
}

/** Returns one flag as `--name=value`; takes the value from `rest` if `word` does not have it. */
function joinValue(word: string, rest: Iterator<string, undefined>, flags: Flags): string {
  const { typed, name, value } = splitFlag(word);
  const flag = flags.get(name);
  if (!flag) {
    const meant = nearest(name, [...flags.keys()]);
    const hint = meant === undefined ? "" : `; did you mean --${meant}?`;
    throw new UsageError(`unknown flag ${typed}${hint}`);
  }
  const isSwitch = flag.value === undefined;
  if (isSwitch && value !== undefined) throw new UsageError(`${typed} takes no value`);
  if (isSwitch || flag.alone !== undefined) return `--${name}=${value ?? flag.alone ?? ""}`;
  if (value !== undefined) return `--${name}=${value}`;
  const next = rest.next().value;
  // A dash begins the next flag. A value that begins with one must be written as `--flag=-value`.
  if (next === undefined || next.startsWith("-")) {
    throw new UsageError(`${typed} needs a value: ${typed} ${flag.value}`);
  }
  return `--${name}=${next}`;
}

/** A flag as it was typed: `--name`, `--name=value` or a dash and a letter. */
interface TypedFlag {
  readonly typed: string;
  readonly name: string;
  readonly value?: string;
}

function splitFlag(word: string): TypedFlag {
  if (!word.startsWith("--")) {
    // Letters may be joined, as in `-hx`; only `h` is known.
    const [letter] = word.replace(/^-h*/, "");
    return letter === undefined
      ? { typed: "-h", name: HELP.name }
      : { typed: `-${letter}`, name: letter };
  }
  const at = word.indexOf("=", "--".length + 1);
  if (at < 0) return { typed: word, name: word.slice(2) };
  return { typed: word.slice(0, at), name: word.slice(2, at), value: word.slice(at + 1) };
}

/** Returns the text of `chat --help`: all commands, each with its summary. */
export function overview(commands: readonly Heading[]): string {
  return [
    "chat: a chat server and a terminal client.",
    "",
    "Usage:",
    ...columns(commands.map((command) => [synopsis(command), command.summary])),
    ...columns([["chat help COMMAND", "Show the help of a command"]]),
    ...columns([["chat --version", "Show the version"]]),
  ].join("\n");
}

/** Returns the text of `chat COMMAND --help`. */
export function helpText(heading: Heading, command: Command): string {
  return [
    `Usage: ${synopsis(heading)}`,
    ...command.description.flatMap((paragraph) => ["", ...wrap(paragraph, WIDTH)]),
    ...sections(command).flatMap(({ heading, rows }) => ["", `${heading}:`, ...columns(rows)]),
    "",
    "Examples:",
    ...command.examples.flatMap(({ line, does }) => [`  ${line}`, `      ${does}`]),
  ].join("\n");
}

/** Returns the form of a command line, such as `chat connect [FLAGS] HOST`. */
export function synopsis({ name, operand }: Heading): string {
  return ["chat", name, "[FLAGS]", ...(operand === undefined ? [] : [operand])].join(" ");
}

/** A term, such as a flag, a command or an exit code, and its description. */
export type Row = readonly [term: string, meaning: string];

/** A group of flags, of settings or of exit codes, under a heading. */
export interface Section {
  /** The heading. */
  readonly heading: string;
  /** The flags, settings or exit codes, each with its description. */
  readonly rows: readonly Row[];
}

/** The exit code of a command line that cannot be run. */
export const USAGE_EXIT_CODE: Row = ["2", "The command line is wrong."];

/** Returns all flags, settings and exit codes of a command, in groups. */
export function sections({ flags, fileOnly = [], exitCodes = [] }: Command): Section[] {
  const groups = Map.groupBy([...flags, HELP], (flag) => flag.group);
  const found = [...groups].map(([heading, flags]) => ({ heading, rows: flags.map(flagRow) }));
  const settings = fileOnly.map((setting): Row => [
    setting.path,
    `${setting.help} (default: ${setting.default})`,
  ]);
  return [
    ...found,
    { heading: "In the configuration file only", rows: settings },
    { heading: "Exit codes", rows: exitCodes },
  ].filter(({ rows }) => rows.length > 0);
}

function flagRow({ name, value, alone, help, ...flag }: Flag): Row {
  const notes = [
    flag.repeatable && "can be repeated",
    flag.variable && `or ${flag.variable} in the environment`,
    flag.default && `default: ${flag.default}`,
  ].filter((note) => note);
  const shown = alone === undefined ? ` ${value}` : `[=${value}]`;
  return [
    value === undefined ? `--${name}` : `--${name}${shown}`,
    notes.length > 0 ? `${help} (${notes.join("; ")})` : help,
  ];
}

/** The usual width of a terminal. */
const WIDTH = 80;
const TERM_WIDTH = 26;

/**
 * Returns terms on the left and descriptions on the right; a term that is too wide has its own
 * line.
 */
function columns(rows: readonly Row[]): string[] {
  const indent = " ".repeat(TERM_WIDTH);
  return rows.flatMap(([term, meaning]) => {
    const lines = wrap(meaning, WIDTH - TERM_WIDTH).map((line) => indent + line);
    const left = `  ${term}`;
    if (left.length + 2 > TERM_WIDTH) return [left, ...lines];
    return lines.map((line, i) => i === 0 ? left + line.slice(left.length) : line);
  });
}

/** Returns text in lines of at most `width` columns, unless a word is wider. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}
