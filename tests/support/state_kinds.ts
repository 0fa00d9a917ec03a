/** The kinds of state that a server keeps, each with changes to it and a function that reads it. */

import type { Message } from "../../protocol.ts";
import type { IrcClient } from "./irc_client.ts";
import type { Random } from "./random.ts";

/** The room whose state changes. */
export const ROOM = "#a";
/** The room whose messages are redacted. */
export const TALK = "#talk";
/** The member whose rank in the room changes. */
export const MEMBER = "bob";

/** A line that asks a server for a change. */
export interface Change {
  readonly line: string;
  /** The name of the value that changes. */
  readonly key: string;
  /** The value after the change; empty if the change removes it. */
  readonly value: string;
  /** Takes the answer of a server that has made the change. */
  readonly done?: (answer: readonly Message[]) => void;
}

/** The values of a kind of state, by key; a key without a value is absent. */
export type Values = ReadonlyMap<string, string>;

/** A kind of state that can be read from a server. */
export interface ReadState {
  /**
   * True if its values matter only until they are next read, because there are too many to read all
   * of them each time.
   */
  readonly isBrief?: true;
  /** Reads all values; `keys` are the keys that may have a value. */
  read(client: IrcClient, keys: readonly string[]): Promise<Values>;
}

/** A kind of state. */
export interface StateKind extends ReadState {
  /**
   * True if only operators of the room and of the server may change it. Each change sets a new
   * value.
   */
  readonly isReserved?: true;
  /** Returns a change; `n` is a number that was not used before. */
  change(n: number, random: Random): Change;
}

/** Returns the kinds, none of which has a value yet. */
export function stateKinds(): StateKind[] {
  return [topic, limit, bans, serverBans, metadata, marker, rank, invitations(), messages()];
}

const topic: StateKind = {
  isReserved: true,
  change: (n) => ({ line: `TOPIC ${ROOM} :t${n}`, key: "topic", value: `t${n}` }),
  read: async (client) =>
    valuesOf(await client.askMessages(`TOPIC ${ROOM}`), "332", ([, , text]) => ["topic", text]),
};

const limit: StateKind = {
  isReserved: true,
  change: (n) => ({ line: `MODE ${ROOM} +l ${1000 + n}`, key: "limit", value: `${1000 + n}` }),
  read: async (client) =>
    valuesOf(await client.askMessages(`MODE ${ROOM}`), "324", (params) => ["limit", params[3]]),
};

const bans: StateKind = {
  change: (_, random) => {
    const mask = `m${random.below(20)}!*@*`;
    const isSet = random.below(2) === 0;
    const line = `MODE ${ROOM} ${isSet ? "+" : "-"}b ${mask}`;
    return { line, key: `ban ${mask}`, value: isSet ? "set" : "" };
  },
  read: async (client) =>
    valuesOf(
      await client.askMessages(`MODE ${ROOM} b`),
      "367",
      ([, , mask]) => [`ban ${mask}`, "set"],
    ),
};

const serverBans: StateKind = {
  isReserved: true,
  change: (n, random) => {
    const address = `192.0.2.${random.below(20)}`;
    const key = `server ban ${address}`;
    if (random.below(3) === 0) return { line: `UNDLINE ${address}`, key, value: "" };
    return { line: `DLINE KEEP ${address} r${n}`, key, value: `r${n}` };
  },
  read: async (client) =>
    valuesOf(
      await client.askMessages("STATS d"),
      "225",
      ([, , address, text]) => [`server ban ${address}`, text?.split(": ")[1]],
    ),
};

const metadata: StateKind = {
  isReserved: true,
  change: (n, random) => {
    const name = `k${random.below(10)}`;
    const value = random.below(3) === 0 ? "" : `v${n}`;
    const line = `METADATA ${ROOM} SET ${name}${value && ` :${value}`}`;
    return { line, key: `metadata ${name}`, value };
  },
  read: async (client) =>
    valuesOf(
      await client.askMessages(`METADATA ${ROOM} LIST`),
      "761",
      ([, , name, , value]) => [`metadata ${name}`, value],
    ),
};

