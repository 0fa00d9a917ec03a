/**
 * Texts about users: what they show of themselves, and what others can ask about them.
 *
 * @module
 */

/** Texts of WHOIS. Each follows the nick of the user. */
export const WHOIS_TEXTS = {
  place: (network: string, nodes: readonly string[]) =>
    nodes.length === 0 ? network : `${network}, at ${nodes.join(" and ")}`,
  gateway: (name: string) => `is connected via the ${name} WebIRC gateway`,
  certificate: (fingerprint: string) => `has client certificate fingerprint ${fingerprint}`,
  modes: (letters: string) => `is using modes +${letters}`,
} as const;

/** Texts of AWAY. */
export const AWAY_TEXTS = {
  /** The away message of a user who stays in their channels without a client. */
  notConnected: "Not connected",
  /** The away message of a user who is muted. */
  muted: "Away",
  mutedWarning: (channel: string) =>
    `You are marked as away, but your message is not shown, because you are muted in ${channel}`,
} as const;

/** Texts of MONITOR. */
export const MONITOR_TEXTS = {
  unknownSubcommand: "MONITOR takes +, -, C, L or S",
} as const;

/** Texts of SETNAME. */
export const SETNAME_TEXTS = {
  muted: (channel: string) => `You cannot change your real name while you are muted in ${channel}`,
  invalid: (bytes: number) => `A real name cannot be empty, and can be at most ${bytes} bytes long`,
} as const;
