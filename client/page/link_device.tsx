/**
 * The button and the dialog that link another device to the user's account. The dialog shows a
 * code, and a link that contains it, as text and as a QR code.
 *
 * @module
 */

import type { VNode } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import { encode } from "uqr";
import { printable } from "../../shared/text.ts";
import { createLink, type DeviceLink } from "../session/linking.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import type { Chat } from "./chat.ts";
import { useDialog } from "./dialog.ts";

/** The width of the white border of a QR code, in modules (ISO/IEC 18004, section 6.3.8). */
const QUIET_ZONE = 4;

/** The button that opens the dialog. */
export function LinkDevice({ chat }: { readonly chat: Chat }): VNode {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>{PAGE_TEXTS.linkDevice}</button>
      {isOpen && <LinkDialog chat={chat} onClose={() => setOpen(false)} />}
    </>
  );
}

function LinkDialog({ chat, onClose }: { readonly chat: Chat; readonly onClose: () => void }) {
  const dialog = useDialog();
  const [found, setFound] = useState<DeviceLink | { readonly reason: string } | undefined>();
  const heading = useId();
  useEffect(() => {
    void chat.quietly(() => createLink(chat.session)).then(setFound);
  }, []);
  const [before] = useState(chat.linked);
  const isLinked = chat.linked > before;
  useEffect(() => {
    if (!isLinked) return;
    chat.tell(PAGE_TEXTS.linked);
    dialog.current?.close();
  }, [isLinked]);
  return (
    <dialog ref={dialog} class="link-device" aria-labelledby={heading} onClose={onClose}>
      <header>
        <h2 id={heading}>{PAGE_TEXTS.linkDevice}</h2>
        <form method="dialog">
          <button type="submit">{PAGE_TEXTS.close}</button>
        </form>
      </header>
      <div aria-live="polite">
        {!found && <p>{PAGE_TEXTS.connecting}</p>}
        {found &&
          ("reason" in found
            ? <p class="alarm">{printable(found.reason)}</p>
            : <Code {...found} />)}
      </div>
    </dialog>
  );
}

function Code({ code, url }: DeviceLink) {
  return (
    <>
      <p>{PAGE_TEXTS.showCode}</p>
      <p class="code">{printable(code)}</p>
      {url !== undefined && (
        <>
          <QrCode text={url} />
          <p class="url">
            <a href={url} rel="noreferrer">{url}</a>
          </p>
        </>
      )}
      <p class="quiet">{PAGE_TEXTS.codeWarning}</p>
    </>
  );
}

/**
 * A QR code. It is black on white even in dark colors, since some cameras read no inverted code.
 */
function QrCode({ text }: { readonly text: string }) {
  const { data, size } = encode(text, { border: QUIET_ZONE });
  const path = data.flatMap((row, y) =>
    row.flatMap((isDark, x) => isDark ? `M${x} ${y}h1v1h-1z` : [])
  );
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={PAGE_TEXTS.qrLabel}>
      <rect width={size} height={size} fill="#fff" />
      <path d={path.join("")} fill="#000" shape-rendering="crispEdges" />
    </svg>
  );
}
