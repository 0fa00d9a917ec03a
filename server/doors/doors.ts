/**
 * The kinds of doors that a server has.
 *
 * @module
 */

import { plainDoor } from "./plain.ts";
import type { Door } from "./door.ts";
import { ircDoor } from "./irc.ts";

/** Each kind of door. */
export const DOORS: Readonly<Record<"irc" | "plain", Door>> = {
  irc: ircDoor,
  plain: plainDoor,
};
