/**
 * Shows the pictures that a message links to, if they are files of this server. A click opens a picture.
 *
 * @module
 */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { addressOf, spansOf } from "../session/formatting.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import { pictureOf } from "./uploading.ts";

/** The largest number of pictures of one message that are shown. */
const PICTURES_LIMIT = 4;

/** The pictures of a message with this text. */
export function Pictures({ text }: { readonly text: string }): VNode | null {
  const paths = spansOf(text).flatMap(({ kind, text }) =>
    kind === "link" ? pictureOf(addressOf(text) ?? "") ?? [] : []
  );
  const shown = [...new Set(paths)].slice(0, PICTURES_LIMIT);
  if (shown.length === 0) return null;
  return <p class="pictures">{shown.map((path) => <Picture key={path} path={path} />)}</p>;
}

function Picture({ path }: { readonly path: string }) {
  const [isMissing, setMissing] = useState(false);
  if (isMissing) return null;
  const name = path.split("/").at(-1) ?? "";
  return (
    <a href={path} target="_blank" rel="noopener noreferrer">
      <img
        src={path}
        alt={PAGE_TEXTS.picture(decoded(name))}
        loading="lazy"
        decoding="async"
        referrerpolicy="no-referrer"
        onError={() => setMissing(true)}
      />
    </a>
  );
}

/** Returns a part of a path as text. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A percent sign that encodes nothing.
    return part;
  }
}
