/**
 * Connects the parts of a process of a cluster with the bus and with each other: the edge, the
 * follower of the log and, while the process leads, the decider.
 *
 * @module
 */

import type { Clock } from "../../shared/clock.ts";
import type { Budgets } from "../net/budget.ts";
import { CLUSTER_TEXTS } from "../texts/cluster.ts";
import { Appender } from "./appender.ts";
import { Decider, type DecidingServer } from "./decider.ts";
import { Edge, type EdgeServer, type OnFacts } from "./edge.ts";
import type { Refuse } from "./edge_client.ts";
import { Follower } from "./follower.ts";
import { Hearing } from "./hearing.ts";
import { beginning, Lease } from "./lease.ts";
import { Leading } from "./leading.ts";
import { LogLoss } from "./log_loss.ts";
import { Patience } from "./patience.ts";
import type { Standing } from "./standing.ts";
import type { Bus, Entry, Life, Message, Numbered, Reply, Request, Station } from "./messages.ts";

/** The interval of periodic work, in milliseconds. */
const CHECK_MS = 100;
/** The interval at which a process says that it lives, in milliseconds. */
const ALIVE_MS = 250;
/** The time after which inputs that were not performed are sent again, in milliseconds. */
const RESEND_MS = 400;

/** The parts of a {@linkcode Member}. `messages.ts` explains the terms. */
export interface MemberParts {
  /** The identity of the process. */
  readonly life: Life;
  /** The clock. */
  readonly clock: Clock;
  /** Returns a number from 0 to below 1. */
  readonly random: () => number;
  /** Runs an action once the present turn is over. */
  readonly soon: (action: () => void) => void;
  /** The server. */
  readonly server: EdgeServer;
  /** The facts about the cluster at the log position of the state of `server`. */
  readonly standing: Standing;
  /** The connection with the other processes and the log. */
  readonly bus: Bus;
  /** The budgets of the time that clients may use while the process leads. */
  readonly budgets: Budgets;
  /** Makes the deciding part, with the present state of `server`. */
  readonly decide: (standing: Standing) => DecidingServer;
  /** Returns the number of the last entry in the kept state: a start needs only later entries. */
  readonly saved: () => number;
  /** Returns true if the database can be written to; otherwise, the server ends. */
  readonly canStore: () => boolean;
  /** Returns another identity for the process, after the present one was counted as gone. */
  readonly renamed: () => Life;
  /** Called when the log no longer has the entries that the process needs next. */
  readonly fellBehind: () => void;
  /** Called when the log has lost entries that the process has applied. */
  readonly logLost: () => void;
  /** Takes the facts of clients, each time that they change. */
  readonly onFacts?: OnFacts;
}

/** A process. */
export class Member implements Station {
  /** The identity of the process. The process gets a new one after it was counted as gone. */
  life: Life;
  /** The part that has the clients. */
  readonly edge: Edge;
  /** The follower of the log. */
  readonly follower: Follower;
  readonly #parts: MemberParts;
  readonly #lease: Lease;
  readonly #appender: Appender;
  readonly #hearing: Hearing;
  #leading: Leading | undefined;
  /** The greatest epoch that heartbeats have named. */
  #heardEpoch = 0;
  /** True once the leader of this epoch knows the clients of this process. */
  #isWelcome = false;
  /** The time since which no leader knows the clients. */
  #unknownSince: number;
  #aliveAt = -Infinity;
  /** True if the leader must learn at once which answers have come. */
  #mustConfirm = false;
  #resentAt = 0;
  readonly #patience = new Patience();
  readonly #logLoss = new LogLoss();
  #isEnded = false;
  #inputs: Numbered[] = [];
  #isFlushing = false;

