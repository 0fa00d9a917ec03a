/**
 * Sends what the user has written, with the files that they have picked, dropped or pasted: uploads
 * these, and sends their links as messages.
 *
 * @module
 */

import type { Tags } from "../../protocol.ts";
import { systemClock } from "../../shared/clock.ts";
import { printable } from "../../shared/text.ts";
import { isCommand } from "../commands/commands.ts";
import type { Buffer } from "../session/buffer.ts";
import { UploadDeadline } from "../session/upload_deadline.ts";
import { REPLY_TAG } from "../session/tags.ts";
import { requestUpload, uploadFields } from "../session/uploads.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import { UPLOAD_TEXTS } from "../texts/uploads.ts";
import type { Chat } from "./chat.ts";

/** Returns true if the server takes files. */
export function takesFiles({ session }: Chat): boolean {
  return session.state.isupport.filehost !== undefined;
}

/**
 * Sends or runs `text`. The files that are attached to the conversation `buffer` are sent with it,
 * unless it is a command or the new text of a message.
 */
export function send(chat: Chat, buffer: Buffer, text: string): void {
  const files = chat.attached.of(buffer);
  const chosen = chat.drafts.take();
  if (files.length === 0 || chosen?.kind === "edit" || isCommand(text)) {
    return chat.write(text, chosen);
  }
  const id = chosen?.entry.speech.id;
  chat.typed("");
  chat.attached.remove(buffer);
  chat.changes.changedRowsNow();
  const tags = new Map(id === undefined ? [] : [[REPLY_TAG, id]]);
  void uploadAll(chat, buffer, files, { text: text.trim(), tags });
}

/**
 * Uploads files one after the other, and sends the link of each. The message with the first link
 * also has the text and the tags. A file that is not uploaded waits again, and if no upload
 * succeeds, the text becomes a draft again.
 */
async function uploadAll(
  chat: Chat,
  buffer: Buffer,
  files: readonly File[],
  { text, tags }: { readonly text: string; readonly tags: Tags },
): Promise<void> {
  let before = text === "" ? "" : `${text}\n`;
  let isFirst = true;
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
    if (!("url" in result)) {
      chat.tell(UPLOAD_TEXTS.failed(name, printable(result.reason)));
      chat.attached.add(buffer, [file]);
      continue;
    }
    chat.session.say(buffer.name, before + result.url, "message", isFirst ? { tags } : {});
    before = "";
    isFirst = false;
  }
  if (before === "") return;
  chat.drafts.add(buffer.name, text, tags);
  chat.changes.changed();
}

type Uploaded = { readonly url: string } | { readonly reason: string };

/** Uploads a file; calls `progress` with the percentage that has been sent. */
async function upload(
  chat: Chat,
  file: File,
  cancelled: AbortSignal,
  progress: (percent: number) => void,
): Promise<Uploaded> {
  if (!chat.session.isConnected) return { reason: UPLOAD_TEXTS.notConnected };
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
