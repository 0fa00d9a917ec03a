/**
 * All doors of a server.
 *
 * @module
 */

import { plainDoor } from "./plain.ts";
import type { Door } from "./door.ts";
import { ircDoor } from "./irc.ts";

/** All doors, by name. */
export const DOORS: Readonly<Record<"irc" | "plain", Door>> = {
  irc: ircDoor,
  plain: plainDoor,
};
