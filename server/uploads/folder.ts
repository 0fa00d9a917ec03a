/**
 * Keeps the bytes of uploaded files in a folder, each in a file whose name is its id. A file that
 * is not complete has another name, so that it does not look complete if the server is killed.
 *
 * @module
 */

import { createHash, randomBytes } from "node:crypto";
import { makeFolder, removeFile } from "../../shared/files.ts";
import { freeBytes } from "../../shared/free_space.ts";
import type { Upload } from "../events/records.ts";
import { ByteReader } from "./byte_reader.ts";
import { FileSink, writeAll } from "./file_sink.ts";
import { keepsPlace, MAGIC_BYTES, type Media, recognize } from "./media.ts";
import { COPIES } from "./pictures.ts";

/** The name of the folder in the folder of the server. */
const UPLOADS = "uploads";
/** The number of random bytes of an id: 144 bits. */
const ID_BYTES = 18;
/** The form of an id. */
const ID = /^[\w-]{24}$/;
/** The ending of the name of an incomplete file, to which the bytes are written as they come. */
const RECEIVED = ".part";
/**
 * The ending of the name of an incomplete copy of a picture. The copy lacks the place where the
 * picture was taken.
 */
const COPIED = ".copy";

/** The number of bytes that are hashed at a time. */
const HASHED_BYTES = 64 * 1024;

/**
 * The number of bytes that files leave free on the disk: users must not be able to fill it, because
 * messages would be refused then.
 */
const SPARE_BYTES = 256 * 1024 * 1024;

/** A file that is complete. */
export interface Complete {
  /** The id. */
  readonly id: string;
  /** The kind of media; `undefined` if browsers must not show it. */
  readonly media: Media | undefined;
  /** The size, in bytes. */
  readonly bytes: number;
  /** The SHA-256 hash of the bytes, in hexadecimal. */
  readonly sha256: string;
}

/**
 * The error for a picture that may contain the place where it was taken. This program cannot remove
 * the place from pictures of its kind.
 */
export class PlaceError extends Error {
  /** The name of the class. */
  override readonly name = "PlaceError";
}

/** The folder of the uploaded files. */
export class UploadFolder {
  readonly #path: string;
  readonly #free: () => number | undefined;
  readonly #ids = new Set<string>();
  /** The ids of files that the state does not list yet. */
  readonly #unlisted = new Set<string>();

