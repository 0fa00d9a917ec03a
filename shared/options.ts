/**
 * Options as they follow from a table of flags: the type of the options, and their values. A new
 * flag is one row of such a table. Knows nothing of where values come from.
 *
 * @module
 */

import type { Flag } from "../flags.ts";

/** A table of flags, by the names of the options that they set. */
export type FlagTable = Readonly<Record<string, Flag>>;

/** The value of the option that a flag sets: as its kind has it, or else text, or of a switch a boolean. */
export type ValueOf<Row> = Row extends { readonly kind: { read(...args: never): infer Value } }
  ? Value
  : Row extends { readonly value: string } ? string
  : boolean;

/** The options that always have a value: switches, and what has one where nothing is given. */
export type AlwaysSet<Table> = {
  [Option in keyof Table]: Table[Option] extends
    { readonly default: string } | { readonly kind: { readonly none: unknown } } ? Option
    : Table[Option] extends { readonly value: string } ? never
    : Option;
}[keyof Table];

/** The options that the flags of a table set. */
export type OptionsOf<Table> =
  & { readonly [Option in AlwaysSet<Table>]: ValueOf<Table[Option]> }
  & { readonly [Option in Exclude<keyof Table, AlwaysSet<Table>>]?: ValueOf<Table[Option]> };

/** Reads the option of each flag with `read`, which returns `undefined` for what is to be left out. */
export function readOptions<Row extends Flag, Table extends Readonly<Record<string, Row>>>(
  table: Table & Readonly<Record<string, Row>>,
  read: (flag: Row) => unknown,
): OptionsOf<Table>;
export function readOptions(
  table: FlagTable,
  read: (flag: Flag) => unknown,
): Readonly<Record<string, unknown>> {
  const values = Object.entries(table).map(([option, flag]) => [option, read(flag)] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}
