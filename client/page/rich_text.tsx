/**
 * Shows the text of a message: its formatting, its line ends and its links. A file of this server
 * has its name in place of its long URL. All that comes from the network becomes text, never
 * markup.
 *
 * @module
 */

import { Fragment, type VNode } from "preact";
import { printable } from "../../shared/text.ts";
import { addressOf, type Span, spansOf } from "../session/formatting.ts";
import { fileNameOf } from "./file_links.ts";

/** The text of a message. */
export function RichText({ text }: { readonly text: string }): VNode[] {
  return text.split("\n").map((line, index) => (
    <Fragment key={index}>
      {index > 0 && <br />}
      {spansOf(line).map((span, at) => <Part key={at} {...span} />)}
    </Fragment>
  ));
}

function Part({ text, attributes, color, kind }: Span) {
  const address = kind === "link" ? addressOf(text) : undefined;
  if (address !== undefined) {
    const name = fileNameOf(address, location.host);
    return (
      <a href={address} target="_blank" rel="noopener noreferrer">
        {name === undefined ? text : printable(name)}
      </a>
    );
  }
  if (kind === "code") return <code>{text.slice(1, -1)}</code>;
  if (kind === "emphasis") return <em>{text.slice(1, -1)}</em>;
  const classes = [...attributes, ...(color === undefined ? [] : [`color-${color}`])];
  return classes.length === 0 ? <>{text}</> : <span class={classes.join(" ")}>{text}</span>;
}
