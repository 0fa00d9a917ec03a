/**
 * The options of `chat serve`, as the server uses them. Has no dependency on their sources, which
 * `config.ts` reads.
 *
 * @module
 */

import type { Address } from "../../address.ts";
import type { KeyFiles } from "../net/identity.ts";
import type { Range } from "../net/ip.ts";
import type { LogFormat, LogLevel } from "../log.ts";

/** An address to listen at. */
export interface ListenAddress {
  /** A name or an IP address; IPv6 without brackets. */
  readonly hostname: string;
  /** The port; 0 picks a free one. */
  readonly port: number;
}

/** An address at which a server listens, and what is spoken there. */
export interface Listening {
  /** The door that it belongs to. */
  readonly kind: "irc" | "plain";
  /** The address. */
  readonly hostname: string;
  /** The port, picked or asked for. */
  readonly port: number;
}

/** The limits of one client. Each is at least 1. */
export interface Limits {
  /** The connections from one IP address at a time. */
  readonly connectionsPerAddress: number;
  /** The commands a second that a client may send in the long run. */
  readonly commandsPerSecond: number;
  /** The commands that a client may send at once, before the rate applies. */
  readonly commandBurst: number;
  /** The size of a client's send queue, in bytes; a client that exceeds it is closed. */
  readonly sendQueueBytes: number;
  /** The seconds that a client has to register. */
  readonly registrationSeconds: number;
  /** The seconds of silence after which a client is pinged; after as many more it is closed. */
  readonly pingSeconds: number;
}

/** The limits without a configuration file. */
export const DEFAULT_LIMITS: Limits = {
  // A household, a class or an office behind one address.
  connectionsPerAddress: 64,
  commandsPerSecond: 50,
  commandBurst: 200,
  sendQueueBytes: 1024 * 1024,
  registrationSeconds: 30,
  pingSeconds: 120,
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
  /** True if clients of an open server can register an account before they finish connecting. */
  readonly beforeConnect: boolean;
}

/** The rules without a configuration file. */
export const DEFAULT_ACCOUNT_RULES: AccountRules = {
  requireEmail: false,
  beforeConnect: true,
};

/** The values of `--qr`: show the friend's URL as a QR code if standard output is a terminal, or always. */
export const QR_TIMES = ["auto", "always"] as const;

/** The options of a server. */
export interface ServeOptions {
  /** The addresses to listen at for IRC; at least one. */
  readonly listen: readonly ListenAddress[];
  /** The plain text port at the host of the first `listen`, for users who have only `nc`; absent, none. */
  readonly plainPort?: number;
  /** The address of the metrics server; absent, none. */
  readonly metrics?: ListenAddress;
  /** The condition for a QR code; absent, none is shown. */
  readonly qr?: typeof QR_TIMES[number];
  /** The files with the key and the certificate; absent, the server generates its own. */
  readonly tls?: KeyFiles;
  /** True if clients on other machines may connect without encryption. */
  readonly allowPlaintext: boolean;
  /** The time for which clients must use TLS alone, in milliseconds; 0 revokes an earlier time. */
  readonly stsMs: number;
  /** The origins of web pages that may connect, as browsers write them; `*` stands for all. */
  readonly origins: readonly string[];
  /** The public address of the server; absent, it is an address of the machine. */
  readonly address?: Address;
  /** The addresses of the proxies that are trusted to report a client's address. */
  readonly trustedProxies: readonly Range[];
  /** The server's name, which is the source of its messages; has a dot and no spaces. */
  readonly name: string;
  /** The network's name, which clients show; has no spaces. */
  readonly network: string;
  /** The channel for newcomers. */
  readonly room: string;
  /** True if only clients that have an account or redeem a token may connect. */
  readonly inviteOnly: boolean;
  /** The server password, which clients send with PASS; absent, none. */
  readonly password?: string;
  /** The lines of the message of the day; empty if there is none. */
  readonly motd: readonly string[];
  /** The number of recent messages of a channel that a client gets when it joins; 0 for none. */
  readonly replay: number;
  /** The folder for the server's files. */
  readonly data: string;
  /** True to store nothing on disk. */
  readonly memory: boolean;
  /** True to flush each message to the disk before it is delivered. */
  readonly durable: boolean;
  /** The time for which history is kept, in milliseconds; absent, it is kept forever. */
  readonly keepMs?: number;
  /** The approximate size of the history that is kept, in bytes; absent, there is no limit. */
  readonly keepBytes?: number;
  /** The credentials of the IRC operators. */
  readonly operators: readonly Operator[];
  /** The rules for registering an account. */
  readonly accounts: AccountRules;
  /** The limits of one client. */
  readonly limits: Limits;
  /** The path of the configuration file; absent, none. */
  readonly config?: string;
  /** The lowest level of messages in the log. */
  readonly logLevel: LogLevel;
  /** The format of the log. */
  readonly logFormat: LogFormat;
}
