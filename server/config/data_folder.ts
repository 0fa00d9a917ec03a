/**
 * The server's folder: the flag that names it, and the default.
 *
 * @module
 */

import type { Environment, Flag } from "../../shared/flags.ts";

/** The flag that names the server's folder. */
export const dataFlag: Flag = {
  name: "data",
  value: "DIR",
  group: "Files",
  help: "The folder of the server's files (default: chat in $XDG_DATA_HOME, %LOCALAPPDATA% or " +
    "~/.local/share).",
};

/**
 * Returns the folder that was `given`, or else the system's folder for the data of programs
 * (https://specifications.freedesktop.org/basedir-spec/latest/, "Environment variables").
 */
export function dataFolder(given: string | undefined, environment: Environment): string {
  if (given !== undefined) return given;
  const base = environment.get("XDG_DATA_HOME") || environment.get("LOCALAPPDATA");
  if (base) return `${base}/chat`;
  const home = environment.get("HOME");
  return home ? `${home}/.local/share/chat` : "chat-data";
}
