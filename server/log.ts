/**
 * The server's log: one line an event, as text for people or JSON for programs. It knows levels and
 * fields and nothing of chat; what is logged is the caller's to choose, and never what was said or
 * a password. Whatever the fields hold, a line stays one line and moves no terminal.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import { printable } from "../text.ts";

/** How much a log tells: each level includes those behind it. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
/** One of {@linkcode LOG_LEVELS}. */
export type LogLevel = typeof LOG_LEVELS[number];

/** What a line of the log looks like. */
export const LOG_FORMATS = ["text", "json"] as const;
/** One of {@linkcode LOG_FORMATS}. */
export type LogFormat = typeof LOG_FORMATS[number];

/**
 * What belongs to a logged event: `{ nick: "ada", address: "127.0.0.1" }`. In JSON they stand beside
 * `time`, `level` and `message`, so none has one of these names.
 */
export type Fields = Readonly<Record<string, string | number | boolean>>;

/** Takes what happened. A message is a constant phrase; what varies goes into the fields. */
export interface Log {
  /** What helps to find a fault, and is too much otherwise. */
  debug(message: string, fields?: Fields): void;
  /** What happens in normal running: who came, who went. */
  info(message: string, fields?: Fields): void;
  /** What was refused or cut off, and works on. */
  warn(message: string, fields?: Fields): void;
  /** What the server failed to do. */
  error(message: string, fields?: Fields): void;
}

/** How {@linkcode createLog} writes. */
export interface LogOptions {
  /** The least level that is written. */
  readonly level: LogLevel;
  /** What a line looks like. */
  readonly format: LogFormat;
  /** Dates the lines. */
  readonly clock: Clock;
  /** Takes a line, without its line end; standard error unless given. */
  readonly write?: (line: string) => void;
}

/** A log that writes lines of the given level and above. */
export function createLog({ level, format, clock, write = writeToStderr }: LogOptions): Log {
  const formatLine = FORMATTERS[format];
  const least = LOG_LEVELS.indexOf(level);
  const at = (level: LogLevel): Log[LogLevel] => {
    if (LOG_LEVELS.indexOf(level) < least) return ignore;
    return (message, fields = {}) => {
      const time = new Date(clock.now()).toISOString();
      write(formatLine({ time, level, message, fields }));
    };
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** A log that writes nothing. */
export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {}

/** The length that the stack of an error is cut to: its first frames tell the most. */
const STACK_LENGTH = 4000;

/** Returns what the log tells of a mistake of this program: the error, and its stack on one line. */
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

/** A value as `key=value` pairs can be told apart by: quoted where it holds more than one word. */
function quote(value: Fields[string]): string {
  const text = String(clean(value));
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}

const encoder = new TextEncoder();

function writeToStderr(line: string): void {
  try {
    // A line is one write, so that two processes with one log don't mix theirs.
    Deno.stderr.writeSync(encoder.encode(`${line}\n`));
  } catch {
    // Whoever read the log has gone. The people who chat must not go with them.
  }
}
