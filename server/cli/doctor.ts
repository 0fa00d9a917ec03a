/**
 * Implements `chat doctor`, which checks if a server has all that it needs, and says what to do.
 * The server may be running. This module prints; the checks are in `checkups.ts`.
 *
 * @module
 */

import { systemClock } from "../../shared/clock.ts";
import { UsageError, UserError } from "../../shared/errors.ts";
import { type Command, type Environment, USAGE_EXIT_CODE } from "../../shared/flags.ts";
import { freeBytes } from "../../shared/free_space.ts";
import type { Surroundings } from "../../shared/mode.ts";
import { serveSettings } from "../config/config.ts";
import { SERVE } from "../config/flags.ts";
import { DOCTOR_TEXTS } from "../texts/doctor.ts";
import { CHECKS, type Machine } from "./checkups.ts";
import type { Finding } from "./finding.ts";

/** The flags of `chat doctor`, and its help. */
export const command: Command = {
  description: [
    "Checks what a server needs: its settings, its folder, free space, its certificate, its ports, the " +
    "limits of the process, the clock and, with --cluster, NATS. Takes the flags of chat serve, and " +
    "looks at what a server with these flags would use. Run it as the user who runs the server. The " +
    "server may be running.",
    "Each line says what was found, and for a problem what to do. Nothing is changed.",
  ],
  flags: SERVE.flags,
  exitCodes: [
    ["0", "No problem was found; there may be warnings."],
    ["1", "A problem was found."],
    USAGE_EXIT_CODE,
  ],
  examples: [
    { line: "chat doctor", does: "Check a server without flags." },
    { line: "chat doctor --config /etc/chat.json", does: "Check the server with this file." },
  ],
};

const MACHINE: Machine = {
  now: () => systemClock.now(),
  freeBytes,
};

/** Runs `chat doctor` with these arguments, and prints the findings; resolves to the exit code. */
export async function run(
  args: readonly string[],
  { environment, print }: Surroundings,
): Promise<number> {
  const findings = await examine(args, environment, MACHINE);
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  for (const { level, subject, text } of findings) {
    print(`${level.padEnd(7)}  ${subject.padEnd(width)}  ${text}`);
  }
  const problems = findings.filter(({ level }) => level === "problem").length;
  print(problems === 0 ? DOCTOR_TEXTS.healthy : DOCTOR_TEXTS.problems(problems));
  return problems === 0 ? 0 : 1;
}

/** A line of the result. */
export interface Line {
  /** The level of the finding. */
  readonly level: Finding[0];
  /** The part of the server that the finding is about. */
  readonly subject: string;
  /** The finding. */
  readonly text: string;
}

/**
 * Runs all checks for a server with these arguments; resolves to the findings, in order.
 *
 * @throws {UsageError} if the arguments are wrong.
 */
export async function examine(
  args: readonly string[],
  environment: Environment,
  machine: Machine,
): Promise<Line[]> {
  const lines: Line[] = [];
  const add = (subject: string, findings: readonly Finding[]): void => {
    for (const [level, text] of findings) lines.push({ level, subject, text });
  };
  try {
    const { options, unused } = serveSettings(args, environment, "doctor");
    add("settings", unused.map((text) => ["warning", text]));
    for (const [subject, check] of CHECKS) {
      add(subject, await problemsOf(() => check(options, machine, environment)));
    }
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof UserError)) throw error;
    add("settings", [["problem", error.message]]);
  }
  return lines;
}

/** Returns the findings of a check. An error that a user can fix becomes a problem. */
async function problemsOf(check: () => Finding[] | Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [["problem", error.message]];
  }
}
