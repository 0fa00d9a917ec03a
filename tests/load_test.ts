import { assertEquals } from "@std/assert";
import type { IrcClient } from "./support/irc_client.ts";
import { TestServer } from "./support/server.ts";

/** So many people, who all are in the room and have heard of each other. */
async function crowd(server: TestServer, size: number): Promise<IrcClient[]> {
  const nicks = Array.from({ length: size }, (_, i) => `n${i}`);
  const clients = await Promise.all(
    nicks.map((nick) => server.register(nick, { join: "#lobby" })),
  );
  await Promise.all(clients.map((client) => client.heard()));
  return clients;
}

/** What each hears until all that was sent before has been told to everybody. */
async function hear(clients: readonly IrcClient[]): Promise<string[][]> {
  // When the first barriers have been passed, all that was sent has been read; the second ones
  // come behind all that was then told.
  const first = await Promise.all(clients.map((client) => client.heard()));
  const rest = await Promise.all(clients.map((client) => client.heard()));
  return first.map((lines, index) => [...lines, ...rest[index] ?? []]);
}

for (const size of [2, 50]) {
  Deno.test(`${size} people who talk at once hear each line once, and each other in order`, async () => {
    await using server = new TestServer();
    const clients = await crowd(server, size);
    const lines = Array.from({ length: 20 }, (_, i) => `PRIVMSG #lobby :line ${i}`);
    await Promise.all(clients.map(async (client) => {
      for (const line of lines) await client.send(line);
    }));
    const masks = clients.map((_, index) => `:n${index}!~n${index}@127.0.0.1 `);
    (await hear(clients)).forEach((heard, listener) => {
      assertEquals(heard.length, (size - 1) * lines.length);
      masks.forEach((mask, speaker) => {
        const said = heard.filter((line) => line.startsWith(mask));
        assertEquals(said, speaker === listener ? [] : lines.map((line) => mask + line));
      });
    });
  });
}

Deno.test("a thousand who come at once, talk and vanish leave nothing behind", async () => {
  await using server = new TestServer();
  const idle = server.clock.pending;
  const probe = await server.register("probe");
  const clients = await crowd(server, 1000);
  assertEquals(server.server.counts, { connections: 1001, users: 1001 });
  await Promise.all(clients.map((client) => client.send("PRIVMSG #lobby :hi")));
  for (const heard of await hear(clients)) assertEquals(heard.length, 999);
  await Promise.all(clients.map((client) => client.close()));
  await server.until(() => server.server.counts.connections === 1, probe);
  assertEquals(server.server.counts, { connections: 1, users: 1 });
  assertEquals((await probe.askMessages("LUSERS"))[3]?.params[1], "0", "no channel is left");
  assertEquals(server.clock.pending, idle, "nor a timer");
});
