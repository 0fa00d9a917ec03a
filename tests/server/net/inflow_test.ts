/** Tests of deadlines: none of them ends a client whose bytes wait to be read. */

import { assert, assertEquals } from "@std/assert";
import { makeCertificate } from "../../../shared/certificate.ts";
import { HELLO_MS } from "../../../server/net/layers.ts";
import { Budgets } from "../../../server/net/budget.ts";
import { Identity } from "../../../server/net/identity.ts";
import { Inflow } from "../../../server/net/inflow.ts";
import { NICK_SECONDS } from "../../../server/accounts/accounts.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { joinThree, serverWithAda } from "../../support/people.ts";
import { clientHello } from "../../support/secure_socket.ts";
import { TestServer } from "../../support/server.ts";

/** The number of connections: more than the runtime reads in one turn. */
const MANY = 300;
const REGISTRATION_MS = 30_000;
const TIMEOUT = "ERROR :Registration timed out";

/** Returns the nicks `n0`, `n1` and so on. */
const nicks = Array.from({ length: MANY }, (_, i) => `n${i}`);

/**
 * Starts a server that handles each line as soon as it is read. Its clock does not count the time
 * for which lines wait here, so no line may wait.
 */
function prompt(): Promise<TestServer> {
  return TestServer.start({}, { budgets: new Budgets({ now: () => 0 }) });
}

/** Lets `ms` milliseconds pass in which the server reads none of the bytes that `send` sends. */
async function unread(server: TestServer, ms: number, send: () => Promise<void>): Promise<void> {
  // Sockets take the bytes at once, but the server does not run before the deadline.
  const sent = send();
  server.clock.advance(ms);
  await sent;
}

Deno.test("connections whose first lines wait to be read at the deadline can register", async () => {
  await using server = await prompt();
  const clients = await Promise.all(nicks.map(() => server.connect()));
  await server.register("probe");
  await unread(server, REGISTRATION_MS, async () => {
    await Promise.all(clients.map((client, i) => client.send(`NICK n${i}`, "USER u 0 * r")));
  });
  for (const client of clients) await client.expect("001");
});

Deno.test("clients whose last lines wait to be read at the deadline can register", async () => {
  await using server = await prompt();
  const clients = await Promise.all(nicks.map(() => server.connect()));
  await Promise.all(clients.map((client, i) => client.send(`NICK n${i}`)));
  for (const client of clients) await client.heard();
  await unread(server, REGISTRATION_MS, async () => {
    await Promise.all(clients.map((client) => client.send("USER u 0 * r")));
  });
  for (const client of clients) await client.expect("001");
});

Deno.test("users whose lines wait to be read do not time out", async () => {
  await using server = await prompt();
  const clients = await Promise.all(nicks.map((nick) => server.register(nick)));
  await unread(server, 240_000, async () => {
    await Promise.all(clients.map((client) => client.send("PING here")));
  });
  for (const client of clients) {
    await client.until("PONG");
    await client.heard();
  }
});

Deno.test("a client whose handshake waits to be read is not disconnected as too late", async () => {
  const identity = new Identity(await makeCertificate({ names: ["localhost"], days: 1 }));
  await using server = await TestServer.start({}, { identity });
  const probe = await server.register("probe");
  using socket = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  const hello = await clientHello();
  const timers = server.clock.pending;
  await socket.write(hello.subarray(0, 1));
  await server.until(() => server.clock.pending > timers, probe);
  await unread(server, HELLO_MS, async () => {
    await socket.write(hello.subarray(1));
  });
  const buffer = new Uint8Array(1);
  assertEquals([await socket.read(buffer), buffer[0]], [1, 0x16], "the answer is a handshake");
});

Deno.test("a line at the plain port is not divided while its end waits to be read", async () => {
  await using server = await TestServer.start({ plainPort: 0 });
  const ada = await server.register("ada", { join: "#lobby" });
  using socket = await Deno.connect({ hostname: "127.0.0.1", port: server.plainPort });
  const encode = (text: string) => new TextEncoder().encode(text);
  await ada.until("JOIN");
  const timers = server.clock.pending;
  await socket.write(encode("one "));
  await server.until(() => server.clock.pending > timers, ada);
  await unread(server, 50, async () => {
    await socket.write(encode("line\n"));
  });
  assertEquals((await ada.until("PRIVMSG")).params, ["#lobby", "one line"]);
});

