/**
 * Strict transport security: keeps the servers that allow TLS only. The file can be edited and has
 * one line for each host, with the port and the end of the policy. Does not know connections.
 *
 * Source: https://ircv3.net/specs/extensions/sts
 *
 * @module
 */

import { UserError } from "../../shared/errors.ts";
import { FILE_TEXTS } from "../texts/net.ts";
import { LinesFile } from "./lines_file.ts";

/** The valid parts of the value of `sts`. */
export interface StsPolicy {
  /** The port for TLS; counts only on an unencrypted connection. */
  readonly port?: number;
  /**
   * The number of seconds for which to use only TLS; 0 removes the policy. Counts only over TLS.
   */
  readonly seconds?: number;
}

/** The longest duration of a policy, in seconds: ten years. */
const MAX_DURATION = 3650 * 86_400;

/** Parses the value of `sts`. */
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
    ...(duration >= 0 && { seconds: Math.min(duration, MAX_DURATION) }),
  };
}

/** The file. It is read for each lookup, because several clients may run at once. */
export class StsPolicies {
  readonly #file: LinesFile;

  /** Uses the file at `path`, which need not exist. */
  constructor(path: string) {
    this.#file = new LinesFile(path, FILE_TEXTS.stsPolicies);
  }

  /** The path of the file. */
  get path(): string {
    return this.#file.path;
  }

  /**
   * Returns the port for TLS of `host`, which must be in lower case. Returns undefined if the host
   * has no policy, or if the policy has expired at `now`, in milliseconds since 1970-01-01 UTC.
   *
   * @throws {UserError} if the file exists and cannot be read, or the host's line is invalid.
   */
  portOf(host: string, now: number): number | undefined {
    const lines = this.#file.read().map(tidy);
    const at = lines.findIndex((line) => hostIn(line) === host);
    if (at < 0) return undefined;
    const [, port, until = ""] = lines[at]?.split(" ") ?? [];
    const end = Date.parse(until);
    const isValid = Number(port) >= 1 && Number(port) <= 65535 && !Number.isNaN(end);
    if (isValid) return now < end ? Number(port) : undefined;
    throw new UserError(FILE_TEXTS.invalidPolicy(this.path, at + 1));
  }

  /**
   * Keeps a policy for `host`: TLS only, at `port`, for `seconds` from `now` on. If `seconds` is 0,
   * removes the policy. Also removes the expired policies of other hosts.
   *
   * @throws {UserError} if the file cannot be read or written.
   */
  keep(host: string, port: number, seconds: number, now: number): void {
    const own = `${host} ${port} ${new Date(now + seconds * 1000).toISOString()}`;
    this.#file.change((lines) => {
      const others = lines.map(tidy).filter((line) =>
        line !== "" && hostIn(line) !== host && !(Date.parse(line.split(" ")[2] ?? "") <= now)
      );
      return [...others, ...seconds > 0 ? [own] : [], ""];
    });
  }
}

/** Returns a line with single spaces between its words and none around them. */
function tidy(line: string): string {
  return line.trim().replace(/\s+/g, " ");
}

function hostIn(line: string): string {
  return line.replace(/ .*/, "");
}
