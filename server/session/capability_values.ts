/**
 * The values that `CAP LS` shows beside the names of capabilities.
 *
 * Source: https://ircv3.net/specs/extensions/capability-negotiation
 *
 * @module
 */

import { mechanismNames } from "../auth/sasl.ts";
import type { ServeOptions } from "../config/config.ts";
import { type Capability, CAPABILITY_NAMES, MULTILINE_LIMITS } from "../irc/capabilities.ts";
import { METADATA_LIMITS } from "../state/metadata.ts";

/** Who asks for the capabilities. */
export interface CapabilityContext {
  /** The fingerprint of the certificate that they have shown, if any. */
  readonly certificate?: string | undefined;
  /** What they are told of `sts`, if anything; it cannot be asked for. */
  readonly sts?: string | undefined;
}

/** What is told of a capability beside its name, from `VERSION_WITH_VALUES` on. */
const VALUES: Partial<
  Record<Capability, (options: ServeOptions, asking: CapabilityContext) => string>
> = {
  "draft/account-registration": (options) =>
    [
      ...(beforeConnect(options) ? ["before-connect"] : []),
      ...(options.accounts.requireEmail ? ["email-required"] : []),
    ].join(","),
  "draft/metadata-3": metadataValue,
  "draft/multiline": () =>
    `max-bytes=${MULTILINE_LIMITS.bytes},max-lines=${MULTILINE_LIMITS.lines}`,
  "sasl": (_options, { certificate }) => mechanismNames(certificate),
};

/** Whether accounts can be registered before the connection is: not by strangers to a closed server. */
export function beforeConnect({ accounts, inviteOnly, password }: ServeOptions): boolean {
  return accounts.beforeConnect && password === undefined && !inviteOnly;
}

/** Each capability as `CAP LS` shows it to who is `asking`: with its value, if it has one. */
export function capsWithValues(options: ServeOptions, asking: CapabilityContext): string[] {
  const { sts } = asking;
  const names = CAPABILITY_NAMES.map((name) => {
    const value = VALUES[name]?.(options, asking) ?? "";
    return value === "" ? name : `${name}=${value}`;
  });
  return sts === undefined ? names : [...names, `sts=${sts}`];
}

/** `draft/metadata-3`, "`draft/metadata-3` Capability". */
function metadataValue(): string {
  const { subscriptions, keys, keyBytes, valueBytes } = METADATA_LIMITS;
  return `before-connect,max-subs=${subscriptions},max-keys=${keys},max-key-bytes=${keyBytes},` +
    `max-value-bytes=${valueBytes}`;
}
