import { assertEquals } from "@std/assert";
import type { IrcClient } from "./support/irc_client.ts";
import { TestServer } from "./support/server.ts";

/** Registers `size` clients, all in the room, and waits until each has seen the others join. */
async function crowd(server: TestServer, size: number): Promise<IrcClient[]> {
  const nicks = Array.from({ length: size }, (_, i) => `n${i}`);
  const clients = await Promise.all(
    nicks.map((nick) => server.register(nick, { join: "#lobby" })),
  );
  await Promise.all(clients.map((client) => client.heard()));
  return clients;
}

/** Resolves to the lines of each client, once everything sent before is delivered. */
async function linesOf(clients: readonly IrcClient[]): Promise<string[][]> {
  // After the first barriers, the server has read everything that was sent; the replies to the
  // second barriers come after everything that it delivered.
  const first = await Promise.all(clients.map((client) => client.heard()));
  const rest = await Promise.all(clients.map((client) => client.heard()));
  return first.map((lines, index) => [...lines, ...rest[index] ?? []]);
}

for (const size of [2, 50]) {
  Deno.test(`${size} clients that talk at once get each line once, and in order by sender`, async () => {
    await using server = await TestServer.start();
    const clients = await crowd(server, size);
    const lines = Array.from({ length: 20 }, (_, i) => `PRIVMSG #lobby :line ${i}`);
    await Promise.all(clients.map(async (client) => {
      for (const line of lines) await client.send(line);
    }));
    const masks = clients.map((_, index) => `:n${index}!~n${index}@127.0.0.1 `);
    (await linesOf(clients)).forEach((heard, listener) => {
      assertEquals(heard.length, (size - 1) * lines.length);
      masks.forEach((mask, speaker) => {
        const said = heard.filter((line) => line.startsWith(mask));
        assertEquals(said, speaker === listener ? [] : lines.map((line) => mask + line));
      });
    });
  });
}

Deno.test("a thousand clients that connect, talk and vanish at once leave nothing behind", async () => {
  await using server = await TestServer.start();
  const idle = server.clock.pending;
  const probe = await server.register("probe");
  const clients = await crowd(server, 1000);
  assertEquals(server.server.counts, { connections: 1001, users: 1001 });
  await Promise.all(clients.map((client) => client.send("PRIVMSG #lobby :hi")));
  for (const heard of await linesOf(clients)) assertEquals(heard.length, 999);
  await Promise.all(clients.map((client) => client.close()));
  await server.until(() => server.server.counts.connections === 1, probe);
  assertEquals(server.server.counts, { connections: 1, users: 1 });
  assertEquals((await probe.askMessages("LUSERS"))[3]?.params[1], "0", "no channel remains");
  assertEquals(server.clock.pending, idle, "no timer remains");
});
