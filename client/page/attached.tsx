/**
 * The files that the user is about to send to a conversation, with previews of the pictures among
 * them. Nothing is uploaded before the user presses Send.
 *
 * @module
 */

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { printable } from "../../shared/text.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import type { RowParts } from "./message.tsx";

/** The largest height of a preview, in pixels. */
const HEIGHT = 240;

/** The files for the conversation `buffer`, if there are any. */
export function Attached({ chat, buffer }: RowParts): VNode | null {
  const files = chat.attached.of(buffer);
  if (files.length === 0) return null;
  return (
    <div class="attached" role="group" aria-label={PAGE_TEXTS.attached(files.length)}>
      <ul>
        {files.map((file, index) => (
          <li key={`${index} ${file.name} ${file.lastModified}`}>
            <Preview file={file} />
            <span class="name">{printable(file.name)}</span>
          </li>
        ))}
      </ul>
      <button type="button" onClick={() => chat.attached.remove(buffer)}>
        {PAGE_TEXTS.cancel}
      </button>
    </div>
  );
}

/** A small copy of a picture. It is drawn, since the page may load pictures from its server only. */
function Preview({ file }: { readonly file: File }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [isPicture, setPicture] = useState(file.type.startsWith("image/"));
  useEffect(() => {
    if (!isPicture) return;
    // The browser may not know this format.
    createImageBitmap(file).then(
      (picture) => draw(canvas.current, picture),
      () => setPicture(false),
    );
  }, []);
  if (!isPicture) return null;
  return <canvas ref={canvas} role="img" aria-label={PAGE_TEXTS.picture(printable(file.name))} />;
}

function draw(canvas: HTMLCanvasElement | null, picture: ImageBitmap): void {
  if (canvas) {
    const scale = Math.min(1, HEIGHT / picture.height);
    canvas.width = Math.max(1, picture.width * scale);
    canvas.height = Math.max(1, picture.height * scale);
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  }
  picture.close();
}
