/**
 * Texts about sessions: replies to batches, replayed history, and reasons for closing.
 *
 * @module
 */

/** Texts of a session that are not about one command. */
export const SESSION_TEXTS = {
  changingHost: "Changing host",
  didNotAnswer: "Ping timeout: no answer, and another client asks for the nick",
  earlierMessages: (since: string) => `Earlier messages, since ${since}:`,
  endOfEarlierMessages: "End of earlier messages",
  internalError: "Internal server error; the server's log has the details",
  pingTimeout: (seconds: number) => `Ping timeout: ${seconds} seconds`,
} as const;

/** Texts about multiline batches. */
export const BATCH_TEXTS = {
  blankLineJoined: "A blank line cannot have the tag draft/multiline-concat",
  mixedCommands: "The lines of a batch must be all PRIVMSG or all NOTICE",
  nothingToSay: "A message needs a line that is not blank",
  otherCommand: "Only PRIVMSG and NOTICE can be part of a multiline batch",
  otherTarget: "The lines of a batch must have its target",
  timedOut: (seconds: number) => `The batch was dropped: close a batch within ${seconds} seconds`,
  tooManyBytes: (limit: number) => `A message can be at most ${limit} bytes long: send several`,
  tooManyLines: (limit: number) => `A message can be at most ${limit} lines long: send several`,
} as const;
