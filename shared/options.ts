/**
 * Derives options from a table of flags: the type of the options, and their values. A new flag is
 * one row of the table. Does not know the sources of values.
 *
 * @module
 */

import type { Flag } from "./flags.ts";

/** A table of flags, by the names of the options that they set. */
export type FlagTable = Readonly<Record<string, Flag>>;

/**
 * The type of a flag's value: the type that its kind reads, or else a string, or a boolean for a
 * switch.
 */
export type ValueOf<Row> = Row extends { readonly kind: { read(...args: never): infer Value } }
  ? Value
  : Row extends { readonly value: string } ? string
  : boolean;

/**
 * The names of the options that always have a value: switches, flags with a default, and flags
 * whose kind has a value for a flag that is not given (`none`).
 */
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

/**
 * Reads the value of each flag with `read`. A flag for which `read` returns `undefined` sets no
 * option.
 */
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
