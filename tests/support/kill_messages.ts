/**
 * Kills servers while clients talk, and compares the messages that they saw with those in the
 * store.
 */

import { parse } from "../../protocol.ts";
import { eventsIn, readJournal } from "../../server/store/journal.ts";
import { DATABASE, JOURNAL } from "../../server/store/open.ts";
import { StoreReader } from "../../server/store/reader.ts";
import { IrcClient } from "./irc_client.ts";
import { killAgainAndAgain, passed } from "./kill_loop.ts";
import { Random } from "./random.ts";

const NICKS = ["ada", "bob", "eve", "joe"];
const ROOMS = ["#a", "#b", "#c"];
/**
 * The largest number of messages that a client has seen when the kill of its server is scheduled.
 */
const MOST_SEEN = 4000;
/** The longest time from the scheduling of the kill until the kill, in milliseconds. */
const MOST_MS = 5;
/** The most messages that a client sends at once. */
const BURST = 20;

/** A message, as a client saw it or as it is stored. */
interface Line {
  readonly id: string;
  readonly text: string;
}

/** The messages that one client saw in one room while one server ran. */
interface Sight {
  readonly room: string;
  readonly lines: readonly Line[];
}

/** The results over all kills. */
export interface Findings {
  /** The number of kills. */
  kills: number;
  /** Messages that clients saw, counted for each client. */
  seen: number;
  /** Messages in the store. */
  stored: number;
  /** The messages in the store that were in the journal when a server was killed. */
  journaled: number;
  /** Messages that were seen but are not stored as they were seen. */
  missing: number;
  /** Messages that are stored twice. */
  doubled: number;
  /** Messages that were seen in one order and are stored in another. */
  disordered: number;
  /** The error that `chat export --verify` finds at the end. */
  wrong?: string | undefined;
}

/** Kills servers `kills` times while clients talk, at moments that `seed` decides. */
export async function killTalks(kills: number, seed: number): Promise<Findings> {
  const random = new Random(seed);
  const findings = newFindings();
  findings.wrong = await killAgainAndAgain(kills, random, (data) => {
    const comparison = new Comparison(`${data}/${DATABASE}`, findings);
    return {
      begin() {
        comparison.compare();
        return Promise.resolve();
      },
      async work(port, kill) {
        comparison.sights = await killUnderLoad(port, kill, random);
      },
      killed() {
        findings.kills++;
        findings.journaled += messagesIn(`${data}/${JOURNAL}`);
      },
    };
  });
  return findings;
}

/** Has all clients talk until the server is killed; resolves to the messages that they saw. */
async function killUnderLoad(
  port: number,
  kill: () => void,
  random: Random,
): Promise<readonly Sight[]> {
  const introduction = { caps: "echo-message message-tags", join: ROOMS.join() };
  const clients = await Promise.all(
    NICKS.map((nick) => IrcClient.register(port, { ...introduction, nick })),
  );
  const load = crypto.randomUUID();
  const talks = clients.map((client, i) => talk(client, `${NICKS[i]}${load}`, random));
  const wanted = random.below(MOST_SEEN);
  const lines: string[] = [];
  while (lines.length < wanted) lines.push(await clients[0]?.next() ?? "");
  await passed(random.below(MOST_MS));
  kill();
  await Promise.all(talks);
  const rest = await Promise.all(clients.map((client) => client.untilEnd()));
  return rest.flatMap((each, i) => sightsOf(i === 0 ? [...lines, ...each] : each));
}

/** Sends different messages until the server is gone. */
async function talk(client: IrcClient, name: string, random: Random): Promise<void> {
  let count = 0;
  const line = () => {
    const padding = "x".repeat(random.below(100));
    return `PRIVMSG ${random.pick(ROOMS)} :${name} ${count++} ${padding}`;
  };
  try {
    for (;;) {
      await client.send(...random.list(1, BURST, line));
      await passed(0);
    }
  } catch {
    // The server has gone.
  }
}

function messagesIn(journal: string): number {
  return eventsIn(readJournal(journal)).flatMap(({ events }) => events)
    .filter((event) => event.type === "Said").length;
}

function sightsOf(lines: readonly string[]): Sight[] {
  const messages = lines.flatMap((line) => parse(line) ?? [])
    .filter(({ command }) => command === "PRIVMSG");
  return ROOMS.map((room) => ({
    room,
    lines: messages.filter(({ params }) => params[0] === room)
      .map(({ tags, params }) => ({ id: tags?.get("msgid") ?? "", text: params[1] ?? "" })),
  }));
}

function newFindings(): Findings {
  return { kills: 0, seen: 0, stored: 0, journaled: 0, missing: 0, doubled: 0, disordered: 0 };
}

/** Compares the messages seen and stored since the last comparison. */
class Comparison {
  readonly findings: Findings;
  /** The messages seen since the last comparison. */
  sights: readonly Sight[] = [];
  readonly #path: string;
  readonly #known = new Set<string>();
  #lastBlock = 0;

  constructor(path: string, findings: Findings) {
    this.#path = path;
    this.findings = findings;
  }

  compare(): void {
    const stored = this.#readNew();
    for (const { room, lines } of this.sights) {
      this.findings.seen += lines.length;
      const places = new Map(stored.get(room)?.map((line, place) => [keyOf(line), place]));
      const found = lines.map((line) => places.get(keyOf(line)));
      this.findings.missing += found.filter((place) => place === undefined).length;
      // A client that sees a message has seen all earlier ones in the room.
      this.findings.disordered += found.filter((place, i) => place !== undefined && place !== i)
        .length;
    }
    this.sights = [];
  }

  #readNew(): Map<string, Line[]> {
    const stored = new Map<string, Line[]>(ROOMS.map((room) => [room, []]));
    using reader = new StoreReader(this.#path);
    for (const { number, key: place, events } of reader.blocks(this.#lastBlock)) {
      this.#lastBlock = number;
      for (const { id, text } of events.filter((event) => event.type === "Said")) {
        this.findings.stored++;
        if (this.#known.has(id) || this.#known.has(text)) this.findings.doubled++;
        this.#known.add(id).add(text);
        stored.get(place)?.push({ id, text });
      }
    }
    return stored;
  }
}

function keyOf({ id, text }: Line): string {
  return `${id} ${text}`;
}
