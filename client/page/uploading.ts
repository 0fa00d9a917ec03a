/**
 * Uploads the files that the user picks, drops or pastes, and sends their links as messages.
 *
 * @module
 */

import { systemClock } from "../../shared/clock.ts";
import { printable } from "../../shared/text.ts";
import type { Buffer } from "../session/buffer.ts";
import { UploadDeadline } from "../session/upload_deadline.ts";
import { requestUpload, uploadFields } from "../session/uploads.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import { UPLOAD_TEXTS } from "../texts/uploads.ts";
import type { Chat } from "./chat.ts";

/** Uploads files one after the other, and sends the link of each to the conversation `buffer`. */
export async function uploadAll(chat: Chat, buffer: Buffer, files: readonly File[]): Promise<void> {
  for (const file of files) {
    const name = printable(file.name);
    const cancelled = new AbortController();
    const task = {
      text: PAGE_TEXTS.uploading(name, printable(buffer.name)),
      percent: 0,
      cancel: () => cancelled.abort(),
    };
    chat.tasks.begin(task);
    const progress = (percent: number) => chat.tasks.progress(task, percent);
    const result = await upload(chat, file, cancelled.signal, progress);
    chat.tasks.end(task);
    if (cancelled.signal.aborted) continue;
    if ("url" in result) chat.session.say(buffer.name, result.url);
    else chat.tell(UPLOAD_TEXTS.failed(name, printable(result.reason)));
  }
}

type Uploaded = { readonly url: string } | { readonly reason: string };

/** Uploads a file; calls `progress` with the percentage that has been sent. */
async function upload(
  chat: Chat,
  file: File,
  cancelled: AbortSignal,
  progress: (percent: number) => void,
): Promise<Uploaded> {
  const right = await requestUpload(chat.session);
  if ("reason" in right) return right;
  if (cancelled.aborted) return { reason: "" };
  const deadline = new UploadDeadline(systemClock);
  const request = new XMLHttpRequest();
  const answered = new Promise((resolve) => request.onloadend = resolve);
  deadline.signal.onabort = cancelled.onabort = () => request.abort();
  // Unlike `fetch`, a request of this kind tells how much of the file has been sent.
  request.upload.onprogress = ({ loaded, total }) => {
    deadline.nextPart();
    progress(100 * loaded / total);
  };
  request.upload.onload = () => deadline.nextAnswer();
  deadline.nextPart();
  // The page may connect only to its own server, under the address that the user has opened.
  request.open("POST", new URL(right.url).pathname);
  for (const [name, value] of Object.entries(uploadFields(file.name, right))) {
    request.setRequestHeader(name, value);
  }
  request.send(file);
  await answered;
  deadline.stop();
  if (deadline.passed !== undefined) return { reason: deadline.passed };
  const url = request.getResponseHeader("Location");
  if (request.status === 201 && url !== null) return { url };
  return { reason: request.responseText.trim() || UPLOAD_TEXTS.notConnected };
}
