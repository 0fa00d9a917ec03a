/**
 * Decides which settings change when the configuration file is read again while the server runs.
 * Does not depend on the parts of the server that use these settings.
 *
 * @module
 */

import type { ServeOptions } from "./config.ts";
import { assertNoContradiction } from "./contradictions.ts";
import { FLAGS } from "./flags.ts";
import { keyOf } from "./settings.ts";

/**
 * The result of reading the configuration file again. Settings are named by their keys in the file.
 */
export interface Reloaded {
  /** The options from now on. */
  readonly options: ServeOptions;
  /** The settings that have changed. */
  readonly changed: readonly string[];
  /** The settings whose new values apply only when the server starts again. */
  readonly needRestart: readonly string[];
}

/**
 * Returns the changes from `current` to `read`: from the options in use to those that the file sets
 * now.
 *
 * @throws {UserError} if the new settings do not fit the settings that cannot change.
 */
export function reloadedOptions(current: ServeOptions, read: ServeOptions): Reloaded {
  const options: { -readonly [Key in keyof ServeOptions]: ServeOptions[Key] } = { ...current };
  const changed: string[] = [];
  const needRestart: string[] = [];
  const take = <Key extends keyof ServeOptions>(key: Key): void => {
    options[key] = read[key];
  };
  const all = { ...current, ...read };
  for (const key of Object.keys(all)) {
    if (!isOption(key, all) || JSON.stringify(current[key]) === JSON.stringify(read[key])) continue;
    // The certificate files can be replaced, but not left out: the server would have to make its
    // own certificate.
    const canChange = !FIXED.has(key) && (key !== "tls" || read.tls !== undefined);
    (canChange ? changed : needRestart).push(SETTINGS.get(key) ?? key);
    if (canChange) take(key);
  }
  assertNoContradiction(options);
  return { options, changed: changed.sort(), needRestart: needRestart.sort() };
}

function isOption(key: string, options: ServeOptions): key is keyof ServeOptions {
  return key in options;
}

/** The names of the options that change only when the server starts. */
const FIXED: ReadonlySet<string> = new Set(
  Object.entries(FLAGS).filter(([, { changes }]) => changes === "at start").map(([name]) => name),
);

/** The keys of the file, by the names of the options. */
const SETTINGS: ReadonlyMap<string, string> = new Map([
  ...Object.entries(FLAGS).map(([option, { name }]) => [option, keyOf(name)] as const),
  ["tls", "tlsCert"],
]);
