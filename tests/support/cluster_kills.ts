/**
 * Kills nodes of a cluster and NATS servers while clients talk, and compares what the clients saw
 * with each other and with the histories of all nodes. Each kill comes right after a user has got
 * messages that had waited.
 */

import { parse } from "../../protocol.ts";
import { DATABASE } from "../../server/store/open.ts";
import { StoreReader } from "../../server/store/reader.ts";
import { type Moment, systemClock } from "../../shared/clock.ts";
import { ChatCluster, type ChatNode } from "./chat_cluster.ts";
import { Letters } from "./cluster_letters.ts";
import { IrcClient } from "./irc_client.ts";
import { passed } from "./kill_loop.ts";
import { NatsServer } from "./nats_server.ts";
import { Random } from "./random.ts";

const NODES = 3;
const BROKERS = 3;
const ROOM = "#room";
/** The longest time that a kill loop may take, in milliseconds. */
const TIME_LIMIT_MS = 4 * 60 * 60 * 1000;
/** The time between two messages of a client, in milliseconds. */
const TALK_MS = 20;
/** The longest time before a kill, and from a kill to the next start, in milliseconds. */
const MOST_MS = 1500;
/** The longest time after a kill until all clients hear messages again, in milliseconds. */
const HEAL_MS = 30_000;

/** The processes that are killed: the leader, a follower, one NATS server, or all NATS servers. */
const VICTIMS = ["leader", "follower", "broker", "brokers"] as const;
type Victim = typeof VICTIMS[number];

/** The results over all kills. */
export interface ClusterFindings {
  /** The number of kills. */
  readonly kills: Record<Victim, number>;
  /** For each kill, by victim: the longest silence of a client of another node, in milliseconds. */
  readonly silence: Record<Victim, number[]>;
  /** The number of messages that were seen, counted for each client. */
  seen: number;
  /** The number of messages in the history. */
  stored: number;
  /** Descriptions of what should not have happened. */
  readonly wrong: string[];
}

/** Kills processes `kills` times, at moments that `seed` decides. */
export async function killInCluster(kills: number, seed: number): Promise<ClusterFindings> {
  NatsServer.timeLimitMs = TIME_LIMIT_MS;
  const brokers = await NatsServer.startCluster(BROKERS);
  await using stack = new AsyncDisposableStack();
  for (const broker of brokers) stack.use(broker);
  const config = { logLevel: "debug" };
  const cluster = await ChatCluster.start(brokers, NODES, { timeLimitMs: TIME_LIMIT_MS, config });
  stack.use(cluster);
  const loop = new KillLoop(cluster, brokers, new Random(seed));
  await loop.run(kills);
  return loop.findings;
}

/** A client that talks, and notes what it sees. */
class Talker {
  readonly node: ChatNode;
  /** The messages that it saw on each of its connections. */
  readonly sights: string[][] = [];
  /** The longest time between two messages since it was last set to zero, in milliseconds. */
  silence = 0;
  #heardAt: Moment = systemClock.moment();
  #client: IrcClient | undefined;
  #count = 0;
  readonly #name: string;

  constructor(node: ChatNode, name: string) {
    this.node = node;
    this.#name = name;
  }

  /** True while it is connected. */
  get isConnected(): boolean {
    return this.#client !== undefined;
  }

  /** The number of messages that it has seen on this connection. */
  get seen(): number {
    return this.sights.at(-1)?.length ?? 0;
  }

  /** The time since the last message, in milliseconds. */
  get quiet(): number {
    return systemClock.moment().since(this.#heardAt);
  }

  /** Connects, and talks until the connection ends. */
  async connect(): Promise<void> {
    const nick = `${this.#name}${this.sights.length}`;
    const introduction = { nick, caps: "echo-message message-tags", join: ROOM };
    const client = await IrcClient.register(this.node.port, introduction);
    const seen: string[] = [];
    this.sights.push(seen);
    this.#client = client;
    this.#heardAt = systemClock.moment();
    void this.#talk(client);
    void this.#listen(client, seen);
  }

  async #talk(client: IrcClient): Promise<void> {
    const connection = this.sights.length;
    try {
      while (this.#client === client) {
        await client.send(`PRIVMSG ${ROOM} :${this.#name} ${connection} ${this.#count++}`);
        await passed(TALK_MS);
      }
    } catch {
      // The node has gone.
    }
  }

  async #listen(client: IrcClient, seen: string[]): Promise<void> {
    for (;;) {
      const line = await nextLine(client);
      if (line === undefined) break;
      const { command, tags, params = [] } = parse(line) ?? {};
      if (command !== "PRIVMSG") continue;
      seen.push(`${tags?.get("msgid")} ${params[1]}`);
      this.silence = Math.max(this.silence, this.quiet);
      this.#heardAt = systemClock.moment();
    }
    if (this.#client === client) this.#client = undefined;
    await client.close();
  }

  async end(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.close();
  }
}

/** Returns the next line, however long it takes; `undefined` at the end. */
async function nextLine(client: IrcClient): Promise<string | undefined> {
  for (;;) {
    try {
      return await client.next();
    } catch {
      // No line came in time.
    }
  }
}

class KillLoop {
  readonly findings: ClusterFindings = {
    kills: { leader: 0, follower: 0, broker: 0, brokers: 0 },
    silence: { leader: [], follower: [], broker: [], brokers: [] },
    ...{ seen: 0, stored: 0, wrong: [] },
  };
  readonly #cluster: ChatCluster;
  readonly #brokers: readonly NatsServer[];
  readonly #random: Random;
  readonly #talkers: readonly Talker[];
  readonly #letters = new Letters();
  #isBroken = false;

