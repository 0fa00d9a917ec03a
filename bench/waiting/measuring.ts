/**
 * Measures the time that a client waits for the answer to PING while another client sends lines.
 *
 * @module
 */

import { median, Member, percentile } from "../members.ts";
import { Prober } from "./prober.ts";
import { CROWDED_ROOMS, OWNED_ROOM } from "../costs/state.ts";
import { CAPS, type Role } from "../costs/world.ts";
import type { ServerAddress } from "../wires.ts";
import { type Case, CROWD, OPERATOR } from "./cases.ts";

/**
 * The largest number of lines that a client sends at once. The server's default limit is a little
 * higher.
 */
const BURST = 190;
/** The time after which a client may send one line more, in milliseconds. */
const PAUSE_PER_LINE_MS = 20;
/** The approximate time for which lines of a case are sent, in milliseconds. */
const CASE_MS = 1500;
/** The least time for which a case is measured, in milliseconds: enough for 2000 PINGs. */
const SHORTEST_MS = 2500;
/** The time after which a case waits no longer for the answers to its lines, in milliseconds. */
const LONGEST_MS = 4000;
/**
 * The time for which the machine may stop the thread that sends PING, in milliseconds. If it was
 * stopped for longer, the case is measured again.
 */
const STALL_MS = 10;
/** The largest number of attempts at a case. The attempt with the shortest stop counts. */
const ATTEMPTS = 3;
/** The time after all clients have joined in which the server comes to rest, in milliseconds. */
const REST_MS = 3000;
/** The largest number of clients that connect, or read, at the same time. */
const CONNECTING = 500;

/** The times until the answers to PING, in milliseconds. */
export interface Waiting {
  readonly p50: number;
  readonly p999: number;
  readonly max: number;
  /** The number of answers. */
  readonly count: number;
  /** The longest time for which the machine stopped the thread that sends PING, in milliseconds. */
  readonly stalledMs: number;
}

/** The numbers of rooms in which one client is. */
export interface Rooms {
  /** The rooms in which all clients are. */
  readonly common: number;
  /** The rooms of this client alone. */
  readonly own: number;
}

/** A server with clients in it. */
export class Crowd {
  readonly #address: ServerAddress;
  /** True if the server trusts a PROXY header. */
  readonly #hasProxy: boolean;
  readonly #idle: Member[] = [];
  readonly #roles = new Map<Role, Member>();
  #prober: Prober | undefined;
  #newcomers = 0;

  /** Measures the server at `address`. */
  constructor(address: ServerAddress, hasProxy: boolean) {
    this.#address = address;
    this.#hasProxy = hasProxy;
  }

  /** Connects as many clients as `clients` says. They only join rooms. */
  async fill(clients: number, rooms: Rooms): Promise<void> {
    for (let from = 0; from < clients; from += CONNECTING) {
      const some = Array.from({ length: Math.min(CONNECTING, clients - from) }, (_, i) => from + i);
      await Promise.all(some.map((index) => this.#fillOne(index, rooms)));
    }
    this.#prober = await Prober.start({ address: this.#address, hasProxy: this.#hasProxy });
    await pause(REST_MS);
  }

  async #fillOne(index: number, { common, own }: Rooms): Promise<void> {
    const host = `10.${index >> 16}.${index >> 8 & 255}.${index & 255}`;
    const client = await this.#connect(`u${index}`, host);
    const others = Array.from({ length: own }, (_, i) => `#${"r".repeat(40)}${index * own + i}`);
    await client.send(`JOIN ${[...CROWDED_ROOMS.slice(0, common), ...others].join(",")}\r\n`);
    await client.barrier();
    // Bytes that the server sends from now on remain in the buffers of the operating system.
    client.stopReading();
    this.#idle.push(client);
  }

  /**
   * Lets the clients that do nothing read what earlier cases have sent to them. Otherwise, these
   * lines would fill the memory of the system and, in the end, the send queues.
   */
  async #drain(): Promise<void> {
    for (let from = 0; from < this.#idle.length; from += CONNECTING) {
      // A case such as KILL may have disconnected some of them.
      await Promise.allSettled(
        this.#idle.slice(from, from + CONNECTING).map((client) => client.drain()),
      );
    }
  }

