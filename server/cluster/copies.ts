/**
 * Makes copies of what a server of a cluster keeps, for other servers, and replaces a server's own
 * files by such a copy.
 *
 * @module
 */

import { makeFolder, removeFile, removeFolder } from "../../shared/files.ts";
import { copyStore, writePrivate } from "../store/backup.ts";
import { DATABASE, JOURNAL } from "../store/open.ts";
import { isObject } from "../store/shapes.ts";
import type { Copy } from "./copy_questions.ts";
import { decode, encode } from "./encoding.ts";
import { encodeState, keepState, type KeptState, readState } from "./state_file.ts";

/** The name of the folder that holds a copy while another server fetches it. */
const FOLDER = "copy";

/**
 * Copies `state`, and the store in the folder `data`. The changes of the store must be committed.
 *
 * @throws {Error} if the system or SQLite fails.
 */
export async function makeCopy(data: string, state: KeptState): Promise<Copy> {
  const folder = `${data}/${FOLDER}`;
  const done = () => removeFolder(folder);
  done();
  makeFolder(folder);
  const encoded = await encodeState(state);
  await copyStore(data, folder);
  const journal = Deno.readTextFileSync(`${folder}/${JOURNAL}`);
  const decoder = new TextDecoder();
  return {
    path: `${folder}/${DATABASE}`,
    state: encode({ state: decoder.decode(encoded), journal }),
    done,
  };
}

/**
 * Replaces the database in the folder `data` by a copy from another server: the database at `path`,
 * and `rest`, which encodes the state and the journal. If the server is killed meanwhile, it
 * fetches a copy again.
 */
export async function placeCopy(data: string, path: string, rest: Uint8Array): Promise<void> {
  const value = decode(rest);
  if (!isObject(value) || typeof value.state !== "string" || typeof value.journal !== "string") {
    throw new Error("the copy of another server has another form");
  }
  const state = new TextEncoder().encode(value.state);
  if (!readState(state)) throw new Error("the copy of another server has no state");
  for (const name of [`${DATABASE}-wal`, `${DATABASE}-shm`, JOURNAL]) removeFile(`${data}/${name}`);
  Deno.renameSync(path, `${data}/${DATABASE}`);
  writePrivate(`${data}/${JOURNAL}`, new TextEncoder().encode(value.journal));
  await keepState(data, state);
}
