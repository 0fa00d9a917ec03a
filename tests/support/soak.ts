/**
 * A soak: clients come, go, flood, stall and send garbage, the clock leaps, and the disk fills, in
 * rounds. After each round, what each client heard is compared with what it must have heard, and
 * the server's use of the machine is measured at a quiet moment. In each round of the last sixth,
 * the server is ended in the middle, by a signal or a kill, and started again.
 */

import { passed } from "./kill_loop.ts";
import { Random } from "./random.ts";
import { Guest } from "./soak_guest.ts";
import { lossOf, readHistory } from "./soak_history.ts";
import { Model } from "./soak_model.ts";
import { Probe, type Waits } from "./soak_probe.ts";
import { OPERATOR_PASSWORD, SoakServer, type Use } from "./soak_server.ts";
import { connect, ROOMS, type Scene, TROUBLES } from "./soak_troubles.ts";

/**
 * The number of members that stay and talk, and the time between two messages of any of them, in
 * milliseconds.
 */
const MEMBERS = 24;
const TALK_MS = 30;
/**
 * The number of lanes. Each lane runs stories (the scenarios in `soak_troubles.ts`), one after
 * another.
 */
const LANES = 6;
/** The pause between two stories of a lane, in milliseconds, so that the machine is not busy. */
const PAUSE_MS = 300;
/**
 * The wait before a measurement, in milliseconds, in which the server gives back what it does not
 * need.
 */
const QUIET_MS = 2500;
/** The leaps of the clock, in seconds: an hour forward, an hour back, forty days and ten years. */
const LEAPS = [3600, -3600, 40 * 86_400, 3650 * 86_400];
const LEAP_MS = 2500;
const FULL_MS = 2000;
/**
 * The largest difference between the time of a new message and the time of day, in milliseconds,
 * once the clock is right again.
 */
const CLOCK_MS = 60_000;

/** The figures of a round. */
export interface RoundFigures extends Use, Waits {
  readonly round: number;
  /** True for a round before the first restart of the server. */
  readonly isFirstLife: boolean;
  /** The number of messages that the witness heard. */
  readonly said: number;
  /** The processor time of the server and of the clients, in percent of one core. */
  readonly serverCpu: number;
  readonly clientCpu: number;
}

/** The results of a soak. */
export interface SoakFindings {
  readonly rounds: RoundFigures[];
  /** The differences between what happened and what must have happened, in sentences. */
  readonly wrong: string[];
  /** The number of times that each story was run. */
  readonly told: Record<string, number>;
  /** The troubles that this machine could not cause, each with the reason. */
  readonly leftOut: readonly string[];
}

/** Runs `rounds` rounds of `roundMs` milliseconds; passes the figures of each to `report`. */
export async function soak(
  rounds: number,
  roundMs: number,
  seed: number,
  report: (figures: RoundFigures) => void,
): Promise<SoakFindings> {
  await using server = new SoakServer();
  const soak = new Soak(server, new Random(seed));
  await soak.begin();
  for (let round = 0; round < rounds; round++) {
    const isFirstLife = round < rounds - Math.max(1, Math.floor(rounds / 6));
    const figures = await soak.round(roundMs, isFirstLife);
    report({ round, isFirstLife, ...figures });
    soak.findings.rounds.push({ round, isFirstLife, ...figures });
  }
  await soak.end();
  return soak.findings;
}

class Soak implements Scene {
  readonly findings: SoakFindings;
  readonly random: Random;
  readonly #server: SoakServer;
  #model = new Model(ROOMS);
  #guests: Guest[] = [];
  #members: Guest[] = [];
  #operator: Guest | undefined;
  #witness: Guest | undefined;
  #probe: Guest | undefined;
  #nicks = 0;
  #said = 0;
  #isOwned = false;
  #isRound = false;
  #isDown = false;

  constructor(server: SoakServer, random: Random) {
    this.#server = server;
    this.random = random;
    this.findings = { rounds: [], wrong: [], told: {}, leftOut: server.leftOut };
  }

  get port(): number {
    return this.#server.port;
  }

