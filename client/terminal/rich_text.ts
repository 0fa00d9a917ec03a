/**
 * Shows the formatting of a message as attributes of the terminal: IRC's formatting and colors
 * (https://modern.ircdocs.horse/formatting), `code`, *emphasis*, and links (OSC 8). All sequences are made
 * here; of those in the message nothing is left. Pure.
 *
 * @module
 */

import { getColorEnabled, stripAnsiCode } from "@std/fmt/colors";
import { printable } from "../../shared/text.ts";

/** The settings for a text. */
export interface RichOptions {
  /** True if attributes are shown; else formatting is left out. */
  readonly hasAttributes: boolean;
  /** True if web addresses become links. */
  readonly hasLinks: boolean;
  /** True if all of the text is bold. */
  readonly isBold?: boolean;
}

/** The attributes by the characters that switch them, as numbers of SGR. */
const TOGGLES: Readonly<Record<string, string>> = {
  "\x02": "1",
  "\x1d": "3",
  "\x1f": "4",
  "\x1e": "9",
  "\x16": "7",
  "\x11": "38;5;67",
};

/** IRC's first 16 colors, as colors of the 256-color palette that are legible on black and on white. */
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

const CODE = "38;5;67";
const EMPHASIS = "3";

/** A control character of formatting with its color, or the text up to the next one. */
const PARTS =
  /\x03(\d{1,2})?(?:,\d{1,2})?|\x04(?:[0-9A-Fa-f]{6}(?:,[0-9A-Fa-f]{6})?)?|[\x02\x0f\x11\x16\x1d-\x1f]|[^\x02-\x04\x0f\x11\x16\x1d-\x1f]+/g;

/** `Code`, *emphasis* or a web address. */
const INLINE =
  /`[^`]+`|(?<![\p{L}\p{N}*])\*(?![\s*])[^*]*[^\s*]\*(?![\p{L}\p{N}*])|\bhttps?:\/\/[^\s<>"`]+/giu;

/** The longest address that becomes a link: terminals limit it, too. */
const MAX_LINK = 2000;

/** Control strings, such as titles and links, with their end. */
const CONTROL_STRINGS = /\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)/g;

/** Returns `text` without escape sequences; parts of broken ones may be left. */
export function withoutSequences(text: string): string {
  return stripAnsiCode(text.replace(CONTROL_STRINGS, ""));
}

/** Returns `text` as it is shown: safe, with the attributes and links that `options` allow. */
export function richText(text: string, options: RichOptions): string {
  const isOn = options.hasAttributes && getColorEnabled();
  const base = options.isBold ? ["1"] : [];
  const attributes = new Set<string>();
  let color: number | undefined;
  let shown = "";
  for (const [part, digits] of withoutSequences(text).replaceAll("\t", "    ").matchAll(PARTS)) {
    const toggle = TOGGLES[part];
    if (toggle !== undefined) {
      if (!attributes.delete(toggle)) attributes.add(toggle);
    } else if (part === "\x0f") {
      attributes.clear();
      color = undefined;
    } else if (part.startsWith("\x03")) {
      color = digits === undefined ? undefined : COLORS[Number(digits)];
    } else if (!part.startsWith("\x04")) {
      const sgr = [...base, ...attributes, ...(color === undefined ? [] : [`38;5;${color}`])];
      shown += inline(printable(part), isOn ? sgr : undefined, options.hasLinks);
    }
  }
  return shown;
}

/** Paints `text`, which is safe, with the attributes `sgr`, and what is marked in it; none: no attributes. */
function inline(text: string, sgr: readonly string[] | undefined, hasLinks: boolean): string {
  let shown = "";
  let at = 0;
  for (const { 0: found, index } of text.matchAll(INLINE)) {
    const isLink = /^https?:/i.test(found);
    const marked = isLink ? withoutEnd(found) : found;
    shown += paint(text.slice(at, index), sgr);
    if (isLink) shown += paint(marked, sgr, hasLinks ? addressOf(marked) : undefined);
    else shown += paint(marked, sgr && [...sgr, marked.startsWith("`") ? CODE : EMPHASIS]);
    at = index + marked.length;
  }
  return shown + paint(text.slice(at), sgr);
}

function paint(text: string, sgr: readonly string[] | undefined, address?: string): string {
  if (text === "") return "";
  const linked = address === undefined ? text : `\x1b]8;;${address}\x1b\\${text}\x1b]8;;\x1b\\`;
  return sgr === undefined || sgr.length === 0 ? linked : `\x1b[${sgr.join(";")}m${linked}\x1b[0m`;
}

/** Returns an address without what belongs to the sentence around it. */
function withoutEnd(address: string): string {
  const bare = address.replace(/[.,;:!?'*]+$/, "");
  const isClosed = bare.endsWith(")") && !bare.includes("(");
  return isClosed ? withoutEnd(bare.slice(0, -1)) : bare;
}

/** Returns the address of a link in printable ASCII; undefined if it cannot be one. */
function addressOf(text: string): string | undefined {
  const { protocol, href } = URL.parse(text) ?? {};
  if (href === undefined || (protocol !== "http:" && protocol !== "https:")) return undefined;
  return href.length <= MAX_LINK && /^[\x21-\x7e]+$/.test(href) ? href : undefined;
}
