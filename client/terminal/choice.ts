/**
 * Asks which of the known servers the user wants to connect to, before the client takes over the
 * terminal.
 *
 * @module
 */

import { printable } from "../../shared/text.ts";
import type { Place } from "../net/places.ts";
import { CHOICE_TEXTS } from "../texts/servers.ts";
import { ask } from "./question.ts";
import type { Stdio } from "./stdio.ts";

/** The largest number of servers that are listed. */
const MAX_LISTED = 20;

/** The largest number of rooms that are listed for each server. */
const MAX_ROOMS = 5;

/**
 * Lists the first of `places` (servers with their rooms), at most `MAX_LISTED`, numbered from 1.
 * Resolves to the places whose numbers the user types, to the first place if the answer is empty,
 * or to undefined at the end of the input.
 */
export async function choosePlaces(
  places: readonly Place[],
  stdio: Stdio,
): Promise<readonly Place[] | undefined> {
  const listed = places.slice(0, MAX_LISTED);
  const write = (line: string) => stdio.stderr.write(new TextEncoder().encode(`${line}\r\n`));
  const lines = listed.map(({ target, rooms }, i) => {
    const names = rooms.slice(0, MAX_ROOMS).map(({ name }) => printable(name));
    return CHOICE_TEXTS.server(i + 1, printable(target), names);
  });
  await write([CHOICE_TEXTS.heading, ...lines].join("\r\n"));
  for (;;) {
    const answer = await ask(CHOICE_TEXTS.question, stdio);
    if (answer === undefined) return undefined;
    const words = answer.split(/[\s,]+/).filter((word) => word !== "");
    const numbers = words.length === 0 ? [1] : [...new Set(words.map(Number))];
    const chosen = numbers.flatMap((number) => listed[number - 1] ?? []);
    if (chosen.length === numbers.length) return chosen;
    await write(CHOICE_TEXTS.invalid(listed.length));
  }
}
