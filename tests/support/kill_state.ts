/**
 * Kills servers while clients change their state, and compares the state with the clients'
 * knowledge of it.
 */

import { Asking } from "./asking.ts";
import { killAgainAndAgain, type Load, passed } from "./kill_loop.ts";
import { KnownState, type Wrong } from "./known_state.ts";
import { newcomerChanges, newcomerNick, newcomerState } from "./newcomers.ts";
import { Random } from "./random.ts";
import { MEMBER, ROOM, type StateKind, stateKinds, TALK } from "./state_kinds.ts";

const OWNER = "ada";
const OPERATOR = { name: "root", password: "hunter2" };
/** A server is killed after at most this number of milliseconds. */
const MOST_MS = 900;
/** The largest number of changes that a client asks for at once. */
const BURST = 20;
/** The largest number of a client's changes that may wait for an answer. */
const MOST_OPEN = 60;

/** The results over all kills. */
export interface StateFindings {
  /** The number of kills. */
  kills: number;
  /** Changes that a server confirmed. */
  confirmed: number;
  /** Changes that a server refused. */
  refused: number;
  /** Changes without an answer when the server was killed. */
  open: number;
  /** Changes that a server made for a user without the right to make them. */
  granted: number;
  /** Values that a server should not have had. */
  readonly wrong: Wrong[];
  /** The error that `chat export --verify` finds at the end. */
  damage?: string | undefined;
}

/** Kills servers `kills` times while clients change their state, at moments that `seed` decides. */
export async function killChanges(kills: number, seed: number): Promise<StateFindings> {
  const random = new Random(seed);
  const changes = new Changes(random);
  const damage = await killAgainAndAgain(kills, random, () => changes);
  return { ...changes.findings, damage };
}

/** The clients that change the state, and what they know of it. */
class Changes implements Load {
  readonly config = { operators: [OPERATOR] };
  readonly findings: StateFindings = {
    kills: 0,
    confirmed: 0,
    refused: 0,
    open: 0,
    granted: 0,
    wrong: [],
  };
  readonly #random: Random;
  readonly #known: readonly KnownState<StateKind>[];
  readonly #newcomers = new KnownState(newcomerState);
  #count = 0;
  #isPrepared = false;
  #clients: readonly Asking[] = [];

  constructor(random: Random) {
    this.#random = random;
    this.#known = stateKinds().map((kind) => new KnownState(kind));
  }

  async begin(port: number): Promise<void> {
    const owner = await this.#connect(port, OWNER);
    this.#clients = [owner, await this.#connect(port, MEMBER)];
    await owner.client.ask(`OPER ${OPERATOR.name} ${OPERATOR.password}`);
    this.#isPrepared = true;
    for (const known of [...this.#known, this.#newcomers]) {
      this.findings.wrong.push(...await known.compare(owner.client));
    }
  }

  async work(port: number, kill: () => void): Promise<void> {
    const [owner, member] = this.#clients;
    if (!owner || !member) return;
    const reserved = this.#known.filter(({ state }) => state.isReserved);
    const working = [
      this.#change(owner, () => this.#random.pick(this.#known)),
      this.#change(member, () => this.#random.pick(reserved), true),
      this.#newcomer(port),
    ];
    await passed(this.#random.below(MOST_MS));
    kill();
    await Promise.all(working);
  }

  killed(): void {
    this.findings.kills++;
    for (const { open } of this.#clients) this.findings.open += open;
    this.#clients = [];
  }

  async #connect(port: number, nick: string): Promise<Asking> {
    const login = this.#isPrepared ? { login: [nick, "sesame"] as const } : {};
    const asking = await Asking.register(port, { nick, ...login });
    if (!this.#isPrepared) await asking.client.ask("REGISTER * * sesame");
    // A room that an account owns survives a restart.
    await asking.client.ask(`JOIN ${ROOM},${TALK}`);
    return asking;
  }

  /** Asks for changes until the server is gone. If they are forbidden, all must be refused. */
  async #change(
    asking: Asking,
    pick: () => KnownState<StateKind>,
    isForbidden = false,
  ): Promise<void> {
    const lineOf = (): string => {
      const known = pick();
      const change = known.state.change(this.#count++, this.#random);
      if (!isForbidden) known.ask(change);
      return asking.lineOf(change, (isDone) => {
        if (isForbidden && isDone) this.findings.granted++;
        if (!isForbidden) known.answer(change, isDone);
        this.#counted(isDone);
      });
    };
    await untilGone(async () => {
      while (asking.open > MOST_OPEN) if (!await asking.hear()) return false;
      await asking.client.send(...this.#random.list(1, BURST, lineOf));
      await passed(this.#random.below(3));
      return true;
    });
    while (await asking.hear()) { /* The answers before the kill. */ }
  }

  /** Lets newcomers register and make rooms, until the server is gone. */
  async #newcomer(port: number): Promise<void> {
    await untilGone(async () => {
      const n = this.#count++;
      const asking = await Asking.register(port, { nick: newcomerNick(n) });
      for (const [before, change] of newcomerChanges(n)) {
        await asking.client.send(before);
        this.#newcomers.ask(change);
        const isDone = await asking.ask(change, (isDone) => {
          this.#newcomers.answer(change, isDone);
          this.#counted(isDone);
        });
        if (!isDone) break;
      }
      await asking.client.close();
      return true;
    });
  }

  #counted(isDone: boolean): void {
    this.findings[isDone ? "confirmed" : "refused"]++;
  }
}

/** Repeats `step` until it resolves to false, or fails because the server is gone. */
async function untilGone(step: () => Promise<boolean>): Promise<void> {
  try {
    while (await step());
  } catch {
    // The server has gone.
  }
}
