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
