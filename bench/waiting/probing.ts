/**
 * The work of a worker that sends a PING about each millisecond, from many clients in turn, and
 * measures the times until the answers. The worker has a thread of its own and little to do, so it
 * notices each answer at once, even while the main thread is busy. It also measures how long the machine keeps it from
 * running.
 *
 * @module
 */

import { Member } from "../members.ts";
import type { ServerAddress } from "../wires.ts";

/**
 * The number of clients that send PING in turn. They are so many that no client sends faster than
 * the server allows.
 */
const PROBES = 200;
/** The time from one PING to the next, in milliseconds. */
const PING_MS = 1;

/** The message that makes the worker connect its clients. */
export interface Connect {
  /** The address of the server. */
  readonly address: ServerAddress;
  /** True if the server trusts a PROXY header. */
  readonly hasProxy: boolean;
}

/** A message to the worker: connect, start to send PING, or stop and report. */
export type Order = Connect | "start" | "stop";

/** The report of the worker. */
export interface Probed {
  /** The times until the answers, in milliseconds. */
  readonly times: readonly number[];
  /** The longest time for which the machine kept the worker from running, in milliseconds. */
  readonly stalledMs: number;
}

/** Sends PING, and collects the times. */
class Probing {
  #probes: readonly Member[] = [];
  #isOn = false;
  #times: number[] = [];
  #stalledMs = 0;

  async connect({ address, hasProxy }: Connect): Promise<void> {
    // A server that is measured for comparison may need a second to register a client, so all
    // clients connect at the same time.
    this.#probes = await Promise.all(
      Array.from({ length: PROBES }, (_, index) => {
        const host = hasProxy ? `198.18.0.${index}` : undefined;
        return Member.register(address, `probe${index}`, "plain", host);
      }),
    );
  }

  /**
   * Sends PINGs until {@linkcode stop} is called. Then waits for the last answers, and returns the
   * report.
   */
  async run(): Promise<Probed> {
    this.#isOn = true;
    this.#times = [];
    this.#stalledMs = 0;
    const waiting = new Map<Member, Promise<void>>();
    let last = performance.now();
    for (let sent = 0, due = last; this.#isOn;) {
      for (; due <= last; due += PING_MS) this.#ping(this.#probes[sent++ % PROBES], waiting);
      await new Promise((resolve) => setTimeout(resolve, PING_MS));
      const now = performance.now();
      this.#stalledMs = Math.max(this.#stalledMs, now - last - PING_MS);
      last = now;
    }
    await Promise.all(waiting.values());
    return { times: this.#times, stalledMs: this.#stalledMs };
  }

  /** Sends a PING from `probe`, unless its last one is not answered. */
  #ping(probe: Member | undefined, waiting: Map<Member, Promise<void>>): void {
    if (!probe || waiting.has(probe)) return;
    const start = performance.now();
    const answered = probe.barrier().then(() => {
      this.#times.push(performance.now() - start);
      waiting.delete(probe);
    });
    waiting.set(probe, answered);
  }

  stop(): void {
    this.#isOn = false;
  }
}

/** The interface of a worker's global scope that this module needs. */
interface Scope {
  onmessage: ((event: MessageEvent<Order>) => void) | null;
  postMessage(report: Probed | "connected"): void;
}

/** Obeys the orders that come to `scope`. */
export function obey(scope: Scope): void {
  const probing = new Probing();
  scope.onmessage = async ({ data }) => {
    if (data === "stop") return probing.stop();
    if (data === "start") return scope.postMessage(await probing.run());
    await probing.connect(data);
    scope.postMessage("connected");
  };
}
