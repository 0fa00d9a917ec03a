/**
 * The texts about the servers that a user is at, and those that they can go to.
 *
 * @module
 */

/** The texts of `/server`, `/connect` and `/disconnect`. */
export const SERVER_TEXTS = {
  isConnected: "you are connected: /connect ADDRESS goes to another server, too",
  heading: (server: string) => `── ${server} ──`,
  here: (place: string, server: string) => `${place}, ${server}`,
  server: (
    { name, address, nick, rooms, isConnected, isStarting, isSeen }: {
      readonly name: string;
      readonly address: string;
      readonly nick: string;
      readonly rooms: number;
      readonly isConnected: boolean;
      readonly isStarting: boolean;
      readonly isSeen: boolean;
    },
  ) =>
    `${isSeen ? "*" : " "} ${name} (${address}): ` +
    (isConnected
      ? `you are ${nick}, in ${rooms} room${rooms === 1 ? "" : "s"}`
      : isStarting
      ? "connecting"
      : "not connected, waiting to reconnect"),
  failed: (name: string, reason: string) => `  ${name}: not connected (${reason})`,
  connecting: (server: string) => `connecting to ${server} …`,
  notConnected: (server: string, reason: string) => `not connected to ${server}: ${reason}`,
  passwordWanted: (refusal: string) =>
    `${refusal}. Type /connect ADDRESS PASSWORD, with the address as before`,
  ended: (server: string, reason: string) =>
    `the connection to ${server} has ended for good: ${reason}`,
  unknown: (name: string) => `you are at no server ${name}: /server lists them`,
  onlyOne: "this is the only server that you are at: /quit exits chat",
  left: (server: string) => `you left ${server}`,
  cannotConnect: "this client works with one server only",
} as const;

/** The question for the servers to connect to. */
export const CHOICE_TEXTS = {
  heading: "the servers where you were, the last one first:",
  server: (number: number, target: string, rooms: readonly string[]) =>
    `${String(number).padStart(3)}  ${target}${rooms.length === 0 ? "" : `  ${rooms.join(" ")}`}`,
  question: "connect to which (Enter for 1, or several numbers)? ",
  invalid: (count: number) => `type numbers from 1 to ${count}, with spaces between them`,
} as const;