  constructor(cluster: ChatCluster, brokers: readonly NatsServer[], random: Random) {
    this.#cluster = cluster;
    this.#brokers = brokers;
    this.#random = random;
    this.#talkers = cluster.nodes.map((node, i) => new Talker(node, `talker${i}x`));
  }

  async run(kills: number): Promise<void> {
    for (const talker of this.#talkers) await talker.connect();
    await this.#letters.begin(this.#random.pick(this.#cluster.nodes));
    for (let count = 0; count < kills && !this.#isBroken; count++) {
      await this.#kill(VICTIMS[count] ?? this.#random.pick(VICTIMS), count);
    }
    for (const talker of this.#talkers) await talker.end();
    await Promise.all(this.#cluster.nodes.map((node) => node.end("SIGTERM")));
    this.#compare();
    this.findings.wrong.push(...this.#letters.wrong);
  }

  async #kill(victim: Victim, count: number): Promise<void> {
    await passed(this.#random.below(MOST_MS));
    const node = victim === "leader" || victim === "follower" ? this.#pick(victim) : undefined;
    const brokers = this.#pickBrokers(victim);
    const others = this.#talkers.filter((talker) => talker.node !== node);
    const what = `kill ${count} (${victim} ${
      node?.name ?? brokers.map(({ name }) => name).join()
    })`;
    const place = this.#random.pick(others).node;
    const owner = await this.#letters.deliver(place, what);
    for (const talker of others) talker.silence = 0;
    await Promise.all([node?.end(), ...brokers.map((broker) => broker.kill())]);
    this.findings.kills[victim]++;
    await passed(this.#random.below(MOST_MS));
    if (victim !== "brokers") await this.#allHear(others, what);
    await Promise.all([node?.start(), ...brokers.map((broker) => broker.start())]);
    const isDropped = (talker: Talker) => talker.node !== node && !talker.isConnected;
    if (victim === "brokers") await this.#allHear(others, what);
    const dropped = this.#talkers.filter(isDropped);
    if (dropped.length > 0) {
      this.findings.wrong.push(
        `after ${what}, nodes that lived have lost ${dropped.length} clients`,
      );
    }
    for (const talker of this.#talkers.filter(({ isConnected }) => !isConnected)) {
      await talker.connect();
    }
    await this.#allHear(this.#talkers, `${what} and the start`);
    if (!this.#isBroken) {
      await this.#letters.visitAgain(owner, this.#random.pick(this.#cluster.nodes), what);
    }
    const silence = Math.round(Math.max(...others.map((talker) => talker.silence)));
    this.findings.silence[victim].push(silence);
    console.log(`${what}: ${silence} ms${dropped.length > 0 ? `, ${dropped.length} dropped` : ""}`);
  }

  #pickBrokers(victim: Victim): readonly NatsServer[] {
    if (victim === "brokers") return this.#brokers;
    return victim === "broker" ? [this.#random.pick(this.#brokers)] : [];
  }

  #pick(victim: "leader" | "follower"): ChatNode | undefined {
    const { nodes } = this.#cluster;
    const matching = nodes.filter(({ leads }) => leads === (victim === "leader"));
    return this.#random.pick(matching.length > 0 ? matching : nodes);
  }

  /** Waits until each of the clients that are connected has heard more messages. */
  async #allHear(talkers: readonly Talker[], what: string): Promise<void> {
    const start = systemClock.moment();
    const before = talkers.map(({ seen, sights }) => ({ seen, connections: sights.length }));
    const isDeaf = (talker: Talker, i: number) =>
      talker.isConnected && talker.sights.length === before[i]?.connections &&
      talker.seen <= before[i].seen + NODES;
    while (talkers.some(isDeaf)) {
      await passed(TALK_MS);
      if (systemClock.moment().since(start) < HEAL_MS) continue;
      const names = talkers.filter(isDeaf).map(({ node }) => node.name);
      this.findings.wrong.push(`after ${what}, clients of ${names.join()} hear nothing`);
      for (const { name, process } of this.#cluster.nodes) console.log(name, process.errors);
      this.#isBroken = true;
      return;
    }
  }

  /** Compares what the clients saw with the histories of the nodes. */
  #compare(): void {
    const histories = this.#cluster.nodes.map(({ data }) => readHistory(`${data}/${DATABASE}`));
    const [history = []] = histories.toSorted((one, other) => other.length - one.length);
    const { findings } = this;
    findings.stored = history.length;
    for (const [i, other] of histories.entries()) {
      // A node that ended a moment before another lacks the last messages.
      if (other.every((line, place) => line === history[place])) continue;
      findings.wrong.push(`the history of node ${i} differs from that of another`);
    }
    const texts = history.map((line) => line.slice(line.indexOf(" ") + 1));
    const doubled = texts.length - new Set(texts).size;
    if (doubled > 0) findings.wrong.push(`${doubled} messages are stored twice`);
    const places = new Map(history.map((line, place) => [line, place]));
    for (const { sights, node } of this.#talkers) {
      for (const [connection, seen] of sights.entries()) {
        findings.seen += seen.length;
        const first = places.get(seen[0] ?? "") ?? 0;
        // A client that sees a message has seen all earlier ones since it joined.
        const wrong = seen.findIndex((line, i) => places.get(line) !== first + i);
        if (wrong < 0) continue;
        const place = places.get(seen[wrong] ?? "");
        findings.wrong.push(
          `connection ${connection} to ${node.name} saw "${seen[wrong]}" at ${first + wrong}; ` +
            `its place is ${place}`,
        );
      }
    }
  }
}

function readHistory(path: string): string[] {
  const history: string[] = [];
  using reader = new StoreReader(path);
  for (const { key, events } of reader.blocks(0)) {
    if (key !== ROOM) continue;
    for (const event of events) {
      if (event.type === "Said") history.push(`${event.id} ${event.text}`);
    }
  }
  return history;
}
