/**
 * The sentences about earlier messages: history that is read back, and results of a search.
 *
 * @module
 */

const messages = (count: number) => count === 1 ? "1 message" : `${count} messages`;

/** Returns the words for a day: it is called `today`, `yesterday` or by its date. */
const onDay = (day: string) => /^[a-z]/.test(day) ? day : `on ${day}`;

/** The texts of history and search; `place` is a text such as "in #tea". */
export const HISTORY_TEXTS = {
  day: (day: string) => `── ${day} ──`,
  present: "── the present ──",
  inRoom: (room: string) => `in ${room}`,
  withPerson: (nick: string) => `with ${nick}`,
  everywhere: "in all your rooms",
  earlier: (count: number, place: string) =>
    count === 1 ? `── 1 earlier message ${place} ──` : `── ${count} earlier messages ${place} ──`,
  ofDay: (count: number, place: string, day: string) =>
    `── ${messages(count)} ${place} ${onDay(day)} ──`,
  around: (number: number, words: string, place: string) =>
    `── around result ${number} for "${words}" ${place} ──`,
  found: (
    { from, to, count, isAll }: { from: number; to: number; count: number; isAll: boolean },
    words: string,
    place: string,
  ) => {
    const total = `${isAll ? "" : "more than "}${count} result${count === 1 ? "" : "s"}`;
    const range = from === to ? `number ${from}` : `${from} to ${to}`;
    const isWhole = isAll && from === 1 && to === count;
    return `── ${total} for "${words}" ${place}${isWhole ? "" : `: ${range}`} ──`;
  },
  afterResults: (hasMore: boolean) =>
    `/search NUMBER shows the messages around that result${
      hasMore ? "; /more shows earlier results" : ""
    }`,
  afterContext: "/more shows what was said before; /search shows more results",
  nothingFound: (words: string, place: string | undefined) =>
    place === undefined
      ? `no message in your rooms has "${words}"`
      : `no message ${place} has "${words}": /find ${words} searches all your rooms`,
  noMoreFound: "there are no more results",
  noSuchResult: (number: number) => `there is no result ${number}`,
  nothingEarlier: (place: string) => `there is nothing earlier ${place}`,
  nothingOnDay: (place: string, day: string) => `nothing was said ${place} ${onDay(day)}`,
  cutDay: (count: number) => `only the first ${count} messages of that day are shown`,
  nobody: (nick: string) =>
    `nobody called ${nick} is here, and there are no earlier messages with them`,
  noSearch: "use /search WORDS first",
  notARange: (text: string) =>
    `${text} is not a number, a day or one of your rooms: try /history 50, /history today or /history #room`,
} as const;