  /** Continues from the standing; does nothing before {@linkcode Member.start}. */
  constructor(parts: MemberParts) {
    const { life, standing, server, bus } = parts;
    this.#parts = parts;
    this.life = life;
    this.#unknownSince = this.#now;
    this.#hearing = new Hearing(this.#now);
    this.#lease = new Lease(this.#now, parts.random, standing);
    this.edge = new Edge({
      ...{ life, clock: parts.clock, server, standing, onFacts: parts.onFacts },
      pass: (input) => this.#pass(input),
      refuse: (line, isLabeled) => this.refuse(line, isLabeled),
      confirm: () => {
        this.#mustConfirm = true;
        this.#flushSoon();
      },
    });
    const request = (request: Request) => bus.request(request);
    this.follower = new Follower({
      applied: standing.seq,
      apply: (_seq, entry) => this.#apply(entry),
      ask: (seq) => request({ type: "get", seq }),
    });
    this.#appender = new Appender({
      name: life,
      send: request,
      stored: (seq, entry) => this.#stored(seq, entry),
      refused: (last) => this.#refused(last),
    });
  }

  get #now(): number {
    return this.#parts.clock.moment().ms;
  }

  /** The decider, while this process leads. */
  get decider(): Decider | undefined {
    return this.#leading?.decider;
  }

  /** True while an append is not answered. */
  get isAppending(): boolean {
    return this.#appender.isBusy;
  }

  /** True once the leader knows the clients of this process. */
  get isWelcome(): boolean {
    return this.#isWelcome;
  }

  /** The process that leads, as far as this one knows. */
  get leader(): Life | undefined {
    return this.#lease.leader;
  }

  /** The number of the last entry that no living process needs any more; 0 if it is not known. */
  get neededAfter(): number {
    return this.#leading?.neededAfter ?? 0;
  }

  /**
   * The time for which this process has been unable to pass lines on or to decide, in milliseconds;
   * 0 if it is able to.
   */
  get cutOffMs(): number {
    if (!this.#isWelcome) return this.#now - this.#unknownSince;
    if (this.#leading) return this.#appender.waitsMs(this.#now);
    return this.#lease.cutOffMs(this.#now);
  }

  /** Returns the answer to a line that cannot be passed on; `undefined` if it can. */
  refuse: Refuse = () => undefined;

  /** Begins the periodic work. */
  start(): void {
    const { clock, random } = this.#parts;
    if (this.#isEnded) return;
    clock.after(CHECK_MS * (0.8 + 0.4 * random()), () => {
      try {
        this.#check();
      } finally {
        this.start();
      }
    });
  }

  /** Ends the connections of all clients, and all work. */
  end(reason: string): void {
    this.edge.leaveAll(reason);
    this.#sendInputs();
    this.#stopLeading();
    this.#isEnded = true;
  }

  #pass(input: Numbered): void {
    if (this.#isWelcome) this.#inputs.push(input);
    this.#flushSoon();
  }

  #sendInputs(): void {
    const inputs = this.#inputs;
    this.#inputs = [];
    const { leader } = this.#lease;
    if (leader === undefined || !this.#isWelcome || inputs.length === 0) return;
    this.#send(leader, this.edge.inputs(inputs));
  }

  /** Sends a message to a process, which may be this one. */
  #send(to: Life, message: Message): void {
    if (to === this.life) this.#parts.soon(() => this.received(message));
    else this.#parts.bus.send(to, message);
  }

  replied(reply: Reply): void {
    if (this.#isEnded) return;
    switch (reply.type) {
      case "stored":
      case "refused":
        return this.#appender.replied(reply);
      case "entry":
        return this.follower.committed(reply.seq, reply.entry, this.#now);
      case "none":
        if (reply.seq < reply.first) this.#parts.fellBehind();
    }
  }

  received(message: Message): void {
    if (this.#isEnded) return;
    const now = this.#now;
    if (message.type === "leaving") this.#lease.left(message.life, now);
    switch (message.type) {
      case "heartbeat":
        this.#heardEpoch = Math.max(this.#heardEpoch, message.epoch);
        this.#lease.heard(message.epoch, message.waitsMs, now);
        if (this.#logLoss.isShownBy(message, this.#lease, this.follower.applied)) {
          return this.#parts.logLost();
        }
        return this.follower.heard(message.last, now);
      case "committed":
        if (message.entry.begins) this.#lease.begin(message.entry.epoch);
        return this.follower.committed(message.seq, message.entry, now);
      case "answers":
        this.edge.take(message.epoch, message.answers);
        return this.follower.continue();
      case "welcome":
        if (message.epoch !== this.edge.epoch || message.life !== this.life) return;
        if (this.#isWelcome) return;
        this.#isWelcome = true;
        return this.#resend();
      default:
        this.#leading?.take(message, now);
        this.#flushSoon();
    }
  }

  #check(): void {
    if (this.#isEnded) return;
    const now = this.#now;
    if (this.#hearing.failed(now, this.#parts.bus.isConnected)) {
      this.#leading?.wasDeaf(now);
      this.#lease.wasDeaf(now);
    }
    this.follower.check(now);
    this.#giveUpAnswers();
    this.#appender.check(now);
    if (this.#leading) {
      this.#leading.check(now, this.#appender.waitsMs(now));
      this.#flushSoon();
    } else if (this.#lease.isOver(now) && this.follower.isCurrent) this.#tryToLead();
    if (now - this.#aliveAt >= ALIVE_MS) this.#sayAlive(now);
    if (this.#isWelcome && now - this.#resentAt >= RESEND_MS) this.#resend();
  }

  #sayAlive(now: number): void {
    this.#aliveAt = now;
    this.#mustConfirm = false;
    const { leader } = this.#lease;
    if (leader === undefined) return;
    this.#send(leader, this.edge.alive(this.#parts.saved()));
    if (!this.#isWelcome) this.#send(leader, this.edge.hello());
  }

  #resend(): void {
    this.#resentAt = this.#now;
    this.#inputs = [];
    for (const { inputs } of this.edge.clients.values()) this.#inputs.push(...inputs);
    this.#sendInputs();
  }

  #tryToLead(): void {
    if (this.#appender.isBusy) return;
    const entry = beginning(this.edge.epoch + 1, this.life);
    this.#appender.append(entry, this.follower.applied, this.#now);
  }

  /** Applies the next entry; returns false if it must wait, for example for missing answers. */
  #apply(entry: Entry): boolean {
    if (this.#isEnded || this.edge.lacking(entry).length > 0) return false;
    // The database must not record a position in the log while it lacks earlier changes.
    if (!this.#parts.canStore()) return false;
    const isBuried = entry.buried.includes(this.life);
    // The leader counts this process as gone, so its clients lose their sessions in this entry.
    if (isBuried) this.edge.closeAll(CLUSTER_TEXTS.countedAsGone);
    this.edge.apply(entry);
    if (!entry.begins && entry.leader === this.life) this.#leading?.decider.settled();
    this.#lease.applied(entry, this.#now);
    if (entry.begins) this.#begin(entry);
    if (isBuried) this.#startAnew();
    return true;
  }

  #startAnew(): void {
    this.life = this.#parts.renamed();
    this.edge.startAnew(this.life, CLUSTER_TEXTS.countedAsGone);
    this.#isUnknown();
    this.#inputs = [];
  }

  #isUnknown(): void {
    if (this.#isWelcome) this.#unknownSince = this.#now;
    this.#isWelcome = false;
  }

  /**
   * Gives up missing answers of a leader whose epoch is over, or of a silent leader. A leader that
   * counts this process as gone does not send them again, so missing answers are also given up
   * after a time.
   */
  #giveUpAnswers(): void {
    const next = this.follower.waiting.get(this.follower.applied + 1);
    const isOver = this.#patience.isOver(this.#now, {
      isWaiting: next !== undefined,
      isSilent: this.#lease.isOver(this.#now),
    });
    if (!next || !isOver && this.#heardEpoch <= this.edge.epoch) return;
    for (const client of this.edge.lacking(next)) {
      this.edge.giveUp(client, CLUSTER_TEXTS.answersLost);
    }
    this.#patience.restore();
    this.follower.continue();
  }

  #begin({ epoch, leader }: Entry): void {
    this.#isUnknown();
    this.#stopLeading();
    if (leader === this.life) {
      const { standing } = this.edge;
      const decider = new Decider({
        ...{ standing, leader, budgets: this.#parts.budgets },
        server: this.#parts.decide(standing),
        changed: () => this.#flushSoon(),
      });
      this.#leading = new Leading({
        ...{ life: leader, epoch, seq: standing.seq, now: this.#now, decider },
        gone: this.#lease.gone,
        send: (to, message) => this.#send(to, message),
        publish: (message) => this.#parts.bus.publish(message),
      });
      if (this.#hearing.recovers(this.#now)) this.#leading.wasDeaf(this.#now);
    }
    this.#send(leader, this.edge.hello());
  }

  /** Drops the decisions that the log does not have. */
  #stopLeading(): void {
    this.#leading?.decider.close();
    this.#leading = undefined;
  }

  #stored(seq: number, entry: Entry): void {
    this.#leading?.acknowledged(seq);
    this.follower.committed(seq, entry, this.#now);
    this.#flushSoon();
  }

  #refused(last: number): void {
    if (this.#logLoss.isCertain(last, this.follower.applied)) this.#parts.logLost();
    this.#stopLeading();
    this.#lease.wait(this.#now);
    // Perhaps only this refusal shows that the log has more entries.
    this.follower.heard(last, this.#now);
  }

  #flushSoon(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    this.#parts.soon(() => {
      this.#isFlushing = false;
      if (this.#isEnded) return;
      this.#sendInputs();
      if (this.#mustConfirm) this.#sayAlive(this.#now);
      this.#flush();
    });
  }

  /** Sends the decisions: the answers first, so that edges have them when the log has the entry. */
  #flush(): void {
    const leading = this.#leading;
    if (!leading || this.#appender.isBusy) return;
    const { entry, last } = leading.decide(this.#now);
    if (entry) this.#appender.append(entry, last, this.#now);
  }
}
