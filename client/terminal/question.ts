/**
 * Asks for a line at the terminal before the client has taken it over: the terminal itself shows
 * and edits the line. This module does not know the use of the answer.
 *
 * @module
 */

import type { Stdio } from "./stdio.ts";

/**
 * Shows `question` and reads a line; resolves to it without spaces around it, or to `undefined` at
 * the end of the input. The input must be a terminal.
 */
export async function ask(question: string, stdio: Stdio): Promise<string | undefined> {
  await stdio.stderr.write(new TextEncoder().encode(question));
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(1024);
  let text = "";
  while (!/[\r\n]/.test(text)) {
    const count = await stdio.stdin.read(buffer);
    if (count === null) return undefined;
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
  return text.replace(/[\r\n].*$/s, "").trim();
}
