/**
 * Measures a server process from outside: the messages a second that reach the members of a room,
 * the latency of each, and the memory of an idle connection. Prints a table in Markdown, which
 * bench/README.md explains.
 *
 * ```sh
 * deno run -A bench/fanout.ts             # rooms of 10, 100, 1,000 and 5,000 members, and memory
 * deno run -A bench/fanout.ts 100 1000    # rooms of 100 and 1,000 only
 * deno run -A bench/fanout.ts --memory    # a server that stores nothing
 * deno run -A bench/fanout.ts 1000 --by tls   # members that connect by TLS, or by `websocket`
 * deno run -A bench/fanout.ts --stalled   # the effect on others when a member stops reading
 * deno run -A bench/fanout.ts --joins     # the cost of filling a room
 * ```
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { median, Member, percentile, ServerProcess, type Settings } from "./members.ts";
import { latencies, ROOM, throughput } from "./talking.ts";
import { type WireName, WIRES } from "./wires.ts";

const SIZES = [10, 100, 1000, 5000];
const IDLE_CONNECTIONS = 2000;
const JOIN_SIZES = [100, 1000, 3000];

async function fanout(
  sizes: readonly number[],
  settings: Settings,
  by: WireName,
): Promise<void> {
  console.log("| members | deliveries/s | by processor time | p50 | p99 |");
  console.log("| ---: | ---: | ---: | ---: | ---: |");
  await using server = await ServerProcess.start(settings);
  const speaker = await Member.join(server.address, "speaker", ROOM, by);
  const members: Member[] = [];
  for (const size of sizes) {
    while (members.length < size) {
      // Each turn connects at most 200 members, because every operating system can queue that many
      // connections.
      const count = Math.min(200, size - members.length);
      const names = Array.from({ length: count }, (_, i) => `m${members.length + i}`);
      const joining = names.map((name) => Member.join(server.address, name, ROOM, by));
      members.push(...await Promise.all(joining));
    }
    await Promise.all([speaker, ...members].map((member) => member.barrier()));
    const cpuBefore = server.cpuMs() ?? NaN;
    const { deliveries, seconds } = await throughput(speaker, members);
    const cpuSeconds = ((server.cpuMs() ?? NaN) - cpuBefore) / 1000;
    await Promise.all(members.map((member) => member.barrier()));
    const times = await latencies(speaker, members);
    console.log(
      `| ${size.toLocaleString("en")} | ${integer(deliveries / seconds)} | ` +
        `${integer(deliveries / cpuSeconds)} | ${ms(median(times))} | ${
          ms(percentile(times, 0.99))
        } |`,
    );
  }
  for (const member of [speaker, ...members]) member.close();
}

async function idle(): Promise<void> {
  await using server = await ServerProcess.start();
  // The first connection also allocates the memory that all connections share.
  const members = [await Member.join(server.address, "first", ROOM)];
  const before = server.residentBytes();
  while (members.length <= IDLE_CONNECTIONS) {
    const names = Array.from({ length: 200 }, (_, i) => `i${members.length + i}`);
    members.push(...await Promise.all(names.map((name) => Member.register(server.address, name))));
  }
  const after = server.residentBytes();
  if (before !== undefined && after !== undefined) {
    const each = (after - before) / (members.length - 1) / 1000;
    console.log(`\nMemory for an idle connection: ${each.toFixed(1)} kB`);
  }
  for (const member of members) member.close();
}

async function stalled(): Promise<void> {
  const filler = `PRIVMSG ${ROOM} :${"x".repeat(400)}\r\n`.repeat(60);
  await using server = await ServerProcess.start({ limits: { sendQueueBytes: 1024 * 1024 } });
  const speaker = await Member.join(server.address, "speaker", ROOM);
  const names = Array.from({ length: 50 }, (_, i) => `m${i}`);
  const members = await Promise.all(names.map((name) => Member.join(server.address, name, ROOM)));
  await latencies(speaker, members, filler, 2000);
  const before = await latencies(speaker, members, filler, 8000);
  const stopped = await Member.join(server.address, "stopped", ROOM);
  stopped.stopReading();
  let outcome = "was not closed";
  speaker.onText = (text) => {
    if (/:stopped!\S+ QUIT/.test(text)) outcome = "was closed at its limit";
  };
  const during = await latencies(speaker, members, filler, 8000);
  await speaker.barrier();
  console.log("| | p50 | p99 |");
  console.log("| :--- | ---: | ---: |");
  for (const [name, times] of [["all read", before], ["one has stopped", during]] as const) {
    console.log(`| ${name} | ${ms(median(times))} | ${ms(percentile(times, 0.99))} |`);
  }
  console.log(`\nThe member who stopped reading ${outcome}.`);
  for (const member of [speaker, stopped, ...members]) member.close();
}

/**
 * Measures the cost of filling a room: all users join it at once, and each gets the member list.
 */
async function joins(): Promise<void> {
  console.log("| members | until all are in | the server's processor time for each |");
  console.log("| ---: | ---: | ---: |");
  for (const size of JOIN_SIZES) {
    await using server = await ServerProcess.start();
    const names = Array.from({ length: size }, (_, i) => `joiner${i}`);
    const members = await Promise.all(names.map((name) => Member.register(server.address, name)));
    const cpuBefore = server.cpuMs();
    const start = performance.now();
    await Promise.all(members.map((member) => member.send(`JOIN ${ROOM}\r\n`)));
    await Promise.all(members.map((member) => member.barrier()));
    const elapsed = performance.now() - start;
    const cpu = cpuBefore === undefined ? NaN : (server.cpuMs() ?? NaN) - cpuBefore;
    console.log(`| ${size.toLocaleString("en")} | ${ms(elapsed)} | ${ms(cpu / size)} |`);
    for (const member of members) member.close();
  }
}

function integer(value: number): string {
  return Math.round(value).toLocaleString("en");
}

function ms(value: number): string {
  return `${value.toFixed(2)} ms`;
}

if (import.meta.main) {
  const flags = parseArgs(Deno.args, {
    string: ["by"],
    boolean: ["joins", "memory", "stalled"],
    unknown(word, name) {
      if (name !== undefined) throw new Error(`unknown flag ${word}`);
    },
  });
  const settings = flags.memory ? { memory: true } : {};
  const wanted = flags.by ?? "plain";
  const by = Object.keys(WIRES).find((name): name is WireName => name === wanted);
  if (by === undefined) throw new Error(`--by is one of ${Object.keys(WIRES).join(", ")}`);
  if (flags.stalled) await stalled();
  else if (flags.joins) await joins();
  else if (flags._.length > 0) await fanout(flags._.map(Number), settings, by);
  else {
    await fanout(SIZES, settings, by);
    await idle();
  }
}
