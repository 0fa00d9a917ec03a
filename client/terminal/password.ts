/**
 * Asks for a password at the terminal without showing it. This module does not know the use of the
 * password.
 *
 * `promptSecret` of `@std/cli` is not used: its Backspace removes a byte and not a character, and
 * Ctrl-D, Ctrl-U and arrow keys become part of the password. `promptSecret` also blocks the event
 * loop, and with it the handlers of signals, and writes to standard output.
 *
 * @module
 */

import { type Clock, systemClock } from "../../shared/clock.ts";
import { readKeys } from "./key_input.ts";
import type { Key } from "./keys.ts";
import type { Stdio } from "./stdio.ts";

/** The signals that cancel the prompt. */
const CANCEL_SIGNALS = ["SIGHUP", "SIGINT", "SIGTERM"] as const;

/**
 * Shows `question` and reads a password until Enter; resolves to `undefined` if the user cancels.
 * Keys that are typed later, but before the terminal is restored, are lost. The input must be a
 * terminal.
 */
export async function askPassword(
  question: string,
  stdio: Stdio,
  clock: Clock = systemClock,
): Promise<string | undefined> {
  const { stdin, stderr } = stdio;
  const show = (text: string) => stderr.write(new TextEncoder().encode(text));
  const canceled = Promise.withResolvers<undefined>();
  const cancels = [
    stdio.onExit(() => stdin.setRaw(false)),
    ...CANCEL_SIGNALS.map((signal) => stdio.onSignal(signal, () => canceled.resolve(undefined))),
  ];
  stdin.setRaw(true);
  try {
    await show(question);
    return await Promise.race([readPassword(stdin, clock), canceled.promise]);
  } finally {
    stdin.setRaw(false);
    for (const cancel of cancels) cancel();
    await show("\r\n");
  }
}

async function readPassword(stdin: Stdio["stdin"], clock: Clock): Promise<string | undefined> {
  const answer = new HiddenAnswer();
  await readKeys(stdin, clock, (key) => answer.press(key));
  return answer.text;
}

/** A password that the user types. */
export class HiddenAnswer {
  /** The whole password; undefined before Enter, or if the user has canceled. */
  text: string | undefined;
  #typed = "";

  /** Handles a key; returns true if it was the last one: Enter, or a key that cancels. */
  press(key: Key): boolean {
    const outcome = press(this.#typed, key);
    if (outcome === "done") this.text = this.#typed;
    if (typeof outcome === "string") return true;
    this.#typed = outcome.password;
    return false;
  }
}

/** Returns the password after `key`, or the way in which the prompt has ended. */
function press(password: string, key: Key): { password: string } | "done" | "canceled" {
  if (key.type === "position") return { password };
  if (key.type !== "press") return { password: password + key.text };
  switch (key.name) {
    case "enter":
      // No password is empty; a user without one cancels.
      return password === "" ? { password } : "done";
    case "ctrl-c":
      return "canceled";
    case "ctrl-d":
      return password === "" ? "canceled" : { password };
    case "backspace":
      return { password: [...password].slice(0, -1).join("") };
    case "ctrl-u":
      return { password: "" };
    default:
      return { password };
  }
}
