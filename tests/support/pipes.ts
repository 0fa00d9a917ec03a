import type { Cancel } from "../../shared/clock.ts";
import { inTime } from "./patience.ts";
import type { Signal, Sink, Stdio } from "../../client/terminal/stdio.ts";

const encoder = new TextEncoder();

/** A sink that keeps the text written to it. */
class Written implements Sink {
  text = "";
  /** The error of further writes; `undefined` while writing works. */
  error: Error | undefined;
  #wake: (() => void)[] = [];

  write(bytes: Uint8Array): Promise<number> {
    if (this.error) return Promise.reject(this.error);
    this.text += new TextDecoder().decode(bytes);
    for (const wake of this.#wake.splice(0)) wake();
    return Promise.resolve(bytes.length);
  }

  /** Resolves once `part` has been written. */
  async has(part: string): Promise<void> {
    while (!this.text.includes(part)) {
      await inTime(new Promise<void>((resolve) => this.#wake.push(resolve)), part);
    }
  }

  get lines(): string[] {
    return this.text.split("\n").filter((line) => line !== "");
  }
}

/** Input and output that are not a terminal. */
export class Pipes implements Stdio {
  readonly hasEscapes = false;
  readonly hasColors = false;
  readonly canSuspend = false;
  readonly out: Written = new Written();
  readonly err: Written = new Written();
  /** The number of input bytes that were read. */
  taken = 0;
  readonly #input: Uint8Array[] = [];
  readonly #handlers = new Map<Signal, () => void>();
  #hasEnded = false;
  #inputError: Error | undefined;
  #wakeReader: () => void = () => {};

  readonly stdin: Stdio["stdin"] = {
    isTerminal: () => false,
    setRaw() {
      throw new Error("this is no terminal");
    },
    read: async (into) => {
      while (this.#input.length === 0) {
        if (this.#inputError) throw this.#inputError;
        if (this.#hasEnded) return null;
        await new Promise<void>((resolve) => this.#wakeReader = resolve);
      }
      const bytes = this.#input.shift() ?? new Uint8Array();
      const part = bytes.subarray(0, into.length);
      if (part.length < bytes.length) this.#input.unshift(bytes.subarray(part.length));
      into.set(part);
      this.taken += part.length;
      return part.length;
    },
  };

  readonly stdout: Stdio["stdout"] = {
    isTerminal: () => false,
    write: (bytes) => this.out.write(bytes),
    writeSync: (bytes) => bytes.length,
  };

  readonly stderr: Stdio["stderr"] = { write: (bytes) => this.err.write(bytes) };

  size(): { columns: number; rows: number } {
    throw new Error("this is no terminal");
  }

  onSignal(signal: Signal, action: () => void): Cancel {
    this.#handlers.set(signal, action);
    return () => this.#handlers.delete(signal);
  }

  suspend(): void {
    throw new Error("this is no terminal");
  }

  onExit(): Cancel {
    return () => {};
  }

  /** Sends a signal to the process. */
  signal(signal: Signal): void {
    this.#handlers.get(signal)?.();
  }

  /** Adds data to the input. */
  input(data: string | Uint8Array): void {
    this.#input.push(typeof data === "string" ? encoder.encode(data) : data);
    this.#wakeReader();
  }

  /** Ends the input. */
  endInput(): void {
    this.#hasEnded = true;
    this.#wakeReader();
  }

  /** Makes reads of the input fail with `error`. */
  failInput(error: Error): void {
    this.#inputError = error;
    this.#wakeReader();
  }
}
