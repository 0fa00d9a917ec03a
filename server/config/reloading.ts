/**
 * Decides which settings change when the configuration file is read again while the server runs. Has no
 * dependency on the parts of the server that use them.
 *
 * @module
 */

import { assertNoSecretsByNc, type ServeOptions } from "./config.ts";
import { FLAGS } from "./flags.ts";
import { keyOf } from "./settings.ts";

/** The result of reading the configuration file again; settings have the names of keys of the file. */
export interface Reloaded {
  /** The options from now on. */
  readonly options: ServeOptions;
  /** The settings that have changed. */
  readonly changed: readonly string[];
  /** The settings whose new values apply only when the server starts again. */
  readonly needRestart: readonly string[];
}

/** For each option, true if it can change while the server runs. */
const AT_RUN_TIME: Readonly<Record<keyof ServeOptions, boolean>> = {
  accounts: true,
  address: true,
  allowPlaintext: true,
  // Applies to users who connect from then on.
  cloak: true,
  gatewayPassword: true,
  icon: true,
  inviteOnly: true,
  keepBytes: true,
  keepMs: true,
  limits: true,
  logFormat: true,
  logLevel: true,
  logWithoutAddresses: true,
  motd: true,
  network: true,
  operators: true,
  origins: true,
  password: true,
  replay: true,
  room: true,
  stsMs: true,
  tls: true,
  trustedProxies: true,
  // The source of all others.
  config: false,
  // Where the store is, and how it writes.
  data: false,
  durable: false,
  memory: false,
  // Ports are opened once.
  listen: false,
  page: false,
  metrics: false,
  plainPort: false,
  // Clients know the server by its name, and its certificate has it.
  name: false,
  // Shown at the start.
  qr: false,
};

/**
 * Returns the changes from `current` to `read`, the options as they are in the file now.
 *
 * @throws {UserError} if the new settings do not fit those that cannot change.
 */
export function reloadedOptions(current: ServeOptions, read: ServeOptions): Reloaded {
  const options: { -readonly [Key in keyof ServeOptions]: ServeOptions[Key] } = { ...current };
  const changed: string[] = [];
  const needRestart: string[] = [];
  const take = <Key extends keyof ServeOptions>(key: Key): void => {
    options[key] = read[key];
  };
  for (const key of Object.keys(AT_RUN_TIME)) {
    if (!isOption(key) || JSON.stringify(current[key]) === JSON.stringify(read[key])) continue;
    // Without these files, the server would have to make its own certificate.
    const canChange = AT_RUN_TIME[key] && (key !== "tls" || read.tls !== undefined);
    (canChange ? changed : needRestart).push(SETTINGS.get(key) ?? key);
    if (canChange) take(key);
  }
  assertNoSecretsByNc(options);
  return { options, changed: changed.sort(), needRestart: needRestart.sort() };
}

function isOption(key: string): key is keyof ServeOptions {
  return key in AT_RUN_TIME;
}

/** The keys of the file, by the names of the options. */
const SETTINGS: ReadonlyMap<string, string> = new Map([
  ...Object.entries(FLAGS).map(([option, { name }]) => [option, keyOf(name)] as const),
  ["tls", "tlsCert"],
]);
