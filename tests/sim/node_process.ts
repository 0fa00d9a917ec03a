/**
 * The process of a node: it connects the edge, the follower of the log and, while the node leads, the
 * decider with the bus and with each other.
 *
 * @module
 */

import type { Context } from "../../server/core/context.ts";
import { Appender } from "./appender.ts";
import type { Decider } from "./decider.ts";
import { Edge } from "./edge.ts";
import type { EdgeClient, Peer } from "./edge_client.ts";
import { Follower } from "./follower.ts";
import { Lease } from "./lease.ts";
import { Leading } from "./leading.ts";
import type { Entry, Input, Life, Message, Reply, Saved } from "./messages.ts";
import type { Station } from "./nats.ts";
import type { NodeParts } from "./node.ts";
import { NodeClock } from "./world.ts";

/** The interval of periodic work, in milliseconds. */
const CHECK_MS = 100;
/** The interval in which a process says that it lives, in milliseconds. */
const ALIVE_MS = 250;
/** The time after which inputs that were not performed are sent again, in milliseconds. */
const RESEND_MS = 400;

/** The parts of a {@linkcode NodeProcess}. */
export interface ProcessParts extends NodeParts {
  readonly life: Life;
  readonly node: { readonly skew: number; readonly ownTime: number; restore(saved: Saved): void };
  readonly saved: Saved;
  /** Called at each point at which the process may be killed. */
  readonly crashPoint: () => void;
  /** Runs a step of the process, if it still runs. */
  readonly run: (step: () => void) => void;
}

/** A process. */
export class NodeProcess implements Station {
  readonly life: Life;
  readonly edge: Edge;
  readonly follower: Follower;
  readonly #parts: ProcessParts;
  readonly #clock: NodeClock;
  readonly #lease: Lease;
  readonly #appender: Appender;
  #leading: Leading | undefined;
  /** The greatest epoch that heartbeats have named. */
  #heardEpoch = 0;
  /** True once the leader of this epoch knows the clients of this process. */
  #isWelcome = false;
  #aliveAt = 0;
  #resentAt = 0;
  #isEnded = false;

  constructor(parts: ProcessParts) {
    const { life, world, node, mistakes, saved, run, violated, nats } = parts;
    this.#parts = parts;
    this.life = life;
    this.#clock = new NodeClock(world, node.skew, run);
    const onFault = (text: string) => violated(`${life}: ${text}`);
    this.edge = new Edge({ ...parts, clock: this.#clock, onFault });
    this.#lease = new Lease(world.now, () => world.random.next());
    for (const entry of saved.entries) this.#lease.applied(entry, world.now);
    const request = (request: Parameters<typeof nats.request>[1]) => nats.request(life, request);
    this.follower = new Follower({
      applied: saved.entries.length,
      apply: (_seq, entry) => this.#apply(entry),
      ask: (seq) => request({ type: "get", seq }),
      mistakes,
    });
    this.#appender = new Appender({
      name: life,
      send: request,
      stored: (seq, entry) => this.#stored(seq, entry),
      refused: (last) => this.#refused(last),
      mistakes,
    });
  }

  /** The decider, while this process leads. */
  get decider(): Decider | undefined {
    return this.#leading?.decider;
  }

  /**
   * The state by which this process decides; undefined if it does not lead, or is ahead of the log.
   */
  get decidedState(): Context | undefined {
    const { decider } = this;
    return this.#appender.isBusy || decider?.hasEvents ? undefined : decider?.context;
  }

  /** Begins the periodic work. */
  start(): void {
    const { world, run } = this.#parts;
    const next = (): void => {
      if (this.#isEnded) return;
      world.after(CHECK_MS * world.between(0.8, 1.2), () => {
        run(() => this.#check());
        next();
      });
    };
    next();
  }

  /** Ends: the connections of all clients are lost. */
  end(): void {
    this.#isEnded = true;
    this.edge.cutAll();
  }

  /** Takes a new client. */
  connect(peer: Peer, certificate: string | undefined): EdgeClient {
    const client = this.edge.open(peer);
    this.input(client, { type: "opened", host: "127.0.0.1", certificate });
    return client;
  }

  /** Takes an input of a client. */
  input(client: EdgeClient, input: Input): void {
    this.#sendInput(client, client.add(input));
  }

  /** Takes the end of a client's connection. */
  lost(client: EdgeClient): void {
    if (client.isCut) return;
    client.cut();
    this.input(client, { type: "closed", reason: "Connection closed" });
  }

  #sendInput(client: EdgeClient, { number, input }: EdgeClient["inputs"][number]): void {
    const { leader } = this.#lease;
    const { epoch } = this.edge;
    if (leader === undefined || !this.#isWelcome) return;
    this.#send(leader, { type: "input", epoch, client: client.id, number, input });
  }

  /** Sends a message to a process, which may be this one. */
  #send(to: Life, message: Message): void {
    const { world, nats, run } = this.#parts;
    if (to === this.life) world.after(0, () => run(() => this.#take(message)));
    else nats.send(this.life, to, message);
  }

  received(message: Message): void {
    this.#parts.run(() => this.#take(message));
  }

  replied(reply: Reply): void {
    this.#parts.run(() => this.#takeReply(reply));
  }

  #takeReply(reply: Reply): void {
    const { now } = this.#parts.world;
    switch (reply.type) {
      case "stored":
      case "refused":
        return this.#appender.replied(reply);
      case "entry":
        return this.follower.committed(reply.seq, reply.entry, now);
      case "none":
        if (reply.seq < reply.first) this.#askForSnapshot();
    }
  }

  #askForSnapshot(): void {
    this.#parts.nats.publish(this.life, { type: "snapshot wanted", life: this.life });
  }

  #take(message: Message): void {
    const { nats, world: { now }, node } = this.#parts;
    switch (message.type) {
      case "heartbeat":
        this.#heardEpoch = Math.max(this.#heardEpoch, message.epoch);
        this.#lease.heard(message.epoch, now);
        return this.follower.heard(message.last, now);
      case "committed":
        return this.follower.committed(message.seq, message.entry, now);
      case "answers":
        this.edge.take(message.epoch, message.answers);
        return this.follower.continue();
      case "welcome":
        if (message.epoch !== this.edge.epoch || this.#isWelcome) return;
        this.#isWelcome = true;
        return this.#resend();
      case "snapshot wanted":
        return nats.send(this.life, message.life, { type: "snapshot", saved: this.edge.saved });
      case "snapshot":
        if (message.saved.entries.length > this.follower.applied) node.restore(message.saved);
        return;
      default:
        this.#leading?.take(message);
        this.#soonFlush();
    }
  }

  #check(): void {
    const { now } = this.#parts.world;
    this.follower.check(now);
    this.#giveUpAnswers();
    this.#appender.check(now);
    if (this.#leading) {
      this.#leading.check();
      this.#flush();
    } else if (this.#lease.isOver(now) && this.follower.isCurrent) this.#tryToLead();
    if (now - this.#aliveAt >= ALIVE_MS) this.#sayAlive(now);
    if (this.#isWelcome && now - this.#resentAt >= RESEND_MS) this.#resend();
  }

  #sayAlive(now: number): void {
    this.#aliveAt = now;
    const { life, edge } = this;
    const { epoch } = edge;
    const { leader } = this.#lease;
    if (leader === undefined) return;
    this.#send(leader, {
      type: "alive",
      life,
      epoch,
      opened: edge.opened,
      received: edge.received(),
    });
    if (!this.#isWelcome) this.#introduce(leader);
  }

  #introduce(leader: Life): void {
    const { life, edge } = this;
    this.#send(leader, { type: "hello", life, epoch: edge.epoch, clients: edge.introduce() });
  }

