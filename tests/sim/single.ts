/**
 * Simulates one server in virtual time, with people who talk. The server is killed between any two
 * steps. What a client was shown must be stored after the kill, and in the same order. The server's
 * parts are real, from the reading of bytes to the journal and the database.
 *
 * @module
 */

import { nextTick } from "node:process";
import { LocalLog } from "../../server/core/event_log.ts";
import type { Store } from "../../server/store/store.ts";
import { Tick } from "../../server/delivery/tick.ts";
import { ircDoor } from "../../server/doors/irc.ts";
import { receive } from "../../server/doors/receiving.ts";
import { Budgets } from "../../server/net/budget.ts";
import { Connection } from "../../server/net/connection.ts";
import type { Context } from "../../server/core/context.ts";
import { type CrashDisk, FolderDisk, MemoryDisk } from "./crash_disk.ts";
import type { Disk } from "./model_store.ts";
import { type Connected, Person } from "./person.ts";
import { ACCOUNTS, openServer, OPTIONS, RECORDS } from "./server_parts.ts";
import { type Expected, WatchedStore } from "./watched_store.ts";
import { Wire } from "./wire.ts";
import { holdTime, NodeClock, World } from "./world.ts";

/** Mistakes of a single server; all absent in the correct version. */
export interface SingleMistakes {
  /** Clients are shown changes that are not committed yet. */
  readonly showsBeforeCommit?: true;
  /** A commit is delayed until the next periodic work. */
  readonly commitsLate?: true;
}

/** The result of a run. */
export interface SingleFindings {
  /** The violations, in words. */
  readonly violations: readonly string[];
  /** The number of kills. */
  readonly kills: number;
  /** The number of texts that people were shown. */
  readonly shown: number;
}

const PEOPLE = [
  { name: "p0", device: "p0", certificate: ACCOUNTS.p0 },
  { name: "p0", device: "p0b", certificate: ACCOUNTS.p0 },
  { name: "p1", device: "p1", certificate: ACCOUNTS.p1 },
  { name: "p2", device: "p2" },
];
const END = 6000;
const KILLS_UNTIL = 4500;
/** The interval of periodic work, in milliseconds. */
const CHECK_MS = 100;

/**
 * Runs a server with the kills of `seed`, on a disk in `folder`, or in memory if there is no
 * folder.
 */
export async function runSingle(
  seed: number,
  folder?: string,
  mistakes: SingleMistakes = {},
): Promise<SingleFindings> {
  const world = new World(seed);
  using _ = holdTime(world);
  const disk = folder === undefined ? new MemoryDisk() : new FolderDisk(folder);
  try {
    return await new Run(world, disk, mistakes).run();
  } finally {
    disk.close();
  }
}

/** A process of the server. */
class Server {
  readonly store: WatchedStore;
  readonly #context: Context;
  readonly #tick: Tick;
  readonly #clock: NodeClock;
  readonly #budgets: Budgets;
  readonly #wires = new Set<Wire>();
  isDead = false;

