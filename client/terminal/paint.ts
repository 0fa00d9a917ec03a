/**
 * Marks text with attributes and colors of the terminal (SGR, ECMA-48, section 8.3.117). Nearly
 * every line is painted, so the sequences are not made anew each time. Performs no I/O, and
 * does not know whether the user wants colors: see `Look`.
 *
 * @module
 */

/** A function that marks a text. */
export type Paint = (text: string) => string;

/** Returns the function that begins a mark with the codes `on` and ends it with the code `off`. */
function painter(on: string, off: number): Paint {
  const begin = `\x1b[${on}m`;
  const end = `\x1b[${off}m`;
  return (text) => {
    // An inner mark with the same end ends this mark, too, so this mark begins again after it.
    const inner = text.includes(end) ? text.replaceAll(end, begin) : text;
    return begin + inner + end;
  };
}

/** Marks text as important. */
export const bold: Paint = painter("1", 22);
/** Marks text as unimportant. */
export const dim: Paint = painter("2", 22);
/** Exchanges the colors of a text and its background. */
export const inverse: Paint = painter("7", 27);
/** Strikes a text out. */
export const struck: Paint = painter("9", 29);

/** Returns the function that gives a text a color of the 256-color palette. */
export function colored(color: number): Paint {
  return painter(`38;5;${color}`, 39);
}
