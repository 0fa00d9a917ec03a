/**
 * Reads settings from several sources: a flag or its environment variable first, then the
 * configuration file, then the flag's default. Errors name the source as the user knows it. Knows
 * neither which settings exist nor what they mean.
 *
 * @module
 */

import { parse as parseJsonc } from "@std/jsonc";
import { closestString } from "@std/text/closest-string";
import { UsageError, UserError } from "../../shared/errors.ts";
import type { Arguments, Command, Flag } from "../../shared/flags.ts";
import { readText } from "../../shared/files.ts";

/** The class of the error for a wrong value. */
type Failure = new (message: string) => UserError;

/** The source of a value, as the user knows it: `--listen`, or `chat.json: limits.pingSeconds`. */
export class SettingPath {
  readonly #source: string;
  readonly #Failure: Failure;
  readonly #path: string;

  /** Takes the flag or file, the class of its errors, and the path of the value in a file. */
  constructor(source: string, Failure: Failure, path = "") {
    this.#source = source;
    this.#Failure = Failure;
    this.#path = path;
  }

  /** Returns the source of a member of this object or list. */
  member(key: string | number): SettingPath {
    const path = typeof key === "number" ? `${this.#path}[${key}]` : `${this.#path}.${key}`;
    return new SettingPath(this.#source, this.#Failure, path.replace(/^\./, ""));
  }

  /** Returns the error for a wrong value. The error never shows the value, which may be secret. */
  mustBe(what: string): UserError {
    const name = this.#path === "" ? this.#source : `${this.#source}: ${this.#path}`;
    return new this.#Failure(`${name} must be ${what}`);
  }

  /** Returns the error for an unknown key. */
  unknownKey(key: string, known: readonly string[]): UserError {
    const owner = this.#path === "" ? "" : ` in ${this.#path}`;
    const nearest = closestString(key, known);
    return new this.#Failure(
      `${this.#source}: unknown setting ${key}${owner}; did you mean ${nearest}?`,
    );
  }
}

/** A type of setting. */
export interface Kind<T> {
  /**
   * Checks a value from JSON and returns it as `T`.
   *
   * @throws {UserError} made by `where`, if the value is not of this kind.
   */
  read(value: unknown, where: SettingPath): T;
  /**
   * Converts the values of a flag, which are texts, to one value as in JSON. Without this method,
   * the last text is the value.
   */
  fromFlag?(texts: readonly string[]): unknown;
}

/** A kind of setting that has a value even if the user gives no value. */
export interface KindWithNone<T> extends Kind<T> {
  /** The value of a setting to which the user gives no value. */
  readonly none: T;
}

/** A flag that is a setting: a switch, or a flag with a kind of value. */
export type SettingFlag =
  & Flag
  & {
    /**
     * The time when a new value in the configuration file takes effect. Some values wait for the
     * next start, because the server opens its ports and its store only once.
     */
    readonly changes: "while running" | "at start";
  }
  & (
    | { readonly value?: never; readonly kind?: never }
    | { readonly value: string; readonly kind: Kind<unknown> | KindWithNone<unknown> }
  );

/** Returns the kind of text for which `isValid` returns true; errors describe it as `what`. */
export function text(what: string, isValid: (text: string) => boolean): Kind<string> {
  return {
    read(value, where) {
      if (typeof value !== "string" || !isValid(value)) throw where.mustBe(what);
      return value;
    },
  };
}

/** Returns the kind of whole numbers from `least` to `most`. */
export function wholeNumber(least: number, most: number): Kind<number> {
  return {
    fromFlag: (texts) => /^\d+$/.test(texts.at(-1) ?? "") ? Number(texts.at(-1)) : undefined,
    read(value, where) {
      const isOne = typeof value === "number" && Number.isInteger(value);
      if (isOne && value >= least && value <= most) return value;
      throw where.mustBe(`a whole number from ${least} to ${most}`);
    },
  };
}

/** Returns the kind of setting whose value is one of `words`. */
export function oneOf<T extends string>(words: readonly T[]): Kind<T> {
  return {
    read(value, where) {
      const word = words.find((word) => word === value);
      if (word === undefined) throw where.mustBe(`one of ${words.join(", ")}`);
      return word;
    },
  };
}

/** The kind of `true` and `false`. */
export const yesOrNo: Kind<boolean> = {
  read(value, where) {
    if (typeof value === "boolean") return value;
    throw where.mustBe("true or false");
  },
};

