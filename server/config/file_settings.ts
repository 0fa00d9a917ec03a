/**
 * The settings of `chat serve` that only the configuration file can have, as a table for its help
 * and the manual page.
 *
 * @module
 */

import type { Command } from "../../shared/flags.ts";
import { DEFAULT_ACCOUNT_RULES, DEFAULT_LIMITS } from "./options.ts";

/** The settings without a flag. */
export const FILE_SETTINGS: NonNullable<Command["fileOnly"]> = [
  {
    path: "operators",
    default: "[]",
    help: "Users who may become operators of the server with OPER: a list of { name, password }.",
  },
  {
    path: "gatewayPassword",
    default: "none",
    help: "The password with which a trusted proxy, such as a web gateway, may report its " +
      "client's address by WEBIRC.",
  },
  {
    path: "accounts.requireEmail",
    default: String(DEFAULT_ACCOUNT_RULES.requireEmail),
    help: "Require an email address to register an account. No mail is sent.",
  },
  {
    path: "accounts.beforeConnect",
    default: String(DEFAULT_ACCOUNT_RULES.beforeConnect),
    help: "Let newcomers register an account before they have finished connecting. Has no effect " +
      "on a server with a password or --invite-only.",
  },
  {
    path: "limits.connectionsPerAddress",
    default: String(DEFAULT_LIMITS.connectionsPerAddress),
    help: "Connections from one IP address at a time.",
  },
  {
    path: "limits.commandsPerSecond",
    default: String(DEFAULT_LIMITS.commandsPerSecond),
    help: "Commands per second that a client may send on average.",
  },
  {
    path: "limits.commandBurst",
    default: String(DEFAULT_LIMITS.commandBurst),
    help: "Commands that a client may send at once before limits.commandsPerSecond applies.",
  },
  {
    path: "limits.sendQueueBytes",
    default: String(DEFAULT_LIMITS.sendQueueBytes),
    help: "Bytes that may wait for a client to read them before the client is disconnected.",
  },
  {
    path: "limits.registrationSeconds",
    default: String(DEFAULT_LIMITS.registrationSeconds),
    help: "Seconds that a client has to complete the connection.",
  },
  {
    path: "limits.pingSeconds",
    default: String(DEFAULT_LIMITS.pingSeconds),
    help:
      "Seconds of silence after which a client is pinged; after twice as many, it is disconnected.",
  },
  {
    path: "limits.uploadBytes",
    default: String(DEFAULT_LIMITS.uploadBytes),
    help: "Total size of the files of one account, in bytes.",
  },
];
