/** Kills a server under load, again and again, and compares what clients saw with what is stored. */

import { systemClock } from "../../shared/clock.ts";
import { parse } from "../../protocol.ts";
import { eventsIn, readJournal } from "../../server/store/journal.ts";
import { DATABASE, JOURNAL } from "../../server/store/open.ts";
import { StoreReader } from "../../server/store/reader.ts";
import { verify } from "../../server/store/verify.ts";
import { ServeProcess } from "./chat_process.ts";
import { IrcClient } from "./irc_client.ts";
import { Random } from "./random.ts";
import { TempFolder } from "./temp_folder.ts";

const NICKS = ["ada", "bob", "eve", "joe"];
const ROOMS = ["#a", "#b", "#c"];
/** A server is killed after a client has seen at most this number of messages, */
const MOST_SEEN = 4000;
/** and at most this number of milliseconds later. */
const MOST_MS = 5;
/** One server in this number is killed within `START_MS` of its start. */
const EARLY = 8;
const START_MS = 250;
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
  /** Those of them that were in the journal when a server was killed. */
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

/** Kills servers on one folder `kills` times, each after a time that `seed` decides. */
export async function killAgainAndAgain(kills: number, seed: number): Promise<Findings> {
  using folder = new TempFolder();
  const options = { data: `${folder.path}/data`, logLevel: "error" };
  const random = new Random(seed);
  const comparison = new Comparison(`${options.data}/${DATABASE}`);
  while (comparison.findings.kills < kills) {
    await using server = ServeProcess.start(options);
    comparison.findings.kills++;
    if (random.below(EARLY) === 0) {
      await passed(random.below(START_MS));
    } else {
      const port = Number((await server.address()).split(":")[1]);
      comparison.compare();
      comparison.sights = await killUnderLoad(server, port, random);
    }
    server.kill("SIGKILL");
    await server.ended();
    comparison.findings.journaled += messagesIn(`${options.data}/${JOURNAL}`);
  }
  await using server = ServeProcess.start(options);
  await server.address();
  comparison.compare();
  return { ...comparison.findings, ...comparison.verify() };
}

/** Has all clients talk until the server is killed; resolves to the messages that they saw. */
async function killUnderLoad(
  server: ServeProcess,
  port: number,
  random: Random,
): Promise<readonly Sight[]> {
  const introduction = { caps: "echo-message message-tags", join: ROOMS.join() };
  const clients = await Promise.all(
    NICKS.map(async (nick) => ({
      client: await IrcClient.register(port, { ...introduction, nick }),
      nick: `${nick}${server.pid}`,
    })),
  );
  const talks = clients.map(({ client, nick }) => talk(client, nick, random));
  const wanted = random.below(MOST_SEEN);
  const lines: string[] = [];
  while (lines.length < wanted) lines.push(await clients[0]?.client.next() ?? "");
  await passed(random.below(MOST_MS));
  server.kill("SIGKILL");
  await Promise.all(talks);
  const rest = await Promise.all(clients.map(({ client }) => client.untilEnd()));
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

/** Compares the messages seen and stored since the last comparison. */
class Comparison {
  readonly findings: Findings = {
    kills: 0,
    seen: 0,
    stored: 0,
    journaled: 0,
    missing: 0,
    doubled: 0,
    disordered: 0,
  };
  /** The messages seen since the last comparison. */
  sights: readonly Sight[] = [];
  readonly #path: string;
  readonly #known = new Set<string>();
  #lastBlock = 0;

  constructor(path: string) {
    this.#path = path;
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

  verify(): Pick<Findings, "wrong"> {
    using reader = new StoreReader(this.#path);
    return { wrong: verify(reader).error };
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

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => systemClock.after(ms, resolve));
}
