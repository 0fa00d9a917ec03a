/**
 * Reads the formatting of a message: IRC's formatting and colors
 * (https://modern.ircdocs.horse/formatting), `code`, *emphasis*, and web addresses. Performs no
 * I/O; it does not know how the parts are shown.
 *
 * @module
 */

import { printable, trimSignsAtEnd } from "../../shared/text.ts";

/** The attributes that control characters switch on and off. */
export type Attribute = "bold" | "italic" | "underlined" | "struck" | "reversed" | "monospace";

/** A part of a message; its text is safe to show. */
export interface Span {
  /** The text. */
  readonly text: string;
  /** The attributes of the text. */
  readonly attributes: ReadonlySet<Attribute>;
  /** The number of the text's color, from 0 to 98 in IRC's palette; undefined for the default. */
  readonly color?: number | undefined;
  /** The kind of the text: `code` or *emphasis*, with the marks around it, or a web address. */
  readonly kind?: "code" | "emphasis" | "link";
}

const TOGGLES: ReadonlyMap<string, Attribute> = new Map([
  ["\x02", "bold"],
  ["\x1d", "italic"],
  ["\x1f", "underlined"],
  ["\x1e", "struck"],
  ["\x16", "reversed"],
  ["\x11", "monospace"],
]);

/**
 * A control character of formatting, with its color if any, or the text before the next such
 * character.
 */
const PARTS =
  /\x03(\d{1,2})?(?:,\d{1,2})?|\x04(?:[0-9A-Fa-f]{6}(?:,[0-9A-Fa-f]{6})?)?|[\x02\x0f\x11\x16\x1d-\x1f]|[^\x02-\x04\x0f\x11\x16\x1d-\x1f]+/g;

/** `Code`, *emphasis* or a web address. */
const INLINE =
  /`[^`]+`|(?<![\p{L}\p{N}*])\*(?![\s*])[^*]*[^\s*]\*(?![\p{L}\p{N}*])|\bhttps?:\/\/[^\s<>"`]+/giu;

/**
 * Control strings of terminals, up to their terminators. They set titles and links, for example.
 */
const CONTROL_STRINGS = /\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)/g;

/**
 * Control sequences (ECMA-48, 5.4) and short escape sequences. The parts of the pattern that repeat
 * have no character in common, so a search takes linear time.
 */
const SEQUENCES = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[()#]?[\dA-PR-TZcf-nq-uy=><~]/g;

/** Returns `text` without the usual escape sequences; parts of rare and broken ones may be left. */
export function withoutSequences(text: string): string {
  return text.replace(CONTROL_STRINGS, "").replace(SEQUENCES, "");
}

/** Matches a line of ASCII without formatting and control characters. */
const PLAIN = /^[\x20-\x7e]*$/;

/** The number of the default color (IRC Formatting, "Colors 16-98"). */
const DEFAULT_COLOR = "99";

const NO_ATTRIBUTES: ReadonlySet<Attribute> = new Set();

/** Returns the parts of one line of a message. */
export function spansOf(line: string): Span[] {
  // Most lines are one part.
  if (PLAIN.test(line) && !/[`*]|:\/\//.test(line)) {
    return line === "" ? [] : [{ text: line, attributes: NO_ATTRIBUTES }];
  }
  let attributes = NO_ATTRIBUTES;
  let color: number | undefined;
  const spans: Span[] = [];
  for (const [part, digits] of withoutSequences(line).replaceAll("\t", "    ").matchAll(PARTS)) {
    const toggle = TOGGLES.get(part);
    if (toggle !== undefined) {
      attributes = attributes.symmetricDifference(new Set([toggle]));
    } else if (part === "\x0f") {
      attributes = new Set();
      color = undefined;
    } else if (part.startsWith("\x03")) {
      color = digits === undefined || digits === DEFAULT_COLOR ? undefined : Number(digits);
    } else if (!part.startsWith("\x04")) {
      for (const found of inline(printable(part))) spans.push({ attributes, color, ...found });
    }
  }
  return spans;
}

/** Divides a text into code, emphasis, web addresses, and the parts between them. */
function inline(text: string): Pick<Span, "text" | "kind">[] {
  const found: Pick<Span, "text" | "kind">[] = [];
  let at = 0;
  for (const { 0: match, index } of text.matchAll(INLINE)) {
    const isLink = /^https?:/i.test(match);
    const marked = isLink ? addressIn(match) : match;
    const kind = isLink ? "link" : marked.startsWith("`") ? "code" : "emphasis";
    found.push({ text: text.slice(at, index) }, { text: marked, kind });
    at = index + marked.length;
  }
  found.push({ text: text.slice(at) });
  return found.filter(({ text }) => text !== "");
}

/** Punctuation that may follow a web address in a sentence, besides parentheses. */
const PUNCTUATION = ".,;:!?'*";

/**
 * Returns the web address at the beginning of `text`, without the punctuation of the sentence
 * around it.
 */
function addressIn(text: string): string {
  let address = trimSignsAtEnd(text, PUNCTUATION);
  // A parenthesis that the address does not open belongs to the sentence.
  let unopened = address.split(")").length - address.split("(").length;
  for (; unopened > 0 && address.endsWith(")"); unopened--) {
    address = trimSignsAtEnd(address.slice(0, -1), PUNCTUATION);
  }
  return address;
}

/** The longest web address that becomes a link, in characters; terminals have a limit as well. */
const MAX_LINK = 2000;

/** Returns the web address `text` as a URL in printable ASCII; undefined if it cannot be a link. */
export function addressOf(text: string): string | undefined {
  const { protocol, href } = URL.parse(text) ?? {};
  if (href === undefined || (protocol !== "http:" && protocol !== "https:")) return undefined;
  return href.length <= MAX_LINK && /^[\x21-\x7e]+$/.test(href) ? href : undefined;
}
