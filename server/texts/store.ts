/**
 * Texts about the database and its folder: errors of opening them, and the results of a
 * verification.
 *
 * @module
 */

const OTHER_FOLDER = "choose another folder with --data";

/** Errors about the files of a store. */
export const STORE_TEXTS = {
  cannotUse: (path: string, problem: string, advice: string) =>
    `cannot use ${path}: ${problem}; ${advice}`,
  cannotWrite: (data: string, reason: string) =>
    `cannot write to ${data}: ${reason}; ${OTHER_FOLDER}, or store nothing with --memory`,
  damagedLog: (path: string, from: number) =>
    `${path}-wal is damaged from byte ${from} on: the changes after it are missing, until a server ` +
    "starts and puts back those that its journal has",
  damagedRecord: (path: string, record: string) =>
    `cannot use ${path}: the file is damaged, in its record of ${record}; restore a backup, or move ` +
    "it away and start again",
  filesGone: (path: string) =>
    `${path} was removed or moved while the server runs; put it back, or restart the server`,
  inUse: (data: string) => `another server is using ${data}: stop that server, or ${OTHER_FOLDER}`,
  newerVersion: (path: string) =>
    `${path} was written by a newer version of chat: use that version, or ${OTHER_FOLDER}`,
  noDatabase: (data: string) =>
    `there is no database in ${data}: name the server's folder with --data`,
  missingDatabase: (path: string, rest: string) =>
    `${path} is missing, but ${rest}, which has changes for it, is there: put ${path} back, or ` +
    `restore a backup; to start without its messages and accounts, move ${rest} away`,
  otherProgram: (path: string) => `${path} is the database of another program: ${OTHER_FOLDER}`,
} as const;

/** Results of a verification. */
export const VERIFY_TEXTS = {
  checked: (blocks: number, events: number, indexed: number) =>
    `${blocks} blocks, ${events} events, ${indexed} messages in the index`,
  damagedBlock: (block: number) => `block ${block} is damaged`,
  extraWords: "the index contains words from messages that no longer exist",
  missingWords: (block: number) => `the index is missing words from block ${block}`,
  outOfOrder: (block: number) => `block ${block} is out of order`,
} as const;
