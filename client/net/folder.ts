/**
 * Finds the folder in which the client keeps its key and the servers that it knows.
 *
 * @module
 */

import type { Environment } from "../../shared/flags.ts";
import { printable } from "../../shared/text.ts";
import { FILE_TEXTS } from "../texts/net.ts";

/**
 * Returns the client's folder, in the place for the settings of programs (XDG Base Directory
 * Specification); `undefined` if the environment names none.
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
