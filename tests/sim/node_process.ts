/**
 * The process of a node: the real code of a member of a cluster, with a server whose store is a
 * model. The process may be killed before each event that its log applies.
 *
 * @module
 */

import type { Context } from "../../server/core/context.ts";
import { stateEvents } from "../../server/core/state_events.ts";
import { AheadStore } from "../../server/cluster/ahead_store.ts";
import { BEFORE_ALL, Progress, type Standing } from "../../server/cluster/standing.ts";
import type { Decider, DecidingServer } from "../../server/cluster/decider.ts";
import { DecidingLog } from "../../server/cluster/logs.ts";
import { Member } from "../../server/cluster/member.ts";
import type { Entry, Life, Message, Reply, Station } from "../../server/cluster/messages.ts";
import { EdgeClient } from "../../server/cluster/edge_client.ts";
import { Budgets } from "../../server/net/budget.ts";
import type { EventLogParts } from "../../server/core/event_log.ts";
import type { OperatorRequest } from "../../server/events/records.ts";
import { type Disk, ModelStore, type StoreChange } from "./model_store.ts";
import { Carrier } from "./carrier.ts";
import type { NodeParts } from "./node.ts";
import { type Peer, SimulatedConnection } from "./peer.ts";
import { beginning, openServer, ORIGIN, StoppingLog } from "./server_parts.ts";
import { NodeClock } from "./world.ts";

/** All that a node keeps on its disk. */
export interface Saved {
  /** All entries that were applied to its database. */
  readonly entries: readonly Entry[];
  /** The database. */
  readonly disk: Disk;
}

/** The parts of a {@linkcode NodeProcess}. */
export interface ProcessParts extends NodeParts {
  readonly life: Life;
  readonly node: {
    readonly skew: number;
    readonly ownTime: number;
    nextLife(): Life;
  };
  readonly saved: Saved;
  /** Called at each point at which the process may be killed. */
  readonly crashPoint: () => void;
  /** Runs a step of the process, if it still runs. */
  readonly run: (step: () => void) => void;
  /** Called when the log no longer has the entries that the process needs. */
  readonly fellBehind: () => void;
}

/** A process. */
export class NodeProcess implements Station {
  readonly context: Context;
  readonly #carrier: Carrier;
  readonly member: Member;
  readonly #parts: ProcessParts;
  readonly #store: ModelStore;
  readonly #disk: Disk;
  readonly #entries: Entry[];
  /** The number of entries that the disk has. */
  #saved: number;

  constructor(parts: ProcessParts) {
    const { life, world, node, saved, run, violated, crashPoint } = parts;
    this.#parts = parts;
    const clock = new NodeClock(world, node.skew, run);
    this.#entries = [...saved.entries];
    this.#saved = saved.entries.length;
    this.#disk = { changes: [...saved.disk.changes] };
    this.#store = new ModelStore(this.#disk);
    const { context, log } = openServer({
      ...{ clock, store: this.#store, duty: "deliver" },
      openLog: (each) => new StoppingLog(each, beginning(each), crashPoint),
      onFault: (text) => violated(`${life}: ${text}`),
    });
    this.context = context;
    const standing = new Progress(BEFORE_ALL);
    for (const entry of saved.entries) {
      for (const { event } of entry.events) log.replay(event);
      standing.note(entry);
    }
    const { network, monitors } = context;
    this.#carrier = new Carrier({
      ...{ nats: parts.nats, station: this, own: node, mistakes: parts.mistakes },
      applied: standing.seq,
    });
    this.member = new Member({
      ...{ life, clock, bus: this.#carrier, budgets: new Budgets({ now: () => 0 }) },
      random: () => world.random.next(),
      soon: (action) => world.after(world.between(0, 1), () => run(action)),
      server: {
        ...{ network, monitors, events: log, keepPosition: (seq) => this.#applied(seq) },
        requests: () => [...this.#store.records("request")],
        takeRefused: () => context.refusals.takeWaiting(),
      },
      standing,
      decide: (standing) => this.#decide(clock, standing),
      saved: () => this.#saved,
      canStore: () => true,
      renamed: () => node.nextLife(),
      fellBehind: parts.fellBehind,
      logLost: () => violated(`${life}: the log lacks entries`),
      onFacts: (client, position, facts) => parts.onFact({ client, position, facts }),
    });
  }

  /** The identity of the process, which changes when it was counted as gone. */
  get life(): Life {
    return this.member.life;
  }

  /** The entries that were applied. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** The contents of the disk now. */
  get saved(): Saved {
    return {
      entries: this.#entries.slice(0, this.#saved),
      disk: { changes: [...this.#disk.changes] },
    };
  }

  /** The store. */
  get store(): ModelStore {
    return this.#store;
  }

  /** The decider, while this process leads. */
  get decider(): Decider | undefined {
    return this.member.decider;
  }

  /** True while work of the decider may wait for a promise. */
  get isAwaiting(): boolean {
    const { decider } = this;
    return decider !== undefined &&
      (decider.isWaiting || decider.context.network.waiting.all.size > 0);
  }

  /**
   * The state by which this process decides; `undefined` if it does not lead, or if this state is
   * ahead of the log.
   */
  get decidedState(): Context | undefined {
    const { decider } = this;
    return this.member.isAppending || decider?.hasEvents ? undefined : decider?.context;
  }

  /** Takes a request of `chat operators`, which writes to the disk itself. */
  ask(id: string, request: OperatorRequest): void {
    const change: StoreChange = (store) => store.keep("request", id, request);
    this.#disk.changes.push(change);
    change(this.#store);
  }

  #applied(seq: number): void {
    const entry = this.#carrier.entry(seq);
    if (entry) this.#entries.push(entry);
    if (this.#parts.world.random.below(4) > 0) this.#save();
  }

  /** Commits the database, and with it the number of the entries that it contains. */
  #save(): void {
    this.#store.commit();
    this.#saved = this.#entries.length;
  }

  #decide(clock: NodeClock, { lastId }: Standing): DecidingServer {
    const { life, violated } = this.#parts;
    const { network, server } = this.context;
    const openLog = (each: EventLogParts) =>
      new DecidingLog(each, stateEvents(network, server), lastId);
    const onFault = (text: string) => violated(`${life} leads: ${text}`);
    const store = new AheadStore(this.#store);
    const { context, log } = openServer({ clock, store, openLog, onFault, duty: "decide" });
    return { context, log, store, close() {} };
  }

  /** Runs a step of the process, if it still runs. */
  run(step: () => void): void {
    this.#parts.run(step);
  }

  /** Begins the periodic work. */
  start(): void {
    this.member.start();
  }

  /** Ends: the connections of all clients are lost. */
  end(): void {
    this.member.end("The process is killed");
  }

  /** Ends because its operator stops it. */
  leave(): void {
    this.member.end("The server is stopping");
    this.#carrier.publish({ type: "leaving", life: this.life });
  }

  /** Takes a new client. */
  connect(peer: Peer, certificate: string | undefined): EdgeClient {
    const connection = new SimulatedConnection(peer);
    const client = this.member.edge.open(connection, { ...ORIGIN, certificate });
    client.begin();
    return client;
  }

  received(message: Message): void {
    this.#parts.run(() => {
      for (const each of this.#carrier.incoming(message)) this.member.received(each);
    });
  }

  replied(reply: Reply): void {
    this.#parts.run(() => this.member.replied(this.#carrier.reply(reply)));
  }
}
