/**
 * Messages of several lines, as recipients get them. Knows nothing of the author and the audience.
 *
 * Source: https://ircv3.net/specs/extensions/multiline
 *
 * @module
 */

import type { Message, Tags } from "../../protocol.ts";
import type { Caps } from "../irc/capabilities.ts";
import type { SaidLine } from "../events/events.ts";

/** The type of such batches. */
export const MULTILINE = "draft/multiline";
/** The tag of a line that goes on where the one before it ends. */
export const CONCAT = "draft/multiline-concat";

/** The whole text of `lines`, with line feeds between those that are not to be joined directly. */
export function joinLines(lines: readonly SaidLine[]): string {
  return lines.map(({ text, concat }, index) => index === 0 || concat ? text : `\n${text}`).join(
    "",
  );
}

/**
 * `whole`, a PRIVMSG or NOTICE with all its tags, as recipients with `caps` get it whose text is in
 * `lines`: a batch called `reference`; or, where that is not understood, a message for each line that
 * is not blank ("Fallback").
 */
export function renderLines(
  whole: Message,
  lines: readonly SaidLine[],
  reference: string,
  caps: Caps,
): Message[] {
  const { source, params: [target = ""], tags = new Map<string, string>() } = whole;
  const said = (text: string, tags: Tags): Message => ({ ...whole, tags, params: [target, text] });
  if (!caps.has("batch", MULTILINE)) {
    // "Servers MUST only include a message ID on the first message."
    const later = new Map([...tags].filter(([key]) => key !== "msgid"));
    return lines.filter(({ text }) => text !== "")
      .map(({ text }, index) => said(text, index === 0 ? tags : later));
  }
  const from = source === undefined ? {} : { source };
  return [
    { ...from, tags, command: "BATCH", params: [`+${reference}`, MULTILINE, target] },
    ...lines.map(({ text, concat }) =>
      said(text, new Map([["batch", reference], ...(concat ? [[CONCAT, ""] as const] : [])]))
    ),
    { ...from, command: "BATCH", params: [`-${reference}`] },
  ];
}
