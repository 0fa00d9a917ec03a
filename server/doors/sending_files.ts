/**
 * Sends uploaded files to clients that know their URLs.
 *
 * Source: RFC 9110, sections 13 (conditions) and 14 (ranges).
 *
 * @module
 */

import { UPLOAD_PATH } from "../../protocol.ts";
import type { Upload } from "../events/records.ts";
import { httpHead, type HttpRequest, isRead } from "../net/http.ts";
import type { HttpPeer } from "../net/http_peer.ts";
import { UPLOAD_TEXTS } from "../texts/uploads.ts";
import type { UploadFolder } from "../uploads/folder.ts";
import { isShown } from "../uploads/media.ts";
import { disposition } from "../uploads/names.ts";
import { type FileDoorParts, HttpError, SAFE } from "./file_answers.ts";

/** The size of one write. */
const BUFFER_BYTES = 64 * 1024;

/**
 * Sends `peer` the file whose id is in the URL of the request. The file name after the id is for
 * people only: it is not checked.
 *
 * @throws {HttpError} if there is no such file, or the request cannot be answered.
 */
export async function sendFile(
  peer: HttpPeer,
  request: HttpRequest,
  { context, folder, keeper }: Pick<FileDoorParts, "context" | "folder" | "keeper">,
): Promise<void> {
  if (!isRead(request)) {
    throw new HttpError(405, UPLOAD_TEXTS.methods, { "Allow": "GET, HEAD" });
  }
  const { method, target, headers } = request;
  const [id = ""] = target.slice(`${UPLOAD_PATH}/`.length).split(/[/?]/);
  const upload = context.network.uploads.get(id);
  if (!upload) throw new HttpError(404, UPLOAD_TEXTS.notFound);
  const fields = fieldsOf(upload);
  if (headers["if-none-match"]?.includes(entityTag(id))) {
    return await peer.finish(httpHead(304, fields));
  }
  const range = rangeOf(request, upload);
  const [first, end] = range ?? [0, upload.bytes];
  const head = httpHead(range ? 206 : 200, {
    ...fields,
    "Content-Length": String(end - first),
    ...(range && { "Content-Range": `bytes ${first}-${end - 1}/${upload.bytes}` }),
  });
  if (method === "HEAD") return await peer.finish(head);
  if (!folder.has(id)) {
    peer.allow(upload.bytes);
    await keeper.fetch(upload);
  }
  using file = await openOr404(folder, id);
  peer.allow(end - first);
  await peer.write(head);
  await file.seek(first, Deno.SeekMode.Start);
  const buffer = new Uint8Array(BUFFER_BYTES);
  for (let left = end - first; left > 0;) {
    const count = await file.read(buffer.subarray(0, left));
    if (count === null) break;
    await peer.write(buffer.subarray(0, count));
    left -= count;
  }
  await peer.finish();
}

async function openOr404(folder: UploadFolder, id: string): Promise<Deno.FsFile> {
  try {
    return await folder.open(id);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new HttpError(404, UPLOAD_TEXTS.notFound);
  }
}

/**
 * Returns the fields of the answer. Browsers are told to show only media that is known to be safe,
 * and to save all other files.
 */
function fieldsOf({ id, name, mediaType }: Upload): Record<string, string> {
  const shown = isShown(mediaType) ? mediaType : undefined;
  return {
    ...SAFE,
    "Content-Type": shown ?? "application/octet-stream",
    "Content-Disposition": disposition(shown === undefined ? "attachment" : "inline", name),
    "Accept-Ranges": "bytes",
    // The file may be deleted at any time, so a browser must ask before it uses its copy.
    "Cache-Control": "private, no-cache",
    "ETag": entityTag(id),
  };
}

/** Returns the entity tag of a file: its id is enough, because the content never changes. */
function entityTag(id: string): string {
  return `"${id}"`;
}

/**
 * Returns the first byte of the range that a request asks for, and the byte after its last. Returns
 * `undefined` if the whole file must be sent: if the method is not GET (RFC 9110, section 14.2), or
 * if the field `If-Range` is not the tag of this file (section 13.1.5). A field `Range` that is
 * invalid (section 14.1.1), has another form or several ranges is ignored, as a server may do.
 *
 * @throws {HttpError} if the file has no such range.
 */
function rangeOf(
  { method, headers }: HttpRequest,
  { id, bytes }: Upload,
): readonly [first: number, end: number] | undefined {
  const { range = "", "if-range": known = entityTag(id) } = headers;
  if (method !== "GET" || known !== entityTag(id)) return undefined;
  const [, from = "", to = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range) ?? [];
  const isInvalid = from !== "" && to !== "" && Number(to) < Number(from);
  if (isInvalid || (from === "" && to === "")) return undefined;
  const first = from === "" ? Math.max(0, bytes - Number(to)) : Number(from);
  const end = from === "" || to === "" ? bytes : Math.min(bytes, Number(to) + 1);
  if (first < end) return [first, end];
  throw new HttpError(416, UPLOAD_TEXTS.wrongRange, { "Content-Range": `bytes */${bytes}` });
}
