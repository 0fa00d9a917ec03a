/**
 * Collects the numerics of one WHOIS, which become one short block of lines at its end. Performs no
 * I/O.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import { duration, utcTime } from "../texts/replies.ts";
import { type WhoisFacts, whoisLines } from "../texts/whois.ts";
import type { Isupport } from "./isupport.ts";

/** The largest number of numerics that are collected; the others are shown as they arrive. */
const MAX_NUMERICS = 100;

/**
 * The functions that find the facts in each numeric, in its parameters after the nick. A numeric
 * that says nothing to users has no facts.
 */
const FACTS: Readonly<
  Record<string, (isupport: Isupport, params: readonly string[]) => Partial<WhoisFacts>>
> = {
  "301": (_isupport, [away = ""]) => ({ away }),
  "312": () => ({}),
  "313": () => ({ isOperator: true }),
  "317": (_isupport, [idle = "", signon = ""]) => {
    const since = utcTime(Number(signon));
    return {
      ...(Number(idle) >= 60 && { idle: duration(Number(idle)) }),
      ...(since !== "" && { since }),
    };
  },
  "319": (isupport, params) => ({ rooms: roomsIn(isupport, params.at(-1) ?? "") }),
  "330": (_isupport, [account = ""]) => ({ account }),
  "307": inItsWords,
  "320": inItsWords,
  "335": () => ({ isBot: true }),
  "338": inItsWords,
  "378": inItsWords,
  // The modes of the user are letters that say nothing to others.
  "379": () => ({}),
  "671": () => ({ isEncrypted: true }),
};

/** The WHOIS whose numerics are arriving. */
export class Whois {
  readonly #isupport: Isupport;
  #facts: WhoisFacts | undefined;
  #count = 0;

  /** Creates a collection that has not begun. */
  constructor(isupport: Isupport) {
    this.#isupport = isupport;
  }

  /**
   * Takes a message. Returns the lines to show: at the end of the WHOIS, all; before it, none.
   * Returns `undefined` if the message is not part of a WHOIS, or has no fact in the table.
   */
  take({ command, params }: Message): string[] | undefined {
    const [, nick = "", ...rest] = params;
    if (command === "311") {
      const [user = "", host = "", , name = ""] = rest;
      this.#facts = { nick, address: `${user}@${host}`, name, rooms: [], others: [] };
      this.#count = 0;
      return [];
    }
    const facts = this.#facts;
    if (!facts || !this.#isupport.isSame(facts.nick, nick)) return undefined;
    if (command === "318") {
      this.#facts = undefined;
      return whoisLines(facts);
    }
    const read = FACTS[command];
    if (!read || ++this.#count > MAX_NUMERICS) return undefined;
    const more = read(this.#isupport, rest);
    // A long list of rooms comes in several numerics.
    const rooms = [...facts.rooms, ...more.rooms ?? []];
    const others = [...facts.others, ...more.others ?? []];
    this.#facts = { ...facts, ...more, rooms, others };
    return [];
  }
}

/** Returns the server's sentence as a fact, followed by the parameters that came before it. */
function inItsWords(_isupport: Isupport, params: readonly string[]): Partial<WhoisFacts> {
  return { others: [params.toReversed().join(" ")] };
}

/** Splits the rooms of RPL_WHOISCHANNELS (319) from the signs of the user's ranks in them. */
function roomsIn(isupport: Isupport, text: string): WhoisFacts["rooms"] {
  const signs = [...isupport.memberModes.values()].join("");
  return text.split(" ").filter((word) => word !== "").map((word) => {
    let length = 0;
    // With `multi-prefix`, there is a sign for each rank, the highest first.
    for (let at = 1; at < word.length && signs.includes(word.charAt(at - 1)); at++) {
      if (isupport.isRoom(word.slice(at))) length = at;
    }
    return { sign: word.slice(0, Math.min(length, 1)), room: word.slice(length) };
  });
}
