/**
 * The lines that the answer to a WHOIS becomes.
 *
 * @module
 */

/** The facts about a user. */
export interface WhoisFacts {
  /** The nick. */
  readonly nick: string;
  /** The user name and the host, `user@host`. */
  readonly address: string;
  /** The name that the user has given. */
  readonly name: string;
  /** The account, if the user is logged in. */
  readonly account?: string;
  /** The rooms, each with the sign of the rank that the user has in it; the sign may be empty. */
  readonly rooms: readonly { readonly sign: string; readonly room: string }[];
  /** The time since the user did something, in words. */
  readonly idle?: string;
  /** The time at which the user came, in words. */
  readonly since?: string;
  /** The reason of the user's absence. */
  readonly away?: string;
  /** Other facts, in the words of the server. */
  readonly others: readonly string[];
  /** True if the connection is encrypted. */
  readonly isEncrypted?: true;
  /** True for an operator of the server. */
  readonly isOperator?: true;
  /** True for a bot. */
  readonly isBot?: true;
}

/**
 * The words for what a user does in rooms, by the signs of the ranks. The last entry fits all other
 * ranks.
 */
const RANKS: readonly (readonly [signs: string, words: string])[] = [
  ["~", "owns"],
  ["&@", "runs"],
  ["%", "moderates"],
  ["", "is in"],
];

/** Returns the facts as a short block of lines. */
export function whoisLines(facts: WhoisFacts): string[] {
  const { nick, address, name, account, idle, since, away } = facts;
  const known = name === "" || name === nick ? address : `${name}, ${address}`;
  const login = account === undefined ? "not logged in" : `logged in as ${account}`;
  const state = [
    facts.isOperator && "an operator of this server",
    facts.isBot && "a program",
    since && `here since ${since}`,
    idle && `idle for ${idle}`,
    facts.isEncrypted && "on an encrypted connection",
  ].filter((part) => typeof part === "string").join(", ");
  return [
    `${nick} (${known}), ${login}`,
    inRooms(facts.rooms),
    state,
    away === undefined ? "" : `away: ${away}`,
    ...facts.others,
  ].filter((line) => line !== "").map((line, i) => i === 0 ? line : `  ${line}`);
}

function inRooms(rooms: WhoisFacts["rooms"]): string {
  const named = new Set<string>();
  return RANKS.flatMap(([signs, words]) => {
    const these = rooms.filter(({ sign, room }) =>
      !named.has(room) && (signs === "" || (sign !== "" && signs.includes(sign)))
    ).map(({ room }) => room);
    for (const room of these) named.add(room);
    return these.length === 0 ? [] : [`${words} ${these.join(", ")}`];
  }).join("; ");
}
