import { assert } from "@std/assert";
import { TextDelimiterStream } from "@std/streams/text-delimiter-stream";
import { type Cancel, systemClock } from "../../shared/clock.ts";
import { LIFE_MS } from "./patience.ts";
import { TempFolder } from "./temp_folder.ts";

/** The executable that `deno task compile` makes. */
export const CHAT = Deno.build.os === "windows" ? "dist\\chat.exe" : "dist/chat";

/** The exit code and the output of a process that has ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The settings of a new process, besides its arguments. */
export interface Start {
  /** Environment variables in addition to those of the test. */
  readonly env?: Readonly<Record<string, string>>;
  /** The program to run; by default the executable of chat. */
  readonly command?: string;
  /** The longest time that it may run, in milliseconds; by default, {@linkcode LIFE_MS}. */
  readonly timeLimitMs?: number;
}

/** A running process whose output a test can wait for; it is killed at the end of the test. */
export class Process implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #stdout: Output;
  readonly #stderr: Output;
  readonly #forget: Cancel;

  constructor(args: readonly string[], start: Start = {}) {
    const { command = CHAT, env = {}, timeLimitMs = LIFE_MS } = start;
    this.#child = new Deno.Command(command, {
      args: [...args],
      env: { CHAT_PASSWORD: "", ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#stdout = new Output(this.#child.stdout);
    this.#stderr = new Output(this.#child.stderr);
    this.#forget = systemClock.after(timeLimitMs, () => this.kill("SIGKILL"));
  }

  /** The process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Runs a process to its end, with `input` as its whole input. */
  static async run(args: readonly string[], input = "", start?: Start): Promise<Ended> {
    await using process = new Process(args, start);
    await process.write(input);
    return await process.end();
  }

  /** Writes to its input. A process that does not read its input is not an error. */
  async write(text: string): Promise<void> {
    if (text !== "") await this.#input.write(new TextEncoder().encode(text)).catch(() => {});
  }

  /** Ends its input, and waits until the process has ended. */
  async end(): Promise<Ended> {
    await this.#input.close().catch(() => {});
    return await this.ended();
  }

  /** Waits until the process has ended. */
  async ended(): Promise<Ended> {
    const [{ code }, stdout, stderr] = await Promise.all([
      this.#child.status,
      this.#stdout.rest(),
      this.#stderr.rest(),
    ]);
    return { code, stdout, stderr };
  }

  /** Waits for `pattern` in its standard output, including the earlier part of it. */
  stdout(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#stdout.find(pattern);
  }

  /** Waits for `pattern` in its standard error, including the earlier part of it. */
  stderr(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#stderr.find(pattern);
  }

  /** The standard error so far. */
  get errors(): string {
    return this.#stderr.text;
  }

  /** Sends it a signal, unless it has ended. */
  kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch {
      // It has ended.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGKILL");
    await this.#input.close().catch(() => {});
    await this.ended();
    this.#forget();
  }
}

/** The name of the configuration file of a server. */
const CONFIG = "chat.json";

/** A server on free ports, with high limits unless `config` sets them. */
export class ServeProcess extends Process {
  readonly #folder: TempFolder;
  #settings: Readonly<Record<string, unknown>>;

  private constructor(
    folder: TempFolder,
    settings: Readonly<Record<string, unknown>>,
    start?: Start,
  ) {
    super(["serve", "--config", folder.write(CONFIG, JSON.stringify(settings))], start);
    this.#folder = folder;
    this.#settings = settings;
  }

  static start(config: Readonly<Record<string, unknown>> = {}, start?: Start): ServeProcess {
    const folder = new TempFolder();
    const settings = {
      listen: "127.0.0.1:0",
      data: `${folder.path}/data`,
      limits: { commandsPerSecond: 10_000, commandBurst: 10_000 },
      ...config,
    };
    return new ServeProcess(folder, settings, start);
  }

  /** Changes settings in its configuration file, and lets it read the file again. */
  reload(changed: Readonly<Record<string, unknown>>): void {
    this.#settings = { ...this.#settings, ...changed };
    this.#folder.write(CONFIG, JSON.stringify(this.#settings));
    this.kill("SIGHUP");
  }

  /** The folder of its data. */
  get data(): string {
    return `${this.#folder.path}/data`;
  }

  /** Resolves to the address of its IRC port, as `HOST:PORT`. */
  async address(): Promise<string> {
    const [, address] = await this.stdout(/run: chat connect (\S+)/);
    assert(address !== undefined);
    return address;
  }

  /** Resolves to the port for people with only nc, if `plainPort` was given. */
  async plainPort(): Promise<number> {
    const [, port] = await this.stdout(/run: nc \S+ (\d+)/);
    return Number(port);
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}

/**
 * The output of a process to one stream, in whole lines, so that no pattern matches a part of a
 * line.
 */
class Output {
  #text = "";
  #ended = false;
  #grown = Promise.withResolvers<void>();
  readonly #read: Promise<void>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#read = this.#follow(stream);
  }

  /** The lines so far. */
  get text(): string {
    return this.#text;
  }

  async find(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#text);
      if (found) return found;
      assert(!this.#ended, `${pattern} is not in its output: ${this.#text}`);
      await this.#grown.promise;
    }
  }

  async rest(): Promise<string> {
    await this.#read;
    return this.#text;
  }

  async #follow(stream: ReadableStream<Uint8Array>): Promise<void> {
    const lines = stream.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextDelimiterStream("\n", { disposition: "suffix" }));
    for await (const line of lines) {
      this.#text += line;
      this.#grow();
    }
    this.#ended = true;
    this.#grow();
  }

  #grow(): void {
    this.#grown.resolve();
    this.#grown = Promise.withResolvers<void>();
  }
}
