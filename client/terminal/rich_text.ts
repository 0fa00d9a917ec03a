/**
 * Shows the formatting of a message as attributes of the terminal: IRC's formatting and colors
 * (https://modern.ircdocs.horse/formatting), `code`, *emphasis*, and links (OSC 8). All sequences
 * are made here; escape sequences in the message are removed. Performs no I/O.
 *
 * @module
 */

import { addressOf, type Attribute, type Span, spansOf } from "../session/formatting.ts";

/** The settings for a text. */
export interface RichOptions {
  /** True if attributes are shown; else formatting is left out. */
  readonly hasAttributes: boolean;
  /** True if web addresses become links. */
  readonly hasLinks: boolean;
  /** True if all of the text is bold. */
  readonly isBold?: boolean;
}

/** The attributes as numbers of SGR. */
const ATTRIBUTES: Readonly<Record<Attribute, string>> = {
  bold: "1",
  italic: "3",
  underlined: "4",
  struck: "9",
  reversed: "7",
  monospace: "38;5;67",
};

/**
 * IRC's first 16 colors, as colors of the 256-color palette that are legible on black and on white.
 */
const COLORS: readonly (number | undefined)[] = [
  undefined, // White and black are the default color: one of them is the background.
  undefined,
  67,
  64,
  161,
  130,
  133,
  166,
  94,
  65,
  31,
  30,
  69,
  169,
  101,
  102,
];

const BOLD = ["1"] as const;

/** The attributes of each kind of marked text. */
const KINDS = { code: "38;5;67", emphasis: "3", link: undefined } as const;

/** Returns `text` as it is shown: safe, with the attributes and links that `options` allow. */
export function richText(text: string, options: RichOptions): string {
  return spansOf(text).map((span) => {
    const address = options.hasLinks && span.kind === "link" ? addressOf(span.text) : undefined;
    return paint(span.text, options.hasAttributes ? sgrOf(span, options.isBold) : [], address);
  }).join("");
}

function sgrOf({ attributes, color, kind }: Span, isBold = false): readonly string[] {
  if (attributes.size === 0 && color === undefined && !kind) return isBold ? BOLD : [];
  const shade = color === undefined ? undefined : COLORS[color];
  const marked = kind && KINDS[kind];
  return [
    ...(isBold ? ["1"] : []),
    ...[...attributes].map((each) => ATTRIBUTES[each]),
    ...(shade === undefined ? [] : [`38;5;${shade}`]),
    ...(marked === undefined ? [] : [marked]),
  ];
}

function paint(text: string, sgr: readonly string[], address: string | undefined): string {
  const linked = address === undefined ? text : `\x1b]8;;${address}\x1b\\${text}\x1b]8;;\x1b\\`;
  return sgr.length === 0 ? linked : `\x1b[${sgr.join(";")}m${linked}\x1b[0m`;
}
