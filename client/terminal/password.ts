/**
 * Asking for a password at the terminal: nothing of what is typed is shown. Knows nothing of what the
 * password is for.
 *
 * `promptSecret` of `@std/cli` is not used: its Backspace takes a byte and not a character, and it
 * keeps Ctrl-D, Ctrl-U and arrow keys as part of the password. It also blocks the event loop, so that
 * no signal is heard meanwhile, and writes to standard output.
 *
 * @module
 */

import { type Key, KeyReader } from "./keys.ts";
import type { Stdio } from "./stdio.ts";

/** Signals upon which the user wants to leave instead. */
const GIVING_UP = ["SIGHUP", "SIGINT", "SIGTERM"] as const;

/**
 * Shows `question` and reads what is typed, until Enter; `undefined` if the user gives up. What is
 * typed behind that, before the terminal is as it was, is nobody's. Input must be a terminal.
 */
export async function askPassword(question: string, stdio: Stdio): Promise<string | undefined> {
  const { stdin, stderr } = stdio;
  const show = (text: string) => stderr.write(new TextEncoder().encode(text));
  const gaveUp = Promise.withResolvers<undefined>();
  const cancels = [
    stdio.onExit(() => stdin.setRaw(false)),
    ...GIVING_UP.map((signal) => stdio.onSignal(signal, () => gaveUp.resolve(undefined))),
  ];
  stdin.setRaw(true);
  try {
    await show(question);
    return await Promise.race([readPassword(stdin), gaveUp.promise]);
  } finally {
    stdin.setRaw(false);
    for (const cancel of cancels) cancel();
    await show("\r\n");
  }
}

async function readPassword(stdin: Stdio["stdin"]): Promise<string | undefined> {
  const reader = new KeyReader();
  const buffer = new Uint8Array(1024);
  let password = "";
  for (let count = await stdin.read(buffer); count !== null; count = await stdin.read(buffer)) {
    for (const key of reader.feed(buffer.subarray(0, count))) {
      const outcome = press(password, key);
      if (outcome === "done") return password;
      if (outcome === "given-up") return undefined;
      password = outcome.password;
    }
  }
  return undefined;
}

/** What becomes of what was typed so far. */
function press(password: string, key: Key): { password: string } | "done" | "given-up" {
  if (key.type !== "press") return { password: password + key.text };
  switch (key.name) {
    case "enter":
      // There are no empty ones: whoever has none gives up.
      return password === "" ? { password } : "done";
    case "ctrl-c":
      return "given-up";
    case "ctrl-d":
      return password === "" ? "given-up" : { password };
    case "backspace":
      return { password: [...password].slice(0, -1).join("") };
    case "ctrl-u":
      return { password: "" };
    default:
      return { password };
  }
}
