/**
 * Starts a server process and clients for a measurement. The clients do next to nothing, so that
 * the server is measured.
 *
 * @module
 */

import { TextLineStream } from "@std/streams/text-line-stream";
import type { Limits } from "../server/config/options.ts";
import { type ServerAddress, type Wire, type WireName, WIRES } from "./wires.ts";

/** Further settings of a server, as in its configuration file. */
export interface Settings {
  /** True to store nothing. */
  readonly memory?: boolean;
  /** The limits on one client. */
  readonly limits?: Partial<Limits>;
  /** The proxies that the server trusts to report the address of a client. */
  readonly trustedProxy?: readonly string[];
  /** The operators of the server. */
  readonly operators?: readonly { readonly name: string; readonly password: string }[];
  /** True to let clients of other machines connect without TLS. */
  readonly allowPlaintext?: boolean;
  /** The size of the database above which history is deleted. */
  readonly keepSize?: string;
  /** The address of the cluster, if the server is one of several. */
  readonly cluster?: string;
  /** The name of the node in the cluster. */
  readonly node?: string;
  /** The executable to run in place of the sources. */
  readonly executable?: string | undefined;
  /** Fills the data folder before the server starts. */
  readonly prepare?: (folder: string) => void;
}

/** The processor time of each thread of a process, in milliseconds. */
export type ThreadTimes = ReadonlyMap<string, number>;

/**
 * Returns the processor time between two calls of {@linkcode ServerProcess.threadTimes}, more
 * exactly than {@linkcode ServerProcess.cpuMs} gives it. A thread that has ended is not counted.
 */
export function usedMs(before: ThreadTimes, after: ThreadTimes): number {
  let sum = 0;
  for (const [thread, ms] of after) sum += ms - (before.get(thread) ?? 0);
  return sum;
}

/** A server process with limits too high to matter, on a free port. */
export class ServerProcess implements AsyncDisposable {
  /** The address of the server. */
  readonly address: ServerAddress;
  readonly #child: Deno.ChildProcess;
  readonly #folder: string;

  private constructor(child: Deno.ChildProcess, folder: string, address: ServerAddress) {
    this.#child = child;
    this.#folder = folder;
    this.address = address;
  }

