/**
 * Implements `chat forget`, which removes a server from the list of known servers, for example
 * after its certificate has changed.
 *
 * @module
 */

import { formatAddress, parseAddress } from "../../shared/address.ts";
import { UsageError, UserError } from "../../shared/errors.ts";
import { type Command, type Environment, parseFlags, USAGE_EXIT_CODE } from "../../shared/flags.ts";
import type { Surroundings } from "../../shared/mode.ts";
import { clientFolder } from "../net/folder.ts";
import { KnownServers } from "../net/known_servers.ts";
import { FORGET_TEXTS } from "../texts/cli.ts";

/** The flags of `chat forget`, and its help. */
export const command: Command = {
  description: [
    "Forgets the fingerprint of the server at HOST, on all ports unless one is given, so that chat " +
    "connect trusts it at the next visit as if it were the first. Do that only if the operator of " +
    "the server tells you, over another channel, that the server has a new fingerprint.",
  ],
  flags: [],
  exitCodes: [
    ["0", "The fingerprint is forgotten."],
    ["1", "No fingerprint was known, or the file could not be changed. Standard error says why."],
    USAGE_EXIT_CODE,
  ],
  examples: [
    { line: "chat forget chat.example.org", does: "Forget the server on every port." },
    { line: "chat forget [2001:db8::1]:6697", does: "Forget the server on one port." },
  ],
};

/** Runs `chat forget` with these arguments, and prints the result. */
export function run(args: readonly string[], { environment, print }: Surroundings): number {
  for (const line of forget(args, environment)) print(line);
  return 0;
}

/**
 * Runs `chat forget` with its arguments; returns the lines to print.
 *
 * @throws {UsageError} if the arguments are wrong.
 * @throws {UserError} if nothing is known of the server, or the file cannot be read or written.
 */
export function forget(args: readonly string[], environment: Environment): string[] {
  const { operands: [target, ...surplus] } = parseFlags(command, args, environment);
  const address = target === undefined ? undefined : parseAddress(target.toLowerCase());
  if (target === undefined || !address || surplus.length > 0) {
    throw new UsageError(FORGET_TEXTS.usage);
  }
  const folder = clientFolder(environment);
  const { hostname, port } = address;
  const isMeant = (name: string) => {
    const known = parseAddress(name);
    return known?.hostname === hostname && (port === undefined || known.port === port);
  };
  const found = folder === undefined
    ? []
    : new KnownServers(`${folder}/known_servers`).forget(isMeant);
  if (found.length > 0) return found.map((name) => FORGET_TEXTS.forgotten(name));
  const name = port === undefined ? hostname : formatAddress({ hostname, port });
  throw new UserError(FORGET_TEXTS.unknown(name));
}
