/**
 * A model of NATS between the processes of a cluster: each message takes its own time, and may be
 * late, lost or come twice. A node may be cut off, and the log may stand still.
 *
 * @module
 */

import {
  type Life,
  type Message,
  nodeOf,
  type Request,
  type Station,
} from "../../server/cluster/messages.ts";
import { Stream } from "./stream.ts";
import type { World } from "./world.ts";

/** The faults of the bus and the log at this moment. */
export interface Troubles {
  /** The probability that a message is lost. */
  lost: number;
  /** The probability that a message arrives twice. */
  twice: number;
  /** The probability that a message is late. */
  late: number;
  /** The nodes that are cut off, each with the fate of its messages: lost, or delivered later. */
  readonly cut: Map<string, "lost" | "later">;
  /** The nodes that are slow. */
  readonly slow: Set<string>;
  /** True while the log answers no request. */
  isLogDown: boolean;
}

/** The bus and the log of a cluster. */
export class Nats {
  readonly stream: Stream;
  readonly troubles: Troubles = {
    ...{ lost: 0, twice: 0, late: 0, isLogDown: false },
    ...{ cut: new Map(), slow: new Set() },
  };
  readonly #world: World;
  readonly #stations: () => Iterable<Station>;
  /** The messages that wait for the end of a cut. */
  #held: (() => void)[] = [];

  /** Connects the processes that `stations` returns. */
  constructor(world: World, stations: () => Iterable<Station>) {
    this.#world = world;
    this.#stations = stations;
    this.stream = new Stream((seq, entry) => {
      for (const { life } of stations()) this.#carry(life, life, { type: "committed", seq, entry });
    });
  }

  /** Sends a message from one process to another. */
  send(from: Life, to: Life, message: Message): void {
    this.#carry(from, to, message);
  }

  /** Sends a message to all other processes. */
  publish(from: Life, message: Message): void {
    for (const { life } of this.#stations()) {
      if (life !== from) this.#carry(from, life, message);
    }
  }

  /**
   * Sends a request to the log. If `isFenced`, the log checks the number that an append expects.
   */
  request(from: Life, request: Request, isFenced = true): void {
    this.#pass([from], () => {
      if (this.troubles.isLogDown) return;
      const reply = this.stream.perform(request, isFenced);
      this.#pass([from], () => this.#find(from)?.replied(reply));
    });
  }

  /** Ends all troubles. */
  heal(): void {
    Object.assign(this.troubles, { lost: 0, twice: 0, late: 0, isLogDown: false });
    this.troubles.slow.clear();
    for (const node of [...this.troubles.cut.keys()]) this.reconnect(node);
  }

  /** Ends the cut of a node. */
  reconnect(node: string): void {
    this.troubles.cut.delete(node);
    const held = this.#held;
    this.#held = [];
    for (const pass of held) pass();
  }

  #carry(from: Life, to: Life, message: Message): void {
    this.#pass([from, to], () => this.#find(to)?.received(message));
  }

  #find(life: Life): Station | undefined {
    for (const station of this.#stations()) if (station.life === life) return station;
    return undefined;
  }

  /**
   * Runs `step` after the time that a message needs between the processes `lives` and the broker.
   */
  #pass(lives: readonly Life[], step: () => void): void {
    const { lost, twice, cut } = this.troubles;
    const world = this.#world;
    if (lost > 0 && world.isLucky(lost)) return;
    const again = twice > 0 && world.isLucky(twice);
    const passing = (): void => {
      const how = lives.map((life) => cut.get(nodeOf(life))).find((each) => each !== undefined);
      if (how === undefined) step();
      else if (how === "later") this.#held.push(passing);
    };
    for (let copies = again ? 2 : 1; copies > 0; copies--) world.after(this.#delay(lives), passing);
  }

  #delay(lives: readonly Life[]): number {
    const { late, slow } = this.troubles;
    const world = this.#world;
    let ms = world.between(0.1, 1.5);
    if (late > 0 && world.isLucky(late)) ms += world.between(5, 800);
    if (slow.size > 0 && lives.some((life) => slow.has(nodeOf(life)))) ms += world.between(5, 150);
    return ms;
  }
}
