/**
 * The files that users have uploaded, and the messages that contain their URLs. A file is bound to
 * some of these messages, and is removed when all of them are deleted. Part of the network's state;
 * the bytes of the files are on disk (`server/uploads/folder.ts`).
 *
 * @module
 */

import { casefold, uploadsIn } from "../../protocol.ts";
import type { Said } from "../events/events.ts";
import type { EventId } from "../events/ids.ts";
import type { Upload } from "../events/records.ts";

/**
 * The least number of bytes that a file counts as, so that limits in bytes also limit the number of
 * files.
 */
export const LEAST_BYTES = 16 * 1024;
/**
 * The largest number of messages that one file is bound to. The file is removed when these messages
 * are deleted, even if further messages contain its URL.
 */
const MESSAGE_LIMIT = 100;

const NO_UPLOADS: readonly Upload[] = [];

/** Returns the number of bytes that a file of `bytes` counts as. */
export function countedBytes(bytes: number): number {
  return Math.max(bytes, LEAST_BYTES);
}

/** The uploaded files. */
export class Uploads {
  readonly #byId = new Map<string, Upload>();
  /** The ids of the files that are bound to each message, by the id of the message. */
  readonly #byMessage = new Map<EventId, readonly string[]>();
  /**
   * The number of bytes that the files of each account count as (see {@linkcode countedBytes}), by
   * the folded name of the account.
   */
  readonly #bytesOf = new Map<string, number>();
  #bytes = 0;

  /** The number of files. */
  get size(): number {
    return this.#byId.size;
  }

  /** The number of bytes that the files of all accounts count as. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Returns the number of bytes that the files of the account with this folded name count as. */
  bytesOf(account: string): number {
    return this.#bytesOf.get(account) ?? 0;
  }

  /** Returns all files. Files may be removed during the iteration. */
  all(): IteratorObject<Upload> {
    return this.#byId.values();
  }

  /** Returns the file with this id. */
  get(id: string): Upload | undefined {
    return this.#byId.get(id);
  }

  /** Returns the files that are bound to the message with this id. */
  of(message: EventId): readonly Upload[] {
    // On most servers, this is all that is done for nearly all messages.
    if (this.#byMessage.size === 0) return NO_UPLOADS;
    return (this.#byMessage.get(message) ?? []).flatMap((id) => this.#byId.get(id) ?? []);
  }

  /** Adds a file, or replaces it. */
  save(upload: Upload): void {
    this.remove(upload.id);
    this.#byId.set(upload.id, upload);
    this.#count(upload, countedBytes(upload.bytes));
    for (const message of upload.messages) this.#index(message, upload.id);
  }

  /** Removes a file. */
  remove(id: string): void {
    const upload = this.#byId.get(id);
    if (!upload) return;
    this.#byId.delete(id);
    this.#count(upload, -countedBytes(upload.bytes));
    for (const message of upload.messages) {
      const left = (this.#byMessage.get(message) ?? []).filter((each) => each !== id);
      if (left.length > 0) this.#byMessage.set(message, left);
      else this.#byMessage.delete(message);
    }
  }

  /** Removes the files of the account called `name`. */
  forgetAccount(name: string): void {
    const account = casefold(name);
    for (const upload of this.all()) if (upload.account === account) this.remove(upload.id);
  }

  /**
   * Binds the files whose URLs a message contains to that message. Messages of users other than the
   * file's owner count only until the file is bound to a message: a user who repeats a link does
   * not make the file last longer.
   */
  named({ id, by, text }: Said): void {
    // On most servers, this is all that is done for nearly all messages.
    if (this.#byId.size === 0) return;
    for (const upload of uploadsIn(text).flatMap((each) => this.#byId.get(each) ?? [])) {
      const isOwn = by.account !== undefined && casefold(by.account) === upload.account;
      if (!isOwn && upload.messages.length > 0) continue;
      if (upload.messages.length >= MESSAGE_LIMIT || upload.messages.includes(id)) continue;
      this.#byId.set(upload.id, { ...upload, messages: [...upload.messages, id] });
      this.#index(id, upload.id);
    }
  }

  /**
   * Unbinds the files of a message that was deleted. Removes those that are bound to no other
   * message.
   */
  unnamed(message: EventId): void {
    for (const upload of this.of(message)) {
      const left = withoutMessage(upload, message);
      if (left) this.save(left);
      else this.remove(upload.id);
    }
  }

  #index(message: EventId, id: string): void {
    this.#byMessage.set(message, [...this.#byMessage.get(message) ?? [], id]);
  }

  #count({ account }: Upload, bytes: number): void {
    const left = this.bytesOf(account) + bytes;
    if (left > 0) this.#bytesOf.set(account, left);
    else this.#bytesOf.delete(account);
    this.#bytes += bytes;
  }
}

/**
 * Returns `upload` without one of the messages that it is bound to; `undefined` if that was the
 * only one.
 */
export function withoutMessage(upload: Upload, message: EventId): Upload | undefined {
  const messages = upload.messages.filter((each) => each !== message);
  return messages.length === 0 ? undefined : { ...upload, messages };
}
