/**
 * The server of a soak: its process, its small disk, its clock that can leap, and its use of the
 * machine.
 */

import { ServeProcess } from "./chat_process.ts";
import { TempFolder } from "./temp_folder.ts";

/** The path, on Debian, of the library that sets the clock of one process. */
const FAKE_TIME = `/usr/lib/${Deno.build.arch}-linux-gnu/faketime/libfaketimeMT.so.1`;
const DISK_BYTES = 96 * 1024 * 1024;
const KEEP_SIZE = "8M";
const LIMIT_MS = 2 * 3_600_000;
/** The number of readings of the metrics at a quiet moment. */
const LOOKS = 5;
/** The password of the server's operator, `root`. */
export const OPERATOR_PASSWORD = "hunter2";

/** The use that a server makes of the machine, at a quiet moment. */
export interface Use {
  readonly rssMb: number;
  readonly heapMb: number;
  readonly descriptors: number;
  readonly timers: number;
  readonly storeMb: number;
  readonly users: number;
  readonly rooms: number;
  readonly faults: number;
}

/** A server that is started again and again on one folder. */
export class SoakServer implements AsyncDisposable {
  /** The troubles that this machine cannot cause, each with the reason. */
  readonly leftOut: string[] = [];
  readonly #folder = new TempFolder();
  readonly #disk: string;
  readonly #clockFile: string;
  readonly #canLeap: boolean;
  readonly #canFill: boolean;
  #process: ServeProcess | undefined;
  #port = 0;
  #metrics = "";

  constructor() {
    this.#disk = `${Deno.cwd()}/${this.#folder.path}/disk`;
    Deno.mkdirSync(this.#disk);
    this.#clockFile = this.#folder.write("clock", "+0s\n");
    this.#canFill = mount(this.#disk);
    if (!this.#canFill) this.leftOut.push("a full disk: no right to mount one");
    this.#canLeap = exists(FAKE_TIME);
    if (!this.#canLeap) this.leftOut.push("leaps of the clock: libfaketime is not installed");
  }

  /** The port of the server. */
  get port(): number {
    return this.#port;
  }

  /** Starts the server; resolves when it listens. */
  async start(): Promise<void> {
    const env = {
      LD_PRELOAD: FAKE_TIME,
      FAKETIME_TIMESTAMP_FILE: `${Deno.cwd()}/${this.#clockFile}`,
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      FAKETIME_CACHE_DURATION: "1",
    };
    const config = {
      data: `${this.#disk}/data`,
      logLevel: "error",
      limits: { pingSeconds: 5 },
      metrics: "127.0.0.1:0",
      trustedProxy: ["127.0.0.1"],
      allowPlaintext: true,
      replay: 0,
      keep: "30d",
      keepSize: KEEP_SIZE,
      operators: [{ name: "root", password: OPERATOR_PASSWORD }],
    };
    const start = { timeLimitMs: LIMIT_MS, ...(this.#canLeap && { env }) };
    this.#process = ServeProcess.start(config, start);
    this.#port = Number((await this.#process.address()).split(":")[1]);
    const [, metrics = ""] = await this.#process.stdout(/(http:\S+)\/metrics/);
    this.#metrics = metrics;
  }

  /** Ends the server. When it has ended, resolves to its standard error. */
  async end(signal: "SIGTERM" | "SIGKILL"): Promise<string> {
    this.#process?.kill(signal);
    const ended = await this.#process?.ended();
    await this.#process?.[Symbol.asyncDispose]();
    this.#process = undefined;
    return ended?.stderr ?? "";
  }

  /** Makes the server's clock wrong by `seconds`; returns false if this machine cannot do that. */
  leap(seconds: number): boolean {
    if (!this.#canLeap) return false;
    Deno.writeTextFileSync(this.#clockFile, `${seconds < 0 ? "" : "+"}${seconds}s\n`);
    return true;
  }

  /** Fills the disk; resolves to false if this machine cannot do that. */
  async fill(): Promise<boolean> {
    if (!this.#canFill) return false;
    using file = Deno.openSync(`${this.#disk}/filler`, { write: true, create: true });
    const chunk = new Uint8Array(64 * 1024);
    try {
      for (;;) if (await file.write(chunk) < chunk.length) break;
    } catch {
      // The disk is full.
    }
    return true;
  }

  /** Empties the disk again. */
  empty(): void {
    Deno.removeSync(`${this.#disk}/filler`);
  }

  /** Returns the processor time that the server has used, in milliseconds. */
  cpuMs(): number {
    const stat = Deno.readTextFileSync(`/proc/${this.#process?.pid}/stat`);
    // proc(5): after the name, `utime` is the 12th field and `stime` the 13th, in ticks of 10 ms.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  /** Reads the metrics; resolves to a function that returns one of them by its name. */
  async #look(): Promise<(name: string) => number> {
    const response = await fetch(`${this.#metrics}/metrics`, { headers: { connection: "close" } });
    const text = await response.text();
    return (name) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
  }

  /** Resolves to what the server uses now. */
  async use(): Promise<Use> {
    const proc = `/proc/${this.#process?.pid}`;
    const status = Deno.readTextFileSync(`${proc}/status`);
    const descriptors = [...Deno.readDirSync(`${proc}/fd`)].length;
    const looks = await Array.fromAsync({ length: LOOKS }, () => this.#look());
    const metric = (name: string) => looks[0]?.(name) ?? NaN;
    const files = [...Deno.readDirSync(`${this.#disk}/data`)].filter(({ isFile }) => isFile);
    const sizes = files.map(({ name }) => Deno.statSync(`${this.#disk}/data/${name}`).size);
    return {
      rssMb: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024,
      heapMb: metric("chat_heap_bytes") / 1024 ** 2,
      descriptors,
      // Some timers are set only for a moment.
      timers: Math.min(...looks.map((look) => look("chat_timers"))),
      storeMb: sizes.reduce((sum, size) => sum + size, 0) / 1024 ** 2,
      users: metric("chat_users"),
      rooms: metric("chat_channels"),
      faults: metric("chat_faults_total"),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("SIGKILL");
    if (this.#canFill) run("umount", this.#disk);
    this.#folder[Symbol.dispose]();
  }
}

/** Mounts a small disk; returns false if that is not allowed. */
function mount(folder: string): boolean {
  return run("mount", "-t", "tmpfs", "-o", `size=${DISK_BYTES}`, "tmpfs", folder);
}

function run(command: string, ...args: readonly string[]): boolean {
  try {
    return new Deno.Command(command, { args: [...args], stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
