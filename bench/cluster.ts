/**
 * Measures a cluster of servers: the time of a message between users of two nodes, the messages a
 * second, the work of the leader for a message, the work of another node for its delivery, and the
 * log alone. A single server is measured for comparison. Prints tables in Markdown, which
 * bench/README.md explains. Needs `nats-server`.
 *
 * ```sh
 * deno run -A bench/cluster.ts                # one NATS server
 * deno run -A bench/cluster.ts --brokers 3    # a cluster of three
 * deno run -A bench/cluster.ts --executable dist/chat    # not the sources
 * deno run -A bench/cluster.ts --part time --part log    # only some of the tables
 * ```
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { logAlone } from "./cluster_log.ts";
import { workFor } from "./cluster_work.ts";
import { NatsServer } from "../tests/support/nats_server.ts";
import { makeCertificate } from "../shared/certificate.ts";
import { median, Member, percentile, ServerProcess } from "./members.ts";
import { latencies, ROOM, throughput } from "./talking.ts";

/** The longest time that a NATS server may run, in milliseconds. */
const TIME_LIMIT_MS = 600_000;
/** The numbers of members at the node that does not lead. */
const SIZES = [10, 100, 1000, 3000];
/** The time for which servers with idle members are measured, in milliseconds. */
const IDLE_MS = 3000;
/** The time for which the times of messages are measured, in milliseconds. */
const TIMES_MS = 10_000;
/** The messages a second that others send while the time of one message is measured. */
const RATES = [0, 1000, 5000, 10_000];
/** The interval at which others send, in milliseconds. */
const INTERVAL_MS = 10;

/** The servers that are measured. */
interface Servers {
  /** The node that leads. */
  readonly leader: ServerProcess;
  /** Another node of the cluster. */
  readonly follower: ServerProcess;
  /** A server without a cluster. */
  readonly single: ServerProcess;
  /** The addresses of the NATS servers. */
  readonly nats: readonly string[];
  /** The numbers of members with which the work of the servers is compared. */
  readonly sizes: readonly number[];
}

/** Measures the time of a message from a user of the leader to a user of the other node. */
async function oneMessage({ leader, follower }: Servers): Promise<void> {
  console.log("\n| messages of others a second | p50 | p99 |\n| ---: | ---: | ---: |");
  const ada = await Member.join(leader.address, "ada", ROOM);
  const bob = await Member.join(follower.address, "bob", ROOM);
  const crowd = await Promise.all(
    Array.from({ length: 10 }, (_, i) => Member.join(follower.address, `c${i}`, "#others")),
  );
  for (const rate of RATES) {
    const each = rate * INTERVAL_MS / 1000 / crowd.length;
    const lines = `PRIVMSG #others :${"x".repeat(64)}\r\n`.repeat(each);
    const sending = setInterval(() => {
      if (each > 0) { for (const member of crowd) void member.send(lines); }
    }, INTERVAL_MS);
    const times = await latencies(ada, [bob], "", TIMES_MS);
    clearInterval(sending);
    await Promise.all(crowd.map((member) => member.barrier()));
    console.log(`| ${integer(rate)} | ${ms(median(times))} | ${ms(percentile(times, 0.99))} |`);
  }
  for (const member of [ada, bob, ...crowd]) member.close();
}

/** Measures the work for messages to a room whose members are all at one server. */
async function members(servers: Servers): Promise<void> {
  console.log(
    "\n| members | messages/s | alone | leader, for a message | node, for a delivery | alone |",
  );
  console.log("| ---: | ---: | ---: | ---: | ---: | ---: |");
  for (const size of SIZES) {
    const alone = await talk(servers.single, [servers.single], size);
    const shared = await talk(servers.follower, [servers.leader, servers.follower], size);
    const [leaderMs = NaN, followerMs = NaN] = shared.cpuMs;
    const [aloneMs = NaN] = alone.cpuMs;
    console.log(
      `| ${integer(size)} | ${integer(shared.messages / shared.seconds)} | ` +
        `${integer(alone.messages / alone.seconds)} | ${us(leaderMs / shared.messages)} | ` +
        `${us(followerMs / shared.deliveries)} | ${us(aloneMs / alone.deliveries)} |`,
    );
  }
}

