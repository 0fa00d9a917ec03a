/**
 * What `chat serve` can be told, as the server sees it. Where an option comes from is the business of
 * `config.ts`.
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
  /** 0 picks a free one. */
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

/** How much one client may ask of the server. Each is at least 1. */
export interface Limits {
  /** Connections at one time from one IP address. */
  readonly connectionsPerAddress: number;
  /** Commands a client may send in the long run, a second. */
  readonly commandsPerSecond: number;
  /** Commands a client may send at once, before the rate applies. */
  readonly commandBurst: number;
  /** Bytes that may wait for a client to read them before it is closed. */
  readonly sendQueueBytes: number;
  /** Seconds a client has to register. */
  readonly registrationSeconds: number;
  /** Seconds of silence after which a client is pinged, and again after which it is closed. */
  readonly pingSeconds: number;
}

/** What each limit is unless the configuration file says otherwise. */
export const DEFAULT_LIMITS: Limits = {
  // A household, a class or an office behind one address.
  connectionsPerAddress: 64,
  commandsPerSecond: 50,
  commandBurst: 200,
  sendQueueBytes: 1024 * 1024,
  registrationSeconds: 30,
  pingSeconds: 120,
};

/** Who may become an IRC operator with OPER. */
export interface Operator {
  /** The name to give to OPER. */
  readonly name: string;
  /** The password to give to OPER. */
  readonly password: string;
}

/** What registering an account takes. */
export interface AccountRules {
  /** Nobody registers without an address for mail; it is kept, and nothing is sent to it. */
  readonly requireEmail: boolean;
  /** Newcomers can register before they have finished connecting, where the server is open to all. */
  readonly beforeConnect: boolean;
}

/** What {@linkcode AccountRules} are unless the configuration file says otherwise. */
export const DEFAULT_ACCOUNT_RULES: AccountRules = {
  requireEmail: false,
  beforeConnect: true,
};

/** When to show the URL for a friend as a QR code: if standard output is a terminal, or always. */
export const QR_TIMES = ["auto", "always"] as const;

/** All that `chat serve` needs to know. */
export interface ServeOptions {
  /** Where IRC is spoken; at least one. */
  readonly listen: readonly ListenAddress[];
  /** The port, at the first listening address's host, for people who have only `nc`; absent, none. */
  readonly plainPort?: number;
  /** Where to answer whoever watches over the server; absent, nowhere. */
  readonly metrics?: ListenAddress;
  /** When to show a QR code; absent, never. */
  readonly qr?: typeof QR_TIMES[number];
  /** The key and the certificate to use, in files; absent, the server's own. */
  readonly tls?: KeyFiles;
  /** Whether who comes from another machine may do without encryption. */
  readonly allowPlaintext: boolean;
  /** For how many milliseconds clients are to come by TLS alone; 0, what they were told is taken back. */
  readonly stsMs: number;
  /** Where the web pages come from that may connect, as browsers say it; `*` stands for all. */
  readonly origins: readonly string[];
  /** What others reach the server at, where that is not an address of the machine; absent, it is. */
  readonly address?: Address;
  /** Where the proxies are that are believed when they say whom they come for. */
  readonly trustedProxies: readonly Range[];
  /** The server's name, as its messages are signed with; has a dot and no spaces. */
  readonly name: string;
  /** The network's name, as clients show it; no spaces. */
  readonly network: string;
  /** The channel newcomers are meant to join. */
  readonly room: string;
  /** Whether only who has an account comes in, or a token that lets them. */
  readonly inviteOnly: boolean;
  /** What a client must give with PASS; absent, nothing. */
  readonly password?: string;
  /** The message of the day, line by line; empty, none. */
  readonly motd: readonly string[];
  /** So many messages of a channel are shown to who joins it; 0 for none. */
  readonly replay: number;
  /** The folder in which the server keeps its files. */
  readonly data: string;
  /** Keep nothing after the server has ended. */
  readonly memory: boolean;
  /** Let all that is said reach the disk before anybody sees it. */
  readonly durable: boolean;
  /** For how many milliseconds history is kept; absent, for good. */
  readonly keepMs?: number;
  /** In how many bytes history is kept, about; absent, in as many as it takes. */
  readonly keepBytes?: number;
  /** Who may become an IRC operator. */
  readonly operators: readonly Operator[];
  /** What registering an account takes. */
  readonly accounts: AccountRules;
  /** How much one client may ask. */
  readonly limits: Limits;
  /** The configuration file that this was read from; absent, none. */
  readonly config?: string;
  /** How much the log tells. */
  readonly logLevel: LogLevel;
  /** What a line of the log looks like. */
  readonly logFormat: LogFormat;
}