  constructor(world: World, store: WatchedStore, run: Run) {
    this.store = store;
    this.#clock = new NodeClock(world, 0, (action) => {
      if (!this.isDead) run.step(action);
    });
    const parts = {
      now: () => world.now,
      after: this.#clock.after.bind(this.#clock),
      afterInput: (action: () => void) => this.#clock.after(0, action),
    };
    this.#tick = new Tick(() => run.commit(() => this.#context.commit()), parts);
    const openLog = (each: ConstructorParameters<typeof LocalLog>[0]) => new LocalLog(each);
    const onFault = (text: string) => run.violated(text);
    const shared = { clock: this.#clock, store, openLog, onFault, tick: this.#tick };
    this.#context = openServer(shared).context;
    this.#budgets = new Budgets({ now: parts.now, nextTurn: parts.afterInput });
    this.#clock.every(CHECK_MS, () => {
      this.#context.checkClients();
      this.#context.tidy();
    });
  }

  /** Takes a connection. */
  accept(wire: Wire, certificate: string | undefined): void {
    this.#wires.add(wire);
    const context = this.#context;
    const connection = new Connection({
      ...{ socket: wire, takeUnread: () => new Uint8Array(0), encrypted: false, certificate },
      ...{ pageOrigin: undefined, gateway: undefined, isWebSocket: false },
      local: { hostname: "127.0.0.1", port: 6667 },
      arrivedAt: this.#clock.moment(),
    }, {
      ...{ clock: this.#clock, inflow: context.inflow, tick: this.#tick, limits: OPTIONS.limits },
      budget: this.#budgets.open("127.0.0.1"),
    }, ircDoor.rules);
    const handler = ircDoor.open(connection, { context, host: "127.0.0.1", sts: undefined });
    void connection.run({
      received: (found) => this.isDead || receive(context, connection, handler, found),
      refused() {},
      closed: (reason) => {
        if (!this.isDead) handler.leave(reason);
      },
    });
  }

  /** Ends at once: no client is shown anything more. */
  die(): void {
    this.isDead = true;
    for (const wire of this.#wires) wire.cut();
  }
}

class Run {
  readonly #world: World;
  readonly #disk: CrashDisk;
  readonly #mistakes: SingleMistakes;
  readonly #people: readonly Person[];
  readonly #violations: string[] = [];
  #model: Disk = { changes: [] };
  #server: Server | undefined;
  #expected: Expected | undefined;
  #stepsToLive = 0;
  #kills = 0;
  #connections = 0;

  constructor(world: World, disk: CrashDisk, mistakes: SingleMistakes) {
    this.#world = world;
    this.#disk = disk;
    this.#mistakes = mistakes;
    world.settle = settleTurn;
    world.isAwaiting = () => true;
    const connect = (person: Person) => this.#connect(person);
    const violated = (text: string) => this.violated(text);
    this.#people = PEOPLE.map((each) => new Person({ ...each, world, connect, violated }));
  }

  async run(): Promise<SingleFindings> {
    const world = this.#world;
    this.#start();
    for (const person of this.#people) world.after(world.between(0, 300), () => person.begin());
    this.#killLater();
    await world.run(KILLS_UNTIL);
    this.#stepsToLive = 0;
    await world.run(END);
    this.#kill();
    this.#start();
    await world.run(END + 10);
    this.#server?.die();
    await world.run(END + 20);
    return { violations: this.#violations, kills: this.#kills, shown: this.#texts().length };
  }

  /** Records a violation. */
  violated(text: string): void {
    this.#violations.push(`${Math.round(this.#world.now)} ms: ${text}`);
  }

  /** Runs a step of the server, which may be killed before it. */
  step(action: () => void): void {
    this.#crashPoint();
    if (!this.#server?.isDead) action();
  }

  /** Commits what the server has gathered, before it is shown. */
  commit(commit: () => void): void {
    const { showsBeforeCommit, commitsLate } = this.#mistakes;
    this.#crashPoint();
    if (showsBeforeCommit) this.#world.after(1, () => this.#server?.isDead || commit());
    else if (!commitsLate && !this.#server?.isDead) commit();
    this.#crashPoint();
  }

  #crashPoint(): void {
    if (this.#stepsToLive > 0 && --this.#stepsToLive === 0) this.#kill();
  }

  #killLater(): void {
    const world = this.#world;
    world.after(world.between(50, 1200), () => {
      if (world.now < KILLS_UNTIL) this.#stepsToLive = 1 + world.random.below(30);
      if (world.now < KILLS_UNTIL) this.#killLater();
    });
  }

  #kill(): void {
    const server = this.#server;
    if (!server || server.isDead) return;
    this.#kills++;
    this.#stepsToLive = 0;
    server.die();
    this.#expected = server.store.expect();
    this.#disk.kill(() => this.#world.random.next());
    this.#server = undefined;
    this.#world.after(this.#world.between(5, 300), () => this.#start());
  }

  #start(): void {
    if (this.#server || this.#violations.length > 0) return;
    const opened = this.#disk.open(() => this.#crashPoint());
    const model = this.#expected ? this.#expected.in(opened) : begin(opened);
    if (!model) this.violated("what was committed is not there after a kill");
    this.#model = model ?? this.#model;
    const store = new WatchedStore(opened, this.#model);
    const { contents } = store;
    for (const text of this.#texts()) {
      const count = contents.split(`"${text}"`).length - 1;
      if (count !== 1) this.violated(`${text} was shown, and is there ${count} times after a kill`);
    }
    this.#server = new Server(this.#world, store, this);
  }

  /** The texts that were shown. */
  #texts(): string[] {
    const visits = this.#people.flatMap((person) => person.visits);
    return [...new Set(visits.flatMap(({ texts }) => [...texts]))];
  }

  #connect(person: Person): Connected | undefined {
    const server = this.#server;
    if (!server) return undefined;
    const wire = new Wire(this.#world, person);
    server.accept(wire, person.certificate);
    return {
      id: `c${this.#connections++}`,
      send: (line) => wire.send(line),
      drop: () => wire.cut(),
    };
  }
}

/** Adds the first records to an empty store; returns the disk of a model of that store. */
function begin(store: Store): Disk {
  for (const change of RECORDS) change(store);
  store.commit();
  return { changes: [...RECORDS] };
}

/** Waits until the turn of the event loop is over, and the work at its end is done. */
async function settleTurn(): Promise<void> {
  for (let rounds = 3; rounds > 0; rounds--) {
    for (let left = 10; left > 0; left--) await undefined;
    await new Promise<void>((resolve) => nextTick(resolve));
  }
}
