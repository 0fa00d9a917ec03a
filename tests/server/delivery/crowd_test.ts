import { assert, assertEquals } from "@std/assert";
import { Moment } from "../../../shared/clock.ts";
import { encodeLine, type Message } from "../../../protocol.ts";
import { Caps } from "../../../server/irc/capabilities.ts";
import {
  ALIVE,
  type Life,
  type Reachable,
  type Recipient,
  Recipients,
} from "../../../server/state/recipient.ts";
import { Crowds } from "../../../server/delivery/crowd.ts";
import { deliver } from "../../../server/delivery/deliver.ts";
import { render } from "../../../server/delivery/render.ts";
import { type ByteSink, Outbox, type OutboxOwner, Queue } from "../../../server/delivery/outbox.ts";
import type { Said } from "../../../server/events/events.ts";
import { Random } from "../../support/random.ts";

const CAPS = [[], ["server-time"], ["message-tags"], ["echo-message", "message-tags"]] as const;

/** An owner of outboxes whose turn ends when the test ends it. */
class Turns implements OutboxOwner {
  readonly crowds = new Crowds();
  empty = Queue.empty();
  #dirty = new Set<Outbox>();

  dirty(outbox: Outbox): void {
    this.#dirty.add(outbox);
  }

  written(): void {}

  /** Writes the outboxes for which `isNow` returns true; the others stay for a later turn. */
  end(isNow: () => boolean): void {
    this.crowds.end();
    this.empty = Queue.empty();
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    for (const outbox of dirty) {
      if (isNow()) outbox.flush();
      else this.#dirty.add(outbox);
    }
  }
}

/** A client, with a model of the lines that it must get. */
class Client implements Recipient, ByteSink {
  readonly caps: Caps;
  readonly outbox: Outbox;
  readonly limit: number;
  readonly away: undefined = undefined;
  readonly answering = false;
  readonly encrypted = false;
  readonly lastActive = new Moment(0);
  readonly subscriptions: ReadonlySet<string> = new Set();
  acting = false;
  /** The text that the client must get. */
  expected = "";
  /** The number of bytes of this text that wait for a write. */
  waiting = 0;
  isFull = false;
  taken = "";
  #write: { readonly bytes: Uint8Array; readonly done: (count: number) => void } | undefined;

