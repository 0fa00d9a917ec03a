/**
 * Measures the time that a client waits for the answer to PING while another client sends lines.
 *
 * @module
 */

import { median, Member, percentile } from "../members.ts";
import { CROWDED_ROOMS, OWNED_ROOM } from "../costs/state.ts";
import { CAPS, type Role } from "../costs/world.ts";
import type { ServerAddress } from "../wires.ts";
import { type Case, CROWD, OPERATOR } from "./cases.ts";

/**
 * The largest number of lines that a client sends at once. The server's default limit is a little
 * higher.
 */
const BURST = 190;
/**
 * The time for which lines of a case are sent, about, and for which a case is measured at least, in
 * milliseconds.
 */
const CASE_MS = 1500;
const SHORTEST_MS = 1100;
/**
 * The clients that send PING in turn, so that none of them exceeds its limit, and the time between
 * two.
 */
const PROBES = 200;
const PING_MS = 1;
/** The largest number of clients that connect at the same time. */
const CONNECTING = 500;

/** The times until the answers to PING, in milliseconds. */
export interface Waiting {
  readonly p50: number;
  readonly p999: number;
  readonly max: number;
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
  /** True if the server believes a PROXY header. */
  readonly #hasProxy: boolean;
  readonly #idle: Member[] = [];
  readonly #roles = new Map<Role, Member>();
  readonly #probes: Member[] = [];
  #newcomers = 0;

  /** Measures the server at `address`. */
  constructor(address: ServerAddress, hasProxy: boolean) {
    this.#address = address;
    this.#hasProxy = hasProxy;
  }

  /**
   * Connects `clients` clients that do nothing but be in `rooms`, and the clients that send PING.
   */
  async fill(clients: number, rooms: Rooms): Promise<void> {
    for (let from = 0; from < clients; from += CONNECTING) {
      const some = Array.from({ length: Math.min(CONNECTING, clients - from) }, (_, i) => from + i);
      await Promise.all(some.map((index) => this.#fillOne(index, rooms)));
    }
    // Other servers may take a second for each, so all connect at the same time.
    const probes = Array.from({ length: PROBES }, (_, index) => index);
    this.#probes.push(
      ...await Promise.all(
        probes.map((index) => this.#connect(`probe${index}`, `198.18.0.${index}`)),
      ),
    );
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

  #connect(nick: string, host: string): Promise<Member> {
    return Member.register(this.#address, nick, "plain", this.#hasProxy ? host : undefined);
  }

  /** Measures a case; returns `undefined` if the server does not have the command. */
  async measure({ role, lines }: Case): Promise<Waiting | undefined> {
    const client = await this.#clientAs(role);
    let isUnknown = false;
    client.onText = (text) => isUnknown ||= / 421 /.test(text);
    const start = performance.now();
    const first = lines(0);
    const alone = await this.#during(client, first);
    client.onText = undefined;
    if (isUnknown) return undefined;
    const passed = performance.now() - start;
    const most = Math.floor(BURST / Math.max(1, first.length));
    const count = Math.max(1, Math.min(most, Math.ceil(CASE_MS / passed)));
    const all = Array.from({ length: count }, (_, n) => lines(n + 1)).flat();
    const times = [...alone, ...await this.#during(client, all, SHORTEST_MS)];
    return summary(times);
  }

  /**
   * Returns the times that others wait while `client` sends lines and gets the answers, and until
   * `shortestMs` have passed.
   */
  async #during(client: Member, lines: readonly string[], shortestMs = 0): Promise<number[]> {
    let isOver = false;
    const earliest = performance.now() + shortestMs;
    const sent = client.send(lines.map((line) => `${line}\r\n`).join(""));
    sent.then(() => client.barrier()).then(() => isOver = true).catch(() => {});
    const limit = performance.now() + 2 * CASE_MS;
    const times: number[] = [];
    const waiting = new Map<Member, Promise<void>>();
    const mustGoOn = () => !isOver || performance.now() < earliest;
    for (let turn = 0; mustGoOn() && performance.now() < limit; turn++) {
      const probe = this.#probes[turn % this.#probes.length];
      if (probe && !waiting.has(probe)) {
        const start = performance.now();
        const answered = probe.barrier().then(() => {
          times.push(performance.now() - start);
          waiting.delete(probe);
        });
        waiting.set(probe, answered);
      }
      await new Promise((resolve) => setTimeout(resolve, PING_MS));
    }
    await Promise.all(waiting.values());
    // If the server is still answering this client, the next case gets a new client.
    if (!isOver) this.#forget(client);
    return times;
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
    for (const client of [...this.#idle, ...this.#probes, ...this.#roles.values()]) client.close();
  }
}

/** Returns the percentiles of the times. */
function summary(times: readonly number[]): Waiting {
  const sorted = times.toSorted((one, other) => one - other);
  return { p50: median(sorted), p999: percentile(sorted, 0.999), max: sorted.at(-1) ?? NaN };
}