  #resend(): void {
    this.#resentAt = this.#parts.world.now;
    for (const client of this.edge.clients.values()) {
      for (const input of client.inputs) this.#sendInput(client, input);
    }
  }

  #tryToLead(): void {
    const { now } = this.#parts.world;
    if (this.#appender.isBusy) return;
    const entry = beginning(this.edge.epoch + 1, this.life);
    this.#appender.append(entry, this.follower.applied, now);
  }

  /** Applies the next entry; returns false if answers are missing that the edge must have first. */
  #apply(entry: Entry): boolean {
    const { world: { now, random } } = this.#parts;
    if (this.#isEnded) return false;
    if (this.edge.lacking(entry).length > 0) return false;
    const isBuried = entry.buried.includes(this.life);
    // The leader counts this process as gone, so its clients lose their sessions in this entry.
    if (isBuried) this.edge.cutAll();
    this.edge.apply(entry);
    this.#lease.applied(entry, now);
    if (entry.begins) this.#begin(entry);
    if (random.below(4) > 0) this.edge.save();
    if (isBuried) this.#parts.node.restore(this.#savedNow());
    return true;
  }

  #savedNow(): Saved {
    this.edge.save();
    return this.edge.saved;
  }

  /** Gives up the missing answers of a leader whose epoch is over, or of a silent leader. */
  #giveUpAnswers(): void {
    const { now } = this.#parts.world;
    if (this.#heardEpoch <= this.edge.epoch && !this.#lease.isOver(now)) return;
    const next = this.follower.waiting.get(this.follower.applied + 1);
    if (next === undefined) return;
    for (const client of this.edge.lacking(next)) {
      this.edge.giveUp(client);
      this.input(client, { type: "closed", reason: "Answers were lost" });
    }
    this.follower.continue();
  }

  #begin({ epoch, leader }: Entry): void {
    this.#isWelcome = false;
    this.#leading = undefined;
    if (leader === this.life) {
      this.#leading = new Leading(this.#parts, {
        clock: this.#clock,
        epoch,
        entries: this.edge.entries,
        send: (to, message) => this.#send(to, message),
      });
    }
    this.#introduce(leader);
  }

  #stored(seq: number, entry: Entry): void {
    const { world: { now } } = this.#parts;
    this.#leading?.acknowledged(seq);
    this.follower.committed(seq, entry, now);
    this.#soonFlush();
  }

  #refused(last: number): void {
    const { now } = this.#parts.world;
    this.#leading = undefined;
    this.#lease.wait(now);
    // Perhaps only this refusal shows that the log has more entries.
    if (!this.#parts.mistakes.refusalsIgnored) this.follower.heard(last, now);
  }

  #soonFlush(): void {
    const { world, run } = this.#parts;
    if (this.#leading) world.after(world.between(0, 1), () => run(() => this.#flush()));
  }

  /** Sends the decisions: the answers first, so that edges have them when the log has the entry. */
  #flush(): void {
    const { world: { now }, crashPoint, mistakes } = this.#parts;
    const leading = this.#leading;
    if (!leading || this.#appender.isBusy) return;
    const { entry, last } = leading.decide();
    crashPoint();
    if (!entry) return;
    this.#appender.append(entry, last, now);
    crashPoint();
    if (mistakes.trustsItself && leading.seemsValid) {
      this.follower.committed(last + 1, entry, now);
    }
  }
}

/** Returns the entry that begins an epoch. */
function beginning(epoch: number, leader: Life): Entry {
  const nothing = { events: [], answered: new Map(), attached: new Map(), buried: [] };
  return { epoch, leader, begins: true, ...nothing };
}
