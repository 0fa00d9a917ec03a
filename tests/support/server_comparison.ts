/**
 * Sends the same random commands to one server and to several that are one, and compares every line
 * that the clients get.
 */

import { ChatCluster } from "./chat_cluster.ts";
import { ServeProcess } from "./chat_process.ts";
import { ComparedServer, type Heard } from "./compared_server.ts";
import { NatsServer } from "./nats_server.ts";
import { Random } from "./random.ts";
import { CHANGING_CAPS, Choices, randomLines, USERS } from "./random_commands.ts";

/** The first users have accounts, which the others log in to as well. */
const ACCOUNTS = 3;
/** The settings of all servers. */
const CONFIG = {
  name: "chat.test",
  page: "off",
  replay: 5,
  limits: { commandsPerSecond: 10_000, commandBurst: 10_000, registrationSeconds: 600 },
};

/** The longest time that the servers may run, in milliseconds: there may be thousands of steps. */
const TIME_LIMIT_MS = 1_000_000;

/** The servers to compare. */
export class Comparison implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack;
  readonly #one: ComparedServer;
  readonly #several: ComparedServer;
  readonly #random: Random;
  readonly #cluster: ChatCluster;
  /** The latest steps, for the report. */
  readonly #steps: string[] = [];

  private constructor(
    seed: number,
    stack: AsyncDisposableStack,
    cluster: ChatCluster,
    one: ComparedServer,
    several: ComparedServer,
  ) {
    this.#random = new Random(seed);
    this.#stack = stack;
    this.#cluster = cluster;
    this.#one = one;
    this.#several = several;
  }

  /** Starts one server, and a cluster of three. */
  static async start(seed: number): Promise<Comparison> {
    await using stack = new AsyncDisposableStack();
    const timeLimitMs = TIME_LIMIT_MS;
    NatsServer.timeLimitMs = timeLimitMs;
    const nats = stack.use(await NatsServer.start());
    const cluster = stack.use(await ChatCluster.start([nats], 3, { config: CONFIG, timeLimitMs }));
    const { nodes } = cluster;
    const single = stack.use(ServeProcess.start(CONFIG, { timeLimitMs }));
    const port = Number((await single.address()).split(":")[1]);
    const one = stack.use(new ComparedServer(() => port));
    const portOf = (client: number) => nodes[client % nodes.length]?.port ?? 0;
    const several = stack.use(new ComparedServer(portOf));
    return new Comparison(seed, stack.move(), cluster, one, several);
  }

  /**
   * True if the leader has changed, as happens on a machine that is too busy. A change ends the
   * commands in progress, so differences mean nothing.
   */
  get hasOtherLeader(): boolean {
    const logs = this.#cluster.nodes.map(({ process }) => process.errors).join("");
    return logs.split("this server leads the cluster").length > 2;
  }

  /** Lets all users connect, and then takes random steps; returns a report of each difference. */
  async run(steps: number): Promise<string[]> {
    const differences: string[] = [];
    for (let user = 0; user < USERS && differences.length === 0; user++) {
      differences.push(...await this.#connect(user, undefined));
      if (user < ACCOUNTS) differences.push(...await this.#send(user, ["REGISTER * * sesame1"]));
    }
    for (let count = 0; count < steps && differences.length === 0; count++) {
      differences.push(...await this.#step());
    }
    return differences;
  }

  /** Lets a random user do something. */
  async #step(): Promise<string[]> {
    const random = this.#random;
    const user = random.below(USERS);
    if (!this.#one.has(user)) {
      return await this.#connect(user, random.below(2) === 0 ? undefined : `p${user % ACCOUNTS}`);
    }
    if (random.below(30) === 0) {
      const isQuit = random.below(2) === 0;
      await this.#both((server) => server.end(user, isQuit));
      return await this.#compare(user, isQuit ? "QUIT" : "the connection ends");
    }
    const seen = Math.min(this.#one.seen, this.#several.seen);
    const choices = new Choices(random, user, seen);
    const commands = random.list(1, 2, () => randomLines(choices));
    // In a cluster, SEARCH does not find what the log does not have yet.
    const sent = commands.filter(([first = ""], at) => at === 0 || !first.includes("SEARCH :"));
    return await this.#send(user, sent.flat());
  }

  async #connect(user: number, account: string | undefined): Promise<string[]> {
    const isChosen = (name: string) => name === "server-time" || this.#random.below(3) > 0;
    const caps = ["server-time", ...CHANGING_CAPS].filter(isChosen).join(" ");
    await this.#both((server) => server.connect(user, caps, account));
    return await this.#compare(user, `connects as ${account} with ${caps}`);
  }

  async #send(user: number, lines: readonly string[]): Promise<string[]> {
    await this.#both((server) => server.send(user, lines));
    return await this.#compare(user, lines.join(" || "));
  }

  async #both(act: (server: ComparedServer) => Promise<void>): Promise<void> {
    await Promise.all([act(this.#one), act(this.#several)]);
  }

  /** Returns a report of each difference between the lines that follow a step of a user. */
  async #compare(user: number, what: string): Promise<string[]> {
    this.#steps.push(`${this.#steps.length}: p${user}: ${what}`);
    const heard = [this.#one, this.#several].map((server) => server.heard(user));
    const [one, several] = await Promise.all(heard);
    const differences: string[] = [];
    for (let other = 0; other < USERS; other++) {
      const found = firstDifference(one?.get(other) ?? [], several?.get(other) ?? []);
      if (found) differences.push([...this.#steps.slice(-4), `p${other} gets`, found].join("\n"));
    }
    return differences;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

function firstDifference(one: Heard, several: Heard): string | undefined {
  const length = Math.max(one.length, several.length);
  const at = Array.from({ length }, (_, index) => index).find((i) => one[i] !== several[i]);
  if (at === undefined) return undefined;
  const lines = (heard: Heard) => heard.slice(Math.max(0, at - 1), at + 4).join("\n");
  return `from one server:\n${lines(one)}\nfrom several:\n${lines(several)}`;
}
