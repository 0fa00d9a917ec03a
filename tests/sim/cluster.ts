/**
 * Simulates a cluster in one process, in virtual time, with people who talk and faults that a seed
 * decides. Finds violations of the promises of a cluster:
 *
 * - all clients are shown one order, and nothing twice;
 * - what a client was shown is in the log, and the client was shown it without gaps;
 * - a message to somebody who is absent waits until it is shown, and is not shown again later;
 * - all nodes have the same state and the same database;
 * - once the faults end, everything works again without help.
 *
 * A line of a client takes this path. The edge of the client's node numbers the line and sends it
 * to the leader, whose decider runs it in a real session. The answers go to the edge at once, each
 * with its position in the log. The events go to the log, and from there to the edges of all nodes.
 * An edge applies the events, delivers them to its own clients, and shows each answer at its
 * position. Each part owns its state:
 *
 * - The log (`stream.ts`) owns the order. It refuses an entry unless the entry names the last entry
 *   before it.
 * - The edge (`edge.ts`) owns the connections, the inputs that are not performed, the answers that
 *   are not shown, the facts of its clients' sessions, and the state and database up to its
 *   position in the log. The database and the position are saved together.
 * - The decider (`decider.ts`) owns the sessions, and a state that is ahead of the log by the
 *   entries that are not acknowledged. A process that begins to lead makes a decider from the log
 *   and from the facts that all edges send. It drops the decider when it no longer leads.
 * - `follower.ts`, `lease.ts` and `appender.ts` own what a process knows of the log, of the leader
 *   and of the process's own append. They perform no I/O. `node_process.ts` connects them with the
 *   bus (`nats.ts`).
 *
 * The model leaves out the time that work takes, flood control, TLS, the state as a snapshot (a
 * node is given the entries), and a log that loses what it has acknowledged.
 *
 * @module
 */

import type { EdgeClient } from "../../server/cluster/edge_client.ts";
import type { Network } from "../../server/state/network.ts";
import { causeTrouble } from "./faults.ts";
import type { Mistakes } from "./mistakes.ts";
import { contentsOf } from "./model_store.ts";
import { Nats } from "./nats.ts";
import { Node } from "./node.ts";
import type { Saved } from "./node_process.ts";
import { ABSENT, Person } from "./person.ts";
import { ACCOUNTS, RECORDS } from "./server_parts.ts";
import { Random } from "../support/random.ts";
import { compareWithLog, type Fact, type Shown, stateOf } from "./reference.ts";
import { holdTime, World } from "./world.ts";

/** The number of nodes. */
const NODES = 3;
/** The people, some of whom have a certificate, and so an account. One has two devices. */
const PEOPLE = [
  { name: "p0", device: "p0", certificate: ACCOUNTS.p0 },
  { name: "p0", device: "p0b", certificate: ACCOUNTS.p0 },
  { name: "p1", device: "p1", certificate: ACCOUNTS.p1 },
  { name: "p2", device: "p2" },
  { name: "p3", device: "p3" },
  { name: "p4", device: "p4" },
  { name: ABSENT, device: ABSENT, certificate: ACCOUNTS[ABSENT] },
];
/** The beginning and the end of the time with faults, in milliseconds. */
const FAULTS_FROM = 1800;
const FAULTS_UNTIL = 6000;
/** The mean time between two changes of operators, in milliseconds. */
const APPOINT_MS = 400;
/** The time at which people stop talking, and the end, when everything must work again. */
const TALK_UNTIL = 7500;
const END = 13_000;
/** The number of violations after which a run ends. */
const MOST_VIOLATIONS = 5;

/** The result of a run. */
export interface Findings {
  /** The violations, in words. */
  readonly violations: readonly string[];
  /** The number of steps. */
  readonly steps: number;
  /** The number of events in the log. */
  readonly events: number;
  /** The number of epochs. Each begins when a process begins to lead. */
  readonly epochs: number;
  /** The number of lines that people were shown. */
  readonly shown: number;
  /** The faults that happened, each with its time. */
  readonly faults: readonly string[];
}

