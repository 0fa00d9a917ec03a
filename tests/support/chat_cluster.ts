import { assert } from "@std/assert";
import { type Certificate, makeCertificate } from "../../shared/certificate.ts";
import { ServeProcess } from "./chat_process.ts";
import { type Introduction, IrcClient } from "./irc_client.ts";
import type { NatsServer } from "./nats_server.ts";
import { TempFolder } from "./temp_folder.ts";

/** The settings of the nodes of a test. */
export interface NodesStart {
  /** The settings of each node, in addition to those for the cluster. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The longest time that a node may run, in milliseconds. */
  readonly timeLimitMs?: number;
}

/** A node of a cluster: a folder and, at most times, a process. */
export class ChatNode implements AsyncDisposable {
  /** The name of the node. */
  readonly name: string;
  /** The folder of its data. */
  readonly data: string;
  readonly #cluster: ChatCluster;
  #process: ServeProcess | undefined;
  #port: number | undefined;

  constructor(name: string, data: string, cluster: ChatCluster) {
    this.name = name;
    this.data = data;
    this.#cluster = cluster;
  }

  /** The process. */
  get process(): ServeProcess {
    assert(this.#process, `${this.name} was not started`);
    return this.#process;
  }

  /** The port for clients. */
  get port(): number {
    assert(this.#port !== undefined, `${this.name} was not started`);
    return this.#port;
  }

  /** True while this node leads, according to what it has logged. */
  get leads(): boolean {
    const { errors = "" } = this.#process ?? {};
    return errors.lastIndexOf("this server leads the cluster") >
      errors.lastIndexOf("this server no longer leads the cluster");
  }

  /** Starts a process on the folder of the node, and waits until clients can connect. */
  async start(): Promise<void> {
    const { certificate, address, settings: { config, ...start } } = this.#cluster;
    Deno.mkdirSync(this.data, { recursive: true });
    Deno.writeTextFileSync(`${this.data}/cert.pem`, certificate.cert);
    Deno.writeTextFileSync(`${this.data}/key.pem`, certificate.key, { mode: 0o600 });
    const { data, name: node } = this;
    this.#process = ServeProcess.start({ data, node, cluster: address, ...config }, start);
    this.#port = Number((await this.#process.address()).split(":")[1]);
  }

  /** Returns the answer of the node to a request for `/health`. */
  async health(): Promise<string> {
    const [, url] = await this.process.stdout(/(http:\/\/\S+)\/health/);
    return (await (await fetch(`${url}/health`)).text()).trim();
  }

  /** Sends the process a signal, and waits for its end. By default, kills it. */
  async end(signal: Deno.Signal = "SIGKILL"): Promise<void> {
    this.#process?.kill(signal);
    await this.#process?.ended();
    await this.#process?.[Symbol.asyncDispose]();
    this.#process = undefined;
  }

  /** Connects and registers a client. */
  register(introduction: Introduction): Promise<IrcClient> {
    return IrcClient.register(this.port, introduction);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }
}

/** A cluster whose nodes are processes, on NATS servers. */
export class ChatCluster implements AsyncDisposable {
  /** The certificate of all nodes. */
  readonly certificate: Certificate;
  /** The settings of all nodes. */
  readonly settings: NodesStart;
  /** The address of the cluster. */
  readonly address: string;
  readonly nodes: readonly ChatNode[];
  readonly #folder = new TempFolder();

  private constructor(
    nats: readonly NatsServer[],
    count: number,
    certificate: Certificate,
    settings: NodesStart,
  ) {
    this.address = nats.map(({ address }) => `nats://${address}`).join();
    this.certificate = certificate;
    this.settings = settings;
    this.nodes = Array.from({ length: count }, (_, i) => this.node(`n${i + 1}`));
  }

  /** Starts nodes with empty folders. */
  static async start(
    nats: readonly NatsServer[],
    count: number,
    settings: NodesStart = {},
  ): Promise<ChatCluster> {
    const certificate = await makeCertificate({ names: ["127.0.0.1"], days: 100 });
    const cluster = new ChatCluster(nats, count, certificate, settings);
    await Promise.all(cluster.nodes.map((node) => node.start()));
    return cluster;
  }

  /** Returns a node with an empty folder, which is not started. */
  node(name: string): ChatNode {
    return new ChatNode(name, `${this.#folder.path}/${name}`, this);
  }

  /** The node that leads. */
  get leader(): ChatNode {
    const leader = this.nodes.find(({ leads }) => leads);
    assert(leader, "no node leads");
    return leader;
  }

  /** The nodes that do not lead. */
  get followers(): readonly ChatNode[] {
    return this.nodes.filter(({ leads }) => !leads);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.end()));
    this.#folder[Symbol.dispose]();
  }
}
