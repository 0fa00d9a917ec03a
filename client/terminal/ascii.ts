/**
 * Replaces the characters beyond ASCII that the client itself puts into lines. All others, such as
 * letters in messages, stay. Performs no I/O.
 *
 * @module
 */

/** The characters beyond ASCII that the client itself puts into lines, and their replacements. */
const ASCII: Readonly<Record<string, string>> = { "…": "...", "─": "-", "←": "<-", "→": "->" };

/** Returns `line` with these characters replaced. */
export function toAscii(line: string): string {
  return line.replace(/[…─←→]/g, (character) => ASCII[character] ?? character);
}
