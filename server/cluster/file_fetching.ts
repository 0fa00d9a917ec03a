/**
 * Gets uploaded files from other servers of a cluster: those that a user asks for, and in the
 * background all others that this server lacks.
 *
 * @module
 */

import type { Clock, Moment } from "../../shared/clock.ts";
import { reason } from "../../shared/files.ts";
import type { Log } from "../../shared/log.ts";
import type { Upload } from "../events/records.ts";
import type { UploadFolder } from "../uploads/folder.ts";

/** The largest number of files that are fetched at a time: in all, and in the background. */
const AT_ONCE = { all: 4, background: 2 } as const;

/** The time after a failed attempt in which a file is not tried again, in milliseconds. */
export const RETRY_MS = 5000;

/** The parts of the fetching. */
export interface FetchingParts {
  /** The clock. */
  readonly clock: Pick<Clock, "moment">;
  /** The log of this server. */
  readonly log: Log;
  /** The folder of the files. */
  readonly folder: Pick<UploadFolder, "has" | "take">;
  /** Copies a file from another server to `path`; resolves to false if no server has the file. */
  readonly fetch: (upload: Upload, path: string) => Promise<boolean>;
  /** Called when a file has come, with its id. */
  readonly fetched: (id: string) => void;
}

/** The fetching of files. */
export class FileFetching {
  readonly #parts: FetchingParts;
  /** The files that are being fetched, or wait for their turn, by id. */
  readonly #coming = new Map<string, Promise<boolean>>();
  /** The moments at which files could not be fetched, by id, the earliest first. */
  readonly #failedAt = new Map<string, Moment>();
  /** The files to be fetched in the background, the next one last. */
  #queue: Upload[] = [];
  #inBackground = 0;
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  #isClosed = false;

  /** Fetches files into the folder. */
  constructor(parts: FetchingParts) {
    this.#parts = parts;
  }

  /**
   * Fetches a file; resolves to true if this server has the file then. Resolves to false at once
   * after {@linkcode close}, and if an attempt has just failed, so that nobody can cause many.
   */
  get(upload: Upload): Promise<boolean> {
    const { id } = upload;
    if (this.#parts.folder.has(id)) return Promise.resolve(true);
    const coming = this.#coming.get(id);
    if (coming) return coming;
    if (this.#isClosed || this.#hasJustFailed(id)) return Promise.resolve(false);
    const fetched = this.#fetchInTurn(upload).finally(() => this.#coming.delete(id));
    this.#coming.set(id, fetched);
    return fetched;
  }

  /**
   * Fetches these files in the background. Those that could not be fetched before come last; those
   * that have just failed are left out.
   */
  getAll(missing: readonly Upload[]): void {
    const byId = new Map(missing.map((upload) => [upload.id, upload]));
    for (const id of this.#failedAt.keys()) if (!byId.has(id)) this.#failedAt.delete(id);
    const failed = [...this.#failedAt.keys()].filter((id) => !this.#hasJustFailed(id));
    this.#queue = [
      ...missing.filter(({ id }) => !this.#failedAt.has(id)),
      ...failed.flatMap((id) => byId.get(id) ?? []),
    ].toReversed();
    this.#fillBackground();
  }

  /** Ends the fetching: no further file is begun. */
  close(): void {
    this.#isClosed = true;
  }

  #hasJustFailed(id: string): boolean {
    const failedAt = this.#failedAt.get(id);
    return failedAt !== undefined && this.#parts.clock.moment().since(failedAt) < RETRY_MS;
  }

  #fillBackground(): void {
    while (this.#inBackground < AT_ONCE.background) {
      const next = this.#queue.pop();
      if (!next) return;
      this.#inBackground++;
      void this.get(next).finally(() => {
        this.#inBackground--;
        this.#fillBackground();
      });
    }
  }

  /** Fetches a file as soon as fewer files than the limit are being fetched. Never rejects. */
  async #fetchInTurn(upload: Upload): Promise<boolean> {
    if (this.#running++ >= AT_ONCE.all) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    const isHere = !this.#isClosed && await this.#fetch(upload);
    this.#running--;
    this.#waiting.shift()?.();
    this.#failedAt.delete(upload.id);
    if (!isHere) this.#failedAt.set(upload.id, this.#parts.clock.moment());
    return isHere;
  }

  async #fetch(upload: Upload): Promise<boolean> {
    const { fetch, fetched, folder, log } = this.#parts;
    const { id } = upload;
    try {
      const isHere = await folder.take(upload, (path) => fetch(upload, path));
      if (isHere) fetched(id);
      else log.debug("no server of the cluster has a file", { file: id });
      return isHere;
    } catch (error) {
      // If the disk is full, all other files would fail, too. The next `getAll` queues them again.
      this.#queue = [];
      if (!this.#isClosed) log.warn("a file could not be copied", { reason: reason(error) });
      return false;
    }
  }
}
