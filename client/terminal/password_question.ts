/**
 * Asks for the password of a server in the place of the input line, which keeps its text meanwhile.
 * Performs no I/O.
 *
 * @module
 */

import { SERVER_PASSWORD_TEXTS } from "../texts/cli.ts";
import type { Key } from "./keys.ts";
import type { Network } from "./network.ts";
import { HiddenAnswer } from "./password.ts";

/** The question of one window. */
export class PasswordQuestion {
  /** The question; undefined while nothing is asked. */
  text: string | undefined;
  #answer = new HiddenAnswer();
  #answered: (password: string) => void = () => {};
  readonly #canceled: () => void;

  /** Asks nothing yet; `canceled` is called if the user answers with a key that cancels. */
  constructor(canceled: () => void) {
    this.#canceled = canceled;
  }

  /** Shows the `refusal` of a server that wants a password, and resolves to the password. */
  ask(network: Network, refusal: string): Promise<string> {
    this.text = SERVER_PASSWORD_TEXTS.question(network.host);
    this.#answer = new HiddenAnswer();
    network.warn(refusal);
    return new Promise((resolve) => this.#answered = resolve);
  }

  /** Takes a key for the answer; returns false if nothing is asked. */
  press(key: Key): boolean {
    if (this.text === undefined) return false;
    if (!this.#answer.press(key)) return true;
    this.text = undefined;
    const { text: password } = this.#answer;
    if (password === undefined) this.#canceled();
    else this.#answered(password);
    return true;
  }
}