/** Returns the kind of lists of `kind`. */
export function listOf<T>(kind: Kind<T>): Kind<readonly T[]> {
  return {
    read(value, where) {
      if (!Array.isArray(value)) throw where.mustBe("a list: [ … ]");
      return value.map((item, i) => kind.read(item, where.member(i)));
    },
  };
}

/**
 * Returns the members of a JSON object, whose keys must all be `known`.
 *
 * @throws {UserError} made by `where`, if `value` is not an object or has an unknown key.
 */
export function membersOf(
  value: unknown,
  where: SettingPath,
  known: readonly string[],
): ReadonlyMap<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw where.mustBe("an object: { … }");
  }
  const members = new Map<string, unknown>(Object.entries(value));
  for (const key of members.keys()) {
    if (!known.includes(key)) throw where.unknownKey(key, known);
  }
  return members;
}

/** The settings of a command; each is looked up in its sources, in order. */
export class Settings {
  readonly #flags: Arguments;
  readonly #file: ReadonlyMap<string, unknown>;
  readonly #filePath: SettingPath;

  /**
   * Reads the file that `--config` names, which is JSON and may have comments. Its keys are the
   * other flags of `command`, in camel case, and the settings that only a file can have.
   *
   * @throws {UserError} if the file cannot be read, is not JSON (with the line and column), or has
   * an unknown key.
   */
  constructor(command: Command, flags: Arguments) {
    this.#flags = flags;
    const path = flags.values.get(CONFIG)?.at(-1);
    this.#filePath = new SettingPath(path ?? "", UserError);
    this.#file = path === undefined
      ? new Map()
      : membersOf(readJson(path), this.#filePath, keysOf(command));
  }

  /**
   * Returns the value of the setting of `flag`; `undefined` if no source has a value and the flag
   * has no default.
   */
  of(flag: SettingFlag): unknown {
    const { name, kind } = flag;
    if (!kind) return this.#flags.switches.has(name) || (this.find(keyOf(name), yesOrNo) ?? false);
    const texts = this.#flags.values.get(name);
    const isInFile = this.#file.has(keyOf(name));
    if (!texts && isInFile) return this.find(keyOf(name), kind);
    const found = texts ?? (flag.default === undefined ? undefined : [flag.default]);
    if (found) return fromTexts(found, kind, new SettingPath(`--${name}`, UsageError));
    return "none" in kind ? kind.none : undefined;
  }

  /**
   * Returns true if the command line, the environment or the file gives a value to `flag`, so that
   * its default does not apply. The flag must not be a switch.
   */
  has({ name }: SettingFlag): boolean {
    return this.#flags.values.has(name) || this.#file.has(keyOf(name));
  }

  /** Returns the value of `key` in the file, if it has one. */
  find<T>(key: string, kind: Kind<T>): T | undefined {
    if (!this.#file.has(key)) return undefined;
    return kind.read(this.#file.get(key), this.#filePath.member(key));
  }
}

/** The flag that names the configuration file. */
const CONFIG = "config";

function fromTexts<T>(texts: readonly string[], kind: Kind<T>, where: SettingPath): T {
  return kind.read(kind.fromFlag ? kind.fromFlag(texts) : texts.at(-1), where);
}

function keysOf({ flags, fileOnly = [] }: Command): string[] {
  const shared = flags.map(({ name }) => name).filter((name) => name !== CONFIG).map(keyOf);
  const own = fileOnly.map(({ path }) => path.replace(/[[.].*/, ""));
  return [...new Set([...shared, ...own])];
}

/** Returns a flag's name as a key of the file: `plain-port` is `plainPort`. */
export function keyOf(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** Matches an error such as `Cannot parse JSONC: unexpected token "}" in JSONC at position 12`. */
const JSONC_FAULT = /^[^:]*: (.*) in JSONC at position (\d+)$/s;

function readJson(path: string): unknown {
  const text = readText(path);
  try {
    return parseJsonc(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const [, problem, position] = JSONC_FAULT.exec(error.message) ?? [];
    const before = text.slice(0, position === undefined ? text.length : Number(position));
    const lines = before.split("\n");
    const lineAndColumn = `line ${lines.length}, column ${(lines.at(-1) ?? "").length + 1}`;
    throw new UserError(`${path}, ${lineAndColumn}: ${problem ?? "unexpected end of the file"}`);
  }
}
