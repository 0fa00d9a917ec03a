/**
 * A text as a QR code in a terminal, for somebody to scan instead of typing it.
 *
 * @module
 */

/** Black on white, of the colours that no theme changes: not every camera knows an inverted code. */
const INK = "\x1b[38;5;16;48;5;231m";
const PLAIN = "\x1b[0m";
/** ISO/IEC 18004, section 6.3.8: so much around it, in modules, is to be left white. */
const QUIET_ZONE = 4;

/** The lines of the QR code of `text`. A character is two modules, one above the other. */
export async function qrCode(text: string): Promise<string> {
  // Loaded by the first who needs it.
  const { renderUnicodeCompact } = await import("uqr");
  // It takes its characters for white ones on black.
  const code = renderUnicodeCompact(text, { border: QUIET_ZONE, invert: true });
  return code.split("\n").map((line) => `${INK}${line}${PLAIN}`).join("\n");
}
