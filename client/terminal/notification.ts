/**
 * Notifications of the desktop, as control strings: OSC 9 of iTerm2, or OSC 777 of rxvt; in tmux, passed
 * through it (`allow-passthrough`). Terminals that do not know them show nothing. Pure.
 *
 * @module
 */

import type { Speech } from "../session/events.ts";
import { NOTIFICATION_TEXTS } from "../texts/messages.ts";
import { firstCells } from "./cells.ts";
import { safeText } from "./format.ts";

/** The forms of notifications. */
export type NotificationForm = "osc9" | "osc777";

/** The number of cells of a notification. */
const MAX_CELLS = 200;

/** Returns the control string that notifies the user of a message. */
export function notification(
  { nick, room, text }: Speech,
  form: NotificationForm,
  isInTmux: boolean,
): string {
  const title = part(NOTIFICATION_TEXTS.title(safeText(nick), room && safeText(room)));
  const body = part(safeText(text));
  // A text that began with a digit would be a command of ConEmu.
  const string = form === "osc777"
    ? `\x1b]777;notify;${title};${body}\x07`
    : `\x1b]9;${NOTIFICATION_TEXTS.line(title, body)}\x07`;
  return isInTmux ? `\x1bPtmux;${string.replaceAll("\x1b", "\x1b\x1b")}\x1b\\` : string;
}

/** Returns the beginning of `text`, without the semicolons that would divide it. */
function part(text: string): string {
  return firstCells(text.replaceAll(";", ","), MAX_CELLS);
}
