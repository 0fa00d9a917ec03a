/**
 * Finds the name of the user at this machine, from which the first nick is made.
 *
 * @module
 */

import { userInfo } from "node:os";
import type { Environment } from "../../shared/flags.ts";

/**
 * The environment variables that may have the name, in the order in which they are tried (POSIX has
 * `LOGNAME`).
 */
const VARIABLES = ["USER", "LOGNAME", "USERNAME"] as const;

/** Returns the name of the user; empty if neither the environment nor the system has it. */
export function userName(environment: Environment): string {
  for (const variable of VARIABLES) {
    const name = environment.get(variable);
    if (name) return name;
  }
  try {
    return userInfo().username;
  } catch {
    // The system has no entry for the user, as in some containers.
    return "";
  }
}

/** Names that many machines give to their users. Such a name says nothing about its user. */
const SHARED_NAMES: ReadonlySet<string> = new Set(
  ("root admin administrator user guest nobody owner test pi ubuntu debian fedora centos alpine " +
    "ec2-user vagrant docker node codespace vscode runner").split(" "),
);

/** Returns true if `name` is a name that many machines give to their user. */
export function isSharedName(name: string): boolean {
  return SHARED_NAMES.has(name.toLowerCase());
}
