/**
 * The part of a server behind the door for uploaded files: it knows who sends a request, adds files
 * to the state, and gets their bytes. A single server does all that itself; in a cluster, the leader
 * decides, and other servers have the bytes, too (`server/cluster/files.ts`).
 *
 * @module
 */

import { accountOfRequest, type HttpCredentials } from "../accounts/http_login.ts";
import type { Context } from "../core/context.ts";
import type { Upload } from "../events/records.ts";
import { StandardError } from "../irc/replies.ts";
import { countedBytes } from "../state/uploads.ts";
import { setUploadsAside, UploadFolder } from "../uploads/folder.ts";
import type { ByteLimits, Exceeded } from "../uploads/quota.ts";

/** The sender of a request, as far as the server can tell. */
export type Sender =
  | { readonly type: "account"; readonly name: string }
  /** Too many passwords from this address wait to be checked. */
  | { readonly type: "busy" }
  /** The credentials are wrong or missing. */
  | { readonly type: "unknown" }
  /** No server of the cluster decides at the moment. */
  | { readonly type: "leaderless" };

/** The result of adding a file to the state: `saved`, or the reason why it was not added. */
export type SaveResult = "saved" | "noAccount" | "cannotStore" | "leaderless" | Exceeded;

/** The part of a server that the door for uploaded files uses. */
export interface FileKeeper {
  /** Resolves to the sender of a request with these credentials. */
  senderOf(credentials: HttpCredentials): Promise<Sender>;
  /**
   * Adds a file to the state; resolves once the file is stored as safely as the server can store
   * it.
   */
  save(upload: Upload): Promise<SaveResult>;
  /**
   * Gets a file from another server if this server lacks it.
   *
   * @throws {HttpError} if no other server gives it.
   */
  fetch(upload: Upload): Promise<void>;
  /** Removes from the disk the files that the state does not list. Called ten times a second. */
  tidy(): void;
}

/** Resolves to the sender of a request, found by the accounts and the tickets of `context`. */
export async function senderOf(context: Context, credentials: HttpCredentials): Promise<Sender> {
  const account = await accountOfRequest(context, credentials);
  if (account === "busy") return { type: "busy" };
  return account ? { type: "account", name: account.name } : { type: "unknown" };
}

/** Returns the limits on the bytes of files. */
export function byteLimits({ options }: Pick<Context, "options">): ByteLimits {
  const { limits, uploads: all, uploadSize: file } = options;
  return { file, account: limits.uploadBytes, all };
}

/** Appends the event that adds a file to the state, unless that would exceed a limit. */
export function appendUpload(context: Context, upload: Upload): SaveResult {
  const { uploads } = context.network;
  const { account, bytes } = upload;
  // In a cluster, this is called again for the same file if the first answer got lost.
  if (uploads.get(upload.id)) return "saved";
  if (!context.network.account(account)) return "noAccount";
  const limits = byteLimits(context);
  const counted = countedBytes(bytes);
  if (bytes > limits.file) return "file";
  if (uploads.bytesOf(account) + counted > limits.account) return "account";
  if (uploads.bytes + counted > limits.all) return "all";
  try {
    context.append({ type: "UploadSaved", by: context.server, upload });
    return "saved";
  } catch (error) {
    if (!(error instanceof StandardError)) throw error;
    return "cannotStore";
  }
}

/**
 * Opens the folder of the files. If the database is new, files in the folder belong to another
 * database, which somebody has moved away. They are set aside, because the keeper would remove
 * them.
 */
export function openFolder(
  { clock, log, network, options: { data }, store }: Context,
): UploadFolder {
  const isNew = store.lastId === undefined && network.uploads.size === 0;
  const kept = isNew ? setUploadsAside(data, clock.now()) : undefined;
  if (kept !== undefined) log.warn("uploaded files of another database are set aside", { kept });
  const folder = new UploadFolder(data);
  const count = network.uploads.size;
  if (folder.size === 0 && count > 0) log.warn("all uploaded files are missing", { count });
  return folder;
}

/**
 * Returns a function that returns false for a file that was lost from the folder. If the folder has
 * no files now, when the server starts, its disk may be missing: then no file counts as lost.
 */
export function keptIn(folder: UploadFolder | undefined): (id: string) => boolean {
  return folder === undefined || folder.size === 0 ? () => true : (id) => folder.has(id);
}

/** The keeper of the files of a single server. */
export class OwnFiles implements FileKeeper {
  readonly #context: Context;
  readonly #folder: UploadFolder;

  /** Keeps files in the folder. */
  constructor(context: Context, folder: UploadFolder) {
    this.#context = context;
    this.#folder = folder;
  }

  senderOf(credentials: HttpCredentials): Promise<Sender> {
    return senderOf(this.#context, credentials);
  }

  save(upload: Upload): Promise<SaveResult> {
    return Promise.try(() => {
      const result = appendUpload(this.#context, upload);
      // The client must not learn a URL that a crash would make invalid.
      if (result === "saved") this.#context.commit();
      return result;
    });
  }

  fetch(): Promise<void> {
    return Promise.resolve();
  }

  tidy(): void {
    const { network: { uploads } } = this.#context;
    if (this.#folder.size === uploads.size) return;
    this.#folder.keepOnly((id) => uploads.get(id) !== undefined);
  }
}
