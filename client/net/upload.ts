/**
 * Uploads files over HTTP. The chat server is trusted in the same way as for IRC, and any other
 * host as by a browser.
 *
 * Source: https://soju.im/filehost
 *
 * @module
 */

import { formatAddress, isLoopback } from "../../shared/address.ts";
import { reason } from "../../shared/files.ts";
import { printable } from "../../shared/text.ts";
import { isOwnHost, uploadFields, type UploadRight } from "../session/uploads.ts";
import { UPLOAD_TEXTS } from "../texts/uploads.ts";
import type { DialSocket, Socket } from "./socket_stream.ts";

/** The result of an upload: the URL of the file, or the reason why there is none. */
export type Uploaded = { readonly url: string } | { readonly reason: string };

/** Uploads the file at `path`. Never rejects. */
export type SendFile = (path: string, right: UploadRight) => Promise<Uploaded>;

/** The server, and the function that connects to it. */
export interface UploadParts {
  /** The name or the address of the server. */
  readonly host: string;
  /** The port of the server. */
  readonly port: number;
  /** Connects to the server. */
  readonly dial: DialSocket;
}

/** The longest answer that is read, in bytes. */
const ANSWER_BYTES = 16 * 1024;
/** The time for a connection to be made, in milliseconds. */
const DIAL_MS = 20_000;

/** Returns the function that uploads files for a user of the server that `parts` describe. */
export function fileSender(parts: UploadParts): SendFile {
  return async (path, right) => {
    try {
      const { isFile, size } = await Deno.stat(path);
      if (!isFile) return { reason: UPLOAD_TEXTS.notFile };
      using file = await Deno.open(path);
      const name = path.split(/[/\\]/).at(-1) ?? "";
      return isOwnHost(right.url)
        ? await sendToServer(parts, { file, size, fields: uploadFields(name, right), right })
        : await sendToHost(file, name, right);
    } catch (error) {
      return { reason: printable(reason(error)) };
    }
  };
}

interface Request {
  readonly file: Deno.FsFile;
  readonly size: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly right: UploadRight;
}

async function sendToServer(
  { host, port, dial }: UploadParts,
  { file, size, fields, right }: Request,
): Promise<Uploaded> {
  const socket = await dial(host, port, AbortSignal.timeout(DIAL_MS));
  try {
    const all = {
      "Host": formatAddress({ hostname: host, port }),
      "Content-Length": String(size),
      ...fields,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
    const head = [`POST ${new URL(right.url).pathname} HTTP/1.1`, ...lines, "", ""].join("\r\n");
    const answer = readAnswer(socket);
    try {
      await writeAll(socket, new TextEncoder().encode(head));
      for await (const piece of file.readable) await writeAll(socket, piece);
    } catch {
      // A server that refuses the file reads no more of it; its answer says why.
    }
    return uploadedIn(await answer, right.url);
  } finally {
    socket.close();
  }
}

async function writeAll(socket: Socket, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await socket.write(bytes.subarray(at));
}

/** Reads until the server closes the connection, reading fails, or 16 KiB are read. */
async function readAnswer(socket: Socket): Promise<string> {
  const bytes = new Uint8Array(ANSWER_BYTES);
  let length = 0;
  while (length < bytes.length) {
    const count = await socket.read(bytes.subarray(length)).catch(() => null);
    if (count === null) break;
    length += count;
  }
  return new TextDecoder().decode(bytes.subarray(0, length));
}

/** Returns the result in an answer of HTTP/1.1. */
function uploadedIn(answer: string, url: string): Uploaded {
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  const [, location] = /\r\nLocation: *(\S+)/i.exec(head) ?? [];
  if (/^HTTP\/1\.1 201 /.test(head) && location !== undefined) return resolved(location, url);
  return { reason: printable(body.trim()) || UPLOAD_TEXTS.notConnected };
}

function resolved(location: string, url: string): Uploaded {
  const found = URL.parse(location, url);
  const isWeb = found?.protocol === "https:" || found?.protocol === "http:";
  return isWeb ? { url: found.href } : { reason: UPLOAD_TEXTS.noLocation };
}

async function sendToHost(
  file: Deno.FsFile,
  name: string,
  right: UploadRight,
): Promise<Uploaded> {
  const { protocol, hostname } = new URL(right.url);
  // https://soju.im/filehost: "Clients MUST refuse to use unencrypted URI transports"
  if (protocol !== "https:" && !isLoopback(hostname)) return { reason: UPLOAD_TEXTS.unencrypted };
  const response = await fetch(right.url, {
    method: "POST",
    body: file.readable,
    headers: uploadFields(name, right),
    redirect: "error",
  });
  const location = response.headers.get("location");
  if (response.status === 201 && location !== null) {
    await response.body?.cancel();
    return resolved(location, right.url);
  }
  const text = (await response.text()).slice(0, 200).trim();
  return { reason: printable(text) || UPLOAD_TEXTS.status(response.status) };
}
