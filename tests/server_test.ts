import { assert, assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../shared/errors.ts";
import { serve } from "../server.ts";
import { FakeClock } from "./support/fake_clock.ts";
import { testOptions, TestServer } from "./support/server.ts";

Deno.test("the server listens on every given address, and reports the ports", async () => {
  await using server = await TestServer.start({
    listen: [{ hostname: "127.0.0.1", port: 0 }, { hostname: "::1", port: 0 }],
    plainPort: 0,
  });
  const { addresses } = server.server;
  assertEquals(addresses.map(({ kind, hostname }) => [kind, hostname]), [
    ["irc", "127.0.0.1"],
    ["irc", "::1"],
    ["plain", "127.0.0.1"],
  ]);
  for (const { hostname, port } of addresses) {
    assert(port > 0);
    (await Deno.connect({ hostname, port })).close();
  }
});

Deno.test("an IPv6 client has an address that can be a parameter", async () => {
  await using server = await TestServer.start({ listen: [{ hostname: "::1", port: 0 }] });
  const socket = await Deno.connect({ hostname: "::1", port: server.port });
  await socket.write(new TextEncoder().encode("NICK ada\nUSER u 0 * r\nUSERHOST ada\nQUIT\n"));
  const text = await new Response(socket.readable).text();
  assert(text.includes(":chat.test 302 ada ada=+~u@0::1\r\n"), text);
});

Deno.test("the error names a taken port, and nothing stays open", async () => {
  await using server = await TestServer.start();
  const taken = { hostname: "127.0.0.1", port: server.port };
  const free = freePort();
  const clock = new FakeClock();
  const options = testOptions({ listen: [{ hostname: "127.0.0.1", port: free }, taken] });
  const error = await assertRejects(() => serve(options, { clock }), UserError);
  assert(error.message.startsWith(`port ${server.port} is in use`), error.message);
  assertEquals(clock.pending, 0);
  await assertCloses(free);
});

Deno.test("lines that arrive one byte at a time are understood", async () => {
  await using server = await TestServer.start();
  const ada = await server.connect();
  const lines = "@a=b NICK zoë\r\nUSER u 0 * :漢字\nWHOIS zoë\r\n";
  for (const byte of new TextEncoder().encode(lines)) await ada.sendBytes(Uint8Array.of(byte));
  const { params } = await ada.until("311");
  assertEquals(params, ["zoë", "zoë", "~u", "127.0.0.1", "*", "漢字"]);
});

Deno.test("several commands in one packet are all answered, in order", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  await ada.send("PING 1", "PING 2", "FOO", "PING 3");
  const tokens = (await ada.heard()).map((line) => line.split(" ").slice(1).join(" "));
  assertEquals(tokens, [
    "PONG chat.test 1",
    "PONG chat.test 2",
    "421 ada FOO :Unknown command",
    "PONG chat.test 3",
  ]);
});

/** Returns a port without a listener. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Asserts that the port closes; the operating system may take a moment. */
async function assertCloses(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    } catch (error) {
      if (error instanceof Deno.errors.ConnectionRefused) return;
    }
  }
  throw new Error(`port ${port} is still open`);
}

Deno.test("shutdown sends ERROR to every client, and closes the listeners", async () => {
  await using server = await TestServer.start({ plainPort: 0 });
  const { port } = server;
  const ada = await server.register("ada", { join: "#lobby" });
  const waiting = await server.connect();
  await waiting.heard();
  const plain = await server.connectPlain();
  await ada.until("JOIN");
  const closed = server.server.close();
  assertEquals((await ada.untilEnd()).at(-1), "ERROR :The server is shutting down");
  assertEquals(await waiting.untilEnd(), ["ERROR :The server is shutting down"]);
  assertEquals(await plain.untilEnd(), ["Disconnected: The server is shutting down"]);
  await closed;
  await assertCloses(port);
});

