/**
 * Notices a lack of file descriptors. After a lack, `node:net` of Deno 2.9 accepts no more
 * connections on a socket and reports no error, until the socket is listened on again.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { START_TEXTS } from "../texts/net.ts";

/** The interval between two looks, in milliseconds. */
const LOOK_MS = 1000;
/**
 * The number of looks after which the socket is listened on again although no lack was seen: a lack
 * may have been too short to be seen. The number is large, because listening again costs a kilobyte
 * of memory each time, for good.
 */
const LOOKS = 600;
/** The codes of errors for a lack: of the process, and of the machine. */
const LACK: ReadonlySet<unknown> = new Set(["EMFILE", "ENFILE"]);

/** The owner of a {@linkcode DescriptorWatch}. */
export interface DescriptorUser {
  /** Runs at each look that finds no descriptor. */
  lacked(error: Error): void;
  /** Runs after a lack: listens again on the same socket. */
  listenAgain(): void;
}

/** Checks regularly if the process can still open a file. */
export class DescriptorWatch {
  readonly #user: DescriptorUser;
  #timer: ReturnType<typeof setInterval> | undefined;
  #looks = 0;
  #isLacking = false;
  #willLook = false;

  /** Creates a watch that does not look yet. */
  constructor(user: DescriptorUser) {
    this.#user = user;
  }

  /** Starts to look. */
  start(): void {
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  /** Stops looking. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /**
   * Looks after this turn of the event loop. Called for each new connection, because it takes a
   * descriptor.
   */
  lookSoon(): void {
    if (this.#willLook) return;
    this.#willLook = true;
    setImmediate(() => {
      this.#willLook = false;
      this.#look();
    });
  }

  #look(): void {
    if (this.#timer === undefined) return;
    const error = lack();
    if (error) {
      this.#isLacking = true;
      this.#user.lacked(error);
    } else if (++this.#looks >= LOOKS || this.#isLacking) {
      this.#looks = 0;
      this.#isLacking = false;
      this.#user.listenAgain();
    }
  }
}

/** Tries to open a file; returns an error if no descriptor is left. */
function lack(): Error | undefined {
  try {
    Deno.openSync(Deno.execPath()).close();
  } catch (error) {
    if (error instanceof Error && "code" in error && LACK.has(error.code)) {
      return new Error(START_TEXTS.noDescriptors, { cause: error });
    }
  }
  return undefined;
}
