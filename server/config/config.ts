/**
 * Reads the options of `chat serve` from the command line, the environment and a configuration
 * file. Knows neither sockets nor the uses of the options.
 *
 * @module
 */

import { UsageError } from "../../shared/errors.ts";
import { type Environment, parseFlags } from "../../shared/flags.ts";
import { type OptionsOf, readOptions } from "../../shared/options.ts";
import * as kinds from "./setting_kinds.ts";
import {
  type AccountRules,
  DEFAULT_ACCOUNT_RULES,
  DEFAULT_LIMITS,
  type KeyFiles,
  type Limits,
  type Operator,
} from "./options.ts";
import { FLAGS, SERVE } from "./flags.ts";
import { listOf, Settings } from "./settings.ts";
import { assertNoContradiction, unusedSettings } from "./contradictions.ts";
import { dataFolder } from "./data_folder.ts";

/**
 * The options of `chat serve`: those that its flags set, those that are derived from them, and
 * those that only the configuration file can set.
 */
export interface ServeOptions extends Omit<OptionsOf<typeof FLAGS>, "data" | "tlsCert" | "tlsKey"> {
  /** The folder in which the server keeps its files. */
  readonly data: string;
  /** The files of the key and the certificate; absent if the server uses its own certificate. */
  readonly tls?: KeyFiles;
  /** The users who may become operators of the server. */
  readonly operators: readonly Operator[];
  /** The password that a trusted proxy must give with WEBIRC; absent if WEBIRC is not accepted. */
  readonly gatewayPassword?: string;
  /** The rules for registering an account. */
  readonly accounts: AccountRules;
  /** The limits of one client, of its address and of its account. */
  readonly limits: Limits;
}

/** The options of `chat serve`, and warnings about settings. */
export interface ServeSettings {
  /** The options. */
  readonly options: ServeOptions;
  /** A sentence for each setting that was given, but has no effect because of other settings. */
  readonly unused: readonly string[];
}

/**
 * Returns the options of `chat serve`. Flags win over the environment, the environment over the
 * file that `--config` names, and the file over the defaults.
 *
 * @throws {UsageError} if a flag is wrong.
 * @throws {UserError} if the file cannot be read or a value in it is wrong.
 */
export function serveOptions(args: readonly string[], environment: Environment): ServeOptions {
  return serveSettings(args, environment).options;
}

/**
 * Returns the options of `chat serve` as {@linkcode serveOptions} does, and says which settings have
 * no effect. `mode` is the name of the mode in messages, because other modes take the same flags.
 *
 * @throws {UsageError} if a flag is wrong.
 * @throws {UserError} if the file cannot be read or a value in it is wrong.
 */
export function serveSettings(
  args: readonly string[],
  environment: Environment,
  mode = "serve",
): ServeSettings {
  const given = parseFlags(SERVE, args, environment);
  const [operand] = given.operands;
  if (operand !== undefined) throw new UsageError(`${mode} takes only flags: remove ${operand}`);
  const settings = new Settings(SERVE, given);
  const { data, tlsCert, tlsKey, ...flags } = readOptions(FLAGS, (flag) => settings.of(flag));
  const tls = keyFiles(tlsCert, tlsKey);
  const gatewayPassword = settings.find("gatewayPassword", kinds.secret);
  const options: ServeOptions = {
    ...flags,
    name: settings.has(FLAGS.name) ? flags.name : flags.acme ?? flags.name,
    ...(tls && { tls }),
    ...(gatewayPassword !== undefined && { gatewayPassword }),
    data: dataFolder(data, environment),
    operators: settings.find("operators", listOf(kinds.operator)) ?? [],
    accounts: { ...DEFAULT_ACCOUNT_RULES, ...settings.find("accounts", kinds.accounts) },
    limits: { ...DEFAULT_LIMITS, ...settings.find("limits", kinds.limits) },
  };
  assertNoContradiction(options);
  return { options, unused: unusedSettings(options, (flag) => settings.has(FLAGS[flag])) };
}

/** Returns true if users can upload files. A server without a disk (`--memory`) takes no files. */
export function takesUploads(
  { uploads, memory }: Pick<ServeOptions, "uploads" | "memory">,
): boolean {
  return uploads > 0 && !memory;
}

function keyFiles(cert: string | undefined, key: string | undefined): KeyFiles | undefined {
  if (cert !== undefined && key !== undefined) return { cert, key };
  if (cert === key) return undefined;
  throw new UsageError(
    cert === undefined
      ? "--tls-key needs --tls-cert, the certificate that belongs to the key"
      : "--tls-cert needs --tls-key, the private key of the certificate",
  );
}
