import { assert } from "@std/assert";
import { TextDelimiterStream } from "@std/streams/text-delimiter-stream";
import { type Cancel, systemClock } from "../../shared/clock.ts";
import { TempFolder } from "./temp_folder.ts";

/** The executable that `deno task compile` makes. */
export const CHAT = Deno.build.os === "windows" ? "dist\\chat.exe" : "dist/chat";

/** How a process ended, and all it wrote. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a process is started with besides its arguments. */
export interface Start {
  /** Variables of the environment, beside those of the test. */
  readonly env?: Readonly<Record<string, string>>;
  /** What is run; the executable of chat unless given. */
  readonly command?: string;
}

/** No process of a test has reason to take longer. */
const TIME_LIMIT_MS = 30_000;

/** A running process, whose output can be waited for; killed at the end of the test, if need be. */
export class Process implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #stdout: Output;
  readonly #stderr: Output;
  readonly #forget: Cancel;

  constructor(args: readonly string[], { command = CHAT, env = {} }: Start = {}) {
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
    this.#forget = systemClock.after(TIME_LIMIT_MS, () => this.kill("SIGKILL"));
  }

  /** Its number among the processes of the machine. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Runs it to its end, with `input` as all its input. */
  static async run(args: readonly string[], input = "", start?: Start): Promise<Ended> {
    await using process = new Process(args, start);
    await process.write(input);
    return await process.end();
  }

  /** Gives it input. Whether it reads it is its own affair. */
  async write(text: string): Promise<void> {
    if (text !== "") await this.#input.write(new TextEncoder().encode(text)).catch(() => {});
  }

  /** Ends its input, and waits until it has ended. */
  async end(): Promise<Ended> {
    await this.#input.close().catch(() => {});
    return await this.ended();
  }

  /** Waits until it has ended. */
  async ended(): Promise<Ended> {
    const [{ code }, stdout, stderr] = await Promise.all([
      this.#child.status,
      this.#stdout.rest(),
      this.#stderr.rest(),
    ]);
    return { code, stdout, stderr };
  }

  /** Waits for `pattern` in what it writes to standard output from now on, or wrote before. */
  stdout(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#stdout.find(pattern);
  }

  /** Waits for `pattern` in what it writes to standard error from now on, or wrote before. */
  stderr(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#stderr.find(pattern);
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

/** A server on ports of its own, with its limits out of the way unless `config` sets them. */
export class ServeProcess extends Process {
  readonly #folder: TempFolder;

  private constructor(folder: TempFolder, args: readonly string[], start?: Start) {
    super(["serve", ...args], start);
    this.#folder = folder;
  }

  static start(config: Readonly<Record<string, unknown>> = {}, start?: Start): ServeProcess {
    const folder = new TempFolder();
    const settings = {
      listen: "127.0.0.1:0",
      data: `${folder.path}/data`,
      limits: { commandsPerSecond: 10_000, commandBurst: 10_000 },
      ...config,
    };
    const path = folder.write("chat.json", JSON.stringify(settings));
    return new ServeProcess(folder, ["--config", path], start);
  }

  /** Where IRC is spoken, as `HOST:PORT`. */
  async address(): Promise<string> {
    const [, address] = await this.stdout(/run: chat connect (\S+)/);
    assert(address !== undefined);
    return address;
  }

  /** The port for people who have only nc, if `plainPort` was given. */
  async plainPort(): Promise<number> {
    const [, port] = await this.stdout(/run: nc \S+ (\d+)/);
    return Number(port);
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}

/** What a process writes to one of its streams, by whole lines: no pattern matches half of one. */
class Output {
  #text = "";
  #ended = false;
  #grown = Promise.withResolvers<void>();
  readonly #read: Promise<void>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#read = this.#follow(stream);
  }

  async find(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#text);
      if (found) return found;
      assert(!this.#ended, `${pattern} is not in what it wrote: ${this.#text}`);
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
