/**
 * The sentences for users and operators of a server that is one of several.
 *
 * @module
 */

/** The sentences. */
export const CLUSTER_TEXTS = {
  /** The reason why a client is closed that may have missed lines. */
  answersLost: "Lines for you were lost on the way; please connect again",
  /** The reason why the clients of a server are closed that the others count as gone. */
  countedAsGone: "This server was cut off from the others; please connect again",
  /** The reason why a client is closed whose command another server cannot finish. */
  commandLost: "The command was interrupted by a change of servers; please try again",
  /** The reason why users quit whose server has gone. */
  serverGone: "Their server is gone",
} as const;

/** Errors about NATS. */
export const NATS_TEXTS = {
  cannotReach: (servers: string, reason: string) => `cannot reach NATS at ${servers}: ${reason}`,
  noLog: (name: string, reason: string) =>
    `NATS cannot keep the stream ${name}: ${reason}; its servers need JetStream, and a NATS ` +
    "cluster needs three of them",
  otherStream: (name: string, setting: string, wanted: string) =>
    `NATS has a stream ${name} that is not the log of this version of chat: its ${setting} is not ` +
    `${wanted}; name the cluster differently, as in --cluster nats://HOST/NAME`,
  refused: (reason: string) =>
    `NATS refuses the connection: ${reason}; set CHAT_NATS_USER and CHAT_NATS_PASSWORD, or ` +
    "CHAT_NATS_CREDS to the path of a file with credentials",
} as const;
