/**
 * Texts for the users and operators of a server in a cluster.
 *
 * @module
 */

/** Texts about the cluster and its servers. */
export const CLUSTER_TEXTS = {
  /** The reason for closing a client that may have missed lines. */
  answersLost: "Lines for you were lost on the way; please connect again",
  /** The reason for closing the clients of a server that the others count as gone. */
  countedAsGone: "This server was cut off from the others; please connect again",
  /** The error of a server that cannot write to its database. */
  cannotStore: (reason: string) =>
    `this server cannot keep what the others have decided: ${reason}; start it again after that ` +
    "is mended. Its users can go on at another server",
  /** The reason for closing a client whose command no server can finish. */
  commandLost: "The command was interrupted by a change of servers; please try again",
  /** The error of a server that lacks entries which the log no longer has. */
  fellBehind:
    "this server was away for so long that the log of the cluster no longer has what it missed: " +
    "start it again, and it copies the state of another server",
  /** The error of a server that has entries which the log has lost. */
  logLost:
    "NATS has lost entries of the log of the cluster that this server has: stop all servers, and " +
    "begin a new log, as in --cluster nats://HOST/NAME, with the one that ran last",
  /** The error of a new server if no other server gives it the state. */
  nobodyHasState:
    "no server that has the messages of the cluster answers: start one that was in the cluster " +
    "before, then this one",
  /** The error of a server if another one has its name. */
  nameTaken: (node: string) =>
    `another server of the cluster is called ${node}: give each a name of its own with --node`,
  /** The error of a server whose version cannot work with that of the others. */
  otherFormat:
    "the servers of the cluster have another version of chat, which this one cannot work with: " +
    "start the same version, or stop all servers and then start this version everywhere",
  /** The trouble of a server that cannot serve its clients. */
  apart:
    "no server leads the cluster, this server cannot reach the one that does, or NATS takes no " +
    "entries: commands are refused",
  /** The message when that trouble is over. */
  together: "a server leads the cluster, and this one reaches it: commands are accepted again",
  /** The answer to commands that cannot be performed now. */
  noLeader: "The servers cannot reach each other, so nothing was done; please try again soon",
  /** The error of a server whose messages the cluster does not have. */
  ownMessages: (data: string) =>
    `the folder ${data} has messages that the cluster does not have, and a copy of the cluster's ` +
    "would replace them: start this server with an empty folder (--data)",
  /** The error of a server whose certificate differs from that of the others. */
  otherCertificate: (data: string) =>
    "the other servers of the cluster have another certificate, by which clients know them: copy " +
    `cert.pem and key.pem from the folder of one of them to ${data}, and start this server again`,
  /** The notice to operators of a connection that a server has refused. */
  refusedAt: (node: string, refused: string) => `${node}: ${refused}`,
  /** The reason for the quit of users whose server is gone. */
  serverGone: "Their server is gone",
} as const;

/** Errors about NATS. */
export const NATS_TEXTS = {
  /** The reason why an entry is not stored. */
  noAnswer: "NATS does not answer in time",
  /** Another reason why an entry is not stored: no NATS server takes entries for the log. */
  noLeader: "the log has no leader among the NATS servers, or is missing",
  cannotReach: (servers: string, reason: string) =>
    `cannot reach NATS at ${servers}: ${reason}; start nats-server there, or name another address ` +
    "with --cluster",
  logSilent: (reason: string) =>
    `cannot join the cluster: ${reason}; start this server again when more than half of the NATS ` +
    "servers run",
  noLog: (name: string, reason: string) =>
    `NATS cannot keep the stream ${name}: ${reason}; its servers need JetStream, and a NATS ` +
    "cluster needs three of them, of which two run",
  otherStream: (name: string, setting: string, wanted: string) =>
    `NATS has a stream ${name} that is not the log of this version of chat: its ${setting} is not ` +
    `${wanted}; name the cluster differently, as in --cluster nats://HOST/NAME`,
  smallMessages: (limit: string) =>
    `NATS takes messages of at most ${limit}, and a cluster needs larger ones: leave its ` +
    "setting max_payload out, or set it to 1MB or more",
  refused: (reason: string) =>
    `NATS refuses the connection: ${reason}; set CHAT_NATS_USER and CHAT_NATS_PASSWORD, or ` +
    "CHAT_NATS_CREDS to the path of a file with credentials",
} as const;
