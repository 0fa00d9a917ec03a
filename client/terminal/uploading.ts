/**
 * Uploads a file for a user in a terminal, and sends its link as a message.
 *
 * @module
 */

import { isFile } from "../../shared/files.ts";
import { printable } from "../../shared/text.ts";
import { splitFirst } from "../commands/parameters.ts";
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
 * `here`, or to the room before the path.
 */
export async function uploadTo(
  { session, login, sendFile, tell }: UploadingParts,
  text: string,
  here: string,
): Promise<void> {
  const { typed, to } = roomFirst(session, text) ?? { typed: text, to: here };
  const name = printable(typed);
  tell(UPLOAD_TEXTS.uploading(name));
  const right = await requestUpload(session, login);
  if ("reason" in right) return tell(UPLOAD_TEXTS.failed(name, right.reason));
  const result = await sendFile?.(typedPath(typed), right) ?? { reason: UPLOAD_TEXTS.notTaken };
  if ("url" in result) session.say(to, result.url);
  else tell(UPLOAD_TEXTS.failed(name, result.reason));
}

/**
 * Splits `text` into the name of a room that the user is in, without its `#`, and a path. Returns
 * undefined if there is no such room, or if `text` as a whole is the path of a file.
 */
function roomFirst(
  { state: { isupport, rooms } }: Session,
  text: string,
): { typed: string; to: string } | undefined {
  const [first, typed] = splitFirst(text);
  const room = rooms.get(isupport.toRoom(first));
  return room && typed !== "" && !isFile(typedPath(text)) ? { typed, to: room.name } : undefined;
}
