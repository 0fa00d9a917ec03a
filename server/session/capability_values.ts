/**
 * Makes the list of capabilities, with their values, for `CAP LS`.
 *
 * Source: https://ircv3.net/specs/extensions/capability-negotiation
 *
 * @module
 */

import { mechanismNames } from "../auth/sasl.ts";
import type { ServeOptions } from "../config/config.ts";
import { type Capability, CAPABILITY_NAMES, MULTILINE_LIMITS } from "../irc/capabilities.ts";
import { METADATA_LIMITS } from "../state/metadata.ts";

/** The facts about the client that decide the values it gets. */
export interface CapabilityContext {
  /** The fingerprint of its certificate, if it has shown one. */
  readonly certificate?: string | undefined;
  /**
   * The value of the capability `sts` for this client, if it gets that capability. Clients cannot
   * request `sts`, so it is not among {@linkcode CAPABILITY_NAMES}.
   */
  readonly sts?: string | undefined;
}

/**
 * The values of those capabilities that have a value. Only clients that support values get them;
 * see `VERSION_WITH_VALUES`.
 */
const VALUES: Partial<
  Record<Capability, (options: ServeOptions, client: CapabilityContext) => string>
> = {
  "draft/account-registration": (options) =>
    [
      ...(beforeConnect(options) ? ["before-connect"] : []),
      ...(options.accounts.requireEmail ? ["email-required"] : []),
    ].join(","),
  "draft/metadata-2": metadataValue,
  "draft/metadata-3": metadataValue,
  "draft/multiline": () =>
    `max-bytes=${MULTILINE_LIMITS.bytes},max-lines=${MULTILINE_LIMITS.lines}`,
  "sasl": (_options, { certificate }) => mechanismNames(certificate),
};

/**
 * Returns true if a client can register an account before it has finished connecting. That is not
 * allowed on a server that requires a password or an invitation.
 */
export function beforeConnect({ accounts, inviteOnly, password }: ServeOptions): boolean {
  return accounts.beforeConnect && password === undefined && !inviteOnly;
}

/**
 * Returns the capabilities as `CAP LS` lists them to `client`: each with its value, if it has one.
 */
export function capsWithValues(options: ServeOptions, client: CapabilityContext): string[] {
  const { sts } = client;
  const names = CAPABILITY_NAMES.map((name) => {
    const value = VALUES[name]?.(options, client) ?? "";
    return value === "" ? name : `${name}=${value}`;
  });
  return sts === undefined ? names : [...names, `sts=${sts}`];
}

/**
 * Returns the value of both versions of the metadata capability: it works before registration, and
 * has these limits (https://ircv3.net/specs/extensions/metadata, "`draft/metadata-3` Capability").
 */
function metadataValue(): string {
  const { subscriptions, keys, keyBytes, valueBytes } = METADATA_LIMITS;
  return `before-connect,max-subs=${subscriptions},max-keys=${keys},max-key-bytes=${keyBytes},` +
    `max-value-bytes=${valueBytes}`;
}
