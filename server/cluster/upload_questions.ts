/**
 * The questions about uploads that a process of a cluster asks the leader, and the answers. They
 * come from outside, so they are checked.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { HttpCredentials } from "../accounts/http_login.ts";
import type { SaveResult, Sender } from "../doors/file_keeper.ts";
import type { Upload } from "../events/records.ts";
import { isObject, isRecord } from "../store/shapes.ts";
import { isFileId } from "../uploads/folder.ts";
import { isShown } from "../uploads/media.ts";
import { isSafeName } from "../uploads/names.ts";

/** A question. */
export type UploadQuestion =
  /** Asks who has sent a request with these credentials. */
  | { readonly type: "sender"; readonly credentials: HttpCredentials }
  /** Asks to add this file to the state. */
  | { readonly type: "save"; readonly upload: Upload };

/** The answer to a question that asks to add a file to the state. */
export interface SaveAnswer {
  /** The result. The log may not have the event of a saved file yet. */
  readonly result: SaveResult;
  /** True if no other server of the cluster runs, so that none will copy the file. */
  readonly isAlone: boolean;
}

/** The form of a SHA-256 hash in hexadecimal. */
const SHA256 = /^[0-9a-f]{64}$/;

const SENDERS: ReadonlySet<unknown> = new Set<Sender["type"]>([
  "account",
  "busy",
  "unknown",
  "leaderless",
]);
const RESULTS: ReadonlySet<unknown> = new Set<SaveResult>([
  "saved",
  "noAccount",
  "cannotStore",
  "leaderless",
  "file",
  "account",
  "all",
]);

/** Returns true if `value` is a question. */
export function isUploadQuestion(value: unknown): value is UploadQuestion {
  if (!isObject(value)) return false;
  if (value.type === "save") return isNewUpload(value.upload);
  return value.type === "sender" && isCredentials(value.credentials);
}

/** Returns true if `value` is an answer to a question about a sender. */
export function isSender(value: unknown): value is Sender {
  if (!isObject(value) || !SENDERS.has(value.type)) return false;
  return value.type !== "account" || typeof value.name === "string";
}

/** Returns true if `value` is an answer to a question that asks to add a file. */
export function isSaveAnswer(value: unknown): value is SaveAnswer {
  return isObject(value) && RESULTS.has(value.result) && typeof value.isAlone === "boolean";
}

function isCredentials(value: unknown): value is HttpCredentials {
  if (!isObject(value) || typeof value.address !== "string") return false;
  return [value.authorization, value.certificate].every((each) =>
    each === undefined || typeof each === "string"
  );
}

/**
 * Returns true if `value` is a file as the door for uploads makes it, which no message names yet.
 */
function isNewUpload(value: unknown): value is Upload {
  if (!isRecord("upload", value)) return false;
  const { id, account, name, mediaType, bytes, sha256 = "", messages } = value;
  return isFileId(id) && isSafeName(name) && account === casefold(account) &&
    (mediaType === undefined || isShown(mediaType)) && Number.isSafeInteger(bytes) &&
    bytes >= 0 && SHA256.test(sha256) && messages.length === 0;
}
