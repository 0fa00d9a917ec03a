/**
 * The connection of a client to its edge, without a socket.
 *
 * @module
 */

import type { EdgeConnection } from "../../server/cluster/edge_client.ts";
import { Outbox } from "../../server/delivery/outbox.ts";
import { Tick } from "../../server/delivery/tick.ts";

/** The other end of a client's connection. */
export interface Peer {
  /** Takes a line of an event, or of an answer. */
  received(line: string, isAnswer: boolean): void;
  /** Takes the end of the connection. */
  closed(): void;
}

const TICK = new Tick();
const NO_SINK = { write: (bytes: Uint8Array) => Promise.resolve(bytes.length) };
const decoder = new TextDecoder();

/** A send queue that passes its lines to a peer at once. */
class PeerOutbox extends Outbox {
  readonly #peer: Peer;

  constructor(peer: Peer) {
    super(NO_SINK, TICK, Infinity, () => {});
    this.#peer = peer;
  }

  /** Only answers are urgent, so `isUrgent` tells answers from events. */
  override push(bytes: Uint8Array, isUrgent = false): void {
    if (this.isClosed) return;
    for (const line of decoder.decode(bytes).split("\r\n").slice(0, -1)) {
      this.#peer.received(line, isUrgent);
    }
  }

  override pushLater(make: () => Uint8Array): void {
    this.push(make());
  }
}

/** A connection that passes its lines to a peer at once. */
export class SimulatedConnection implements EdgeConnection {
  readonly outbox: Outbox;
  readonly #peer: Peer;

  constructor(peer: Peer) {
    this.#peer = peer;
    this.outbox = new PeerOutbox(peer);
  }

  pause(): () => void {
    return () => {};
  }

  end(): void {
    if (this.outbox.isClosed) return;
    this.outbox.close();
    this.#peer.closed();
  }
}
