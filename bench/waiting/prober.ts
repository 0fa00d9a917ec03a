/**
 * Starts the worker that measures how long clients wait (`probing.ts`).
 *
 * @module
 */

import type { Connect, Order, Probed } from "./probing.ts";

/** The worker. */
export class Prober {
  readonly #worker = new Worker(new URL("probing_worker.ts", import.meta.url), { type: "module" });

  private constructor() {}

  /** Starts it; resolves when its clients are connected. */
  static async start(connect: Connect): Promise<Prober> {
    const prober = new Prober();
    const connected = prober.#next();
    prober.#order(connect);
    await connected;
    return prober;
  }

  /** Sends PING while `action` runs. */
  async during(action: () => Promise<void>): Promise<Probed> {
    const report = this.#next();
    this.#order("start");
    await action();
    this.#order("stop");
    const probed = await report;
    if (probed === "connected") throw new Error("the worker sent no report");
    return probed;
  }

  #order(order: Order): void {
    this.#worker.postMessage(order);
  }

  #next(): Promise<Probed | "connected"> {
    const { promise, resolve, reject } = Promise.withResolvers<Probed | "connected">();
    this.#worker.onmessage = ({ data }: MessageEvent<Probed | "connected">) => resolve(data);
    this.#worker.onerror = ({ message }) => reject(new Error(message));
    return promise;
  }

  /** Ends the worker and its clients. */
  close(): void {
    this.#worker.terminate();
  }
}