/** The read marker only moves forward, and `n` only grows. */
const marker: StateKind = {
  change: (n) => {
    const value = `timestamp=${new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString()}`;
    return { line: `MARKREAD ${ROOM} ${value}`, key: "marker", value };
  },
  read: async (client) =>
    valuesOf(
      await client.askMessages(`MARKREAD ${ROOM}`),
      "MARKREAD",
      ([, time]) => ["marker", time === "*" ? "" : time],
    ),
};

const rank: StateKind = {
  change: (_, random) => {
    const isSet = random.below(2) === 0;
    const line = `MODE ${ROOM} ${isSet ? "+" : "-"}v ${MEMBER}`;
    return { line, key: "voice", value: isSet ? `+${MEMBER}` : "" };
  },
  read: async (client) =>
    valuesOf(
      await client.askMessages(`NAMES ${ROOM}`),
      "353",
      ([, , , names]) => ["voice", names?.split(" ").find((name) => name === `+${MEMBER}`)],
    ),
};

/** Invitations, each with a different number of uses. */
function invitations(): StateKind {
  /** The ids of the known invitations, by their number of uses. */
  let ids = new Map<number, string>();
  /** The numbers of uses that were asked for since the invitations were read. */
  let asked = new Set<number>();
  return {
    change: (n, random) => {
      const [known] = ids;
      if (known && (ids.size > 20 || random.below(2) === 0)) {
        const [uses, id] = known;
        ids.delete(uses);
        return { line: `INVITATION REVOKE ${id}`, key: `invitation ${uses}`, value: "" };
      }
      let uses = 1 + n % 1000;
      while (ids.has(uses) || asked.has(uses)) uses = 1 + uses % 1000;
      asked.add(uses);
      return {
        line: `INVITATION ${ROOM} ${uses}`,
        key: `invitation ${uses}`,
        value: "valid",
        done: (answer) => {
          const id = answer.find(({ params }) => params[1] === "CREATED")?.params[2];
          if (id !== undefined) ids.set(uses, id);
        },
      };
    },
    read: async (client) => {
      const listed = (await client.askMessages("INVITATION LIST"))
        .filter(({ params }) => params[1] === "LISTED");
      ids = new Map(listed.map(({ params: [, , id = "", text = ""] }) => {
        return [Number(/uses left: (\d+)/.exec(text)?.[1]), id];
      }));
      asked = new Set();
      return new Map([...ids.keys()].map((uses) => [`invitation ${uses}`, "valid"]));
    },
  };
}

/**
 * Messages in a room of their own, some of which are redacted later. All fit into one page of
 * history.
 */
function messages(): StateKind {
  /** The ids of the messages that are there, by text. */
  const ids = new Map<string, string>();
  let count = 0;
  return {
    isBrief: true,
    change: (n) => {
      const [known] = ids;
      if (known && (count >= 60 || n % 2 === 0)) {
        const [text, id] = known;
        ids.delete(text);
        return { line: `REDACT ${TALK} ${id}`, key: text, value: "" };
      }
      count++;
      const text = `message ${n}`;
      return {
        line: `PRIVMSG ${TALK} :${text}`,
        key: text,
        value: "said",
        done: ([said]) => {
          ids.set(text, said?.tags?.get("msgid") ?? "");
        },
      };
    },
    read: async (client) => {
      ids.clear();
      count = 0;
      const history = await client.askMessages(`CHATHISTORY LATEST ${TALK} * 100`);
      return valuesOf(history, "PRIVMSG", ([, text = ""]) => [text, "said"]);
    },
  };
}

/** Returns the values in the messages whose command is `command`. */
function valuesOf(
  messages: readonly Message[],
  command: string,
  entryOf: (params: readonly string[]) => readonly [key: string, value: string | undefined],
): Values {
  const entries = messages.filter((message) => message.command === command)
    .map(({ params }) => entryOf(params));
  return new Map(entries.map(([key, value = ""]) => [key, value]));
}