  /**
   * Opens the folder of uploads in the folder `data`; removes what an earlier server left
   * unfinished. `free` returns the number of free bytes on the disk, if that is known.
   */
  constructor(data: string, free: () => number | undefined = () => freeBytes(data)) {
    this.#path = `${data}/${UPLOADS}`;
    this.#free = free;
    for (const name of namesIn(this.#path)) {
      if (ID.test(name)) this.#ids.add(name);
      else if (name.endsWith(RECEIVED) || name.endsWith(COPIED)) {
        removeFile(`${this.#path}/${name}`);
      }
    }
  }

  /** The number of complete files. */
  get size(): number {
    return this.#ids.size;
  }

  /** Returns true if there is a complete file with this id. */
  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /**
   * Opens a complete file.
   *
   * @throws {Deno.errors.NotFound} if there is none.
   */
  open(id: string): Promise<Deno.FsFile> {
    if (!this.#ids.has(id)) return Promise.reject(new Deno.errors.NotFound());
    return Deno.open(`${this.#path}/${id}`);
  }

  /** Returns true if the disk has room for `bytes` of files, besides what messages need. */
  hasRoom(bytes: number): boolean {
    const free = this.#free();
    return free === undefined || free >= bytes + SPARE_BYTES;
  }

  /** Begins a file. Throws the errors of the system. */
  async begin(): Promise<Draft> {
    makeFolder(this.#path);
    const id = randomBytes(ID_BYTES).toString("base64url");
    const path = `${this.#path}/${id}`;
    return new Draft(id, path, await create(path + RECEIVED));
  }

  /**
   * Adds a complete file to the list of files. Only then can it be opened. It is not removed before
   * the returned function is called: the state may list it only later.
   */
  adopt(id: string): () => void {
    this.#ids.add(id);
    this.#unlisted.add(id);
    return () => this.#unlisted.delete(id);
  }

  /**
   * Adds the file of an upload that another server has. `fetch` writes the file to a path. If no
   * server has the file, `fetch` resolves to false, and so does this method.
   *
   * @throws {Error} if the file is damaged, cannot be written, or would nearly fill the disk.
   */
  async take(
    { id, bytes, sha256 }: Upload,
    fetch: (path: string) => Promise<boolean>,
  ): Promise<boolean> {
    if (!isFileId(id)) throw new Error(`it has the id ${JSON.stringify(id)}`);
    if (!this.hasRoom(bytes)) throw new Error("the disk is nearly full");
    makeFolder(this.#path);
    const path = `${this.#path}/${id}`;
    const received = path + RECEIVED;
    try {
      if (!await fetch(received)) return false;
      const { size } = await Deno.stat(received);
      const isIntact = sha256 === undefined || sha256 === await hashOf(received);
      if (size !== bytes || !isIntact) throw new Error("the copy is damaged");
      await Deno.rename(received, path);
      this.#ids.add(id);
      return true;
    } finally {
      removeFile(received);
    }
  }

  /** Returns the path of a complete file; `undefined` if there is none with this id. */
  pathOf(id: string): string | undefined {
    return this.#ids.has(id) ? `${this.#path}/${id}` : undefined;
  }

  /**
   * Removes the files for whose ids `isWanted` returns false, except those that the state may list
   * later; see {@linkcode adopt}.
   */
  keepOnly(isWanted: (id: string) => boolean): void {
    for (const id of this.#ids) {
      if (isWanted(id) || this.#unlisted.has(id)) continue;
      removeFile(`${this.#path}/${id}`);
      this.#ids.delete(id);
    }
  }
}

/**
 * Copies the complete files of the folder of uploads from the folder `data` to the folder `to`. A
 * file that is removed meanwhile is left out. Throws the errors of the system.
 */
export function copyUploads(data: string, to: string): void {
  const ids = namesIn(`${data}/${UPLOADS}`).filter((name) => ID.test(name));
  if (ids.length > 0) makeFolder(`${to}/${UPLOADS}`);
  for (const id of ids) {
    try {
      Deno.copyFileSync(`${data}/${UPLOADS}/${id}`, `${to}/${UPLOADS}/${id}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/**
 * Renames the folder of uploads in the folder `data` if it has complete files: adds the time `now`
 * to its name. Returns the new path; `undefined` if there are no complete files.
 */
export function setUploadsAside(data: string, now: number): string | undefined {
  const folder = `${data}/${UPLOADS}`;
  if (!namesIn(folder).some((name) => ID.test(name))) return undefined;
  const kept = `${folder}.${new Date(now).toISOString().replaceAll(":", "-")}`;
  Deno.renameSync(folder, kept);
  return kept;
}

/** A file that is being received. */
export class Draft implements Disposable {
  readonly #id: string;
  readonly #path: string;
  readonly #file: Deno.FsFile;
  /** The hash of all bytes so far, so that a large file is not read again for it. */
  readonly #hash = createHash("sha256");
  #isOpen = true;

  /** Writes to `file`, which gets the path `path` once it is complete. */
  constructor(id: string, path: string, file: Deno.FsFile) {
    this.#id = id;
    this.#path = path;
    this.#file = file;
  }

  /** Writes the next bytes. Throws the errors of the system. */
  async write(bytes: Uint8Array): Promise<void> {
    await writeAll(this.#file, bytes);
    this.#hash.update(bytes);
  }

  /**
   * Completes the file. A picture is copied without the place where it was taken.
   *
   * @throws {FormatError} if it is a damaged picture.
   * @throws {PlaceError} if it is a picture of a kind from which the place cannot be removed.
   */
  async complete(): Promise<Complete> {
    const start = new Uint8Array(MAGIC_BYTES);
    await this.#file.seek(0, Deno.SeekMode.Start);
    const count = await this.#file.read(start) ?? 0;
    const magic = start.subarray(0, count);
    if (keepsPlace(magic)) throw new PlaceError();
    const media = recognize(magic);
    const { path, sha256 } = await this.#finished(media);
    const { size: bytes } = await Deno.stat(path);
    await Deno.rename(path, this.#path);
    return { id: this.#id, media, bytes, sha256 };
  }

  /**
   * Writes the file to the disk, or a copy without the place if it is a picture; resolves to the
   * path of what was written, and its hash.
   */
  async #finished(media: Media | undefined): Promise<Pick<Complete, "sha256"> & { path: string }> {
    const copy = COPIES.get(media?.type ?? "");
    if (!copy) {
      await this.#file.syncData();
      return { path: this.#path + RECEIVED, sha256: this.#hash.digest("hex") };
    }
    const path = this.#path + COPIED;
    using file = await create(path);
    const sink = new FileSink(file);
    await this.#file.seek(0, Deno.SeekMode.Start);
    await copy(new ByteReader(this.#file), sink);
    await sink.flush();
    await file.syncData();
    return { path, sha256: await hashOf(path) };
  }

  /** Closes the file, and removes all that was written except the complete file. */
  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#file.close();
    for (const end of [RECEIVED, COPIED]) removeFile(this.#path + end);
  }
}

/** Returns true if `text` has the form of an id, so that it is safe in a path. */
export function isFileId(text: string): boolean {
  return ID.test(text);
}

/** Resolves to the SHA-256 hash of the bytes of a file, in hexadecimal. */
async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  const buffer = new Uint8Array(HASHED_BYTES);
  for (let count = await file.read(buffer); count !== null; count = await file.read(buffer)) {
    hash.update(buffer.subarray(0, count));
  }
  return hash.digest("hex");
}

/** Creates a file that only its owner can read. */
function create(path: string): Promise<Deno.FsFile> {
  return Deno.open(path, { read: true, write: true, createNew: true, mode: 0o600 });
}

function namesIn(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
