/**
 * Draws a text as a QR code in a terminal, so that a user can scan the text instead of typing it.
 *
 * @module
 */

/** Black on white, in colors that no theme changes: some cameras cannot read an inverted code. */
const INK = "\x1b[38;5;16;48;5;231m";
const PLAIN = "\x1b[0m";
/** The width of the white border, in modules (the squares of the code; ISO/IEC 18004, 6.3.8). */
const QUIET_ZONE = 4;

/**
 * Returns the lines of the QR code of `text`. Each character draws two modules (squares) of the
 * code, one above the other.
 */
export async function qrCode(text: string): Promise<string> {
  // Loaded on first use.
  const { renderUnicodeCompact } = await import("uqr");
  // `uqr` assumes that its characters are white on black.
  const code = renderUnicodeCompact(text, { border: QUIET_ZONE, invert: true });
  return code.split("\n").map((line) => `${INK}${line}${PLAIN}`).join("\n");
}
