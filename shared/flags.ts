/**
 * The command line as data: what each command is called, which flags it has and what they mean. From
 * the same tables come the parser, the help text and the manual page, so that none of them can say
 * what the others don't. Knows nothing of what the commands do.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { closestString } from "@std/text/closest-string";
import { UsageError } from "./errors.ts";

/** A flag of a command. */
export interface Flag {
  /** In kebab case, without the dashes. It cannot begin with `no-`: `parseArgs` reads that as "not". */
  readonly name: string;
  /** What stands for its value in help, as in `PORT`; absent where the flag is a switch. */
  readonly value?: string;
  /** What it stands for alone, where a value can be left out, or given as in `--flag=value`. */
  readonly alone?: string;
  /** Whether it may be given more than once, each value counting. Otherwise the last one counts. */
  readonly repeatable?: true;
  /** The environment variable that is read where the flag is not given. */
  readonly variable?: string;
  /** The value where nothing is given, as it would be typed. */
  readonly default?: string;
  /** The heading it stands under in help. */
  readonly group: string;
  /** What it does, in one or two sentences. */
  readonly help: string;
}

/** A setting that has no flag. */
export interface FileSetting {
  /** Its path in the configuration file, as in `limits.pingSeconds`. */
  readonly path: string;
  /** What it means. */
  readonly help: string;
  /** What it is where nothing is given. */
  readonly default: string;
}

/** A command of the program, in one line. */
export interface Heading {
  /** The word that follows `chat`. */
  readonly name: string;
  /** What stands for its operand in help; absent where it takes none. */
  readonly operand?: string;
  /** What it does, in a few words. */
  readonly summary: string;
}

/** The flags of a command, and its help. */
export interface Command {
  /** What one has to know to use it, in paragraphs. */
  readonly description: readonly string[];
  /** Its flags, in the order of help. */
  readonly flags: readonly Flag[];
  /** What only its configuration file can say. */
  readonly fileOnly?: readonly FileSetting[];
  /** Lines to type, and what comes of each. */
  readonly examples: readonly { readonly line: string; readonly does: string }[];
}

/** Where settings may come from beside the command line: `Deno.env`, or a `Map` in its place. */
export interface Environment {
  /** The value of a variable, or `undefined` where it is not set. */
  get(name: string): string | undefined;
}

/** A command line taken apart. */
export interface Arguments {
  /** What was given that is no flag, in order. */
  readonly operands: readonly string[];
  /** The names of the switches that were given. */
  readonly switches: ReadonlySet<string>;
  /** For each flag that was given, or is set by its variable, its values in order; at least one. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** What asks for help instead of running a command; every command has it. */
export const HELP: Flag = { name: "help", group: "Help", help: "Show this help and exit." };

/**
 * Parses the words behind a command. An empty environment variable counts as not set.
 *
 * @throws {UsageError} for an unknown flag (naming the nearest known one), for a flag without its
 * value, and for a switch with one.
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
 * Writes each flag as `--name=value`, the only form in which `parseArgs` guesses nothing: left to
 * itself, it takes a `true` behind a switch for its value, an empty word behind a flag for none, and
 * `--no-nick=ada` for `--nick=ada`.
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

/** Writes one flag as `--name=value`; takes the value from `rest` if `word` does not have it. */
function joinValue(word: string, rest: Iterator<string, undefined>, flags: Flags): string {
  const { typed, name, value } = splitFlag(word);
  const flag = flags.get(name);
  if (!flag) {
    const known = closestString(name, [...flags.keys()]);
    throw new UsageError(`unknown flag ${typed}; did you mean --${known}?`);
  }
  const isSwitch = flag.value === undefined;
  if (isSwitch && value !== undefined) throw new UsageError(`${typed} takes no value`);
  if (isSwitch || flag.alone !== undefined) return `--${name}=${value ?? flag.alone ?? ""}`;
  if (value !== undefined) return `--${name}=${value}`;
  const next = rest.next().value;
  // A dash begins the next flag: a value that begins with one is written `--flag=-value`.
  if (next === undefined || next.startsWith("-")) {
    throw new UsageError(`${typed} needs a value: ${typed} ${flag.value}`);
  }
  return `--${name}=${next}`;
}

/** A flag as it was typed: `--name`, `--name=value` or a letter behind a dash. */
interface TypedFlag {
  readonly typed: string;
  readonly name: string;
  readonly value?: string;
}

function splitFlag(word: string): TypedFlag {
  if (!word.startsWith("--")) {
    // Letters may be joined, as in `-hx`; only `h` means something.
    const [letter] = word.replace(/^-h*/, "");
    return letter === undefined
      ? { typed: "-h", name: HELP.name }
      : { typed: `-${letter}`, name: letter };
  }
  const at = word.indexOf("=", "--".length + 1);
  if (at < 0) return { typed: word, name: word.slice(2) };
  return { typed: word.slice(0, at), name: word.slice(2, at), value: word.slice(at + 1) };
}

/** All the commands, each with its summary: what `chat --help` shows. */
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

/** All there is to know about a command: what `chat COMMAND --help` shows. */
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

/** A command as it is typed: `chat connect [FLAGS] HOST`. */
export function synopsis({ name, operand }: Heading): string {
  return ["chat", name, "[FLAGS]", ...(operand === undefined ? [] : [operand])].join(" ");
}

/** Something to type, and what it means. */
export type Row = readonly [term: string, meaning: string];

/** What can be set, under a heading. */
export interface Section {
  /** What its rows have in common. */
  readonly heading: string;
  /** What there is. */
  readonly rows: readonly Row[];
}

/** All that a command can be told, grouped. */
export function sections({ flags, fileOnly = [] }: Command): Section[] {
  const groups = Map.groupBy([...flags, HELP], (flag) => flag.group);
  const found = [...groups].map(([heading, flags]) => ({ heading, rows: flags.map(flagRow) }));
  if (fileOnly.length === 0) return found;
  const rows = fileOnly.map((setting): Row => [
    setting.path,
    `${setting.help} (default: ${setting.default})`,
  ]);
  return [...found, { heading: "In the configuration file only", rows }];
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

/** The width of a terminal that nobody has made wider. */
const WIDTH = 80;
const TERM_WIDTH = 26;

/** Terms on the left, what they mean on the right; a term that is too wide has its own line. */
function columns(rows: readonly Row[]): string[] {
  const indent = " ".repeat(TERM_WIDTH);
  return rows.flatMap(([term, meaning]) => {
    const lines = wrap(meaning, WIDTH - TERM_WIDTH).map((line) => indent + line);
    const left = `  ${term}`;
    if (left.length + 2 > TERM_WIDTH) return [left, ...lines];
    return lines.map((line, i) => i === 0 ? left + line.slice(left.length) : line);
  });
}

/** Words in lines of at most `width` columns, unless a word is wider. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}
