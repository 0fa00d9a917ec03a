/**
 * Measures the log of a cluster alone, without servers: the events a second that it takes, beside
 * those that the journal of a single server takes, and the time until another process has an event.
 *
 * @module
 */

import type { Entry, LoggedEvent, Message, Reply, Station } from "../server/cluster/messages.ts";
import { NatsBus } from "../server/cluster/nats_bus.ts";
import type { Said } from "../server/events/events.ts";
import { openStore } from "../server/store/open.ts";
import { pause, systemClock } from "../shared/clock.ts";
import { silentLog } from "../shared/log.ts";
import { median, percentile } from "./members.ts";

const ROOM = "#bench";
/** The numbers of events in an entry while as many entries are appended as the log takes. */
const EVENTS = [1, 100, 1000];
/** The largest number of events in an entry; more would not fit into a message of NATS. */
const MOST_EVENTS = 2000;
/** The events a second while their times are measured. */
const RATES = [1000, 10_000, 50_000];
/** The time of each measurement, in milliseconds. */
const DURATION_MS = 5000;
/** The interval at which a server writes its journal to its database, in milliseconds. */
const TIDY_MS = 1000;

/** Prints the tables for the log of these NATS servers. */
export async function logAlone(servers: readonly string[]): Promise<void> {
  await using log = await TimedLog.open(servers);
  console.log("\n| events in an entry | events/s, journal | events/s, log | p50 | p99 |");
  console.log("| ---: | ---: | ---: | ---: | ---: |");
  for (const count of EVENTS) {
    const journal = journalRate(count);
    const start = performance.now();
    let events = 0;
    for (; performance.now() - start < DURATION_MS; events += count) {
      await log.append(Array.from({ length: count }, () => performance.now()));
    }
    const rate = events * 1000 / (performance.now() - start);
    const times = await log.takeTimes();
    console.log(`| ${count} | ${Math.round(journal)} | ${Math.round(rate)} | ${shown(times)} |`);
  }
  console.log("\n| events a second | p50 | p99 |\n| ---: | ---: | ---: |");
  for (const rate of RATES) {
    await paced(log, rate);
    console.log(`| ${rate} | ${shown(await log.takeTimes())} |`);
  }
}

/** Appends events at this rate. As at a leader, an entry has all since the last was stored. */
async function paced(log: TimedLog, rate: number): Promise<void> {
  const start = performance.now();
  for (let sent = 0; sent < rate * DURATION_MS / 1000;) {
    const all = Math.floor((performance.now() - start) * rate / 1000) - sent;
    const due = Math.min(all, MOST_EVENTS);
    const first = sent;
    if (due > 0) {
      sent += due;
      await log.append(Array.from({ length: due }, (_, i) => start + (first + i) * 1000 / rate));
    } else await pause(systemClock, 1);
  }
}

/** Returns the events a second that the journal takes, `count` of them at a time. */
function journalRate(count: number): number {
  const data = Deno.makeTempDirSync();
  const store = openStore({ data, memory: false, durable: false });
  const start = performance.now();
  let events = 0;
  for (let tidied = start; performance.now() - start < DURATION_MS;) {
    for (let left = count; left > 0; left--) store.append(ROOM, said(events++));
    store.commit();
    if (performance.now() - tidied < TIDY_MS) continue;
    tidied = performance.now();
    store.tidy(Date.now());
  }
  const rate = events * 1000 / (performance.now() - start);
  store.close();
  Deno.removeSync(data, { recursive: true });
  return rate;
}

function said(number: number): Said {
  const by = { id: 1, nick: "ada", mask: "ada!~ada@192.0.2.1" };
  const to = { type: "channel", channel: ROOM } as const;
  const id = String(number).padStart(10, "0");
  const text = "x".repeat(64);
  return { type: "Said", id, time: 1, by, to, command: "PRIVMSG", text, tags: new Map() };
}

/** The log, to which one process appends, and from which another gets the entries. */
class TimedLog implements AsyncDisposable {
  readonly #buses: readonly NatsBus[];
  readonly #one: NatsBus;
  #last = 0;
  #events = 0;
  #times: number[] = [];
  /** For each appended entry that the other process lacks: the times of its events. */
  readonly #open = new Map<number, readonly number[]>();
  #stored: (reply: Reply) => void = () => {};

  private constructor(one: NatsBus, two: NatsBus) {
    this.#one = one;
    this.#buses = [one, two];
  }

  static async open(servers: readonly string[]): Promise<TimedLog> {
    // Each process is connected to another NATS server, if there are several.
    const [one, two] = await Promise.all([servers.slice(0, 1), servers.slice(-1)].map(openBus));
    if (!one || !two) throw new Error("a process has no connection");
    const log = new TimedLog(one, two);
    log.#last = (await one.info()).last;
    await one.join(station("one.a", () => {}, (reply) => log.#stored(reply)));
    await two.join(station("two.b", (message) => log.#received(message), () => {}));
    return log;
  }

  /** Appends an entry with an event for each of these times; resolves when the log has it. */
  async append(times: readonly number[]): Promise<void> {
    const events = times.map((): LoggedEvent => ({ event: said(this.#events++) }));
    const expected = this.#last++;
    this.#open.set(this.#last, times);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#stored = ({ type }) => type === "stored" ? resolve() : reject(new Error(type));
    this.#one.request({ type: "append", id: `a${expected}`, expected, entry: entryOf(events) });
    await promise;
  }

  #received(message: Message): void {
    if (message.type !== "committed") return;
    const now = performance.now();
    for (const time of this.#open.get(message.seq) ?? []) this.#times.push(now - time);
    this.#open.delete(message.seq);
  }

  /** Returns the times from each event until the other process had it, in ascending order. */
  async takeTimes(): Promise<number[]> {
    while (this.#open.size > 0) await pause(systemClock, 1);
    const times = this.#times.toSorted((one, other) => one - other);
    this.#times = [];
    return times;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#buses.map((bus) => bus.close()));
  }
}

function openBus(servers: readonly string[]): Promise<NatsBus> {
  const address = { servers, isEncrypted: false, name: "bench" };
  return NatsBus.open({ address, environment: new Map(), log: silentLog });
}

function station(
  life: string,
  received: Station["received"],
  replied: Station["replied"],
): Station {
  return { life, received, replied };
}

function entryOf(events: readonly LoggedEvent[]): Entry {
  const nothing = { answered: new Map(), attached: new Map(), buried: [] };
  return { epoch: 1, leader: "one.a", begins: false, events, ...nothing };
}

function shown(times: readonly number[]): string {
  return `${median(times).toFixed(2)} ms | ${percentile(times, 0.99).toFixed(2)} ms`;
}