  #connect(nick: string, host: string): Promise<Member> {
    return Member.register(this.#address, nick, "plain", this.#hasProxy ? host : undefined);
  }

  /**
   * Measures a case; returns `undefined` if the server does not have the command, or each attempt
   * failed.
   */
  async measure(each: Case): Promise<Waiting | undefined> {
    let best: Waiting | undefined;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      await this.#drain();
      try {
        const waiting = await this.#attempt(each);
        if (!waiting) return undefined;
        if (!best || waiting.stalledMs < best.stalledMs) best = waiting;
        if (best.stalledMs <= STALL_MS) break;
      } catch (error) {
        // The server has disconnected the client, so the next attempt gets a new one.
        console.error(`${each.name}: ${error instanceof Error ? error.message : error}`);
        this.#roles.delete(each.role);
      }
    }
    return best;
  }

  async #attempt({ role, setup = [], lines }: Case): Promise<Waiting | undefined> {
    const client = await this.#clientAs(role);
    await client.send(setup.map((line) => `${line}\r\n`).join(""));
    await client.barrier();
    await pause(setup.length * PAUSE_PER_LINE_MS);
    let isUnknown = false;
    client.onText = (text) => isUnknown ||= / 421 /.test(text);
    const probed = await this.#prober?.during(async () => {
      const start = performance.now();
      const first = lines(0);
      await this.#send(client, first, start);
      client.onText = undefined;
      if (isUnknown) return;
      const passed = performance.now() - start;
      const most = Math.floor(BURST / Math.max(1, first.length));
      const count = Math.max(1, Math.min(most, Math.ceil(CASE_MS / passed)));
      await this.#send(client, Array.from({ length: count }, (_, n) => lines(n + 1)).flat(), start);
      await pause(start + SHORTEST_MS - performance.now());
    });
    return isUnknown || !probed ? undefined : summary(probed.times, probed.stalledMs);
  }

  /**
   * Sends lines; resolves when they are answered. If they are not answered {@linkcode LONGEST_MS}
   * after `start`, resolves then, and the next case gets a new client.
   */
  async #send(client: Member, lines: readonly string[], start: number): Promise<void> {
    const end = start + LONGEST_MS - performance.now();
    const { promise: isLate, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(true), end);
    const answered = client.send(lines.map((line) => `${line}\r\n`).join(""))
      .then(() => client.barrier()).then(() => false).catch(() => false);
    if (await Promise.race([isLate, answered])) this.#forget(client);
    clearTimeout(timer);
  }

  #forget(client: Member): void {
    client.close();
    for (const [role, each] of this.#roles) if (each === client) this.#roles.delete(role);
  }

  async #clientAs(role: Role): Promise<Member> {
    const known = this.#roles.get(role);
    if (known) return known;
    const nick = role === "newcomer" ? `newcomer${this.#newcomers++}` : role;
    const client = await this.#connect(nick, `192.0.2.${100 + this.#newcomers}`);
    if (role !== "newcomer") this.#roles.set(role, client);
    const commands = [
      `CAP REQ :${CAPS}`,
      ...(role === "operator" ? [`OPER ${OPERATOR.name} ${OPERATOR.password}`] : []),
      ...(role === "owner" || role === "founder"
        ? [`NS IDENTIFY ${role} password-of-${role}`, `REGISTER * * password-of-${role}`]
        : []),
      ...(role === "member" ? [`JOIN ${CROWD},#talk`] : []),
      ...(role === "owner" ? [`JOIN ${OWNED_ROOM}`] : []),
      ...(role === "owner" ? Array.from({ length: 90 }, (_, i) => `JOIN #guarded${i}`) : []),
    ];
    await client.send(commands.map((line) => `${line}\r\n`).join(""));
    await client.barrier();
    return client;
  }

  /** Closes all clients. */
  close(): void {
    this.#prober?.close();
    for (const client of [...this.#idle, ...this.#roles.values()]) client.close();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}

/** Returns the percentiles of the times. */
function summary(times: readonly number[], stalledMs: number): Waiting {
  const sorted = times.toSorted((one, other) => one - other);
  const [p50, p999, max] = [median(sorted), percentile(sorted, 0.999), sorted.at(-1) ?? NaN];
  return { p50, p999, max, count: sorted.length, stalledMs };
}
