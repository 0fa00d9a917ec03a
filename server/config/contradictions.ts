/**
 * Settings that do not go together, in two tables. A server does not start with a combination that
 * the first table lists. The second table lists settings that have no effect because of others; the
 * server warns its operator of them. Does not know where settings come from.
 *
 * @module
 */

import { UsageError } from "../../shared/errors.ts";
import type { OptionsOf } from "../../shared/options.ts";
import type { FLAGS } from "./flags.ts";
import type { KeyFiles } from "./options.ts";

/** The settings that the tables examine. */
export type ExaminedSettings = Omit<OptionsOf<typeof FLAGS>, "data" | "tlsCert" | "tlsKey"> & {
  /** The files of the key and the certificate; absent if the server uses its own certificate. */
  readonly tls?: KeyFiles;
  /** The password of a gateway. */
  readonly gatewayPassword?: string;
};

/** A contradiction. */
interface Contradiction {
  /** Returns true if `settings` contain the contradiction. */
  readonly isIn: (settings: ExaminedSettings) => boolean;
  /** The reason why the settings do not go together, and what to do. */
  readonly text: string;
}

/** The settings that exclude each other. */
const REFUSED: readonly Contradiction[] = [
  {
    isIn: ({ plainPort, inviteOnly, password }) =>
      plainPort !== undefined && (inviteOnly || password !== undefined),
    text: "--plain-port admits anyone, because nc can send neither an invitation nor a password: " +
      "remove it, or remove --invite-only and --password (CHAT_PASSWORD)",
  },
  {
    isIn: ({ memory, durable }) => memory && durable,
    text: "--durable writes each message to the disk, and --memory writes none: remove one of them",
  },
  {
    isIn: ({ acme, tls }) => acme !== undefined && tls !== undefined,
    text: "--acme gets a certificate and --tls-cert names one: remove one of them",
  },
  {
    isIn: ({ acme, memory }) => acme !== undefined && memory,
    text: "--acme keeps a certificate in the server's folder: remove --memory or --acme",
  },
  {
    isIn: ({ cluster, node }) => node !== undefined && cluster === undefined,
    text: "--node names a server of a cluster: add --cluster, or remove it",
  },
  {
    isIn: ({ cluster, memory }) => cluster !== undefined && memory,
    text: "--cluster keeps messages on the disk: remove --memory",
  },
  {
    isIn: ({ cluster, plainPort }) => cluster !== undefined && plainPort !== undefined,
    text: "--cluster has no --plain-port: remove it",
  },
];

/**
 * Checks that no two settings exclude each other.
 *
 * @throws {UsageError} if two settings do.
 */
export function assertNoContradiction(settings: ExaminedSettings): void {
  const found = REFUSED.find(({ isIn }) => isIn(settings));
  if (found) throw new UsageError(found.text);
}

/** Settings that somebody has given, but that have no effect. */
interface Unused extends Contradiction {
  /**
   * The flags that set the settings: at least one of them must have been given a value. Absent for
   * settings without a flag.
   */
  readonly flags?: readonly (keyof typeof FLAGS)[];
}

/** The settings that have no effect because of others. */
const UNUSED: readonly Unused[] = [
  {
    flags: ["data"],
    isIn: ({ memory }) => memory,
    text: "--data has no effect: with --memory, the server has no folder",
  },
  {
    flags: ["uploads", "uploadSize"],
    isIn: ({ memory, uploads }) => memory && uploads > 0,
    text: "--uploads and --upload-size have no effect: with --memory, no files are accepted",
  },
  {
    flags: ["uploadSize"],
    isIn: ({ memory, uploads }) => !memory && uploads === 0,
    text: "--upload-size has no effect: with --uploads off, no files are accepted",
  },
  {
    flags: ["uploadSize"],
    isIn: ({ uploads, uploadSize }) => uploads > 0 && uploadSize > uploads,
    text: "--upload-size is larger than --uploads, which limits all files: make --uploads larger",
  },
  {
    flags: ["acmeEmail", "acmeDirectory"],
    isIn: ({ acme }) => acme === undefined,
    text: "--acme-email and --acme-directory have no effect without --acme",
  },
  {
    flags: ["stsMs"],
    isIn: ({ acme, stsMs, tls }) => acme === undefined && tls === undefined && stsMs > 0,
    text: "--sts has no effect, because no authority vouches for the server's own certificate: " +
      "add --acme, or --tls-cert and --tls-key",
  },
  {
    isIn: ({ gatewayPassword, trustedProxies }) =>
      gatewayPassword !== undefined && trustedProxies.length === 0,
    text: "gatewayPassword has no effect without --trusted-proxy, the address of the gateway",
  },
];

/**
 * Returns a sentence for each setting that has no effect. `isGiven` returns true for a flag that
 * was given a value.
 */
export function unusedSettings(
  settings: ExaminedSettings,
  isGiven: (flag: keyof typeof FLAGS) => boolean,
): string[] {
  return UNUSED
    .filter(({ flags, isIn }) => (flags === undefined || flags.some(isGiven)) && isIn(settings))
    .map(({ text }) => text);
}
