/**
 * Implements `chat export`, which writes the stored history, or verifies the database. It only
 * reads, and the server may be running.
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";
import { UsageError, UserError } from "../../shared/errors.ts";
import { casefold } from "../../protocol.ts";
import { type Command, type Environment, parseFlags, USAGE_EXIT_CODE } from "../../shared/flags.ts";
import { dataFlag, dataFolder } from "../config/data_folder.ts";
import { type Format, FORMATS, rowOf } from "./export_rows.ts";
import { isFile } from "../../shared/files.ts";
import { printable } from "../../shared/text.ts";
import type { Surroundings } from "../../shared/mode.ts";
import { eventsIn, readJournal } from "../store/journal.ts";
import { readLog } from "../store/log_damage.ts";
import { DATABASE, isInUse, JOURNAL } from "../store/open.ts";
import { type KeyedEvent, mergeBlocks, storedBlocks } from "../store/chronicle.ts";
import { StoreReader } from "../store/reader.ts";
import type { HistoryKey } from "../store/store.ts";
import { unusableFile } from "../store/trouble.ts";
import { verify } from "../store/verify.ts";
import { EXPORT_TEXTS } from "../texts/server.ts";
import { STORE_TEXTS } from "../texts/store.ts";

/** The flags of `chat export`, and its help. */
export const command: Command = {
  description: [
    "Writes all messages and other events of a server to standard output, in order of time. The " +
    "server may be running.",
    "The output includes private messages: protect it as you protect the database.",
  ],
  flags: [
    dataFlag,
    { name: "room", value: "NAME", group: "Output", help: "Write the events of this room only." },
    {
      name: "format",
      value: "FORMAT",
      default: "text",
      group: "Output",
      help: `The format: ${Object.keys(FORMATS).join(", ")}.`,
    },
    {
      name: "verify",
      group: "Output",
      help: "Check the whole database instead, and print one line with the result.",
    },
  ],
  exitCodes: [
    ["0", "Everything was written, or the database is whole."],
    [
      "1",
      "The export failed; or the database is damaged, and only the undamaged part was written. " +
      "Standard error says which.",
    ],
    USAGE_EXIT_CODE,
    ["141", "The reader of the output, such as head, ended before everything was written."],
  ],
  examples: [
    { line: "chat export --room kitchen", does: "Everything in #kitchen." },
    { line: "chat export --format csv > all.csv", does: "Everything, for a spreadsheet." },
    {
      line: "chat export --verify --data /srv/chat",
      does: "Check the database of that server.",
    },
  ],
};

/** Runs `chat export` with these arguments; see {@linkcode exportHistory}. */
export function run(
  args: readonly string[],
  { environment, print, printError }: Surroundings,
): number {
  return exportHistory(args, environment, print, (line) => printError(`chat: ${line}`));
}

/**
 * Runs `chat export` with these arguments. Passes the output to `print`, some lines at a time, and
 * warnings about damaged parts to `warn`; returns the exit code.
 *
 * @throws {UsageError} if the arguments are invalid.
 * @throws {UserError} if there is no database, or it cannot be read.
 */
export function exportHistory(
  args: readonly string[],
  environment: Environment,
  print: (lines: string) => void,
  warn: (line: string) => void = () => {},
): number {
  const flags = parseFlags(command, args, environment);
  const [operand] = flags.operands;
  if (operand !== undefined) throw new UsageError(EXPORT_TEXTS.unneededOperand(operand));
  const format = formatOf(flags.values.get("format")?.at(-1) ?? "text");
  const data = dataFolder(flags.values.get("data")?.at(-1), environment);
  const path = `${data}/${DATABASE}`;
  if (!isFile(path)) {
    throw new UserError(STORE_TEXTS.noDatabase(data));
  }
  try {
    // The journal is read first: an event that leaves it meanwhile is found in the database.
    const journal = readJournal(`${data}/${JOURNAL}`);
    const damagedLog = isInUse(data) ? undefined : readLog(path).damagedFrom;
    let isWhole = damagedLog === undefined;
    using reader = new StoreReader(path, (_, { block }) => {
      isWhole = false;
      warn(EXPORT_TEXTS.leftOut(path, Number(block)));
    });
    const lost = damagedLog === undefined ? undefined : STORE_TEXTS.damagedLog(path, damagedLog);
    if (flags.switches.has("verify")) return report(path, reader, lost, print);
    if (lost !== undefined) warn(lost);
    const room = flags.values.get("room")?.at(-1);
    const key = room === undefined ? undefined : historyKeyNamed(room);
    if (key !== undefined) {
      assertKnown(key, [...reader.keys(), ...eventsIn(journal).map((each) => each.key)]);
    }
    if (format.head !== undefined) print(format.head);
    const all = storedBlocks(reader, journal, key);
    for (const events of mergeBlocks(all)) writeEvents(events, format, print);
    return isWhole ? 0 : 1;
  } catch (error) {
    throw unusableFile(path, error);
  }
}

function formatOf(name: string): Format {
  const format = Object.entries(FORMATS).find(([known]) => known === name)?.[1];
  if (format) return format;
  throw new UsageError(EXPORT_TEXTS.unknownFormat(Object.keys(FORMATS).join(", ")));
}

/**
 * Returns the key of a room's history. The `#`, which begins a comment in shells, may be left out,
 * but not after the prefix of a rank. A `room` with a space is the key of a private conversation.
 */
function historyKeyNamed(room: string): HistoryKey {
  return casefold(room.includes("#") || room.includes(" ") ? room : `#${room}`);
}

/** Throws unless `known` includes `key`. */
function assertKnown(key: HistoryKey, known: readonly HistoryKey[]): void {
  if (known.includes(key)) return;
  const nearest = known.length > 0 ? closestString(key, known) : undefined;
  const shown = nearest === undefined ? undefined : printable(nearest);
  throw new UserError(EXPORT_TEXTS.noHistory(printable(key), shown));
}

function writeEvents(
  events: readonly KeyedEvent[],
  format: Format,
  print: (lines: string) => void,
): void {
  const lines = events.flatMap(({ key, event }) => {
    const row = rowOf(key, event);
    return row ? format.lines(row) : [];
  });
  if (lines.length > 0) print(lines.join("\n"));
}

function report(
  path: string,
  reader: StoreReader,
  lost: string | undefined,
  print: (line: string) => void,
): number {
  const { checked, error } = verify(reader);
  if (error === undefined && lost !== undefined) {
    print(lost);
    return 1;
  }
  if (error === undefined) print(EXPORT_TEXTS.intact(path, checked));
  else print(EXPORT_TEXTS.damaged(path, error));
  return error === undefined ? 0 : 1;
}
