/**
 * The bus of one simulated process. It can make the mistakes of `mistakes.ts`.
 *
 * @module
 */

import {
  behind,
  type Bus,
  type Entry,
  type Introduced,
  type Life,
  type Message,
  nodeOf,
  type Reply,
  type Request,
  type Station,
} from "../../server/cluster/messages.ts";
import type { Mistakes } from "./mistakes.ts";
import type { Nats } from "./nats.ts";

/** The time after an acknowledgment in which a lease seems valid, in milliseconds. */
const LEASE_MS = 1000;

/** The parts of a {@linkcode Carrier}. */
export interface CarrierParts {
  readonly nats: Nats;
  /** The process itself, which gets the messages and replies. */
  readonly station: Station;
  /** The number of the last entry that the process has applied. */
  readonly applied: number;
  readonly mistakes: Mistakes;
  /** A clock that does not count the time in which the process was stopped. */
  readonly own: { readonly ownTime: number };
}

/** The bus of a process. */
export class Carrier implements Bus {
  readonly #parts: CarrierParts;
  #acknowledgedAt: number;
  /** The entries of the log that have come, by their numbers. */
  readonly #entries = new Map<number, Entry>();
  /** The entries that were sent to the log, by the ids of their appends. */
  readonly #sent = new Map<string, Entry>();
  /** The number of the last entry that has come; used only by the mistake `gapsNotFilled`. */
  #seen: number;
  readonly #appended = new Map<string, number>();
  readonly #inputs = new Map<string, number>();

  constructor(parts: CarrierParts) {
    this.#parts = parts;
    this.#acknowledgedAt = parts.own.ownTime;
    this.#seen = parts.applied;
  }

  get isConnected(): boolean {
    const { nats, station } = this.#parts;
    return !nats.troubles.cut.has(nodeOf(station.life));
  }

  send(to: Life, message: Message): void {
    const { nats, station } = this.#parts;
    for (const piece of divided(message)) nats.send(station.life, to, this.#outgoing(piece));
  }

  publish(message: Message): void {
    this.#parts.nats.publish(this.#parts.station.life, message);
  }

  request(request: Request): void {
    const { nats, station: { life }, mistakes } = this.#parts;
    if (request.type === "get") {
      if (!mistakes.gapsNotFilled) nats.request(life, request);
      return;
    }
    const { id, expected, entry } = request;
    this.#sent.set(id, entry);
    const times = this.#appended.get(id) ?? 0;
    this.#appended.set(id, times + 1);
    const isNew = mistakes.appendsRepeated === true && times > 0;
    nats.request(life, {
      ...request,
      ...(isNew && { id: `${id}+${times}` }),
      ...(mistakes.answersNotCounted && { entry: { ...entry, answered: new Map() } }),
    }, !mistakes.noFencing && !isNew);
    if (mistakes.trustsItself && !entry.begins && this.#seemsValid) {
      this.#entries.set(expected + 1, entry);
      this.#parts.station.received({ type: "committed", seq: expected + 1, entry });
    }
  }

  get #seemsValid(): boolean {
    return this.#parts.own.ownTime - this.#acknowledgedAt < LEASE_MS;
  }

  #outgoing(message: Message): Message {
    if (message.type === "hello" && this.#parts.mistakes.sentForgotten) {
      return { ...message, clients: message.clients.map(withoutSent) };
    }
    if (message.type !== "answers" || !this.#parts.mistakes.answersNotHeld) return message;
    const answers = message.answers.map((answer) => ({ ...answer, position: behind(0) }));
    return { ...message, answers };
  }

  /** Returns an entry of the log that has come. */
  entry(seq: number): Entry | undefined {
    return this.#entries.get(seq);
  }

  /** Takes a message; returns the messages that the process gets. */
  incoming(message: Message): readonly Message[] {
    if (message.type === "committed") this.#entries.set(message.seq, message.entry);
    const { gapsNotFilled, inputsRepeated } = this.#parts.mistakes;
    if (message.type === "committed" && gapsNotFilled) return this.#withoutGap(message);
    if (message.type !== "inputs" || !inputsRepeated) return [message];
    const inputs = message.inputs.map(({ client, number, input }) => {
      const next = (this.#inputs.get(client) ?? number - 1) + 1;
      this.#inputs.set(client, next);
      return { client, number: next, input };
    });
    return [{ ...message, inputs }];
  }

  #withoutGap(message: Extract<Message, { type: "committed" }>): readonly Message[] {
    const { seq, entry } = message;
    const missing: Message[] = [];
    while (this.#seen < seq - 1) {
      const filler = emptied(entry);
      this.#entries.set(++this.#seen, filler);
      missing.push({ type: "committed", seq: this.#seen, entry: filler });
    }
    this.#seen = Math.max(this.#seen, seq);
    return [...missing, message];
  }

  /** Takes a reply of the log; returns the reply that the process gets. */
  reply(reply: Reply): Reply {
    const { own, mistakes } = this.#parts;
    if (reply.type === "entry") this.#entries.set(reply.seq, reply.entry);
    if (reply.type === "refused" && mistakes.refusalsIgnored) return { ...reply, last: 0 };
    if (reply.type !== "stored") return reply;
    this.#acknowledgedAt = own.ownTime;
    // The id ends with the number of the attempt if appends are repeated as new entries.
    const id = reply.id.replace(/\+.*/, "");
    const entry = this.#sent.get(id);
    if (entry) this.#entries.set(reply.seq, entry);
    return { ...reply, id };
  }
}

function emptied(entry: Entry): Entry {
  const nothing = { events: [], answered: new Map(), attached: new Map(), buried: [] };
  return { ...entry, ...nothing, begins: false };
}

function withoutSent({ facts, ...client }: Introduced): Introduced {
  return { ...client, facts: facts && { ...facts, sentWaiting: undefined } };
}

/** Divides the introduction of several clients into messages, as if one message were too long. */
function divided(message: Message): readonly Message[] {
  if (message.type !== "hello" || message.clients.length < 2) return [message];
  return message.clients.map((client) => ({ ...message, clients: [client] }));
}
