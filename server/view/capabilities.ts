/**
 * The IRCv3 capabilities this server has, each in one row. A session's capabilities are a set of
 * bits, so that clients which are to be sent the same bytes are found by comparing two numbers.
 *
 * Source: https://ircv3.net/specs/extensions/capability-negotiation
 *
 * @module
 */

import { METADATA_LIMITS } from "../state/metadata.ts";
import type { ServeOptions } from "../config/options.ts";
import { mechanismNames } from "../accounts/sasl.ts";

/** Capabilities as a set of bits, of which there are 31; the last is for who has none of them. */
export type Caps = number;

/** The capabilities, in alphabetical order. */
export const CAPABILITY_NAMES = [
  "account-notify",
  "account-tag",
  "away-notify",
  "batch",
  "cap-notify",
  "chghost",
  "draft/account-registration",
  "draft/channel-rename",
  "draft/chathistory",
  "draft/event-playback",
  "draft/extended-isupport",
  "draft/message-redaction",
  "draft/metadata-3",
  "draft/multiline",
  "draft/pre-away",
  "draft/read-marker",
  "echo-message",
  "extended-join",
  "invite-notify",
  "extended-monitor",
  "labeled-response",
  "message-tags",
  "multi-prefix",
  "no-implicit-names",
  "sasl",
  "server-time",
  "setname",
  "soju.im/search",
  "standard-replies",
  "userhost-in-names",
] as const;

/** The name of a capability this server has. */
export type Capability = typeof CAPABILITY_NAMES[number];

/** Every capability and its bit. */
export const CAPABILITIES: ReadonlyMap<string, Caps> = new Map(
  CAPABILITY_NAMES.map((name, index) => [name, 1 << index]),
);

/** The bit of `name`. */
export function cap(name: Capability): Caps {
  return 1 << CAPABILITY_NAMES.indexOf(name);
}

/** The names in `caps`, in alphabetical order. */
export function capNames(caps: Caps): string[] {
  return CAPABILITY_NAMES.filter((name) => (caps & cap(name)) !== 0);
}

/** What a message of several lines may have: bytes of text, and lines. */
export const MULTILINE_LIMITS = { bytes: 4096, lines: 32 } as const;

/** Who asks for the capabilities. */
export interface Asking {
  /** The fingerprint of the certificate that they have shown, if any. */
  readonly certificate?: string | undefined;
  /** What they are told of `sts`, if anything; it cannot be asked for. */
  readonly sts?: string | undefined;
}

/**
 * From this version of the negotiation on, CAP LS shows values, and cap-notify is always on
 * (https://ircv3.net/specs/extensions/capability-negotiation, "CAP LS Version").
 */
export const VERSION_WITH_VALUES = 302;

/** What is told of a capability beside its name, from {@linkcode VERSION_WITH_VALUES} on. */
const VALUES: Partial<Record<Capability, (options: ServeOptions, asking: Asking) => string>> = {
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
export function capsWithValues(options: ServeOptions, asking: Asking): string[] {
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