  constructor(caps: Caps, turns: OutboxOwner, limit = 1_000_000) {
    this.caps = caps;
    this.limit = limit;
    this.outbox = new Outbox(this, turns, limit, () => this.isFull = true);
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((done) => this.#write = { bytes, done });
  }

  /** Ends the write in progress, if there is one. */
  async take(): Promise<void> {
    const write = this.#write;
    if (!write) return;
    this.#write = undefined;
    this.taken += new TextDecoder().decode(write.bytes);
    this.waiting -= write.bytes.length;
    write.done(write.bytes.length);
    await Promise.resolve();
    await Promise.resolve();
  }

  /** Notes in the model that this line comes next. */
  expect(line: Uint8Array): void {
    if (this.isFull || this.#mustBeFull) return;
    if (this.waiting + line.length > this.limit) {
      this.#mustBeFull = true;
      return;
    }
    this.waiting += line.length;
    this.expected += new TextDecoder().decode(line);
  }

  #mustBeFull = false;

  /** Compares with the model, after the last write. */
  check(name: string): void {
    assertEquals(this.isFull, this.#mustBeFull, name);
    if (this.isFull) assert(this.expected.startsWith(this.taken), name);
    else assertEquals(this.taken, this.expected, name);
  }

  send(message: Message): void {
    this.outbox.push(encodeLine(message));
  }

  entered(): void {}

  askIfAlive(): Life {
    return ALIVE;
  }

  close(): void {}
}

/** A user with clients. */
class Person implements Reachable {
  only: Recipient | undefined;
  readonly recipients = new Recipients((only) => this.only = only);
  readonly clients: Client[] = [];

  constructor(readonly id: number) {}

  add(client: Client): void {
    this.clients.push(client);
    this.recipients.add(client);
  }
}

function message(by: number, text: string, command: "PRIVMSG" | "TAGMSG" = "PRIVMSG"): Said {
  return {
    type: "Said",
    id: `e${text}`,
    time: 0,
    by: { id: by, nick: `n${by}`, mask: `n${by}!u@h` },
    to: { type: "channel", channel: "#a" },
    command,
    text,
    tags: new Map(command === "TAGMSG" ? [["+a", text]] : []),
  };
}

async function play(seed: number): Promise<void> {
  const random = new Random(seed);
  const turns = new Turns();
  // Some clients exceed their limit.
  const newClient = () =>
    new Client(
      Caps.of(random.pick(CAPS)),
      turns,
      seed % 3 > 0 ? undefined : 2000 + random.below(3000),
    );
  const people = random.list(3, 9, () => new Person(0)).map((_, i) => new Person(i + 1));
  for (const person of people) {
    for (let i = 0; i < 1 + random.below(2); i++) {
      person.add(newClient());
    }
  }
  let audience: readonly Person[] = people.slice();
  const others: readonly Person[] = people.slice(0, 2);
  const clients = () => people.flatMap((person) => person.clients);
  const say = (to: readonly Person[], n: number) => {
    const author = random.pick(people);
    const command = random.below(5) === 0 ? "TAGMSG" : "PRIVMSG";
    const event = message(author.id, `${n} ${"x".repeat(random.below(60))}`, command);
    const expect = (client: Client) => {
      if (command === "TAGMSG" && !client.caps.has("message-tags")) return;
      client.expect(encodeLine(render(event, client.caps)));
    };
    const [acting] = author.clients;
    if (acting) acting.acting = true;
    for (const person of to) {
      if (person === author) continue;
      person.clients.forEach(expect);
    }
    for (const client of author.clients) {
      const isShown = client.acting ? client.caps.has("echo-message") : true;
      if (isShown) expect(client);
    }
    deliver(event, to, author, turns.crowds);
    if (acting) acting.acting = false;
  };
  for (let n = 0; n < 120; n++) {
    const act = random.below(20);
    if (act < 12) say(audience, n);
    else if (act < 14) say(others, n);
    else if (act < 16) {
      const client = random.pick(clients());
      const line = new TextEncoder().encode(`own ${n}\r\n`);
      client.expect(line);
      if (random.below(3) === 0) client.outbox.pushLater(() => line);
      else client.outbox.push(line);
    } else if (act < 17) {
      const line = new TextEncoder().encode(`for all ${n}\r\n`);
      for (const client of clients()) {
        client.expect(line);
        client.outbox.push(line);
      }
    } else if (act < 18) turns.end(() => random.below(4) > 0);
    else if (act < 19) {
      for (const client of clients()) if (random.below(3) > 0) await client.take();
    }
    if (random.below(40) === 0) random.pick(people).add(newClient());
    if (random.below(40) === 0) audience = people.filter(() => random.below(5) > 0);
  }
  for (let i = 0; i < 4; i++) {
    turns.end(() => true);
    for (const client of clients()) await client.take();
  }
  clients().forEach((client, i) => client.check(`seed ${seed}, client ${i}`));
}

Deno.test("each client gets its lines once and in order, however clients share lines or stop sharing them", async () => {
  for (let seed = 1; seed <= 300; seed++) await play(seed);
});

Deno.test("from the second message of a turn on, a line is added once for all clients with the same lines", () => {
  const turns = new Turns();
  const people = Array.from({ length: 5 }, (_, i) => new Person(i + 1));
  for (const person of people) person.add(new Client(Caps.none, turns));
  const [ada, ...others] = people;
  for (let n = 0; n < 3; n++) {
    assertEquals(deliver(message(1, `${n}`), people, ada, turns.crowds), 4);
  }
  const lengths = others.map(({ clients }) => clients[0]?.outbox.length);
  assertEquals(new Set(lengths).size, 1);
  assertEquals(others.map(({ clients }) => clients[0]?.outbox.shareable), Array(4).fill(undefined));
  assert(lengths[0] !== undefined && lengths[0] > 0);
  const [closed, open] = others.map(({ clients }) => clients[0]?.outbox);
  closed?.close();
  assertEquals([closed?.length, open?.length], [0, lengths[0]]);
  turns.end(() => true);
  assertEquals(turns.crowds.find(people), undefined, "no crowd outlives its turn");
});

Deno.test("a line that is made later keeps its place among shared lines", async () => {
  const turns = new Turns();
  const people = Array.from({ length: 3 }, (_, i) => new Person(i + 1));
  for (const person of people) person.add(new Client(Caps.none, turns));
  const [ada, bob] = people;
  const [client] = bob?.clients ?? [];
  assert(client);
  for (const text of ["1", "2"]) deliver(message(1, text), people, ada, turns.crowds);
  client.outbox.pushLater(() => new TextEncoder().encode("own\r\n"));
  deliver(message(1, "3"), people, ada, turns.crowds);
  turns.end(() => true);
  await client.take();
  assertEquals(client.taken.match(/own|\d(?=\r)/g), ["1", "2", "own", "3"]);
});
