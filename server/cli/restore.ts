/**
 * Implements `chat restore`, which puts a copy that `chat backup` made back into a server's folder.
 *
 * @module
 */

import { UsageError, UserError } from "../../shared/errors.ts";
import { isFile, makeFolder, reason, removeFile } from "../../shared/files.ts";
import { type Command, type Environment, parseFlags, USAGE_EXIT_CODE } from "../../shared/flags.ts";
import type { Surroundings } from "../../shared/mode.ts";
import { dataFlag, dataFolder } from "../config/data_folder.ts";
import { ownFiles } from "../net/identity.ts";
import { copyPrivate } from "../store/backup.ts";
import { DATABASE, JOURNAL, lockFolder } from "../store/open.ts";
import { copyUploads } from "../uploads/folder.ts";
import { BACKUP_TEXTS } from "../texts/server.ts";

/** The flags of `chat restore`, and its help. */
export const command: Command = {
  description: [
    "Puts the copy in the folder DIR, which chat backup made, back into a server's folder. That " +
    "folder must have no database and no key yet. Start the server afterwards: it has the same " +
    "messages, files, accounts and key, so that clients notice no difference.",
  ],
  flags: [dataFlag],
  exitCodes: [
    ["0", "The copy is back in the folder."],
    ["1", "Nothing was restored. Standard error says why."],
    USAGE_EXIT_CODE,
  ],
  examples: [
    { line: "chat restore /backup/chat", does: "Restore the server of this user." },
    { line: "chat restore --data /srv/new /backup/chat", does: "Restore it into another folder." },
  ],
};

/** Runs `chat restore` with these arguments, and prints the result. */
export function run(args: readonly string[], { environment, print }: Surroundings): number {
  print(restore(args, environment));
  return 0;
}

/**
 * Runs `chat restore` with its arguments; returns the line to print.
 *
 * @throws {UsageError} if the arguments are wrong.
 * @throws {UserError} if there is no copy, a server uses the folder, or the folder already has
 * files of a server.
 */
export function restore(args: readonly string[], environment: Environment): string {
  const { operands: [from, ...surplus], values } = parseFlags(command, args, environment);
  if (from === undefined || surplus.length > 0) throw new UsageError(BACKUP_TEXTS.restoreUsage);
  const given = values.get("data")?.at(-1);
  const data = dataFolder(given, environment);
  if (!isFile(`${from}/${DATABASE}`)) throw new UserError(BACKUP_TEXTS.noCopy(from));
  makeFolder(data);
  using _lock = lockFolder(data);
  const keys = ownFiles("");
  const key = keys.key.replace(/^\//, "");
  // The database is copied last: without it, the folder is not a server's folder yet. Only a copy
  // that was made by other means, from the folder of a stopped server, has the database's log
  // (`-wal`), with the last changes.
  const names = [JOURNAL, keys.cert.replace(/^\//, ""), key, `${DATABASE}-wal`, DATABASE];
  // A journal or a log that was left over would become a part of the restored history.
  const inTheWay = names.find((name) => isFile(`${data}/${name}`));
  if (inTheWay !== undefined) throw new UserError(BACKUP_TEXTS.inTheWay(data, inTheWay));
  const copied: string[] = [];
  try {
    copyUploads(from, data);
    for (const name of names.filter((name) => isFile(`${from}/${name}`))) {
      copy(`${from}/${name}`, `${data}/${name}`);
      copied.push(name);
    }
    const start = given === undefined ? "chat serve" : `chat serve --data ${oneWord(data)}`;
    return BACKUP_TEXTS.restored(from, data, start, isFile(`${from}/${key}`));
  } catch (error) {
    // If these files stayed, the next `chat restore` would refuse the folder.
    for (const name of copied) removeFile(`${data}/${name}`);
    throw new UserError(BACKUP_TEXTS.notRestored(data, reason(error)));
  }
}

/** Returns `path` as one word of a command line. */
function oneWord(path: string): string {
  return /^[\w./:~\\-]+$/.test(path) ? path : `"${path}"`;
}

/** Copies a file completely or not at all. */
function copy(from: string, to: string): void {
  const draft = `${to}.${crypto.randomUUID()}`;
  try {
    copyPrivate(from, draft);
    Deno.renameSync(draft, to);
  } finally {
    removeFile(draft);
  }
}
