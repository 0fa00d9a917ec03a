/**
 * Implements `chat backup`, which copies what a server keeps for its users, and the server's own
 * key, into a new folder. The server may be running.
 *
 * @module
 */

import { UsageError, UserError } from "../../shared/errors.ts";
import { isFile, makeFolder, reason, removeFolder } from "../../shared/files.ts";
import { type Command, type Environment, parseFlags, USAGE_EXIT_CODE } from "../../shared/flags.ts";
import type { Surroundings } from "../../shared/mode.ts";
import { trimSignsAtEnd } from "../../shared/text.ts";
import { dataFlag, dataFolder } from "../config/data_folder.ts";
import { ownFiles } from "../net/identity.ts";
import { copyStore, verifyStore, writePrivate } from "../store/backup.ts";
import { DATABASE } from "../store/open.ts";
import { copyUploads } from "../uploads/folder.ts";
import { BACKUP_TEXTS } from "../texts/server.ts";
import { STORE_TEXTS } from "../texts/store.ts";

/** The flags of `chat backup`, and its help. */
export const command: Command = {
  description: [
    "Copies a server into the folder DIR, which must be new or empty: messages, accounts, rooms, " +
    "bans, uploaded files, and the server's own key and certificate, by which clients recognize " +
    "it. The server may be running. The copy is checked before the command ends.",
    "chat restore puts the copy back. The copy includes private messages and the server's key: protect " +
    "it. It does not include certificates that --acme got, which a server gets again, or the files " +
    "that you named with --tls-cert, --tls-key and --config.",
  ],
  flags: [dataFlag],
  exitCodes: [
    ["0", "The copy is complete and checked."],
    ["1", "No copy was made. Standard error says why."],
    USAGE_EXIT_CODE,
  ],
  examples: [
    { line: "chat backup /backup/chat", does: "Copy the server of this user." },
    { line: "chat backup --data /srv/chat /backup/$(date +%F)", does: "Keep a copy of each day." },
  ],
};

/** Runs `chat backup` with these arguments, and prints the result. */
export async function run(
  args: readonly string[],
  { environment, print }: Surroundings,
): Promise<number> {
  print(await backUp(args, environment));
  return 0;
}

/**
 * Runs `chat backup` with its arguments; returns the line to print.
 *
 * @throws {UsageError} if the arguments are wrong.
 * @throws {UserError} if there is no database, or the copy cannot be made.
 */
export async function backUp(args: readonly string[], environment: Environment): Promise<string> {
  const { operands: [to, ...surplus], values } = parseFlags(command, args, environment);
  if (to === undefined || surplus.length > 0) throw new UsageError(BACKUP_TEXTS.usage);
  const data = dataFolder(values.get("data")?.at(-1), environment);
  if (!isFile(`${data}/${DATABASE}`)) throw new UserError(STORE_TEXTS.noDatabase(data));
  assertEmpty(to);
  // The folder gets its final name at the end, so that an incomplete copy does not look complete.
  const draft = `${trimSignsAtEnd(to, "/")}.unfinished`;
  try {
    removeFolder(draft);
    makeFolder(draft);
    for (const file of ["cert", "key"] as const) {
      const path = ownFiles(data)[file];
      if (isFile(path)) writePrivate(ownFiles(draft)[file], Deno.readFileSync(path));
    }
    await copyStore(data, draft);
    // The files are copied after the database. So the copy has all files that its database lists,
    // except those that were deleted meanwhile.
    copyUploads(data, draft);
    const { checked, error } = verifyStore(draft);
    if (error !== undefined) throw new UserError(BACKUP_TEXTS.damaged(data, error));
    removeFolder(to);
    Deno.renameSync(draft, to);
    return BACKUP_TEXTS.done(data, to, checked);
  } catch (error) {
    removeFolder(draft);
    if (error instanceof UserError) throw error;
    throw new UserError(BACKUP_TEXTS.failed(to, reason(error)));
  }
}

/** Throws unless `folder` is empty or does not exist. */
function assertEmpty(folder: string): void {
  try {
    if (Deno.readDirSync(folder)[Symbol.iterator]().next().done) return;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw new UserError(BACKUP_TEXTS.failed(folder, reason(error)));
  }
  throw new UserError(BACKUP_TEXTS.notEmpty(folder));
}
