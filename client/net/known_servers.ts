/**
 * Keeps the servers that the user has connected to, in a file that the user can edit. Each line has
 * the address of a server, and its fingerprint or the word `authority`. If a server has several
 * lines, the last one counts. Does not know connections.
 *
 * @module
 */

import { FILE_TEXTS } from "../texts/net.ts";
import { LinesFile } from "./lines_file.ts";

/**
 * The word that stands in the file in place of a fingerprint if an authority vouches for the
 * server.
 */
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
  readonly #file: LinesFile;

  /** Uses the file at `path`, which need not exist. */
  constructor(path: string) {
    this.#file = new LinesFile(path, FILE_TEXTS.knownServers);
  }

  /** The path of the file. */
  get path(): string {
    return this.#file.path;
  }

  /**
   * Returns the entry of the server at `address`, `HOST:PORT`; the last one if there are several.
   *
   * @throws {UserError} if the file exists and cannot be read.
   */
  find(address: string): KnownServer | undefined {
    const lines = this.#file.read().map((line) => line.trim().split(/\s+/));
    const at = lines.findLastIndex(([name]) => name === address);
    return at < 0 ? undefined : { identity: lines[at]?.[1] ?? "", line: at + 1 };
  }

  /**
   * Adds a line. Earlier lines of the same address stay, and no longer count.
   *
   * @throws {UserError} if the file cannot be read or written.
   */
  remember(address: string, identity: string): void {
    this.#file.add(`${address} ${identity}`);
  }

  /**
   * Removes the lines of all addresses for which `isMeant` returns true. Returns these addresses,
   * each once.
   *
   * @throws {UserError} if the file cannot be read or written.
   */
  forget(isMeant: (address: string) => boolean): string[] {
    const addressOf = (line: string) => line.trim().split(/\s+/)[0] ?? "";
    const found = new Set(this.#file.read().map(addressOf).filter(isMeant));
    if (found.size > 0) {
      this.#file.change((lines) => lines.filter((line) => !found.has(addressOf(line))));
    }
    return [...found];
  }
}
