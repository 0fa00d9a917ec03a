/**
 * Uploads the files that the user picks, drops or pastes, and sends their links as messages.
 *
 * @module
 */

import { printable } from "../../shared/text.ts";
import type { Buffer } from "../session/buffer.ts";
import { requestUpload, uploadFields } from "../session/uploads.ts";
import { UPLOAD_TEXTS } from "../texts/uploads.ts";
import type { Chat } from "./chat.ts";

/** Uploads files one after the other, and sends the link of each to the conversation `buffer`. */
export async function uploadAll(chat: Chat, buffer: Buffer, files: readonly File[]): Promise<void> {
  for (const file of files) {
    const name = printable(file.name);
    const done = chat.begin(UPLOAD_TEXTS.uploading(name));
    const result = await upload(chat, file);
    done();
    if ("url" in result) chat.session.say(buffer.name, result.url);
    else chat.tell(UPLOAD_TEXTS.failed(name, printable(result.reason)));
  }
}

type Uploaded = { readonly url: string } | { readonly reason: string };

async function upload(chat: Chat, file: File): Promise<Uploaded> {
  const right = await requestUpload(chat.session);
  if ("reason" in right) return right;
  try {
    // The page may connect only to its own server, under the address that the user has opened.
    const { pathname } = new URL(right.url);
    const headers = uploadFields(file.name, right);
    const response = await fetch(pathname, { method: "POST", body: file, headers });
    const url = response.headers.get("Location");
    if (response.status === 201 && url !== null) return { url };
    return { reason: (await response.text()).trim() };
  } catch {
    return { reason: UPLOAD_TEXTS.notConnected };
  }
}

/** The path of an uploaded file, as in `/-/files/ID/NAME.png`. */
const FILE = /^\/-\/files\/[\w-]{24}\/(?<name>[^/]+)$/;
const PICTURE = /\.(?:gif|jpe?g|png|webp)$/i;

/**
 * Returns the path of the picture that a link leads to, if it can be a picture on this server. The host
 * is not compared, because a server has several names; a picture of another server is not found.
 */
export function pictureOf(address: string): string | undefined {
  const { pathname = "" } = URL.parse(address) ?? {};
  return FILE.test(pathname) && PICTURE.test(pathname) ? pathname : undefined;
}

/** Returns the name of the file at `ownHost` that a link leads to; `undefined` for all other links. */
export function fileNameOf(address: string, ownHost: string): string | undefined {
  const { host, pathname = "" } = URL.parse(address) ?? {};
  const { name } = (host === ownHost ? FILE.exec(pathname) : null)?.groups ?? {};
  return name === undefined ? undefined : decoded(name);
}

/** Returns a part of a path as text. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A percent sign that encodes nothing.
    return part;
  }
}
