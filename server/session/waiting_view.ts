/**
 * Shows a user who is back the messages that arrived while the user was offline, each with its
 * original time.
 *
 * @module
 */

import { encodeLine, LIMITS, type Message } from "../../protocol.ts";
import { byteLength, splitText } from "../../shared/text.ts";
import type { Caps } from "../irc/capabilities.ts";
import { renderAll } from "../delivery/render.ts";
import type { Said } from "../events/events.ts";
import { formatTime } from "../irc/server_time.ts";
import type { Session } from "./session.ts";

/** Sends a message that has waited for the user of `session`. */
export function sendWaitingMessage(session: Session, said: Said): void {
  for (const message of shownTo(session.caps, said)) session.send(message);
}

/**
 * Returns the messages for a client with `caps`. Without server-time, each text begins with the
 * time.
 */
function shownTo(caps: Caps, said: Said): Message[] {
  if (caps.has("server-time")) return renderAll(said, caps);
  // Each line needs the time, so a message of several lines is sent as several messages.
  return renderAll(said, caps.without("draft/multiline")).flatMap((message) =>
    withTime(message, said.time)
  );
}

/**
 * Puts the time before the text, because a client without server-time would show the message as
 * new. Returns several messages if the text then no longer fits into one.
 */
function withTime(message: Message, time: number): Message[] {
  const { params: [target = "", text = ""] } = message;
  const stamp = `[${formatTime(time).slice(0, 16).replace("T", " ")} UTC] `;
  const overhead = encodeLine({ ...message, params: [target, ""] }).length;
  const maxBytes = LIMITS.line - overhead - byteLength(stamp);
  return splitText(text, maxBytes).map((piece) => ({
    ...message,
    params: [target, stamp + piece],
  }));
}
