/**
 * The flags and settings of `chat serve`, as tables from which its help and the manual page are
 * made.
 *
 * @module
 */

import { formatAddress } from "../../shared/address.ts";
import { type Command, USAGE_EXIT_CODE } from "../../shared/flags.ts";
import { DEFAULT_PORT } from "../../protocol.ts";
import * as kinds from "./setting_kinds.ts";
import { LOG_FORMATS, LOG_LEVELS } from "../../shared/log.ts";
import { QR_TIMES } from "./options.ts";
import { oneOf, type SettingFlag } from "./settings.ts";
import { dataFlag } from "./data_folder.ts";
import { FILE_SETTINGS } from "./file_settings.ts";

/** The flags of `chat serve`, by the names of the options that they set. */
export const FLAGS = {
  listen: {
    name: "listen",
    value: "[HOST:]PORT",
    kind: kinds.addresses,
    repeatable: true,
    default: formatAddress({ hostname: "0.0.0.0", port: DEFAULT_PORT }),
    group: "Network",
    changes: "at start",
    help: "Listen on this address. IPv6 needs brackets; port 0 picks a free port.",
  },
  plainPort: {
    name: "plain-port",
    value: "PORT",
    kind: kinds.port,
    group: "Network",
    changes: "at start",
    help: "Also listen on this port, on the host of the first --listen, for people who have only " +
      "nc: each line they type goes to the room. Never encrypted, and open to anyone who can " +
      "reach it, so it cannot be combined with --password or --invite-only.",
  },
  metrics: {
    name: "metrics",
    value: "[HOST:]PORT",
    kind: kinds.ownAddress,
    group: "Network",
    changes: "at start",
    help: "Serve the server's status over HTTP on this address: /health, and /metrics for " +
      "Prometheus. Without HOST, on this machine only. Anyone who can reach it can read it.",
  },
  cluster: {
    name: "cluster",
    value: "URL[,URL...]",
    kind: kinds.cluster,
    group: "Network",
    changes: "at start",
    help:
      "Join a cluster: several servers that act as one. They meet at these NATS servers, such " +
      "as nats://10.0.0.1:4222. CHAT_NATS_USER and CHAT_NATS_PASSWORD are the credentials. Cannot " +
      "be combined with --memory or --plain-port.",
  },
  node: {
    name: "node",
    value: "NAME",
    kind: kinds.node,
    group: "Network",
    changes: "at start",
    help: "The name of this server in the cluster (default: the name of the machine).",
  },
  address: {
    name: "address",
    value: "HOST[:PORT]",
    kind: kinds.address,
    group: "Network",
    changes: "while running",
    help: "Use this address in the commands to share, if others reach this server under a name " +
      "or through a router.",
  },
  acme: {
    name: "acme",
    value: "NAME",
    kind: kinds.serverName,
    group: "Network",
    changes: "at start",
    help: "Get a certificate for this name from an authority, Let's Encrypt by default, so that " +
      "browsers trust the page. Port 80 of the name must lead to this server: for example, add " +
      "--listen 80 to another --listen. You agree to the authority's terms of service. NAME is " +
      "also the server's name, unless --name is given.",
  },
  acmeEmail: {
    name: "acme-email",
    value: "ADDRESS",
    kind: kinds.email,
    group: "Network",
    changes: "at start",
    help: "The email address at which the authority may reach you.",
  },
  acmeDirectory: {
    name: "acme-directory",
    value: "URL",
    kind: kinds.httpsUrl,
    default: "https://acme-v02.api.letsencrypt.org/directory",
    group: "Network",
    changes: "at start",
    help: "The directory of the authority (RFC 8555).",
  },
  qr: {
    name: "qr",
    value: "WHEN",
    kind: oneOf(QR_TIMES),
    alone: "auto",
    group: "Network",
    changes: "at start",
    help:
      "Also show the URL for friends as a QR code, with which a phone opens the page. auto (same " +
      "as --qr alone): only if standard output is a terminal; always: in any case.",
  },
  room: {
    name: "room",
    value: "NAME",
    kind: kinds.room,
    default: "#lobby",
    group: "Names and greeting",
    changes: "while running",
    help: "The default room, for users who name none.",
  },
  name: {
    name: "name",
    value: "NAME",
    kind: kinds.serverName,
    default: "chat.local",
    group: "Names and greeting",
    changes: "at start",
    help: "The server's name. It must contain a dot; the machine's host name is best.",
  },
  network: {
    name: "network",
    value: "NAME",
    kind: kinds.networkName,
    default: "chat",
    group: "Names and greeting",
    changes: "while running",
    help: "The network's name, as clients show it.",
  },
  icon: {
    name: "icon",
    value: "URL",
    kind: kinds.imageUrl,
    group: "Names and greeting",
    changes: "while running",
    help: "The URL of an image that clients may show for the network (draft/ICON).",
  },
  motd: {
    name: "motd",
    value: "TEXT|FILE",
    kind: kinds.motd,
    group: "Names and greeting",
    changes: "while running",
    help: "The message of the day: text, or the name of a file with the text.",
  },
  replay: {
    name: "replay",
    value: "COUNT",
    kind: kinds.replay,
    default: "20",
    group: "Names and greeting",
    changes: "while running",
    help: "The number of recent messages to show to a user who joins a room, unless the user's " +
      "client requests history itself; 0 shows none.",
  },
  page: {
    name: "page",
    value: "on|off",
    kind: kinds.onOrOff,
    default: "on",
    group: "Access",
    changes: "at start",
    help:
      "off serves no page to browsers. With the page, users who have nothing installed join at " +
      "https://HOST:PORT/ROOM.",
  },
  password: {
    name: "password",
    value: "TEXT",
    kind: kinds.secret,
    variable: "CHAT_PASSWORD",
    group: "Access",
    changes: "while running",
    help: "Require this password from all users without an invitation. Other users of the " +
      "machine can read a command line; the variable is safer.",
  },
  inviteOnly: {
    name: "invite-only",
    group: "Access",
    changes: "while running",
    help: "Admit only users with an account or an invitation.",
  },
  allowPlaintext: {
    name: "allow-plaintext",
    group: "Access",
    changes: "while running",
    help:
      "Accept unencrypted connections from other machines. Without this flag, clients on other " +
      "machines must use TLS.",
  },
  stsMs: {
    name: "sts",
    value: "TIME",
    kind: kinds.durationOrNone,
    default: "30d",
    group: "Access",
    changes: "while running",
    help: "Tell remote clients to switch to TLS and to use only TLS for this long after each " +
      "visit (IRCv3 STS). Works only if a certificate authority vouches for --name. 0 cancels an " +
      "earlier policy.",
  },
  origins: {
    name: "origin",
    value: "URL",
    kind: kinds.origins,
    repeatable: true,
    group: "Access",
    changes: "while running",
    help: "Accept connections from web pages of this origin, such as https://web.example.org; * " +
      "accepts any.",
  },
  trustedProxies: {
    name: "trusted-proxy",
    value: "ADDRESS",
    kind: kinds.ranges,
    repeatable: true,
    group: "Access",
    changes: "while running",
    help: "The address of a reverse proxy, or a range such as 10.0.0.0/8. The server trusts the " +
      "client address that the proxy reports by the PROXY protocol, X-Forwarded-For or (with " +
      "gatewayPassword) WEBIRC.",
  },
  cloak: {
    name: "cloak",
    value: "on|off",
    kind: kinds.onOrOff,
    default: "on",
    group: "Access",
    changes: "while running",
    help: "off shows the addresses of users to all. With on, others see a keyed hash in place of " +
      "an address; operators and the log still see the address, and bans of addresses work.",
  },
  config: {
    name: "config",
    value: "FILE",
    kind: kinds.file,
    group: "Files",
    changes: "at start",
    help: "Read settings from this file.",
  },
  data: {
    ...dataFlag,
    kind: kinds.path,
    changes: "at start",
    help: `${dataFlag.help} Created if it is missing.`,
  },
  memory: {
    name: "memory",
    group: "Files",
    changes: "at start",
    help: "Keep everything in memory only: messages are lost when the server stops. Cannot be " +
      "combined with --durable, --acme or --cluster.",
  },
  durable: {
    name: "durable",
    group: "Files",
    changes: "at start",
    help: "Write each message to the disk before anyone sees it, so that a power failure does " +
      "not lose the last messages. Slower.",
  },
  keepMs: {
    name: "keep",
    value: "TIME",
    kind: kinds.duration,
    group: "Files",
    changes: "while running",
    help: "Delete messages older than this, such as 90d, 12h or 1y (default: keep all).",
  },
  keepBytes: {
    name: "keep-size",
    value: "SIZE",
    kind: kinds.size,
    group: "Files",
    changes: "while running",
    help: "Delete the oldest messages when the database exceeds about this size, such as 500M or " +
      "2G (default: keep all).",
  },
  uploads: {
    name: "uploads",
    value: "SIZE|off",
    kind: kinds.sizeOrOff,
    default: "1G",
    group: "Files",
    changes: "while running",
    help:
      "Keep at most this much of the files that users with an account upload. They are deleted " +
      "with the messages that name them. With off or --memory, no files are accepted. 256 MiB of the " +
      "disk stay free for messages.",
  },
  uploadSize: {
    name: "upload-size",
    value: "SIZE",
    kind: kinds.size,
    default: "25M",
    group: "Files",
    changes: "while running",
    help: "The largest file that users can upload.",
  },
  tlsCert: {
    name: "tls-cert",
    value: "FILE",
    kind: kinds.file,
    group: "Files",
    changes: "while running",
    help: "The certificate, followed by its issuers, in PEM format (fullchain.pem). Reloaded " +
      "when it changes. Without this flag, the server creates a certificate and keeps it.",
  },
  tlsKey: {
    name: "tls-key",
    value: "FILE",
    kind: kinds.file,
    group: "Files",
    changes: "while running",
    help: "The private key of the certificate in --tls-cert, in PEM format.",
  },
  logLevel: {
    name: "log-level",
    value: "LEVEL",
    kind: oneOf(LOG_LEVELS),
    default: "info",
    group: "Log, on standard error",
    changes: "while running",
    help: `The lowest level to log: ${LOG_LEVELS.join(", ")}.`,
  },
  logFormat: {
    name: "log-format",
    value: "FORMAT",
    kind: oneOf(LOG_FORMATS),
    default: "text",
    group: "Log, on standard error",
    changes: "while running",
    help: `The format: ${LOG_FORMATS.join(", ")}.`,
  },
  logWithoutAddresses: {
    name: "log-without-addresses",
    group: "Log, on standard error",
    changes: "while running",
    help: "Leave the addresses of clients out of the log.",
  },
} satisfies Readonly<Record<string, SettingFlag>>;

/** The flags of `chat serve`, and its help. */
export const SERVE: Command = {
  description: [
    "Starts a chat server and prints the command with which a friend joins it. No flag is needed. " +
    "The server speaks IRC, so any IRC client can join as well.",
    "Each flag except --config and --help can also be a key of the file that --config names. The " +
    "file is JSON and may have comments. Keys are in camel case: --plain-port becomes plainPort. " +
    "The command line wins over the environment, and the environment over the file.",
  ],
  flags: Object.values(FLAGS),
  fileOnly: FILE_SETTINGS,
  exitCodes: [
    ["0", "The server was stopped by SIGINT or SIGTERM."],
    ["1", "The server cannot run. Standard error says why."],
    USAGE_EXIT_CODE,
    ["130", "Stopped at once, by a second signal."],
  ],
  examples: [
    { line: "chat serve", does: "A server for everyone who can reach this machine." },
    {
      line: "chat serve --listen 127.0.0.1:0",
      does: "A server for this machine only, on a free port.",
    },
    {
      line: "chat serve --room kitchen --plain-port 7343",
      does: "IRC clients and people with only nc meet in #kitchen.",
    },
  ],
};
