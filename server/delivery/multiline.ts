/**
 * Makes the IRC messages that show a chat message of several lines. Does not know the author or the
 * audience.
 *
 * Source: https://ircv3.net/specs/extensions/multiline
 *
 * @module
 */

import { formatCtcp, LIMITS, type Message, parseCtcp, type Tags } from "../../protocol.ts";
import { byteLength, splitText } from "../../shared/text.ts";
import type { Caps } from "../irc/capabilities.ts";
import type { SaidLine } from "../events/events.ts";

/** The capability for messages of several lines, and the type of their batches. */
export const MULTILINE = "draft/multiline";
/** The tag of a line that continues the line before it. */
export const CONCAT = "draft/multiline-concat";
/**
 * The least space for a part of a CTCP message, in bytes. With less, the message is not divided.
 */
const LEAST_BYTES = 32;

/**
 * Returns the text of `lines`, with a line feed before each line that does not continue the one
 * before it.
 */
export function joinLines(lines: readonly SaidLine[]): string {
  return lines.map(({ text, concat }, index) => index === 0 || concat ? text : `\n${text}`).join(
    "",
  );
}

/**
 * Returns the lines of a message, without blank ones, as texts that can each be sent alone. `text`
 * is the whole text, and `lines` are its lines. Each line of an ACTION becomes an ACTION of its
 * own. If a CTCP message of another kind is one line that is too long for one IRC message, it
 * becomes several of the same kind.
 */
function linesAlone(whole: Message, text: string, lines: readonly SaidLine[]): string[] {
  const texts = lines.map(({ text }) => text).filter((line) => line !== "");
  const ctcp = parseCtcp(text);
  if (ctcp === undefined) return texts;
  const { source, params: [target] } = whole;
  const { command } = ctcp;
  const overhead = `:${source} ${whole.command} ${target} :\x01${command} \x01\r\n`;
  const maxBytes = LIMITS.line - byteLength(overhead);
  const isOneLine = lines.every(({ concat }, index) => index === 0 || concat);
  if (maxBytes < LEAST_BYTES || !(isOneLine || command === "ACTION")) return texts;
  return ctcp.text.split("\n").filter((line) => line !== "")
    .flatMap((line) => splitText(line, maxBytes))
    .map((text) => formatCtcp({ command, text }));
}

/**
 * Returns the tags of the messages after the first, if each line is a message of its own. They lack
 * the message id ("Servers MUST only include a message ID on the first message"). They also lack
 * the client-only tags if those tags together are longer than a line.
 */
function laterTags(tags: Tags): Tags {
  const own = [...tags].filter(([key]) => key.startsWith("+"));
  const bytes = own.reduce((sum, [key, value]) => sum + byteLength(key + value), 0);
  const repeats = (key: string) =>
    key !== "msgid" && (bytes <= LIMITS.line || !key.startsWith("+"));
  return new Map([...tags].filter(([key]) => repeats(key)));
}

/**
 * Returns the messages that recipients with `caps` get for `whole`, which is a PRIVMSG or NOTICE
 * with all its tags; its text is in `lines`. Recipients with the capability get a batch, which has
 * the reference tag `reference`. Others get a message for each line that is not blank ("Fallback").
 */
export function renderLines(
  whole: Message,
  lines: readonly SaidLine[],
  reference: string,
  caps: Caps,
): Message[] {
  const { source, params: [target = ""], tags = new Map<string, string>() } = whole;
  const said = (text: string, tags: Tags): Message => ({ ...whole, tags, params: [target, text] });
  if (!caps.hasAll(["batch", MULTILINE])) {
    const later = laterTags(tags);
    return linesAlone(whole, joinLines(lines), lines)
      .map((text, index) => said(text, index === 0 ? tags : later));
  }
  const from = source === undefined ? {} : { source };
  const equals = whole.equals ? { equals: whole.equals } : {};
  return [
    { ...from, ...equals, tags, command: "BATCH", params: [`+${reference}`, MULTILINE, target] },
    ...lines.map(({ text, concat }) =>
      said(text, new Map([["batch", reference], ...(concat ? [[CONCAT, ""] as const] : [])]))
    ),
    { ...from, command: "BATCH", params: [`-${reference}`] },
  ];
}
