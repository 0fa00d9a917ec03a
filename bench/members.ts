/**
 * What a measurement needs: a server as a process of its own, and clients that do next to nothing, so
 * that what is measured is the server.
 *
 * @module
 */

import { TextLineStream } from "@std/streams/text-line-stream";
import type { Limits } from "../server/config/options.ts";
import { type Place, type Wire, type WireName, WIRES } from "./wires.ts";

/** What a server is told besides; as in its configuration file. */
export interface Settings {
  /** Keep nothing. */
  readonly memory?: boolean;
  /** How much one client may ask. */
  readonly limits?: Partial<Limits>;
}

/** A server with its limits out of the way, on a port of its own. */
export class ServerProcess implements AsyncDisposable {
  /** Where it is to be reached. */
  readonly place: Place;
  readonly #child: Deno.ChildProcess;
  readonly #folder: string;

  private constructor(child: Deno.ChildProcess, folder: string, place: Place) {
    this.#child = child;
    this.#folder = folder;
    this.place = place;
  }

  /** Starts one; resolves when it listens. */
  static async start({ limits, ...more }: Settings = {}): Promise<ServerProcess> {
    const folder = await Deno.makeTempDir();
    const config = `${folder}/chat.json`;
    const settings = {
      listen: "127.0.0.1:0",
      data: `${folder}/data`,
      logLevel: "error",
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
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-P=serve", main, "serve", "--config", config],
      cwd: new URL("..", import.meta.url),
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    return new ServerProcess(child, folder, await placeIn(child.stdout));
  }

  /** The memory it has, where the system tells (Linux). */
  residentBytes(): number | undefined {
    if (Deno.build.os !== "linux") return undefined;
    const status = Deno.readTextFileSync(`/proc/${this.#child.pid}/status`);
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  /** The processor time it has taken, in milliseconds, where the system tells (Linux). */
  cpuMs(): number | undefined {
    if (Deno.build.os !== "linux") return undefined;
    const stat = Deno.readTextFileSync(`/proc/${this.#child.pid}/stat`);
    // proc(5): behind the name, `utime` is the 12th field and `stime` the 13th, in ticks of 10 ms.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  /** Ends it, and takes its files away. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** Reads what a server says at its start, up to where it is; the rest is read and left out. */
async function placeIn(stdout: ReadableStream<Uint8Array>): Promise<Place> {
  const [here, rest] = stdout.tee();
  rest.pipeTo(new WritableStream());
  const lines = here.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  for await (const line of lines) {
    const [, port, fingerprint] = /chat connect \S+:(\d+)\S*[?&]fp=([^"&\s]+)/.exec(line) ?? [];
    if (port && fingerprint) return { port: Number(port), fingerprint };
  }
  throw new Error("the server did not say where it listens");
}

/** A client that counts bytes. */
export class Member {
  /** How many bytes have come. */
  bytes = 0;
  /** Its source, as others see it. */
  readonly mask: string;
  /** Given all that comes as text, if set; counting alone costs much less. */
  onText: ((text: string) => void) | undefined;
  readonly #decoder = new TextDecoder();
  #awaited: { readonly token: string; readonly came: () => void } | undefined;
  #tail = "";
  #barriers = 0;
  #reading = true;
  #wire: Wire | undefined;

  private constructor(nick: string) {
    this.mask = `${nick}!~u@127.0.0.1`;
  }

  /** Connects and registers. */
  static async register(place: Place, nick: string, by: WireName = "plain"): Promise<Member> {
    const member = new Member(nick);
    member.#wire = await WIRES[by](place, (chunk) => member.#take(chunk));
    await member.send(`NICK ${nick}\r\nUSER u 0 * r\r\n`);
    await member.barrier();
    return member;
  }

  /** The same, and joins a room. */
  static async join(
    place: Place,
    nick: string,
    room: string,
    by: WireName = "plain",
  ): Promise<Member> {
    const member = await Member.register(place, nick, by);
    await member.send(`JOIN ${room}\r\n`);
    await member.barrier();
    return member;
  }

  /** Sends text. */
  async send(text: string): Promise<void> {
    await this.#wire?.send(text);
  }

  /** Resolves when all that was for this member has come. */
  async barrier(): Promise<void> {
    const token = `b${this.#barriers++}`;
    const passed = new Promise<void>((came) => this.#awaited = { token, came });
    await this.send(`PING ${token}\r\n`);
    await passed;
  }

  /** Reads no more, from its next message on. */
  stopReading(): void {
    this.#reading = false;
  }

  /** Closes the connection. */
  close(): void {
    this.#reading = false;
    this.#wire?.close();
  }

  /** Returns whether there may be more. */
  #take(chunk: Uint8Array): boolean {
    this.bytes += chunk.length;
    if (this.#awaited || this.onText) this.#hear(chunk);
    return this.#reading;
  }

  #hear(chunk: Uint8Array): void {
    const text = this.#tail + this.#decoder.decode(chunk);
    const end = text.lastIndexOf("\n") + 1;
    this.#tail = text.slice(end);
    const lines = text.slice(0, end);
    this.onText?.(lines);
    if (this.#awaited && lines.includes(` ${this.#awaited.token}\r\n`)) {
      this.#awaited.came();
      this.#awaited = undefined;
    }
  }
}

/** The value below which a `fraction` of the others lie; `sorted` is in ascending order. */
export function percentile(sorted: readonly number[], fraction: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? NaN;
}

/** The middle one. */
export function median(sorted: readonly number[]): number {
  return percentile(sorted, 0.5);
}
