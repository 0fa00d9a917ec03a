/**
 * Shows a returning user the messages that arrived while the user was offline, each with its
 * original time.
 *
 * @module
 */

import { encodeLine, formatCtcp, LIMITS, type Message, parseCtcp } from "../../protocol.ts";
import { splitText } from "../../shared/text.ts";
import type { Caps } from "../irc/capabilities.ts";
import { renderAll } from "../delivery/render.ts";
import type { Said } from "../events/events.ts";
import { formatMinute } from "../irc/server_time.ts";
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
 * new. An ACTION remains an ACTION. Returns several messages if the text with the time does not fit
 * into one message.
 */
function withTime(message: Message, time: number): Message[] {
  const { params: [target = "", text = ""] } = message;
  const stamp = `[${formatMinute(time)}] `;
  const ctcp = parseCtcp(text);
  const action = ctcp?.command === "ACTION" ? ctcp : undefined;
  const stamped = (piece: string): Message => {
    const shown = stamp + piece;
    return {
      ...message,
      params: [target, action ? formatCtcp({ ...action, text: shown }) : shown],
    };
  };
  const maxBytes = LIMITS.line - encodeLine(stamped("")).length;
  return splitText(action?.text ?? text, maxBytes).map(stamped);
}
