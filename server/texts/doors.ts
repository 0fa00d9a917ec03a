/**
 * Texts that the server shows to a client without IRC, such as `nc`.
 *
 * @module
 */

/**
 * Texts for plain clients. Each is a line of its own, except the real name and the reasons at the
 * end.
 */
export const PLAIN_TEXTS = {
  realname: "Plain text guest",
  greeting: (nick: string, room: string) =>
    `You are ${nick} in ${room}: what you type goes there, line by line.`,
  lineTooLong: (bytes: number) =>
    `A line can be at most ${bytes} bytes long; this one was not sent.`,
  noHistory: "Earlier messages cannot be shown: something went wrong on the server.",
  notUtf8: "Only UTF-8 text can be sent here; this line was not sent.",
  notSent: (reason: string) => `Not sent: ${reason}.`,
  disconnected: (reason: string) => `Disconnected: ${reason}`,
  // Reasons for a line that was not sent.
  fault: "something went wrong on the server; it has been logged",
  notAllowed: "that is not allowed",
} as const;
