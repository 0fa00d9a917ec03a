/**
 * Makes the messages that a client gets for an event, according to its capabilities. Has no access
 * to sockets and changes no state.
 *
 * @module
 */

import { type Message, parseCtcp, type Tags } from "../../protocol.ts";
import { printable } from "../../shared/text.ts";
import type { Event, Said } from "../events/events.ts";
import { NO_ID } from "../events/ids.ts";
import { kindOf } from "../kinds/kinds.ts";
import { Caps } from "../irc/capabilities.ts";
import { renderLines } from "./multiline.ts";
import { formatTime } from "../irc/server_time.ts";

/** Returns true if clients with `caps` get a message for `event`. */
export function isFor(event: Event, caps: Caps): boolean {
  // https://ircv3.net/specs/extensions/message-tags, "The `TAGMSG` tag-only message"
  if (event.type === "Said" && event.command === "TAGMSG") return caps.has("message-tags");
  return caps.hasAll(kindOf(event).needs);
}

/**
 * Returns the messages that clients with `caps` get for an event: one, except for a message of
 * several lines. Clients must get the event; see {@linkcode isFor}.
 */
export function renderAll(event: Event, caps: Caps): Message[] {
  const message = render(event, caps);
  if (event.type !== "Said" || event.lines === undefined) return [message];
  const all = renderLines(message, event.lines, event.id, caps);
  return isCut(event, caps) ? all.slice(0, 1) : all;
}

/**
 * Returns true if clients with `caps` get only the first line of a private message that the server
 * divided into lines because it was too long for one line. Clients without any capability are often
 * programs, which would take each line for a message of its own. So they get only the text that
 * fits into one line, as on other servers.
 */
export function isCut({ isOverlong }: Pick<Said, "isOverlong">, caps: Caps): boolean {
  return isOverlong === true && caps === Caps.none;
}

/**
 * Returns the message that clients with `caps` get for an event. A message of several lines is one
 * message here; see {@linkcode renderAll}.
 *
 * @throws {Error} if clients get no message for this kind of event.
 */
export function render(event: Event, caps: Caps): Message {
  const { line } = kindOf(event);
  if (!line) throw new Error(`clients get no line for ${event.type}`);
  const tags = tagsOf(event, caps);
  const source = event.by.mask;
  if (!tags) return { source, ...line(event, caps) };
  const equals = needsEquals(tags, caps);
  return { tags, ...(equals && { equals }), source, ...line(event, caps) };
}

/**
 * Returns true if tags without a value are written with an equals sign. `bot=` means the same as
 * `bot` (https://ircv3.net/specs/extensions/message-tags, "Rules for naming message tags"), but
 * rcirc does not show messages with tags of the form `bot`. rcirc requests server-time, as clients
 * for people do. Programs that request only message-tags get the shorter form, because some of them
 * do not understand `bot=`.
 */
function needsEquals(tags: Tags, caps: Caps): boolean {
  return caps.has("server-time") && caps.has("message-tags") && tags.values().some(isEmpty);
}

function isEmpty(value: string): boolean {
  return value === "";
}

function tagsOf(event: Event, caps: Caps): Tags | undefined {
  const tags = new Map<string, string>();
  // https://ircv3.net/specs/extensions/server-time
  if (caps.has("server-time")) tags.set("time", formatTime(event.time));
  // https://ircv3.net/specs/extensions/account-tag
  const { account, bot } = event.by;
  if (account !== undefined && caps.has("account-tag")) tags.set("account", account);
  if (caps.has("message-tags")) {
    if (bot) tags.set("bot", ""); // https://ircv3.net/specs/extensions/bot-mode
    // https://ircv3.net/specs/extensions/message-ids
    if (event.id !== NO_ID) tags.set("msgid", event.id);
    if (event.type === "Said") { for (const [key, value] of event.tags) tags.set(key, value); }
  }
  return tags.size === 0 ? undefined : tags;
}

/**
 * Returns a message as text for clients that do not speak IRC: lines that end with a line feed,
 * without characters that control a terminal. Returns an empty text for a message that such clients
 * do not see, such as a CTCP request.
 */
export function plainText(event: Said): string {
  const { nick } = event.by;
  const ctcp = parseCtcp(event.text);
  if (ctcp === undefined) return event.text.split("\n").map(plainLine).join("");
  if (ctcp.command !== "ACTION") return "";
  return ctcp.text.split("\n").map((line) => `* ${nick} ${printable(line)}\n`).join("");

  function plainLine(text: string): string {
    return text === "" ? "" : `${nick}: ${printable(text)}\n`;
  }
}
