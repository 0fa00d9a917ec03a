/**
 * The sentences about earlier messages: history that is read back, and results of a search.
 *
 * @module
 */

const messages = (count: number) => count === 1 ? "1 message" : `${count} messages`;

/** The texts of history and search. */
export const HISTORY_TEXTS = {
  day: (day: string) => `── ${day} ──`,
  present: "── the present ──",
  earlier: (count: number, name: string) =>
    count === 1
      ? `── 1 earlier message in ${name} ──`
      : `── ${count} earlier messages in ${name} ──`,
  ofDay: (count: number, name: string, day: string) =>
    `── ${messages(count)} in ${name} ${day === "today" ? day : `on ${day}`} ──`,
  around: (number: number, words: string, name: string) =>
    `── around result ${number} for "${words}" in ${name} ──`,
  aroundMessage: (name: string) => `── messages in ${name} ──`,
  found: (from: number, to: number, total: string, words: string, name: string) =>
    `── ${total} for "${words}" in ${name}: ${from === to ? from : `${from} to ${to}`} ──`,
  results: (count: number, isAll: boolean) =>
    isAll ? count === 1 ? "1 result" : `${count} results` : `more than ${count} results`,
  afterResults: (hasMore: boolean) =>
    `/search NUMBER shows the messages around that result${
      hasMore ? "; /more shows earlier results" : ""
    }`,
  everywhere: "all your rooms",
  nothingFound: (words: string, name: string | undefined) =>
    name === undefined
      ? `no message in your rooms has "${words}"`
      : `no message in ${name} has "${words}": /find ${words} searches all your rooms`,
  noMoreFound: "there are no more results",
  noSuchResult: (number: number) => `there is no result ${number}`,
  nothingEarlier: (name: string) => `there is nothing earlier in ${name}`,
  nothingOnDay: (name: string, day: string) =>
    `nothing was said in ${name} ${day === "today" ? day : `on ${day}`}`,
  cutDay: (count: number) => `only the first ${count} messages of that day are shown`,
  noSearch: "use /search WORDS first",
  notARange: (text: string) =>
    `${text} is not a number, a day or one of your rooms: try /history 50, /history today or /history #room`,
} as const;