Deno.test("shutdown does not wait for clients that do not read", async () => {
  await using server = await TestServer.start();
  const stalled = await server.stalled();
  await stalled.send("NICK ada", "USER u 0 * r");
  const probe = await server.connect();
  await server.until(() => server.server.counts.users === 1, probe);
  const closed = server.server.close();
  server.clock.advance(2000);
  await closed;
});

Deno.test("connections and users are counted", async () => {
  await using server = await TestServer.start();
  const probe = await server.connect();
  await probe.heard();
  assertEquals(server.server.counts, { connections: 1, users: 0 });
  const ada = await server.register("ada");
  assertEquals(server.server.counts, { connections: 2, users: 1 });
  await ada.close();
  await server.until(() => server.server.counts.connections === 1, probe);
  assertEquals(server.server.counts, { connections: 1, users: 0 });
});

// Timeouts and rate limits.

Deno.test("a client that does not register in time is closed, whatever else it sends", async () => {
  await using server = await TestServer.start({ limits: { registrationSeconds: 30 } });
  const silent = await server.connect();
  const idle = await server.connect();
  await idle.heard();
  const negotiating = await server.connect();
  await negotiating.ask("CAP LS 302");
  const ada = await server.register("ada");
  server.clock.advance(15_000);
  assertEquals(await silent.untilEnd(), ["ERROR :Registration timed out"], "sent nothing at all");
  server.clock.advance(14_900);
  assertEquals([await idle.heard(), await negotiating.heard()], [[], []]);
  server.clock.advance(100);
  for (const client of [idle, negotiating]) {
    assertEquals(await client.untilEnd(), ["ERROR :Registration timed out"]);
  }
  assertEquals(await ada.heard(), []);
});

Deno.test("a silent client gets a PING, and stays if it answers", async () => {
  await using server = await TestServer.start({ limits: { pingSeconds: 60 } });
  const ada = await server.register("ada");
  for (let i = 0; i < 3; i++) {
    server.clock.advance(59_000);
    assertEquals(await ada.heard(), []);
    server.clock.advance(60_000);
    assertEquals(await ada.next(), "PING chat.test");
    server.clock.advance(59_000);
    await ada.send("PONG chat.test");
    assertEquals(await ada.heard(), [], "there is only one PING");
  }
});

Deno.test("a client that does not answer PING is closed, and others see its QUIT", async () => {
  await using server = await TestServer.start({ limits: { pingSeconds: 60 } });
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  server.clock.advance(60_000);
  await bob.until("PING");
  await bob.heard();
  server.clock.advance(60_000);
  assertEquals((await ada.untilEnd()).slice(-2), [
    "PING chat.test",
    "ERROR :Ping timeout: 120 seconds",
  ]);
  const { params } = await bob.until("QUIT");
  assertEquals(params, ["Ping timeout: 120 seconds"]);
});

Deno.test("a client that sends too fast is read at the rate limit", async () => {
  await using server = await TestServer.start({
    limits: { commandsPerSecond: 10, commandBurst: 10 },
  });
  const ada = await server.register("ada"); // three commands: NICK, USER and a PING
  const bob = await server.register("bob", { caps: "server-time" });
  const start = server.clock.now();
  await ada.send(...Array.from({ length: 20 }, (_, i) => `PRIVMSG bob ${i}`));
  for (let i = 0; i < 20; i++) {
    if (i >= 7) server.clock.advance(100);
    const { params, tags } = await bob.expect("PRIVMSG");
    const time = new Date(start + Math.max(0, i - 6) * 100).toISOString();
    assertEquals([params[1], tags?.get("time")], [String(i), time]);
  }
});

Deno.test("shutdown closes a client that is slowed down", async () => {
  await using server = await TestServer.start({
    limits: { commandsPerSecond: 1, commandBurst: 5 },
  });
  const ada = await server.register("ada");
  const bob = await server.register("bob");
  await ada.send(...Array.from({ length: 20 }, (_, i) => `PRIVMSG bob ${i}`));
  await bob.until("PRIVMSG");
  const closed = server.server.close();
  assertEquals((await ada.untilEnd()).at(-1), "ERROR :The server is shutting down");
  await bob.untilEnd();
  await closed;
});