/** The parts of a cluster that faults use. */
export interface Cluster {
  readonly world: World;
  readonly nats: Nats;
  readonly nodes: readonly Node[];
  /** Takes the description of a fault. */
  readonly noted: (fault: string) => void;
}

/** Runs a cluster with the faults of `seed`. */
export async function runCluster(seed: number, mistakes: Mistakes = {}): Promise<Findings> {
  const world = new World(seed);
  using _ = holdTime(world);
  return await new Run(world, seed, mistakes).run();
}

class Run implements Cluster {
  readonly world: World;
  readonly nats: Nats;
  readonly nodes: readonly Node[];
  readonly #people: readonly Person[];
  readonly #violations: string[] = [];
  readonly #faults: string[] = [];
  readonly #facts: Fact[] = [];
  /** All clients that have ever connected. */
  readonly #clients: Shown[] = [];
  readonly #choices: Random;

  constructor(world: World, seed: number, mistakes: Mistakes) {
    this.world = world;
    this.#choices = new Random(seed);
    this.nats = new Nats(world, () => this.nodes.flatMap(({ process }) => process ?? []));
    world.isAwaiting = () => this.nodes.some(({ process }) => process?.isAwaiting);
    const violated = (text: string) => this.#violated(text);
    const onFact = (fact: Fact) => this.#facts.push(fact);
    const copyFor = (name: string) => this.#copyFor(name);
    const shared = {
      world,
      nats: this.nats,
      records: RECORDS,
      mistakes,
      violated,
      onFact,
      copyFor,
    };
    this.nodes = Array.from({ length: NODES }, (_, i) => new Node({ ...shared, name: `n${i}` }));
    const connect = (person: Person) => this.#connect(person);
    this.#people = PEOPLE.map((each) => new Person({ ...each, world, connect, violated }));
  }

  noted(fault: string): void {
    this.#faults.push(`${Math.round(this.world.now)} ms: ${fault}`);
  }

  async run(): Promise<Findings> {
    const { world, nats } = this;
    for (const node of this.nodes) world.after(world.between(0, 50), () => node.start());
    for (const person of this.#people) world.after(world.between(0, 2000), () => person.begin());
    await this.#runTo(FAULTS_FROM);
    causeTrouble(this, FAULTS_UNTIL);
    this.#appoint(1);
    await this.#runTo(FAULTS_UNTIL);
    this.#heal();
    await this.#runTo(TALK_UNTIL);
    for (const person of this.#people) person.fallSilent();
    await this.#runTo(END - 1500);
    for (const person of this.#people) person.ask("end");
    await this.#runTo(END);
    this.#checkEnd();
    const { entries } = nats.stream;
    return {
      violations: this.#violations,
      steps: world.steps,
      events: entries.reduce((count, { events }) => count + events.length, 0),
      epochs: entries.filter(({ begins }) => begins).length,
      shown: this.#clients.reduce((count, { delivered }) => count + delivered.length, 0),
      faults: this.#faults,
    };
  }

  /**
   * Runs `chat operators` on a node now and then. Its random numbers are not those of the faults.
   */
  #appoint(count: number): void {
    const { world, nodes } = this;
    world.after(this.#choices.below(2 * APPOINT_MS), () => {
      if (world.now > TALK_UNTIL) return;
      const request = {
        account: this.#choices.pick(Object.keys(ACCOUNTS)),
        ...(this.#choices.below(2) === 0 && { createdAt: 0 }),
      };
      this.#choices.pick(nodes).process?.ask(String(count).padStart(3, "0"), request);
      this.#appoint(count + 1);
    });
  }

  async #runTo(end: number): Promise<void> {
    if (this.#violations.length < MOST_VIOLATIONS) await this.world.run(end);
  }

  #heal(): void {
    this.nats.heal();
    for (const node of this.nodes) node.heal();
  }

  #connect(person: Person): ReturnType<ConstructorParameters<typeof Person>[0]["connect"]> {
    const { world } = this;
    const node = world.random.pick(this.nodes);
    const later = (step: () => void) => world.after(0, step);
    const delivered: string[] = [];
    const client = node.connect({
      received: (line, isAnswer) => {
        // An ERROR is not in the log: the edge itself says why it ends a connection.
        if (!isAnswer && !line.startsWith("ERROR ")) delivered.push(line);
        later(() => person.received(line));
      },
      closed: () => later(() => person.closed()),
    }, person.certificate);
    const { process } = node;
    if (!client || !process) return undefined;
    // A node that was stopped takes its messages in any order. But it takes the lines of each
    // client in the order in which the client sent them.
    const lines: string[] = [];
    const send = (line: string): void => {
      lines.push(line);
      later(() =>
        process.run(() => {
          const text = lines.shift();
          if (text !== undefined && !client.isCut) client.received({ type: "line", text });
        })
      );
    };
    this.#clients.push(shownOf(client, delivered));
    const drop = () => later(() => process.run(() => lose(client)));
    return { id: client.id, send, drop };
  }

