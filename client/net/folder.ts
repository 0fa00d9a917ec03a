/**
 * Where the client keeps what it remembers.
 *
 * @module
 */

import type { Environment } from "../../shared/flags.ts";

/**
 * The client's own folder: where the system keeps the settings of programs for their user (XDG Base
 * Directory Specification), or `undefined` where the environment does not tell.
 */
export function clientFolder(environment: Environment): string | undefined {
  const base = environment.get("XDG_CONFIG_HOME") || environment.get("APPDATA");
  if (base) return `${base}/chat`;
  const home = environment.get("HOME");
  return home ? `${home}/.config/chat` : undefined;
}
