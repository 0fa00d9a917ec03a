/**
 * The record of failed attempts to get a certificate. It is kept in a file, because authorities
 * refuse a server that asks too often, even if it restarts in between.
 *
 * @module
 */

import { isFile, readText, writeSecret } from "../../shared/files.ts";
import { printable } from "../../shared/text.ts";
import type { AcmeFiles } from "./files.ts";

/** The failed attempts since the last success. */
export interface Failures {
  /** The number of failures. */
  readonly count: number;
  /** The time of the last failure, in milliseconds since 1970-01-01 UTC. */
  readonly at: number;
  /** The reason for the last failure. */
  readonly reason: string;
}

/** The record after a success. */
export const NO_FAILURES: Failures = { count: 0, at: 0, reason: "" };

const MINUTE_MS = 60_000;
/**
 * The pauses after the first failure, the second, and so on. The last pause is used for all further
 * failures. Let's Encrypt refuses a name for an hour after five failures
 * (https://letsencrypt.org/docs/rate-limits/).
 */
const PAUSES_MS = [5, 30, 120, 720, 1440].map((minutes) => minutes * MINUTE_MS);

/**
 * Returns the recorded failures, or {@linkcode NO_FAILURES} if the record is missing or damaged.
 */
export function readFailures({ failures }: AcmeFiles): Failures {
  if (!isFile(failures)) return NO_FAILURES;
  try {
    const found: unknown = JSON.parse(readText(failures));
    return isRecord(found) ? { ...found, reason: printable(found.reason) } : NO_FAILURES;
  } catch {
    return NO_FAILURES;
  }
}

/**
 * The latest time in a record. A `Date` can show times that are a little later
 * (https://tc39.es/ecma262/, "Time Values and Time Range").
 */
const LATEST_MS = 8e15;

function isRecord(value: unknown): value is Failures {
  return typeof value === "object" && value !== null &&
    "count" in value && isWithin(value.count, Number.MAX_SAFE_INTEGER) &&
    "at" in value && isWithin(value.at, LATEST_MS) &&
    "reason" in value && typeof value.reason === "string";
}

function isWithin(value: unknown, limit: number): boolean {
  return typeof value === "number" && value >= 0 && value <= limit && Number.isInteger(value);
}

/**
 * Writes the record.
 *
 * @throws {UserError} if it cannot be written.
 */
export function writeFailures({ failures }: AcmeFiles, record: Failures): void {
  writeSecret(failures, `${JSON.stringify(record)}\n`);
}

/**
 * Returns true if the server must not try again yet. A failure in the future is ignored, because it
 * was recorded by a clock that was wrong.
 */
export function mustWait(failures: Failures, now: number): boolean {
  return failures.at <= now && now < retryAt(failures);
}

/** Returns the earliest time of the next attempt, in milliseconds since 1970-01-01 UTC. */
export function retryAt({ count, at }: Failures): number {
  if (count === 0) return 0;
  return at + (PAUSES_MS[Math.min(count, PAUSES_MS.length) - 1] ?? 0);
}