  /** Starts a server; resolves when it listens. */
  static async start(
    { limits, executable, prepare, ...more }: Settings = {},
  ): Promise<ServerProcess> {
    const folder = await Deno.makeTempDir();
    const config = `${folder}/chat.json`;
    Deno.mkdirSync(`${folder}/data`);
    prepare?.(`${folder}/data`);
    const settings = {
      listen: "127.0.0.1:0",
      data: `${folder}/data`,
      logLevel: "error",
      // The clients calculate the length of lines from their masks, which must not be cloaked.
      cloak: "off",
      ...more,
      limits: {
        connectionsPerAddress: 100_000,
        commandsPerSecond: 1_000_000,
        commandBurst: 1_000_000,
        sendQueueBytes: 256 * 1024 * 1024,
        ...limits,
      },
    };
    await Deno.writeTextFile(config, JSON.stringify(settings));
    const main = new URL("../main.ts", import.meta.url).pathname;
    const run = executable === undefined ? ["run", "-q", "-P=serve", main] : [];
    const child = new Deno.Command(executable ?? Deno.execPath(), {
      args: [...run, "serve", "--config", config],
      cwd: new URL("..", import.meta.url),
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    return new ServerProcess(
      child,
      folder,
      await addressIn(child.stdout, !more.operators && !more.cluster),
    );
  }

  /** Returns the resident memory, in bytes; `undefined` except on Linux. */
  residentBytes(): number | undefined {
    if (Deno.build.os !== "linux") return undefined;
    const status = Deno.readTextFileSync(`/proc/${this.#child.pid}/status`);
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  /** Returns the processor time used so far, in milliseconds; `undefined` except on Linux. */
  cpuMs(): number | undefined {
    if (Deno.build.os !== "linux") return undefined;
    const stat = Deno.readTextFileSync(`/proc/${this.#child.pid}/stat`);
    // proc(5): after the name, `utime` is the 12th field and `stime` the 13th, in ticks of 10 ms.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  /** Returns the processor time that each thread has used so far; nothing except on Linux. */
  threadTimes(): ThreadTimes {
    const times = new Map<string, number>();
    if (Deno.build.os !== "linux") return times;
    const tasks = `/proc/${this.#child.pid}/task`;
    for (const { name } of Deno.readDirSync(tasks)) {
      const [ns] = Deno.readTextFileSync(`${tasks}/${name}/schedstat`).split(" ");
      times.set(name, Number(ns) / 1e6);
    }
    return times;
  }

  /** Returns the size of the database, in bytes. */
  databaseBytes(): number {
    return Deno.statSync(`${this.#folder}/data/chat.db`).size;
  }

  /** Stops the server, and removes its files. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/**
 * Reads the address from the output of a server; the output after it is discarded. The fingerprint
 * is in the command for the owner, which a server prints only if `isUnowned`.
 */
async function addressIn(
  stdout: ReadableStream<Uint8Array>,
  isUnowned: boolean,
): Promise<ServerAddress> {
  const [here, rest] = stdout.tee();
  rest.pipeTo(new WritableStream());
  const lines = here.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  for await (const line of lines) {
    const [, port, fingerprint = isUnowned ? undefined : ""] =
      /chat connect \S+:(\d+)(?:\S*[?&]fp=([^"&\s]+))?/.exec(line) ?? [];
    if (port && fingerprint !== undefined) return { port: Number(port), fingerprint };
  }
  throw new Error("the server did not say where it listens");
}

/** A client that counts bytes. */
export class Member {
  /** The number of bytes received. */
  bytes = 0;
  /** `nick!user@host`, as others see it. */
  readonly mask: string;
  /** Takes all received text, if it is set. Counting only bytes costs much less. */
  onText: ((text: string) => void) | undefined;
  readonly #decoder = new TextDecoder();
  #awaited: { readonly token: string; readonly passed: PromiseWithResolvers<void> } | undefined;
  #tail = "";
  #barriers = 0;
  #reading = true;
  #isEarly = false;
  #hasEnded = false;
  #wire: Wire | undefined;

  private constructor(nick: string) {
    this.mask = `${nick}!~u@127.0.0.1`;
  }

  /**
   * Connects and registers. If `host` is given, reports it as the client's address, as a trusted
   * proxy does.
   */
  static async register(
    address: ServerAddress,
    nick: string,
    by: WireName = "plain",
    host?: string,
  ): Promise<Member> {
    const member = new Member(nick);
    member.#wire = await WIRES[by](address, {
      receive: (chunk) => member.#receive(chunk),
      ended: () => member.#ended(),
    });
    if (host !== undefined) await member.send(`PROXY TCP4 ${host} 127.0.0.1 1 1\r\n`);
    await member.send(`NICK ${nick}\r\nUSER u 0 * r\r\n`);
    await member.barrier();
    return member;
  }

  /** Connects, registers, and joins a room. */
  static async join(
    address: ServerAddress,
    nick: string,
    room: string,
    by: WireName = "plain",
  ): Promise<Member> {
    const member = await Member.register(address, nick, by);
    await member.send(`JOIN ${room}\r\n`);
    await member.barrier();
    return member;
  }

  /** Sends text. */
  async send(text: string): Promise<void> {
    await this.#wire?.send(text);
  }

  /**
   * Resolves when everything sent to this member so far has been received.
   *
   * @throws {Error} if the connection ends first.
   */
  async barrier(): Promise<void> {
    const token = `b${this.#barriers++}`;
    const passed = Promise.withResolvers<void>();
    this.#awaited = { token, passed };
    if (this.#hasEnded) this.#ended();
    await Promise.all([this.send(`PING ${token}\r\n`), passed.promise]);
  }

  #ended(): void {
    this.#hasEnded = true;
    this.#awaited?.passed.reject(new Error("the server has closed the connection"));
    this.#awaited = undefined;
  }

  /** Stops reading once the next bytes have been received. */
  stopReading(): void {
    this.#reading = false;
  }

  /** Reads again, until {@linkcode stopReading}. */
  readOn(): void {
    this.#reading = true;
    this.#wire?.readOn();
  }

  /** Reads all that has come since {@linkcode stopReading}, and stops again. */
  async drain(): Promise<void> {
    this.readOn();
    await this.barrier();
    this.stopReading();
  }

  /** Closes the connection. */
  close(): void {
    this.#reading = false;
    this.#wire?.close();
  }

  /** Takes received bytes; returns true to go on reading. */
  #receive(chunk: Uint8Array): boolean {
    this.bytes += chunk.length;
    if (this.#awaited || this.onText) this.#scan(chunk);
    return this.#reading;
  }

  #scan(chunk: Uint8Array): void {
    const text = this.#tail + this.#decoder.decode(chunk);
    const end = text.lastIndexOf("\n") + 1;
    this.#tail = text.slice(end);
    const lines = text.slice(0, end);
    this.onText?.(lines);
    // Other servers answer no PING before a client has registered.
    if (this.#awaited && / 451 .* PING /.test(lines)) this.#isEarly = true;
    if (this.#awaited && this.#isEarly && / 001 /.test(lines)) {
      this.#isEarly = false;
      this.send(`PING ${this.#awaited.token}\r\n`);
    }
    // Other servers write a colon before the token.
    const ends = [" ", " :"].map((before) => `${before}${this.#awaited?.token}\r\n`);
    if (this.#awaited && ends.some((end) => lines.includes(end))) {
      this.#awaited.passed.resolve();
      this.#awaited = undefined;
    }
  }
}

/** Returns the value below which a `fraction` of the values lie; `sorted` must be ascending. */
export function percentile(sorted: readonly number[], fraction: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? NaN;
}

/** Returns the median; `sorted` must be ascending. */
export function median(sorted: readonly number[]): number {
  return percentile(sorted, 0.5);
}
