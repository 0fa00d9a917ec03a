/**
 * The server's log: one line for each entry, as human-readable text or JSON. The module does not
 * know what the entries are about: callers choose them, and never log the text of a message or a
 * password. Whatever the fields contain, an entry stays one line and cannot control a terminal.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import { hideAddresses } from "./ip.ts";
import { printable } from "./text.ts";

/** The levels of detail, the most detailed first: each level includes those after it. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
/** One of {@linkcode LOG_LEVELS}. */
export type LogLevel = typeof LOG_LEVELS[number];

/** The formats of a line. */
export const LOG_FORMATS = ["text", "json"] as const;
/** One of {@linkcode LOG_FORMATS}. */
export type LogFormat = typeof LOG_FORMATS[number];

/**
 * The fields of an entry, as in `{ nick: "ada", address: "127.0.0.1" }`. In JSON they are beside
 * `time`, `level` and `message`, so no field may have one of these names.
 */
export type Fields = Readonly<Record<string, string | number | boolean>>;

/** A log. Each message is a constant phrase; variable parts go into the fields. */
export interface Log {
  /** Logs details that help to find a fault. They are too many for normal operation. */
  debug(message: string, fields?: Fields): void;
  /** Logs an event of normal operation, such as a client that connects or disconnects. */
  info(message: string, fields?: Fields): void;
  /** Logs a request or a connection that was refused or cut off; the server itself goes on. */
  warn(message: string, fields?: Fields): void;
  /** Logs a failure of the server. */
  error(message: string, fields?: Fields): void;
}

/** The options of {@linkcode createLog}. */
export interface LogOptions {
  /** The lowest level that is written. */
  readonly level: LogLevel;
  /** The format of a line. */
  readonly format: LogFormat;
  /** The clock for the times of entries. */
  readonly clock: Clock;
  /** True to leave the addresses of clients out of the entries; by default false. */
  readonly withoutAddresses?: boolean;
  /** Writes a line, given without its line end. Must not wait. */
  readonly write: (line: string) => void;
}

/** Returns a log that writes entries of the given level and above. */
export function createLog(options: LogOptions): Log {
  const lowest = LOG_LEVELS.indexOf(options.level);
  const at = (level: LogLevel): Log[LogLevel] => {
    if (LOG_LEVELS.indexOf(level) < lowest) return ignore;
    return (message, fields = {}) => options.write(entryLine(options, level, message, fields));
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

function entryLine(
  { format, clock, withoutAddresses = false }: LogOptions,
  level: LogLevel,
  message: string,
  fields: Fields,
): string {
  const time = new Date(clock.now()).toISOString();
  const shown = withoutAddresses ? fieldsWithoutAddresses(fields) : fields;
  return FORMATTERS[format]({ time, level, message, fields: shown });
}

/** A log whose options can be changed. */
export interface ChangeableLog extends Log {
  /** Uses these options from now on. */
  change(options: Pick<LogOptions, "format" | "level" | "withoutAddresses">): void;
  /** Returns an entry as a line, without writing it. */
  line(level: LogLevel, message: string, fields: Fields): string;
}

/** Returns a log like that of {@linkcode createLog}, but with options that can be changed. */
export function changeableLog(options: LogOptions): ChangeableLog {
  let current = options;
  let log = createLog(options);
  return {
    debug: (message, fields) => log.debug(message, fields),
    info: (message, fields) => log.info(message, fields),
    warn: (message, fields) => log.warn(message, fields),
    error: (message, fields) => log.error(message, fields),
    change(changed) {
      current = { ...options, ...changed };
      log = createLog(current);
    },
    line: (level, message, fields) => entryLine(current, level, message, fields),
  };
}

/** A log that writes nothing. */
export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {}

/**
 * The largest length of a logged stack. The rest is cut, because the first frames are the most
 * useful.
 */
const STACK_LENGTH = 4000;

/** Returns the fields for an error of the program itself: the error, and its stack on one line. */
export function faultFields(error: unknown): Fields {
  const stack = error instanceof Error ? error.stack ?? "" : "";
  const frames = stack.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return { error: String(error), stack: frames.join(" | ").slice(0, STACK_LENGTH) };
}

interface Entry {
  readonly time: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Fields;
}

const FORMATTERS: Readonly<Record<LogFormat, (entry: Entry) => string>> = {
  text: ({ time, level, message, fields }) => {
    const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${quote(value)}`);
    return `${time} ${level.padEnd(5)} ${printable(message)}${pairs.join("")}`;
  },
  json: ({ time, level, message, fields }) => {
    const safe = Object.entries(fields).map(([key, value]) => [key, clean(value)]);
    return JSON.stringify({ time, level, message, ...Object.fromEntries(safe) });
  },
};

function clean(value: Fields[string]): Fields[string] {
  return typeof value === "string" ? printable(value) : value;
}

/** Returns a value for a `key=value` pair: quoted if it would end or split the pair otherwise. */
function quote(value: Fields[string]): string {
  const text = String(clean(value));
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}

/**
 * Returns `fields` without `address`, and without the addresses in their texts. A stack stays as it
 * is.
 */
function fieldsWithoutAddresses(fields: Fields): Fields {
  const others = Object.entries(fields).filter(([name]) => name !== "address");
  return Object.fromEntries(others.map(([name, value]) => {
    return [name, typeof value === "string" && name !== "stack" ? hideAddresses(value) : value];
  }));
}
