/**
 * Strict transport security: servers that have asked to be talked to by TLS alone, and until when, in
 * a file that people can read: one line a host, with the port to go to. Knows nothing of connections.
 *
 * Source: https://ircv3.net/specs/extensions/sts
 *
 * @module
 */

import { dirname } from "node:path";
import { UserError } from "../../shared/errors.ts";
import { printable } from "../../shared/text.ts";

/** What a server says of itself as the value of `sts`, as far as it is understood. */
export interface StsPolicy {
  /** Where TLS is spoken; counts only where it was not spoken by TLS. */
  readonly port?: number;
  /** For how many seconds to come by TLS alone, 0 to take that back; counts only by TLS. */
  readonly seconds?: number;
}

/** Nobody has to keep a promise for longer, in seconds: ten years. */
const LONGEST = 3650 * 86_400;

/** Reads the value of `sts`. */
export function parseStsPolicy(value: string): StsPolicy {
  const tokens = new Map(
    value.split(",").map((token) => {
      const [key = "", text = ""] = token.split("=", 2);
      return [key, /^\d{1,15}$/.test(text) ? Number(text) : NaN];
    }),
  );
  const { port = NaN, duration = NaN } = Object.fromEntries(tokens);
  return {
    ...(port >= 1 && port <= 65535 && { port }),
    ...(duration >= 0 && { seconds: Math.min(duration, LONGEST) }),
  };
}

/** The file. It is read at each question, as several clients may be running. */
export class StsPolicies {
  /** Where it is. */
  readonly path: string;

  /** It need not be there yet. */
  constructor(path: string) {
    this.path = path;
  }

  /**
   * The port at which `host`, in lower case, is to be talked to by TLS; `now` is in milliseconds since
   * 1970-01-01 UTC. Undefined where it has not asked for that, or not lately.
   *
   * @throws {UserError} if the file is there and cannot be read, or not understood.
   */
  portOf(host: string, now: number): number | undefined {
    const lines = this.#read();
    const at = lines.findIndex((line) => hostIn(line) === host);
    if (at < 0) return undefined;
    const [, port, until = ""] = lines[at]?.split(" ") ?? [];
    const end = Date.parse(until);
    const isUnderstood = Number(port) >= 1 && Number(port) <= 65535 && !Number.isNaN(end);
    if (isUnderstood) return now < end ? Number(port) : undefined;
    throw new UserError(
      `line ${
        at + 1
      } of ${this.path} is not understood: write HOST PORT TIME, until when to talk to ` +
        "that host by TLS alone",
    );
  }

  /**
   * From `now` on, `host` is to be talked to by TLS, at `port`, for so many `seconds`; for none: no
   * more. What is over of others is forgotten.
   *
   * @throws {UserError} if the file cannot be written.
   */
  keep(host: string, port: number, seconds: number, now: number): void {
    const others = this.#read().filter((line) =>
      line !== "" && hostIn(line) !== host && !(Date.parse(line.split(" ")[2] ?? "") <= now)
    );
    const own = `${host} ${port} ${new Date(now + seconds * 1000).toISOString()}`;
    this.#write(seconds > 0 ? [...others, own] : others);
  }

  #read(): string[] {
    try {
      return Deno.readTextFileSync(this.path).split("\n").map((line) =>
        line.trim().replace(/\s+/g, " ")
      );
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw this.#unusable("read", error);
    }
  }

  /** Whole or not at all. */
  #write(lines: readonly string[]): void {
    const draft = `${this.path}.${crypto.randomUUID()}`;
    try {
      Deno.mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      Deno.writeTextFileSync(draft, lines.map((line) => `${line}\n`).join(""), {
        createNew: true,
        mode: 0o600,
      });
      Deno.renameSync(draft, this.path);
    } catch (error) {
      throw this.#unusable("written", error);
    }
  }

  #unusable(how: string, error: unknown): UserError {
    const reason = error instanceof Error ? printable(error.message) : "it failed";
    return new UserError(
      `${this.path}, which keeps what servers are to be talked to by TLS alone, cannot be ${how} ` +
        `(${reason}): mend that, or set XDG_CONFIG_HOME to another folder`,
    );
  }
}

function hostIn(line: string): string {
  return line.replace(/ .*/, "");
}
