/**
 * Keeps the servers that the user has connected to. The file can be edited and has one line for
 * each server, with its address and its fingerprint. Does not know connections.
 *
 * @module
 */

import { dirname } from "node:path";
import { UserError } from "../../shared/errors.ts";
import { FILE_TEXTS, type FileAction } from "../texts/net.ts";
import { reasonOf } from "./folder.ts";

/** The identity of a server that an authority vouches for, in place of a fingerprint. */
export const AUTHORITY = "authority";

/** An entry of the file. */
export interface KnownServer {
  /** A fingerprint or {@linkcode AUTHORITY}. Any other text, written by hand, matches no server. */
  readonly identity: string;
  /** The number of the entry's line, from 1. */
  readonly line: number;
}

/** The file. It is read for each lookup, because several clients may run at once. */
export class KnownServers {
  /** The path of the file. */
  readonly path: string;

  /** Uses the file at `path`, which need not exist. */
  constructor(path: string) {
    this.path = path;
  }

  /**
   * Returns the entry of the server at `address`, `HOST:PORT`; the last one if there are several.
   *
   * @throws {UserError} if the file exists and cannot be read.
   */
  find(address: string): KnownServer | undefined {
    const lines = this.#read().split("\n").map((line) => line.trim().split(/\s+/));
    const at = lines.findLastIndex(([name]) => name === address);
    return at < 0 ? undefined : { identity: lines[at]?.[1] ?? "", line: at + 1 };
  }

  /**
   * Adds a line; the others stay unchanged.
   *
   * @throws {UserError} if the file cannot be read or written.
   */
  remember(address: string, identity: string): void {
    const before = this.#read();
    // A last line that was written by hand may lack its end.
    const start = before === "" || before.endsWith("\n") ? "" : "\n";
    try {
      Deno.mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      Deno.writeTextFileSync(this.path, `${start}${address} ${identity}\n`, {
        append: true,
        mode: 0o600,
      });
    } catch (error) {
      throw unusable("write", this.path, error);
    }
  }

  /**
   * Removes the lines of all addresses for which `isMeant` returns true; returns these addresses, each
   * once.
   *
   * @throws {UserError} if the file cannot be read or written.
   */
  forget(isMeant: (address: string) => boolean): string[] {
    const lines = this.#read().split("\n");
    const addressOf = (line: string) => line.trim().split(/\s+/)[0] ?? "";
    const found = lines.filter((line) => isMeant(addressOf(line)));
    if (found.length === 0) return [];
    const draft = `${this.path}.${crypto.randomUUID()}`;
    try {
      const others = lines.filter((line) => !found.includes(line)).join("\n");
      Deno.writeTextFileSync(draft, others, { createNew: true, mode: 0o600 });
      Deno.renameSync(draft, this.path);
    } catch (error) {
      throw unusable("write", this.path, error);
    }
    return [...new Set(found.map(addressOf))];
  }

  #read(): string {
    try {
      return Deno.readTextFileSync(this.path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw unusable("read", this.path, error);
    }
  }
}

function unusable(action: FileAction, path: string, error: unknown): UserError {
  return new UserError(FILE_TEXTS.knownServers(path, action, reasonOf(error)));
}
