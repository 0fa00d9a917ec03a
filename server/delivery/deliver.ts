/**
 * Delivers an event to its audience. Each client gets the line for its capabilities. A line is
 * encoded once for all clients with the same capabilities. Changes no state.
 *
 * @module
 */

import { concat } from "../../lines.ts";
import { encodeLine } from "../../protocol.ts";
import type { Crowds } from "./crowd.ts";
import { isFor, plainText, render, renderAll } from "./render.ts";
import type { Event, Said } from "../events/events.ts";
import type { Reachable, Recipient } from "../state/recipient.ts";
import { Caps } from "../irc/capabilities.ts";

/**
 * Delivers `event` to the clients of `audience`. A message is also sent to those clients of its
 * `author` that show the author's own messages. With `crowds`, further messages to the same channel
 * in one turn cost little. Returns the number of clients of the audience that got the event,
 * without those that got it as part of an answer.
 */
export function deliver(
  event: Event,
  audience: readonly Reachable[],
  author: Reachable | undefined,
  crowds?: Crowds,
): number {
  const said = event.type === "Said";
  const inChannel = said && event.to.type === "channel";
  const lines = new Lines(event);
  const crowd = inChannel ? crowds?.find(audience) : undefined;
  const delivered = crowd?.send(author, (caps) => lines.for(caps)) ??
    deliverToEach(event, lines, audience, inChannel ? author : undefined);
  if (said && author) showAuthor(event, author);
  return delivered;
}

/**
 * Delivers an event to each client of `audience`, but not to those of `except`. Returns the number
 * of clients that got the event. A client whose command is being answered in a batch gets the event
 * as part of that answer, and is not counted; messages, though, are sent outside of the batch.
 */
function deliverToEach(
  event: Event,
  lines: Lines,
  audience: readonly Reachable[],
  except: Reachable | undefined,
): number {
  const said = event.type === "Said";
  let count = 0;
  const tell = (recipient: Recipient): void => {
    if (!said && recipient.answering) {
      if (isFor(event, recipient.caps)) recipient.send(render(event, recipient.caps));
      return;
    }
    const line = lines.for(recipient.caps);
    if (line === undefined) return;
    recipient.outbox.push(line);
    count++;
  };
  for (const reachable of audience) {
    if (reachable === except) continue;
    // Nearly every user has one client. A loop over a list of one would double the time.
    if (reachable.only) tell(reachable.only);
    else for (const recipient of reachable.recipients.all) tell(recipient);
  }
  return count;
}

/**
 * The lines of an event, one for each set of capabilities. Each line is made once, when it is first
 * needed.
 */
class Lines {
  readonly #event: Event;
  /** The capabilities that were last asked for, and the line for them. */
  #caps: Caps | undefined;
  #line: Uint8Array | undefined;
  /** The lines for other capabilities; `undefined` until there are any, which is rare. */
  #others: Map<Caps, Uint8Array | undefined> | undefined;

  constructor(event: Event) {
    this.#event = event;
  }

  /** Returns the line for clients with `caps`, or `undefined` if they get nothing. */
  for(caps: Caps): Uint8Array | undefined {
    if (caps === this.#caps) return this.#line;
    if (this.#caps) this.#others = (this.#others ?? new Map()).set(this.#caps, this.#line);
    this.#caps = caps;
    return this.#line = this.#others?.has(caps)
      ? this.#others.get(caps)
      : encode(this.#event, caps);
  }
}

/**
 * Shows a message to its author: in the client that sent the message, if that client asked for
 * echoes (https://ircv3.net/specs/extensions/echo-message), and in all other clients of the author.
 * A message that users send to themselves has reached their other clients already.
 */
function showAuthor(event: Said, author: Reachable): void {
  const toSelf = event.to.type === "user" && event.to.user === event.by.id;
  for (const recipient of author.recipients.all) {
    const { caps, acting } = recipient;
    const wanted = acting ? caps.has("echo-message") : !toSelf;
    if (caps === Caps.plainText || !wanted || !isFor(event, caps)) continue;
    for (const message of renderAll(event, caps)) recipient.send(message);
  }
}

const encoder = new TextEncoder();

/** Returns the bytes for clients with `caps`, or `undefined` if they get nothing. */
function encode(event: Event, caps: Caps): Uint8Array | undefined {
  if (caps === Caps.plainText) {
    const text = event.type === "Said" && event.command !== "TAGMSG" ? plainText(event) : "";
    return text === "" ? undefined : encoder.encode(text);
  }
  return isFor(event, caps) ? concat(renderAll(event, caps).map(encodeLine)) : undefined;
}