Deno.test("a batch is not dropped while its lines wait for the rate limit", async () => {
  await using server = await TestServer.start({
    limits: { commandsPerSecond: 1, commandBurst: 20 },
  });
  const caps = "batch message-tags draft/multiline";
  const [ada, bob] = await joinThree(server, caps);
  const before = Array.from({ length: 20 }, () => "PONG x");
  const lines = Array.from({ length: 32 }, (_, i) => `@batch=b PRIVMSG #a :${i}`);
  await ada.send(...before, "BATCH +b draft/multiline #a", ...lines, "BATCH -b");
  const probe = await server.register("probe");
  for (let second = 0; second < 70; second++) {
    server.clock.advance(1000);
    await probe.heard();
  }
  assertEquals((await bob.until("BATCH")).params[1], "draft/multiline");
});

Deno.test("a user who leaves the nick of an account in time keeps the new nick, even if the NICK waits to be read", async () => {
  await using server = await serverWithAda();
  const ada = await server.register("ada", { login: ["ada", "sesame"] });
  await ada.ask("NS LOGOUT");
  await unread(server, NICK_SECONDS * 1000 + 200, () => ada.send("NICK eda"));
  assertEquals(await ada.heard(), [":ada!~ada@127.0.0.1 NICK eda"]);
  await server.register("probe");
  assertEquals(await ada.heard(), []);
});

Deno.test("time for which the server makes a client wait does not count as time to register", async () => {
  await using server = await serverWithAda();
  const probe = await server.register("probe");
  const ada = await server.connect();
  await ada.send("PASS ada:sesame", "NICK ada", "USER u 0 * r");
  await probe.heard();
  server.clock.advance(REGISTRATION_MS + 1000);
  await ada.until("001");
});

Deno.test("a client that keeps the server busy for long does not get time without end", async () => {
  await using server = await serverWithAda();
  const probe = await server.register("probe");
  const eve = await server.connect();
  await eve.send("PASS ada:wrong", "NICK ada");
  await probe.heard();
  server.clock.advance(4 * REGISTRATION_MS);
  assertEquals((await eve.untilEnd()).at(-1), TIMEOUT);
});

Deno.test("a silent connection is ended at its deadline, even on a server that is behind", async () => {
  let now = 0;
  await using server = await TestServer.start({}, { readingTime: () => now += 10_000 });
  const silent = await server.connect();
  await server.register("probe");
  server.clock.advance(REGISTRATION_MS / 2);
  assertEquals(await silent.untilEnd(), [TIMEOUT]);
});

Deno.test("a client that talks while the server is behind gets exactly the lost time more", async () => {
  let now = 0;
  await using server = await TestServer.start({}, { readingTime: () => now });
  const slow = await server.connect();
  await slow.send("NICK slow");
  await slow.heard();
  const sent = slow.send("PING 1");
  server.clock.advance(REGISTRATION_MS);
  now += 5000;
  await sent;
  await slow.until("PONG");
  // The server counts its own waits: by the end of many others, it has caught up.
  for (let i = 0; i < 10; i++) await new Inflow(server).caughtUp();
  server.clock.advance(4900);
  await slow.heard();
  server.clock.advance(200);
  assertEquals((await slow.untilEnd()).at(-1), TIMEOUT);
});

Deno.test("a deadline that is canceled while the server reads does not pass", async () => {
  const clock = new FakeClock();
  const inflow = new Inflow({ clock });
  let passed = 0;
  const cancel = inflow.deadline(10, { act: () => passed++ });
  inflow.deadline(10, { act: () => passed++ });
  clock.advance(10);
  cancel();
  await inflow.caughtUp();
  assertEquals(passed, 1);
});

Deno.test("while turns are full of reads, the server does not count as having caught up", async () => {
  const inflow = new Inflow({ clock: new FakeClock() });
  let left = 40;
  const turn = setInterval(() => {
    if (left-- > 0) { for (let i = 0; i < 128; i++) inflow.count(); }
  }, 0);
  await inflow.caughtUp();
  clearInterval(turn);
  assert(left <= 0, `${left} turns were left`);
});
