/**
 * Reads the rows of the table `record`. A damaged row is reported and left out if the server is as
 * safe without it. Otherwise, it is an error: without a ban, a channel's key or an account, users
 * could join and read channels that are closed to them.
 *
 * @module
 */

import { UserError } from "../../shared/errors.ts";
import type { RecordTypes } from "../events/records.ts";
import { STORE_TEXTS } from "../texts/store.ts";
import { isIntact, type Row } from "./checksums.ts";
import { isRecord } from "./shapes.ts";
import type { Report } from "./trouble.ts";

/** For each kind of record, true if the server is as safe without a record of this kind. */
const IS_SPARE: { readonly [Kind in keyof RecordTypes]: boolean } = {
  account: false,
  ban: false,
  channel: false,
  clock: true,
  marker: true,
  operator: false,
  position: true,
  presence: true,
  push: true,
  request: true,
  secret: false,
  seen: true,
  token: true,
  upload: true,
  waiting: true,
};

/** Returns the key of a row. */
export function recordKey(row: Row): string {
  return String(row["key"]);
}

/**
 * Returns the record in a row of the database at `path`; `undefined` if it is damaged and left out.
 *
 * @throws {UserError} if it is damaged, and the server is less safe without it.
 */
export function recordOf<Kind extends keyof RecordTypes>(
  kind: Kind,
  row: Row,
  { path, report }: { readonly path: string; readonly report: Report },
): RecordTypes[Kind] | undefined {
  const record = isIntact("record", row) ? parsed(String(row["value"])) : undefined;
  if (isRecord(kind, record)) return record;
  const key = recordKey(row);
  if (!IS_SPARE[kind]) throw new UserError(STORE_TEXTS.damagedRecord(path, `${kind} ${key}`));
  report("a record is damaged and left out", { kind, key });
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
