/**
 * Notifications of the desktop, as control strings: OSC 9 of iTerm2, OSC 777 of rxvt, or OSC 99 of
 * kitty; tmux passes them on to its terminal (`allow-passthrough`). Terminals that do not support
 * them show nothing. Performs no I/O.
 *
 * @module
 */

import type { Speech } from "../session/events.ts";
import { NOTIFICATION_TEXTS } from "../texts/messages.ts";
import { firstCells } from "./cells.ts";
import { safeText } from "./format.ts";

/** The forms of notifications. */
export type NotificationForm = "osc9" | "osc777" | "osc99";

/** Matches the `TERM` of terminals that would show parts of a control string. */
const OLD_TERMINALS = /^(?:linux|vt\d+|screen)/;

/** The terminals that know another form than OSC 9, by the beginning of `TERM`. */
const FORMS: readonly (readonly [term: RegExp, form: NotificationForm])[] = [
  [/^(?:rxvt|foot)/, "osc777"],
  [/^xterm-kitty/, "osc99"],
];

/**
 * Returns true if a terminal that is called `term` ignores control strings that it does not know.
 */
export function takesControlStrings(term: string, isInTmux: boolean): boolean {
  return isInTmux || !OLD_TERMINALS.test(term);
}

/**
 * Returns the form for a terminal that is called `term`; undefined if the terminal would show a
 * notification as text.
 */
export function notificationForm(term: string, isInTmux: boolean): NotificationForm | undefined {
  if (!takesControlStrings(term, isInTmux)) return undefined;
  return FORMS.find(([pattern]) => pattern.test(term))?.[1] ?? "osc9";
}

/** The largest number of cells of the title, and of the text, of a notification. */
const MAX_CELLS = 200;

/** Returns the control string that notifies the user of a message. */
export function notification(
  { nick, room, text, time }: Speech,
  form: NotificationForm,
  isInTmux: boolean,
): string {
  const title = part(NOTIFICATION_TEXTS.title(safeText(nick), room && safeText(room)));
  const body = part(safeText(text));
  const string = FORMAT[form](title, body, Math.abs(Math.trunc(time)).toString(36));
  return isInTmux ? `\x1bPtmux;${string.replaceAll("\x1b", "\x1b\x1b")}\x1b\\` : string;
}

/** The control string of each form; `id` identifies the notification. */
const FORMAT: Readonly<
  Record<NotificationForm, (title: string, body: string, id: string) => string>
> = {
  // A text that began with a digit would be a command of ConEmu.
  osc9: (title, body) => `\x1b]9;${NOTIFICATION_TEXTS.line(title, body)}\x07`,
  osc777: (title, body) => `\x1b]777;notify;${title};${body}\x07`,
  osc99: (title, body, id) =>
    `\x1b]99;i=${id}:d=0;${title}\x1b\\\x1b]99;i=${id}:p=body;${body}\x1b\\`,
};

/** Returns the beginning of `text`, with commas in place of semicolons, which would divide it. */
function part(text: string): string {
  return firstCells(text.replaceAll(";", ","), MAX_CELLS);
}