  get operator(): Guest {
    if (!this.#operator) throw new Error("there is no operator yet");
    return this.#operator;
  }

  nick(): string {
    return `g${this.#nicks++}`;
  }

  meet(guest: Guest): void {
    this.#guests.push(guest);
  }

  /** Starts the server, and connects the clients that stay for as long as it runs. */
  async begin(): Promise<void> {
    await this.#server.start();
    this.#model = new Model(ROOMS);
    const login = this.#isOwned ? { login: ["owner", "sesame"] as const } : {};
    this.#operator = await Guest.enter(await connect(this), "owner", login);
    if (!this.#isOwned) await this.#operator.ask("REGISTER * * sesame");
    this.#isOwned = true;
    await this.#operator.ask(`OPER root ${OPERATOR_PASSWORD}`, `JOIN ${ROOMS.join()}`);
    this.#witness = await Guest.enter(await connect(this), "witness");
    this.#witness.onMessage = (message) => {
      if (message.command === "PRIVMSG") this.#said++;
      this.#model.hear(message);
    };
    await this.#witness.ask(`JOIN ${ROOMS.join()}`);
    this.#probe = await Guest.enter(await connect(this), "probe");
    this.#members = [];
    for (let index = 0; index < MEMBERS; index++) {
      const member = await Guest.enter(await connect(this), `m${index}x${this.#nicks++}`);
      this.meet(member);
      const first = ROOMS[index % ROOMS.length];
      const second = ROOMS[(index + 1 + (index >> 3)) % ROOMS.length];
      await member.ask(`JOIN ${first},${second}`);
      this.#members.push(member);
    }
  }

  async round(
    ms: number,
    isFirstLife: boolean,
  ): Promise<Omit<RoundFigures, "round" | "isFirstLife">> {
    const start = { server: this.#server.cpuMs(), clients: clientCpuMs(), at: performance.now() };
    const saidBefore = this.#said;
    this.#isRound = true;
    const probe = new Probe(() => this.#server.cpuMs());
    const lanes = [
      this.#talk(),
      this.#ping(probe),
      ...Array.from({ length: LANES }, () => this.#tell()),
      this.#weather(ms, isFirstLife),
    ];
    await passed(isFirstLife ? ms : ms / 2);
    if (isFirstLife) this.#isRound = false;
    if (isFirstLife) await Promise.all(lanes);
    const serverCpu = percent(this.#server.cpuMs() - start.server, start.at);
    const clientCpu = percent(clientCpuMs() - start.clients, start.at);
    if (!isFirstLife) await this.#restart(lanes);
    const said = this.#said - saidBefore;
    await this.#settle(!isFirstLife);
    return { said, serverCpu, clientCpu, ...probe.waits(), ...await this.#server.use() };
  }

  async end(): Promise<void> {
    const all = [this.#operator, this.#witness, this.#probe, ...this.#members];
    for (const guest of all) await guest?.[Symbol.asyncDispose]();
    const errors = await this.#server.end("SIGTERM");
    this.#assertNoErrors(errors);
  }

  /** Records the errors that the server has logged as findings, except those about a full disk. */
  #assertNoErrors(log: string): void {
    const errors = log.split("\n").filter((line) =>
      line !== "" && !line.includes("the disk is full")
    );
    this.findings.wrong.push(...errors.slice(0, 20));
  }

  /** The members talk, in turn. */
  async #talk(): Promise<void> {
    for (let turn = 0; this.#isRound; turn++) {
      const member = this.#members[turn % MEMBERS];
      const room = member?.stays.at(-1 - turn % 2)?.room ?? "";
      // Without members, or while they are let in, nobody talks.
      if (room !== "") {
        await member?.send(`PRIVMSG ${room} :${turn} ${crypto.randomUUID()}`).catch(() => {});
      }
      await passed(TALK_MS);
    }
  }

  async #ping(probe: Probe): Promise<void> {
    const client = this.#probe;
    while (this.#isRound && !this.#isDown && client && !client.hasEnded) {
      await probe.measure(client).catch(() => {});
    }
  }

  /** Runs stories, one after another, until the round ends. */
  async #tell(): Promise<void> {
    while (this.#isRound && !this.#isDown) {
      const name = this.random.pick(Object.keys(TROUBLES));
      this.findings.told[name] = (this.findings.told[name] ?? 0) + 1;
      try {
        await TROUBLES[name]?.(this);
      } catch (error) {
        // Connections break when the server is ended, or when it refuses garbage.
        const isBroken = this.#isDown || name === "garbage" || name === "halves";
        if (!isBroken) this.findings.wrong.push(`${name}: ${error}`);
      }
      await passed(PAUSE_MS);
    }
  }

  /**
   * Lets the clock leap and the disk fill, once each, in a round without a restart of the server.
   */
  async #weather(ms: number, isFirstLife: boolean): Promise<void> {
    if (!isFirstLife) return;
    await passed(ms / 4);
    if (this.#server.leap(this.random.pick(LEAPS))) {
      await passed(LEAP_MS);
      this.#server.leap(0);
    }
    await passed(ms / 8);
    if (await this.#server.fill()) {
      await passed(FULL_MS);
      this.#server.empty();
    }
  }

  /** Ends the server in the midst of everything, compares, and starts it again. */
  async #restart(lanes: readonly Promise<void>[]): Promise<void> {
    this.#isDown = true;
    const errors = await this.#server.end(this.random.pick(["SIGTERM", "SIGKILL"]));
    this.#isRound = false;
    await Promise.all(lanes);
    this.#isDown = false;
    this.#assertNoErrors(errors);
    const all = [this.#operator, this.#witness, this.#probe, ...this.#members];
    for (const guest of all) await guest?.ended();
    const heard = ROOMS.map((room) => [room, this.#heardIn(room)] as const);
    this.#compare(this.#guests.splice(0), true);
    await this.begin();
    for (const [room, lists] of heard) await this.#assertKept(room, lists);
  }

  /** Waits until all have heard everything, and the server is quiet; then compares. */
  async #settle(hasRestarted: boolean): Promise<void> {
    const staying = [this.#operator, this.#probe, this.#witness, ...this.#members];
    for (const guest of staying) {
      if (guest?.hasEnded) this.findings.wrong.push(`${guest.nick} was closed: ${guest.reason}`);
    }
    await passed(QUIET_MS);
    for (const guest of staying) await guest?.barrier();
    const said = ROOMS.map((room) => [room, this.#model.saidIn(room)] as const);
    this.#compare(this.#guests, false);
    this.#guests = this.#guests.filter((guest) => !guest.hasEnded);
    if (!hasRestarted) {
      for (const [room, notes] of said) await this.#assertKept(room, [notes]);
    }
    await passed(QUIET_MS / 2);
  }

  #compare(guests: readonly Guest[], wasKilled: boolean): void {
    const stays = guests.flatMap((guest) => guest.stays);
    this.findings.wrong.push(...this.#model.compare(stays, wasKilled));
    for (const guest of guests) {
      guest.stays = guest.stays.filter((stay) => stay.end === "open");
      for (const stay of guest.stays) stay.lines = [];
    }
  }

  /** Returns the messages in a room that each client has heard in this round. */
  #heardIn(room: string): readonly string[][] {
    const stays = this.#guests.flatMap((guest) => guest.stays);
    const heard = stays.filter((stay) => stay.room === room).map(({ lines }) => lines);
    return [this.#model.saidIn(room), ...heard].filter((lines) => lines.length > 0);
  }

  /**
   * Checks that the history of a room has all that was heard, in the order in which it was heard.
   */
  async #assertKept(room: string, heard: readonly (readonly string[])[]): Promise<void> {
    const caps = "batch draft/chathistory";
    await using reader = await Guest.enter(await connect(this), this.nick(), { caps });
    await reader.ask(`JOIN ${room}`, `PRIVMSG ${room} :the time is right`);
    const { notes, latest } = await readHistory(reader, room, new Set(heard.flat()));
    for (const lines of heard) {
      const loss = lossOf(lines, notes);
      if (loss !== undefined) this.findings.wrong.push(`${room}: ${loss}`);
    }
    if (Math.abs(Date.now() - latest) > CLOCK_MS) {
      this.findings.wrong.push(`${room}: the latest message is of ${new Date(latest)}`);
    }
  }
}

/** Returns `cpuMs`, used since the moment `start`, in percent of one core. */
function percent(cpuMs: number, start: number): number {
  return 100 * cpuMs / (performance.now() - start);
}

/** Returns the processor time of this process, in milliseconds. */
function clientCpuMs(): number {
  const stat = Deno.readTextFileSync("/proc/self/stat");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
