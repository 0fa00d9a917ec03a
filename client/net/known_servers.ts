/**
 * The servers that the user has met, in a file that people can read and mend: one line a server, its
 * address and what it is recognised by. Knows nothing of connections.
 *
 * @module
 */

import { dirname } from "node:path";
import { UserError } from "../../shared/errors.ts";
import { printable } from "../../shared/text.ts";

/** Stands in a fingerprint's place where an authority has vouched for the server. */
export const AUTHORITY = "authority";

/** What the file says of a server. */
export interface KnownServer {
  /** A fingerprint or {@linkcode AUTHORITY}; anything else, that somebody wrote there, is neither. */
  readonly identity: string;
  /** The number of the line it stands in, from 1. */
  readonly line: number;
}

/** The file. It is read at each question, as several clients may be running. */
export class KnownServers {
  /** Where it is. */
  readonly path: string;

  /** It need not be there yet. */
  constructor(path: string) {
    this.path = path;
  }

  /**
   * What is known of the server at `address`, written `HOST:PORT`; of several lines the last counts.
   *
   * @throws {UserError} if the file is there and cannot be read.
   */
  find(address: string): KnownServer | undefined {
    const lines = this.#read().split("\n").map((line) => line.trim().split(/\s+/));
    const at = lines.findLastIndex(([name]) => name === address);
    return at < 0 ? undefined : { identity: lines[at]?.[1] ?? "", line: at + 1 };
  }

  /**
   * Adds a line; those that are there stay as they are.
   *
   * @throws {UserError} if it cannot be written.
   */
  remember(address: string, identity: string): void {
    const before = this.#read();
    // Whoever wrote the last line may have left out its end.
    const start = before === "" || before.endsWith("\n") ? "" : "\n";
    try {
      Deno.mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      Deno.writeTextFileSync(this.path, `${start}${address} ${identity}\n`, {
        append: true,
        mode: 0o600,
      });
    } catch (error) {
      throw unusable("written", this.path, error);
    }
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

function unusable(how: string, path: string, error: unknown): UserError {
  const reason = error instanceof Error ? printable(error.message) : "it failed";
  return new UserError(
    `${path}, which keeps by what servers are recognised, cannot be ${how} (${reason}): ` +
      "mend that, or set XDG_CONFIG_HOME to another folder, or connect with a fingerprint (?fp=…)",
  );
}
