// Lets `chat doctor` examine real NATS servers.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { jetstreamManager } from "@nats-io/jetstream";
import { examine } from "../../server/cli/doctor.ts";
import { freePort } from "../support/free_port.ts";
import { open } from "../support/nats_cluster.ts";
import { NatsServer } from "../support/nats_server.ts";
import { TempFolder } from "../support/temp_folder.ts";

/** Returns what doctor finds about the NATS servers at these addresses. */
async function look(...addresses: readonly string[]): Promise<string[]> {
  using folder = new TempFolder();
  const cluster = addresses.map((address) => `nats://${address}`).join();
  const args = ["--listen", "127.0.0.1:0", "--data", folder.path, "--cluster", cluster];
  const machine = { now: () => Date.now(), freeBytes: () => 2 ** 40 };
  const lines = await examine(args, new Map(), machine);
  return lines.flatMap(({ level, subject, text }) =>
    subject === "nats" ? [`${level}: ${text}`] : []
  );
}

Deno.test("doctor says if there is no NATS server, or one without JetStream or without a log", async () => {
  assertMatch((await look(`127.0.0.1:${freePort()}`)).join(), /^problem: cannot reach NATS at /);
  await using plain = await NatsServer.start("jetstream: disabled");
  assertMatch((await look(plain.address)).join(), /^problem: NATS cannot keep the stream chat: /);
  await using nats = await NatsServer.start();
  assertEquals(await look(nats.address), [
    "ok: NATS has no log called chat yet: the first server of the cluster creates it",
  ]);
});

Deno.test("doctor says if there is a log, a stream that is no log, or too low a limit of messages", async () => {
  await using nats = await NatsServer.start();
  const bus = await open(nats);
  await bus.close();
  assertEquals(await look(nats.address), ["ok: NATS keeps the log chat: 0 entries, 0 bytes"]);
  await using other = await NatsServer.start();
  const strange = await open(other, { name: "strange" });
  const { streams } = await jetstreamManager(strange.connection);
  await streams.add({ name: "chat", subjects: ["news"] });
  await strange.close();
  assertMatch((await look(other.address)).join(), /^problem: NATS has a stream chat that is not /);
  await using small = await NatsServer.start("max_payload: 64KB");
  assertMatch((await look(small.address)).join(), /^problem: NATS takes messages of at most /);
});

Deno.test("doctor warns of a NATS server of three that does not run, and of its copy", async () => {
  const servers = await NatsServer.startCluster(3);
  await using stack = new AsyncDisposableStack();
  for (const server of servers) stack.use(server);
  const [first, , last] = servers;
  assert(first && last);
  const bus = await open(first);
  await bus.close();
  await last.kill();
  // NATS takes some seconds to notice it, and to elect leaders again.
  for (let attempt = 0; attempt < 15; attempt++) {
    const found = await look(...servers.map(({ address }) => address));
    assertEquals(found.filter((text) => /^warning: cannot reach NATS/.test(text)).length, 1);
    if (found.some((text) => /^warning: the copy of the log at .*nats2 is not/.test(text))) return;
  }
  throw new Error("doctor does not find the copy that is not up to date");
});
