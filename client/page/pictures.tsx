/**
 * Shows the pictures that a message links to, if they are files of this server. A click shows a
 * picture as large as the window.
 *
 * @module
 */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { addressOf, spansOf } from "../session/formatting.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import { useDialog } from "./dialog.ts";
import { decoded, pictureOf } from "./file_links.ts";

/** The largest number of pictures of one message that are shown. */
const PICTURES_LIMIT = 4;

/** The pictures of a message with this text. */
export function Pictures({ text }: { readonly text: string }): VNode | null {
  const paths = text.split("\n").flatMap(spansOf).flatMap(({ kind, text }) =>
    kind === "link" ? pictureOf(addressOf(text) ?? "") ?? [] : []
  );
  const shown = [...new Set(paths)].slice(0, PICTURES_LIMIT);
  if (shown.length === 0) return null;
  return <p class="pictures">{shown.map((path) => <Picture key={path} path={path} />)}</p>;
}

function Picture({ path }: { readonly path: string }) {
  const [isMissing, setMissing] = useState(false);
  const [isOpen, setOpen] = useState(false);
  if (isMissing) return null;
  const name = path.split("/").at(-1) ?? "";
  const alt = PAGE_TEXTS.picture(decoded(name));
  return (
    <>
      <a
        href={path}
        target="_blank"
        rel="noopener noreferrer"
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        <img
          src={path}
          alt={alt}
          loading="lazy"
          decoding="async"
          referrerpolicy="no-referrer"
          onError={() => setMissing(true)}
        />
      </a>
      {isOpen && <Viewer path={path} alt={alt} onClose={() => setOpen(false)} />}
    </>
  );
}

interface ViewerProps {
  readonly path: string;
  readonly alt: string;
  readonly onClose: () => void;
}

/** The picture alone; a click beside it, or Escape, closes it. */
function Viewer({ path, alt, onClose }: ViewerProps) {
  const dialog = useDialog();
  return (
    <dialog
      ref={dialog}
      class="viewer"
      aria-label={alt}
      onClose={onClose}
      onClick={() => dialog.current?.close()}
    >
      <img src={path} alt={alt} referrerpolicy="no-referrer" />
      <p>
        <a href={path} target="_blank" rel="noopener noreferrer">{PAGE_TEXTS.openPicture}</a>
        <button type="button">{PAGE_TEXTS.close}</button>
      </p>
    </dialog>
  );
}
