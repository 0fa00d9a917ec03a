/**
 * Replaces the characters of the client's own lines that are not ASCII. Performs no I/O.
 *
 * @module
 */

/** The characters of the client's own lines that are not ASCII, and their replacements. */
const ASCII: Readonly<Record<string, string>> = { "…": "...", "─": "-", "←": "<-", "→": "->" };

/** Returns `line` with these characters replaced. */
export function toAscii(line: string): string {
  return line.replace(/[…─←→]/g, (character) => ASCII[character] ?? character);
}
