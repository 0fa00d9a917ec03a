/**
 * Replaces the few characters beyond ASCII that the client itself puts into lines. These characters
 * are also replaced in messages; all other characters stay. Performs no I/O.
 *
 * @module
 */

/** The replacements, by character. */
const ASCII: Readonly<Record<string, string>> = { "…": "...", "─": "-", "←": "<-", "→": "->" };

/** Returns `line` with these characters replaced. */
export function toAscii(line: string): string {
  return line.replace(/[…─←→]/g, (character) => ASCII[character] ?? character);
}
