/**
 * Finds the folder in which the client keeps its cryptographic key and the servers that it knows,
 * and reads and replaces files there whose lines consist of words.
 *
 * @module
 */

import { dirname } from "node:path";
import { removeFile } from "../../shared/files.ts";
import type { Environment } from "../../shared/flags.ts";
import { printable } from "../../shared/text.ts";
import { FILE_TEXTS } from "../texts/net.ts";

/**
 * Returns the client's folder, in the place for the settings of programs
 * (https://specifications.freedesktop.org/basedir-spec/latest/); `undefined` if the environment
 * names none.
 */
export function clientFolder(environment: Environment): string | undefined {
  const base = environment.get("XDG_CONFIG_HOME") || environment.get("APPDATA");
  if (base) return `${base}/chat`;
  const home = environment.get("HOME");
  return home ? `${home}/.config/chat` : undefined;
}

/** Returns the reason for an error of the file system, in printable form. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? printable(error.message) : FILE_TEXTS.unknownReason;
}

/**
 * Returns the words of each line of a file, without empty lines; none if the file cannot be read.
 * Only spaces and tabs divide words: the name of a room may contain other white space.
 */
export function readWords(path: string): string[][] {
  try {
    return Deno.readTextFileSync(path).split("\n").map(wordsOf).filter(({ length }) => length > 0);
  } catch {
    return [];
  }
}

function wordsOf(line: string): string[] {
  return line.split(/[ \t\r]+/).filter((word) => word !== "");
}

/**
 * Replaces a file by lines of words, atomically. Returns false if that fails; the file then stays
 * as it is.
 */
export function replaceFile(path: string, lines: readonly (readonly string[])[]): boolean {
  try {
    writeWhole(
      path,
      lines.map((words) => `${words.filter((word) => word !== "").join(" ")}\n`).join(""),
    );
    return true;
  } catch {
    // The files written by this function are only conveniences, so errors are ignored.
    return false;
  }
}

/**
 * Replaces a file that only the user can read, completely or not at all; makes its folder if there
 * is none. Throws the error of the system if that fails.
 */
export function writeWhole(path: string, text: string): void {
  const draft = `${path}.${crypto.randomUUID()}`;
  Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    Deno.writeTextFileSync(draft, text, { createNew: true, mode: 0o600 });
    Deno.renameSync(draft, path);
  } catch (error) {
    // If the disk is full, a part of the draft may have been written.
    removeFile(draft);
    throw error;
  }
}

/**
 * Returns the address in `server`, which is an address or a URL without a room. Leaves out the
 * scheme and the fingerprint: the server is the same without them.
 */
export function addressIn(server: string): string {
  return server.replace(/^\w+:\/\//, "").replace(/\?.*$/s, "").replaceAll("%25", "%");
}

/** One server's line in a file of servers. A line has the server, and then words about it. */
export class LineOfServer {
  readonly #path: string;
  readonly #server: string;

  /** Uses the line of `server` in the file at `path`; neither need exist. */
  constructor(path: string, server: string) {
    this.#path = path;
    this.#server = server;
  }

  /** Returns the words about the server: those of its last line, or none if it has no line. */
  read(): string[] {
    return readWords(this.#path).findLast((words) => this.#isOfServer(words))?.slice(1) ?? [];
  }

  /**
   * Replaces the words about the server, or removes its line if `words` is empty. The lines of
   * other servers stay.
   */
  keep(words: readonly string[]): void {
    const others = readWords(this.#path).filter((line) => !this.#isOfServer(line));
    replaceFile(this.#path, words.length === 0 ? others : [...others, [this.#server, ...words]]);
  }

  #isOfServer([server = ""]: readonly string[]): boolean {
    return addressIn(server) === addressIn(this.#server);
  }
}
