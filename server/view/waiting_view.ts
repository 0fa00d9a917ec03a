/**
 * How what waited for somebody shows to them when they come: as the messages they were, with the time
 * at which they were said.
 *
 * @module
 */

import { encodeLine, LIMITS, type Message } from "../../protocol.ts";
import { byteLength, splitText } from "../../text.ts";
import { type Caps } from "./capabilities.ts";
import { renderAll } from "../delivery/render.ts";
import type { Said } from "../events.ts";
import { placeOf } from "../kinds/places.ts";
import { formatTime } from "./server_time.ts";
import type { Session } from "../session.ts";

/** Sends what waits for who has logged in with `session`; then it waits no more. */
export function sendWaiting(session: Session): void {
  const { context, user } = session;
  const { network, store } = context;
  const account = user?.actor.account;
  if (!user || account === undefined) return;
  const waiting = network.waiting.of(account);
  if (waiting.length === 0) return;
  const { id, nick } = user.actor;
  for (const message of waiting) {
    const said = store.find(placeOf(message.by, message.to, network), message.id);
    // It may have been taken back.
    if (said?.type !== "Said") continue;
    send(session, { ...said, to: { type: "user", user: id, nick } });
  }
  context.happen({ type: "WaitingChanged", by: user.actor, account, messages: [] });
}

function send(session: Session, said: Said): void {
  for (const message of shownTo(session.caps, said)) session.send(message);
}

function shownTo(caps: Caps, said: Said): Message[] {
  if (caps.has("server-time")) return renderAll(said, caps);
  return renderAll(said, caps.without("draft/multiline")).flatMap((message) =>
    withTime(message, said.time)
  );
}

/** For those who know no server-time, it stands before the text: they would think it was new. */
function withTime(message: Message, time: number): Message[] {
  const { params: [target = "", text = ""] } = message;
  const stamp = `[${formatTime(time).slice(0, 16).replace("T", " ")} UTC] `;
  const overhead = encodeLine({ ...message, params: [target, ""] }).length;
  const room = LIMITS.line - overhead - byteLength(stamp);
  return splitText(text, room).map((piece) => ({ ...message, params: [target, stamp + piece] }));
}
