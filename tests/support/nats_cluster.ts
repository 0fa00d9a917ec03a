import { assertEquals } from "@std/assert";
import { jetstreamManager, type StreamAPI } from "@nats-io/jetstream";
import type { Answer, Entry, Message, Reply, Request } from "../../server/cluster/messages.ts";
import { NatsBus } from "../../server/cluster/nats_bus.ts";
import type { NatsOptions } from "../../server/cluster/nats_connection.ts";
import { type Clock, Moment, systemClock } from "../../shared/clock.ts";
import { type Log, silentLog } from "../../shared/log.ts";
import type { NatsServer } from "./nats_server.ts";
import { inTime } from "./patience.ts";
import { RecordingStation } from "./recording_station.ts";

/** Two processes of a cluster, on one NATS server. */
export class Pair implements AsyncDisposable {
  readonly ada = new RecordingStation("n1.a");
  readonly bob = new RecordingStation("n2.b");

  private constructor(readonly one: NatsBus, readonly two: NatsBus) {}

  static async join(nats: NatsServer, log: Log = silentLog): Promise<Pair> {
    const pair = new Pair(await open(nats, { log }), await open(nats, { log }));
    await Promise.all([pair.one.join(pair.ada), pair.two.join(pair.bob)]);
    return pair;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.one.close(), this.two.close()]);
  }
}

/** A process that throws when it gets the epoch 0. */
export class FailingStation extends RecordingStation {
  override received(message: Message): void {
    if ("epoch" in message && message.epoch === 0) throw new Error("a bug");
    super.received(message);
  }
}

/** Opens the connection of a process with its cluster. */
export function open(
  nats: NatsServer,
  { name = "chat", ...options }: Partial<NatsOptions> & { readonly name?: string } = {},
): Promise<NatsBus> {
  const address = { servers: [nats.address], isEncrypted: false, name };
  return NatsBus.open({ address, environment: new Map(), log: silentLog, ...options });
}

/** Returns the streams of NATS. */
export async function streamsOf(bus: NatsBus): Promise<StreamAPI> {
  return (await jetstreamManager(bus.connection)).streams;
}

/** Returns an entry with one event, whose text is `reason`. */
export function entry(reason: string): Entry {
  const by = { id: 1, nick: "ada", mask: "ada!ada@host" };
  return {
    ...{ epoch: 1, leader: "n1.a", begins: false, buried: [] },
    events: [{ event: { type: "Quit", id: "0", time: 1, by, reason } }],
    answered: new Map([["n1.a/1", 1]]),
    attached: new Map([["n1.a/1", undefined]]),
  };
}

/** Returns the request to append an entry after the entry `expected`. */
export function append(id: string, expected: number, reason = ""): Request {
  return { type: "append", id, expected, entry: entry(reason) };
}

/** Returns a message that a test recognizes by its epoch. */
export function welcome(epoch: number): Message {
  return { type: "welcome", life: "n1.a", epoch };
}

/** Returns an answer to a client. */
export function answer(number: number, text: string): Answer {
  const position = { seq: 1, index: 0 };
  return { client: "n2.b/1", number, position, content: { type: "lines", text } };
}

/** Returns the next item that is not a committed entry. */
export async function replyTo(station: RecordingStation): Promise<Message | Reply> {
  for (;;) {
    const item = await station.next();
    if (item.type !== "committed") return item;
  }
}

/** Waits until the entry `seq` was committed, and returns it. */
export async function committed(station: RecordingStation, seq: number): Promise<Entry> {
  for (;;) {
    const item = await station.next();
    if (item.type === "committed" && item.seq === seq) return item.entry;
  }
}

/** Repeats an append until the log has stored it. */
export async function stored(
  bus: NatsBus,
  station: RecordingStation,
  id: string,
  last: number,
  reason?: string,
): Promise<void> {
  const send = () => bus.request(append(id, last, reason));
  const reply = await repeated(send, station, ({ type }) => type === "stored");
  assertEquals(reply, { type: "stored", id, seq: last + 1 });
}

/** Repeats `action` until `station` has got an item that `matches`. */
export async function repeated(
  action: () => void,
  station: RecordingStation,
  matches: (item: Message | Reply) => boolean,
): Promise<Message | Reply> {
  action();
  const cancel = systemClock.every(500, action);
  try {
    for (;;) {
      const item = await station.next();
      if (matches(item)) return item;
    }
  } finally {
    cancel();
  }
}

/** Returns the epochs of the next messages. */
export async function epochs(station: RecordingStation, count: number): Promise<number[]> {
  const found: number[] = [];
  while (found.length < count) {
    const item = await station.next();
    if ("epoch" in item) found.push(item.epoch);
  }
  return found;
}

/** Returns the numbers of the next answers. */
export async function numbers(station: RecordingStation, count: number): Promise<number[]> {
  const found: number[] = [];
  while (found.length < count) {
    const item = await station.next();
    if (item.type === "answers") found.push(...item.answers.map(({ number }) => number));
  }
  return found;
}

/** A log that keeps its messages, and waits for those still to come. */
export class Lines implements Log {
  readonly lines: string[] = [];
  #wake: () => void = () => {};

  /** Waits until `line` has been logged, and removes it and all lines before it. */
  async next(line: string): Promise<void> {
    for (;;) {
      const at = this.lines.indexOf(line);
      this.lines.splice(0, at < 0 ? Infinity : at + 1);
      if (at >= 0) return;
      const more = Promise.withResolvers<void>();
      this.#wake = more.resolve;
      await inTime(more.promise, line);
    }
  }

  debug = (line: string): void => this.#add(line);
  info = this.debug;
  warn = this.debug;
  error = this.debug;

  #add(line: string): void {
    this.lines.push(line);
    this.#wake();
  }
}

/** Returns a clock on which a minute passes whenever somebody looks at it. */
export function impatientClock(): Clock {
  let ms = 0;
  return { ...systemClock, moment: () => new Moment(ms += 60_000) };
}