/**
 * Lets a member of a room at `server` talk; returns the processor time that each of `measured` uses
 * for that. The time that idle members cost is subtracted.
 */
async function talk(server: ServerProcess, measured: readonly ServerProcess[], size: number) {
  const speaker = await Member.join(server.address, "speaker", ROOM);
  const listeners: Member[] = [];
  while (listeners.length < size) {
    const count = Math.min(200, size - listeners.length);
    const names = Array.from({ length: count }, (_, i) => `m${listeners.length + i}`);
    listeners.push(
      ...await Promise.all(names.map((name) => Member.join(server.address, name, ROOM))),
    );
  }
  await Promise.all([speaker, ...listeners].map((member) => member.barrier()));
  const idle = await used(measured, () => new Promise((resolve) => setTimeout(resolve, IDLE_MS)));
  let talked = { deliveries: 0, seconds: 0 };
  const busy = await used(measured, async () => {
    talked = await throughput(speaker, listeners);
  });
  const { deliveries, seconds } = talked;
  const cpuMs = busy.map((each, i) => each - (idle[i] ?? 0) * seconds * 1000 / IDLE_MS);
  for (const member of [speaker, ...listeners]) member.close();
  return { deliveries, messages: deliveries / size, seconds, cpuMs };
}

/** Returns the processor time that each server uses during `work`, in milliseconds. */
async function used(
  measured: readonly ServerProcess[],
  work: () => Promise<void>,
): Promise<number[]> {
  const before = measured.map((server) => server.cpuMs() ?? NaN);
  await work();
  return measured.map((server, i) => (server.cpuMs() ?? NaN) - (before[i] ?? NaN));
}

function integer(value: number): string {
  return Math.round(value).toLocaleString("en");
}

function ms(value: number): string {
  return `${value.toFixed(2)} ms`;
}

function us(milliseconds: number): string {
  return `${(milliseconds * 1000).toFixed(2)} µs`;
}

/** The numbers of members with which the work of the servers is compared. */
const WORK_SIZES = [0, 1000, 10_000];

/** The tables, by the names of `--part`. */
const PARTS: Readonly<Record<string, (servers: Servers) => Promise<void>>> = {
  time: oneMessage,
  messages: members,
  work: (servers) => workFor(servers.sizes, servers),
  log: ({ nats }) => logAlone(nats),
};

if (import.meta.main) {
  const { brokers = "1", executable, part, size } = parseArgs(Deno.args, {
    string: ["brokers", "executable", "part", "size"],
    collect: ["part", "size"],
  });
  NatsServer.timeLimitMs = TIME_LIMIT_MS;
  await using stack = new AsyncDisposableStack();
  const nats = brokers === "1"
    ? [await NatsServer.start()]
    : await NatsServer.startCluster(Number(brokers));
  for (const each of nats) stack.use(each);
  const cluster = nats.map(({ address }) => `nats://${address}`).join();
  const { cert, key } = await makeCertificate({ names: ["localhost"], days: 2 });
  const prepare = (folder: string) => {
    Deno.writeTextFileSync(`${folder}/cert.pem`, cert);
    Deno.writeTextFileSync(`${folder}/key.pem`, key, { mode: 0o600 });
  };
  const start = async (node: string) =>
    stack.use(await ServerProcess.start({ cluster, node, prepare, executable }));
  const single = stack.use(await ServerProcess.start({ executable }));
  const leader = await start("one");
  const sizes = size.length > 0 ? size.map(Number) : WORK_SIZES;
  const addresses = nats.map(({ address }) => address);
  const servers = { leader, follower: await start("two"), single, sizes, nats: addresses };
  for (const [name, measure] of Object.entries(PARTS)) {
    if (part.length === 0 || part.includes(name)) await measure(servers);
  }
}
