/**
 * Uploads a file for a user in a terminal, and sends its link as a message.
 *
 * @module
 */

import { printable } from "../../shared/text.ts";
import type { SendFile } from "../net/upload.ts";
import type { SessionOptions } from "../session/options.ts";
import type { Session } from "../session/session.ts";
import { requestUpload } from "../session/uploads.ts";
import { UPLOAD_TEXTS } from "../texts/uploads.ts";
import { typedPath } from "./paths.ts";

/** The parts that an upload uses. */
export interface UploadingParts {
  /** The session with the server. */
  readonly session: Session;
  /** The login of the user, if it is by a password. */
  readonly login: SessionOptions["login"];
  /** Sends the file; absent if the client sends none. */
  readonly sendFile: SendFile | undefined;
  /** Shows `text` to the user. */
  tell(text: string): void;
}

/**
 * Uploads the file at the path that the user has typed, and sends its link to the room or person
 * `to`.
 */
export async function uploadTo(
  { session, login, sendFile, tell }: UploadingParts,
  typed: string,
  to: string,
): Promise<void> {
  const name = printable(typed);
  tell(UPLOAD_TEXTS.uploading(name));
  const right = await requestUpload(session, login);
  if ("reason" in right) return tell(UPLOAD_TEXTS.failed(name, right.reason));
  const result = await sendFile?.(typedPath(typed), right) ?? { reason: UPLOAD_TEXTS.notTaken };
  if ("url" in result) session.say(to, result.url);
  else tell(UPLOAD_TEXTS.failed(name, result.reason));
}
