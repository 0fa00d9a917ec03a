/**
 * Reads the line of a pushed message. Performs no I/O.
 *
 * @module
 */

import { casefold, isChannel, parse, parseCtcp, parseSource } from "../../../protocol.ts";
import { printable } from "../../../shared/text.ts";
import { PUSHED_TEXTS } from "../../texts/pushed.ts";

/** A message as a notification. */
export interface Pushed {
  /** The author, and the room if there is one. */
  readonly title: string;
  /** The text. */
  readonly body: string;
  /** The conversation: a later notification with this tag takes the place of this one. */
  readonly tag: string;
  /** The path of the page that shows the conversation. */
  readonly path: string;
  /** The room, or the author of a private message; absent if the line has no message. */
  readonly name?: string;
}

/**
 * Returns the message in a line of IRC. If the line has no message, returns a general text, since
 * each push must be shown.
 */
export function messageIn(line: string): Pushed {
  const { command, source = "", params: [target = "", text = ""] = [] } = parse(line) ?? {};
  if (command !== "PRIVMSG") {
    return { title: PUSHED_TEXTS.newMessage, body: "", tag: "/", path: "/" };
  }
  const { nick } = parseSource(source);
  const body = printable(parseCtcp(text)?.text ?? text);
  if (!isChannel(target)) {
    const path = `/#with=${encodeURIComponent(nick)}`;
    return { title: printable(nick), body, tag: casefold(nick), path, name: nick };
  }
  const title = PUSHED_TEXTS.saidIn(printable(nick), printable(target));
  const tag = casefold(target);
  return { title, body, tag, path: `/${encodeURIComponent(target.slice(1))}`, name: target };
}
