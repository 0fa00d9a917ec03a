import { Process } from "./chat_process.ts";
import { freePort } from "./free_port.ts";
import { findProgram } from "./programs.ts";
import { TempFolder } from "./temp_folder.ts";

/** A NATS server with JetStream, which can be killed and started again. */
export class NatsServer implements AsyncDisposable {
  /** The longest time that a server may run, in milliseconds, if a test sets it. */
  static timeLimitMs: number | undefined;
  readonly port: number;
  readonly #folder: TempFolder;
  #settings: readonly string[];
  #process: Process | undefined;

  private constructor(readonly name: string, settings: readonly string[]) {
    this.port = freePort();
    this.#settings = settings;
    this.#folder = new TempFolder();
  }

  /** Starts a server, with lines of configuration besides those for its address and its folder. */
  static async start(...settings: readonly string[]): Promise<NatsServer> {
    const server = new NatsServer("nats", settings);
    await server.start();
    return server;
  }

  /** Starts servers that form a cluster, with further lines of configuration. */
  static async startCluster(
    count: number,
    ...settings: readonly string[]
  ): Promise<NatsServer[]> {
    const routes = Array.from({ length: count }, () => freePort());
    const others = routes.map((port) => `nats://127.0.0.1:${port}`).join(", ");
    const servers = routes.map((port, index) =>
      new NatsServer(`nats${index}`, [
        `cluster { name: test, listen: "127.0.0.1:${port}", routes: [${others}] }`,
        ...settings,
      ])
    );
    await Promise.all(servers.map((server) => server.start()));
    return servers;
  }

  /** The address, as `HOST:PORT`. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Starts it with the data that it stored before, and with other settings if they are given. */
  async start(...settings: readonly string[]): Promise<void> {
    if (settings.length > 0) this.#settings = settings;
    const path = this.#folder.write(
      "nats.conf",
      [
        `server_name: ${this.name}`,
        `listen: "${this.address}"`,
        `jetstream { store_dir: "${this.#folder.path}" }`,
        ...this.#settings,
      ].join("\n"),
    );
    const command = findProgram("nats-server") ?? "nats-server";
    const { timeLimitMs } = NatsServer;
    this.#process = new Process(["-c", path], {
      command,
      ...(timeLimitMs !== undefined && { timeLimitMs }),
    });
    await this.#process.stderr(/Server is ready/);
  }

  /** Kills it. */
  async kill(): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    this.#folder[Symbol.dispose]();
  }
}
