/**
 * Uploads files over HTTP. The chat server is trusted as for IRC; any other host is trusted as a
 * browser trusts it.
 *
 * Source: https://soju.im/filehost
 *
 * @module
 */

import { formatAddress, isLoopback } from "../../shared/address.ts";
import type { Clock } from "../../shared/clock.ts";
import { reason } from "../../shared/files.ts";
import { printable } from "../../shared/text.ts";
import { UploadDeadline } from "../session/upload_deadline.ts";
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
  /** The time. */
  readonly clock: Clock;
  /** Connects to the server. */
  readonly dial: DialSocket;
}

/** The longest answer that is read, in bytes. */
const ANSWER_BYTES = 16 * 1024;
/** The time for a connection to be made, in milliseconds. */
const DIAL_MS = 20_000;
/**
 * The size of the parts in which a file is sent to the server, in bytes. Each part has its own time
 * limit.
 */
const PART_BYTES = 16 * 1024;

/** Returns the function that uploads files for a user of the server that `parts` describe. */
export function fileSender(parts: UploadParts): SendFile {
  return async (path, right) => {
    const deadline = new UploadDeadline(parts.clock);
    try {
      const { isFile, size } = await Deno.stat(path);
      if (!isFile) return { reason: UPLOAD_TEXTS.notFile };
      using file = await Deno.open(path);
      const name = path.split(/[/\\]/).at(-1) ?? "";
      return isOwnHost(right.url)
        ? await sendToServer(parts, deadline, { file, size, name, right })
        : await sendToHost(deadline, { file, name, right });
    } catch (error) {
      const { aborted, reason: why } = deadline.signal;
      return { reason: printable(reason(aborted ? why : error)) };
    } finally {
      deadline.stop();
    }
  };
}

interface Request {
  readonly file: Deno.FsFile;
  readonly size: number;
  readonly name: string;
  readonly right: UploadRight;
}

async function sendToServer(
  { host, port, dial }: UploadParts,
  deadline: UploadDeadline,
  { file, size, name, right }: Request,
): Promise<Uploaded> {
  deadline.next(DIAL_MS, UPLOAD_TEXTS.unreachable);
  const socket = await dial(host, port, deadline.signal);
  const close = () => socket.close();
  deadline.signal.addEventListener("abort", close);
  try {
    deadline.nextPart();
    const all = {
      "Host": formatAddress({ hostname: host, port }),
      "Content-Length": String(size),
      ...uploadFields(name, right),
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
    const head = [`POST ${new URL(right.url).pathname} HTTP/1.1`, ...lines, "", ""].join("\r\n");
    const answer = readAnswer(socket);
    try {
      await writeAll(socket, deadline, new TextEncoder().encode(head));
      for await (const piece of file.readable) await writeAll(socket, deadline, piece);
    } catch {
      // A server that refuses the file reads no more of it; its answer says why.
    }
    if (!deadline.signal.aborted) deadline.nextAnswer();
    const found = await answer;
    if (found === "") deadline.signal.throwIfAborted();
    return uploadedIn(found, right.url);
  } finally {
    deadline.signal.removeEventListener("abort", close);
    socket.close();
  }
}

async function writeAll(
  socket: Socket,
  deadline: UploadDeadline,
  bytes: Uint8Array,
): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += await socket.write(bytes.subarray(at, at + PART_BYTES));
    deadline.nextPart();
  }
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
  deadline: UploadDeadline,
  { file, name, right }: Pick<Request, "file" | "name" | "right">,
): Promise<Uploaded> {
  const { protocol, hostname } = new URL(right.url);
  // https://soju.im/filehost: "Clients MUST refuse to use unencrypted URI transports"
  if (protocol !== "https:" && !isLoopback(hostname)) return { reason: UPLOAD_TEXTS.unencrypted };
  deadline.nextPart();
  const parts = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(part, controller) {
      deadline.nextPart();
      controller.enqueue(part);
    },
    flush: () => deadline.nextAnswer(),
  });
  const { signal } = deadline;
  const response = await fetch(right.url, {
    method: "POST",
    body: file.readable.pipeThrough(parts, { signal }),
    signal,
    headers: uploadFields(name, right),
    redirect: "error",
  });
  const location = response.headers.get("location");
  if (response.status === 201 && location !== null) {
    await response.body?.cancel();
    return resolved(location, right.url);
  }
  const text = (await firstOf(response)).slice(0, 200).trim();
  return { reason: printable(text) || UPLOAD_TEXTS.status(response.status) };
}

/** Returns the beginning of a response; the whole response may be endless. */
async function firstOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of body ?? []) {
    text += decoder.decode(piece, { stream: true });
    if (text.length >= ANSWER_BYTES) break;
  }
  return text;
}
