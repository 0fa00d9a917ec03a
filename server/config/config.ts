/**
 * Reads the options of `chat serve` from the command line, the environment and a configuration
 * file. Does not know sockets or the use of an option.
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
import { ACME_TEXTS } from "../texts/acme.ts";
import { dataFolder } from "./data_folder.ts";

/**
 * The options of `chat serve`: those that its flags set, those that are derived from them, and
 * those that only the configuration file can set.
 */
export interface ServeOptions extends Omit<OptionsOf<typeof FLAGS>, "data" | "tlsCert" | "tlsKey"> {
  /** The folder in which the server keeps its files. */
  readonly data: string;
  /** The files of the key and the certificate; absent if the server uses its own. */
  readonly tls?: KeyFiles;
  /** The users who may become operators of the server. */
  readonly operators: readonly Operator[];
  /** The password that a trusted proxy must give with WEBIRC; absent if none is accepted. */
  readonly gatewayPassword?: string;
  /** The rules for registering an account. */
  readonly accounts: AccountRules;
  /** The limits of one client, of its address and of its account. */
  readonly limits: Limits;
}

/**
 * Returns the options of `chat serve`. Flags win over the environment, the environment over the
 * file that `--config` names, and the file over the defaults. `mode` is the name of the mode in
 * messages, because other modes take the same flags.
 *
 * @throws {UsageError} if a flag is wrong.
 * @throws {UserError} if the file cannot be read or a value in it is wrong.
 */
export function serveOptions(
  args: readonly string[],
  environment: Environment,
  mode = "serve",
): ServeOptions {
  const given = parseFlags(SERVE, args, environment);
  const [operand] = given.operands;
  if (operand !== undefined) throw new UsageError(`${mode} takes only flags: remove ${operand}`);
  const settings = new Settings(SERVE, given);
  const { data, tlsCert, tlsKey, ...options } = readOptions(FLAGS, (flag) => settings.of(flag));
  assertNoSecretsByNc(options);
  const tls = keyFiles(tlsCert, tlsKey);
  if (options.acme !== undefined) assertAuthorityFits(options.memory, tls);
  assertClusterFits(options);
  const gatewayPassword = settings.find("gatewayPassword", kinds.secret);
  return {
    ...options,
    name: settings.has(FLAGS.name) ? options.name : options.acme ?? options.name,
    ...(tls && { tls }),
    ...(gatewayPassword !== undefined && { gatewayPassword }),
    data: dataFolder(data, environment),
    operators: settings.find("operators", listOf(kinds.operator)) ?? [],
    accounts: { ...DEFAULT_ACCOUNT_RULES, ...settings.find("accounts", kinds.accounts) },
    limits: { ...DEFAULT_LIMITS, ...settings.find("limits", kinds.limits) },
  };
}

/** Returns true if users can upload files. A server without a disk (`--memory`) takes none. */
export function takesUploads(
  { uploads, memory }: Pick<ServeOptions, "uploads" | "memory">,
): boolean {
  return uploads > 0 && !memory;
}

/**
 * Checks that a server of a cluster keeps its messages on the disk and has no port for plain
 * clients, and that a server without a cluster is not given the name of a node.
 *
 * @throws {UsageError} if that is not so.
 */
function assertClusterFits(
  { cluster, node, memory, plainPort }: Pick<
    ServeOptions,
    "cluster" | "node" | "memory" | "plainPort"
  >,
): void {
  if (cluster === undefined) {
    if (node === undefined) return;
    throw new UsageError("--node names a server of a cluster: add --cluster, or remove it");
  }
  if (memory) throw new UsageError("--cluster keeps messages on the disk: remove --memory");
  if (plainPort !== undefined) throw new UsageError("--cluster has no --plain-port: remove it");
}

/**
 * Checks that a server with a port for plain clients needs no password and no invitation. Plain
 * clients, such as `nc`, can send neither.
 *
 * @throws {UsageError} if the server has such a port, and needs a password or an invitation.
 */
export function assertNoSecretsByNc(
  { inviteOnly, password, plainPort }: Pick<ServeOptions, "inviteOnly" | "password" | "plainPort">,
): void {
  const hasSecret = inviteOnly || password !== undefined;
  if (plainPort !== undefined && hasSecret) throw new UsageError(NO_SECRETS_BY_NC);
}

const NO_SECRETS_BY_NC =
  "--plain-port admits anyone, because nc can send neither an invitation nor a password: remove it, " +
  "or remove --invite-only and --password (CHAT_PASSWORD)";

/**
 * Checks that the server has a folder for a certificate from an authority, and that no other
 * certificate is given.
 *
 * @throws {UsageError} if that is not so.
 */
function assertAuthorityFits(memory: boolean, tls: KeyFiles | undefined): void {
  if (tls) throw new UsageError(ACME_TEXTS.noFileAndAuthority);
  if (memory) throw new UsageError(ACME_TEXTS.needsFolder);
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