  /**
   * Returns what the node `name` can copy: the saved contents with the most entries, among those of
   * the other nodes that it can reach.
   */
  #copyFor(name: string): Saved | undefined {
    const { cut } = this.nats.troubles;
    if (cut.has(name)) return undefined;
    return this.nodes.filter((node) => node.name !== name && node.isRunning && !cut.has(node.name))
      .map(({ saved }) => saved)
      .toSorted((one, other) => other.entries.length - one.entries.length)[0];
  }

  #violated(text: string): void {
    this.#violations.push(`${Math.round(this.world.now)} ms: ${text}`);
  }

  #checkEnd(): void {
    if (this.#violations.length > 0) return;
    for (const person of this.#people) {
      if (!person.isAnswered) this.#violated(`${person.device} gets no answer at the end`);
    }
    const { stream: { entries } } = this.nats;
    const { network, contents, wrong } = compareWithLog(entries, this.#facts, this.#clients);
    for (const text of wrong) this.#violated(text);
    this.#checkLetters(network);
    const state = stateOf(network);
    for (const { name, process } of this.nodes) {
      const applied = process?.member.follower.applied;
      if (applied !== entries.length) this.#violated(`${name} is at ${applied}/${entries.length}`);
      if (!process) continue;
      const states = [process.context, process.decidedState ?? process.context];
      for (const each of states) {
        if (stateOf(each.network) !== state) this.#violated(`${name} has another state`);
      }
      const { store } = process;
      if (contentsOf(store, store.keys, false) !== contents) {
        this.#violated(`${name} has another database`);
      }
    }
  }

  /** Checks that each message that waited has been shown, or waits. */
  #checkLetters({ waiting }: Network): void {
    const texts = new Set(
      this.#people.flatMap(({ device, visits }) =>
        device === ABSENT ? visits.flatMap(({ texts }) => [...texts]) : []
      ),
    );
    const left = new Set(waiting.of(ABSENT).map(({ id }) => id));
    for (const { events } of this.nats.stream.entries) {
      for (const { event } of events) {
        if (event.type !== "Said" || event.to.type !== "account") continue;
        const isLost = !left.has(event.id) && !texts.has(event.text);
        if (isLost) this.#violated(`${event.text} waits no more, but was not shown`);
      }
    }
  }
}

function shownOf(client: EdgeClient, delivered: readonly string[]): Shown {
  return {
    id: client.id,
    delivered,
    get isCut() {
      return client.isCut;
    },
  };
}

/** Ends a client's connection from its own side. */
function lose(client: EdgeClient): void {
  if (client.isCut) return;
  client.close("Connection closed");
  client.leave("Connection closed");
}
