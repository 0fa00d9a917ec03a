/**
 * Parts of the options of `chat serve`: addresses, limits and rules, with their defaults. The
 * options themselves are in `config.ts`.
 *
 * @module
 */

/** The paths of two PEM files. */
export interface KeyFiles {
  /** The certificate, followed by its chain. */
  readonly cert: string;
  /** The private key. */
  readonly key: string;
}

/** An address to listen on. */
export interface ListenAddress {
  /** A name or an IP address; IPv6 without brackets. */
  readonly hostname: string;
  /** The port; 0 picks a free one. */
  readonly port: number;
}

/** An address at which a server listens, and the kind of its clients. */
export interface Listening {
  /** The kind of its clients, which decides the door that they use. */
  readonly kind: "irc" | "plain";
  /** The address. */
  readonly hostname: string;
  /** The port, which the system may have picked. */
  readonly port: number;
}

/** The limits of one client, of its address and of its account. Each is at least 1. */
export interface Limits {
  /** The connections from one IP address at a time. */
  readonly connectionsPerAddress: number;
  /** The commands per second that a client may send on average. */
  readonly commandsPerSecond: number;
  /** The commands that a client may send at once, before the rate applies. */
  readonly commandBurst: number;
  /** The size of a client's send queue, in bytes; a client that exceeds it is closed. */
  readonly sendQueueBytes: number;
  /** The seconds that a client has to register. */
  readonly registrationSeconds: number;
  /** The seconds of silence after which a client is pinged. After twice the time, it is closed. */
  readonly pingSeconds: number;
  /** The largest total size of the files of one account, in bytes. */
  readonly uploadBytes: number;
}

/** The default limits. */
export const DEFAULT_LIMITS: Limits = {
  // Enough for a household, a class or an office behind one address.
  connectionsPerAddress: 64,
  commandsPerSecond: 50,
  commandBurst: 200,
  sendQueueBytes: 1024 * 1024,
  registrationSeconds: 30,
  pingSeconds: 120,
  uploadBytes: 256 * 1024 * 1024,
};

/** The credentials of an IRC operator. */
export interface Operator {
  /** The name to give to OPER. */
  readonly name: string;
  /** The password to give to OPER. */
  readonly password: string;
}

/** The rules for registering an account. */
export interface AccountRules {
  /** True if an email address is needed; it is stored, and nothing is sent to it. */
  readonly requireEmail: boolean;
  /**
   * True if clients can register an account before they finish connecting. Has no effect on a
   * server that requires a password or an invitation.
   */
  readonly beforeConnect: boolean;
}

/** The default rules for registering an account. */
export const DEFAULT_ACCOUNT_RULES: AccountRules = {
  requireEmail: false,
  beforeConnect: true,
};

/**
 * The values of `--qr`: show the friend's URL as a QR code if standard output is a terminal, or
 * always.
 */
export const QR_TIMES = ["auto", "always"] as const;
