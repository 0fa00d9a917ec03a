/**
 * Measures the server of the executable while clients upload: its memory, its descriptors and the
 * disk, for a file of 1 GB and for a thousand uploads that stop halfway. Build it first: `deno task
 * compile`.
 *
 * @module
 */

import { pause, systemClock } from "../shared/clock.ts";
import { Process } from "../tests/support/chat_process.ts";
import { IrcClient } from "../tests/support/irc_client.ts";
import { RawUpload, type Usage, usageOf } from "../tests/support/raw_upload.ts";
import { TempFolder } from "../tests/support/temp_folder.ts";
import { median, percentile } from "./members.ts";
import type { Probed } from "./waiting/probing.ts";
import { Prober } from "./waiting/prober.ts";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** The number of uploads that stop halfway. */
const HALF_UPLOADS = 1000;
/** The number of accounts that these uploads are from. */
const ACCOUNTS = 10;

/** The time between two looks at the process, in milliseconds. */
const LOOK_MS = 20;

/** The time after which the server has given up a client that stalls, in milliseconds. */
const STALL_MS = 60_000;

/** A server whose clients' addresses a proxy reports. */
class Server implements AsyncDisposable {
  readonly process: Process;
  readonly data: string;
  readonly #folder = new TempFolder();

  constructor(...flags: readonly string[]) {
    this.data = `${this.#folder.path}/data`;
    const settings = {
      listen: "127.0.0.1:0",
      data: this.data,
      trustedProxy: ["127.0.0.1"],
      allowPlaintext: true,
      limits: { uploadBytes: flags.length > 0 ? 4 * GIB : 256 * MIB },
    };
    const config = this.#folder.write("chat.json", JSON.stringify(settings));
    const args = ["serve", "--config", config, ...flags];
    this.process = new Process(args, { timeLimitMs: 600_000 });
  }

  async port(): Promise<number> {
    const [, port] = await this.process.stdout(/run: chat connect [\d.]+:(\d+)/);
    return Number(port);
  }

  get usage(): Usage {
    return usageOf(this.process.pid, this.data);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}

/** Returns the most of each resource that the server uses while `act` runs. */
async function mostDuring(server: Server, act: () => Promise<void>): Promise<Usage> {
  let most = server.usage;
  const look = () => {
    const now = server.usage;
    most = {
      memory: Math.max(most.memory, now.memory),
      descriptors: Math.max(most.descriptors, now.descriptors),
      files: Math.max(most.files, now.files),
      bytes: Math.max(most.bytes, now.bytes),
    };
  };
  const cancel = systemClock.every(LOOK_MS, look);
  await act();
  look();
  cancel();
  return most;
}

function row(name: string, { memory, descriptors, files, bytes }: Usage, note = ""): void {
  const mb = (value: number) => `${(value / 1e6).toFixed(0)} MB`;
  console.log(`| ${[name, mb(memory), descriptors, files, mb(bytes), note].join(" | ")} |`);
}

/** Registers accounts. */
async function register(port: number, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const client = await IrcClient.connect(port);
    await client.send(`PROXY TCP4 10.9.0.${i + 1} 127.0.0.1 1 1`, `NICK user${i}`, "USER u 0 * u");
    await client.until("001");
    await client.ask("REGISTER * * sesame");
    await client.close();
  }
}

/** Uploads 1 GB, and prints what that costs. */
async function measureLarge(
  server: Server,
  port: number,
  name: string,
  stated: number | undefined,
): Promise<void> {
  const start = performance.now();
  const options = { account: "user0", address: "10.1.0.1", stated };
  using upload = await RawUpload.begin(port, options);
  const most = await mostDuring(server, async () => {
    await upload.send(GIB, stated === undefined);
    if (stated === undefined) await upload.end();
    await upload.answered;
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const sent = (upload.sent / 1e6).toFixed(0);
  row(name, most, `${upload.status ?? "closed"} after ${sent} MB, ${seconds} s`);
}

/**
 * Begins many uploads that stop halfway. Prints what the server uses then, and after the time in
 * which it must have given them up.
 */
async function measureHalf(server: Server, port: number): Promise<void> {
  const address = { port, fingerprint: "" };
  const prober = await Prober.start({ address, hasProxy: true });
  const uploads: RawUpload[] = [];
  let probed: Probed | undefined;
  const most = await mostDuring(server, async () => {
    probed = await prober.during(async () => {
      await Promise.all(Array.from({ length: HALF_UPLOADS }, async (_, i) => {
        const address = `10.3.${i >> 8}.${i & 255}`;
        const options = { account: `user${i % ACCOUNTS}`, address, stated: 25 * MIB };
        const upload = await RawUpload.begin(port, options);
        uploads.push(upload);
        await upload.send(MIB);
      }));
      await pause(systemClock, 6000);
    });
  });
  const { times = [], stalledMs = 0 } = probed ?? {};
  const sorted = times.toSorted((one, other) => one - other);
  const statuses = Map.groupBy(uploads, ({ status = "no answer" }) => status);
  const counts = [...statuses].map(([status, all]) => `${all.length} × ${status}`).join(", ");
  const waits = [median(sorted), percentile(sorted, 0.999), sorted.at(-1) ?? NaN];
  const [p50, high, max] = waits.map((ms) => ms.toFixed(1));
  const ping = `PING p50 ${p50} ms, p99.9 ${high} ms, max ${max} ms` +
    ` (not run for ${stalledMs.toFixed(0)} ms)`;
  row("1,000 half uploads from 1,000 addresses", most, `${counts}; ${ping}`);
  await pause(systemClock, STALL_MS);
  row("60 s later, the clients have not closed", server.usage);
  for (const upload of uploads) upload[Symbol.dispose]();
  prober.close();
}

console.log(
  "| the server | memory | descriptors | files | bytes | |\n| :--- | ---: | ---: | ---: | ---: | :--- |",
);
{
  await using server = new Server();
  const port = await server.port();
  await register(port, ACCOUNTS);
  row("idle, with the usual limits", server.usage);
  await measureLarge(server, port, "1 GB that the client states", GIB);
  await measureLarge(server, port, "1 GB that the client does not state", undefined);
  await measureHalf(server, port);
}
{
  await using server = new Server("--upload-size", "2G", "--uploads", "4G");
  const port = await server.port();
  await register(port, 1);
  row("idle, with --upload-size 2G --uploads 4G", server.usage);
  await measureLarge(server, port, "1 GB that the client states", GIB);
  await measureLarge(server, port, "1 GB that the client does not state", undefined);
}
