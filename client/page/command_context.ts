/**
 * The objects that a slash command acts on in the page.
 *
 * @module
 */

import { systemClock } from "../../shared/clock.ts";
import type { CommandContext } from "../commands/command.ts";
import type { Entry } from "../session/entries.ts";
import { PAGE_HELP } from "../texts/page_help.ts";
import { UPLOAD_TEXTS } from "../texts/uploads.ts";
import type { AnswerLines } from "./answers.ts";
import { oneServer } from "./one_server.ts";
import type { Unsent } from "./unsent.ts";

/** The names of the objects of the page that commands act on. */
export type Shared = "session" | "buffers" | "list" | "settings" | "ignored" | "readingBack";

/** The state of the page, as commands change it. */
export interface CommandedPage
  extends Pick<CommandContext, Shared | "compose" | "leave" | "switchTo" | "tell"> {
  /** Keeps the messages that the server has not confirmed. */
  readonly unsent: Pick<Unsent, "editing">;
  /** Shows lines until the user closes them. */
  show(answer: AnswerLines): void;
}

/**
 * Returns the objects for `command`, which the user has typed. If it acts on one message,
 * `selected` is this message.
 */
export function commandContext(
  chat: CommandedPage,
  command: string,
  selected?: Entry,
): CommandContext {
  const { session, buffers, list, settings, ignored, readingBack, tell } = chat;
  const page = (lines: readonly string[]) => chat.show({ type: "lines", command, lines });
  return {
    session,
    buffers,
    list,
    settings,
    ignored,
    readingBack,
    selected,
    tell,
    page,
    servers: oneServer,
    clientHelp: PAGE_HELP,
    now: () => systemClock.now(),
    switchTo: (buffer) => chat.switchTo(buffer),
    more: () => readingBack.more(),
    grid: (groups) => page(groups.flatMap(({ heading, words }) => [heading, words.join(" ")])),
    // The dialog that links a device shows the QR code.
    showQrCode: () => {},
    compose: (text, entry, buffer) => chat.compose(text.replace(/^\/edit /, ""), entry, buffer),
    editing: (buffer, id, text) => chat.unsent.editing(buffer, id, text),
    // A page cannot read files by their paths.
    upload: () => tell(UPLOAD_TEXTS.notHere),
    leave: (reason) => chat.leave(reason),
  };
}
