/**
 * Asks the server for the right to upload a file. The upload itself is made over HTTP by the
 * caller.
 *
 * @module
 */

import { UPLOAD_PATH } from "../../protocol.ts";
import { UPLOAD_TEXTS } from "../texts/uploads.ts";
import type { LoginOptions } from "./login.ts";
import type { Session } from "./session.ts";

/** The right to upload one file. */
export interface UploadRight {
  /** The URL to upload to. */
  readonly url: string;
  /** The value of the header field `Authorization`; `undefined` if the user has no credentials. */
  readonly authorization: string | undefined;
}

/** Returns true if uploads to `url` go to the chat server itself, which gives tokens for them. */
export function isOwnHost(url: string): boolean {
  return URL.canParse(url) && new URL(url).pathname === UPLOAD_PATH;
}

/**
 * Resolves to the right to upload a file, or to the reason why the user has none. A host that gives
 * no tokens gets the credentials of `login`.
 */
export async function requestUpload(
  session: Pick<Session, "request" | "state">,
  login?: Pick<LoginOptions, "account" | "password">,
): Promise<UploadRight | { readonly reason: string }> {
  const url = session.state.isupport.filehost;
  if (url === undefined) return { reason: UPLOAD_TEXTS.notTaken };
  if (!isOwnHost(url)) {
    const bytes = login && new TextEncoder().encode(`${login.account}:${login.password}`);
    return { url, authorization: bytes && `Basic ${bytes.toBase64()}` };
  }
  let token: string | undefined;
  const outcome = await session.request({ command: "UPLOAD", params: [] }, (messages) => {
    for (const { params: [, kind, text] } of messages) if (kind === "TOKEN") token = text;
  });
  if (token !== undefined) return { url, authorization: `Bearer ${token}` };
  return { reason: outcome.reason ?? UPLOAD_TEXTS.noToken };
}

/** Returns the header fields of a request that uploads the file `name` (RFC 6266, RFC 8187). */
export function uploadFields(name: string, { authorization }: UploadRight): Record<string, string> {
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return {
    "Content-Disposition": `attachment; filename*=UTF-8''${encoded}`,
    "Content-Type": "application/octet-stream",
    ...(authorization !== undefined && { "Authorization": authorization }),
  };
}
