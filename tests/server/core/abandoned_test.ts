import { assertEquals } from "@std/assert";
import type { IrcClient } from "../../support/irc_client.ts";
import { type Overrides, TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const OPERATORS: Overrides = { operators: [{ name: "root", password: "sesame" }] };

/** Registers a client with an account. */
async function withAccount(server: TestServer, nick: string): Promise<IrcClient> {
  const client = await server.register(nick);
  await client.ask("REGISTER * * sesame");
  return client;
}

/** Returns the rank that the members of a channel are shown with. */
const names = async (client: IrcClient, channel: string) =>
  (await client.askMessages(`NAMES ${channel}`))[0]?.params[3];

/** Returns the texts of the messages in a channel's history. */
const history = async (client: IrcClient, channel: string) =>
  (await client.askMessages(`CHATHISTORY LATEST ${channel} * 50`))
    .flatMap(({ command, params }) => command === "PRIVMSG" ? [params[1]] : []);

const CAPS = "draft/chathistory batch server-time message-tags";

Deno.test("a restricted channel of guests ends when the server ends, and nobody can read its history", async () => {
  using folder = new TempFolder();
  const stored = { memory: false, data: folder.path };
  for (const modes of ["+s", "+i", "+k sesame", "+p", "+R", "+b *!*@*", "+b *"]) {
    await using server = await TestServer.start(stored);
    const ada = await server.register("ada", { join: "#a" });
    for (const line of [`MODE #a ${modes}`, "PRIVMSG #a :between us"]) await ada.ask(line);
    await server[Symbol.asyncDispose]();
    await using next = await TestServer.start(stored);
    const eve = await next.register("eve", { caps: CAPS, join: "#a" });
    assertEquals(await names(eve, "#a"), "@eve", modes);
    assertEquals(await history(eve, "#a"), [], modes);
  }
});

Deno.test("a channel of guests that nobody can join ends when the server ends, and an open one keeps its topic", async () => {
  using folder = new TempFolder();
  const stored = { memory: false, data: folder.path };
  {
    await using server = await TestServer.start(stored);
    const ada = await server.register("ada", { join: "#shut,#open" });
    for (const line of ["MODE #shut +b *!*@*", "TOPIC #open :tea"]) await ada.ask(line);
  }
  await using server = await TestServer.start(stored);
  const bob = await server.register("bob", { join: "#shut" });
  assertEquals(await names(bob, "#shut"), "@bob");
  await bob.ask("JOIN #open");
  assertEquals((await bob.askMessages("TOPIC #open"))[0]?.params[2], "tea");
});

Deno.test("a channel of guests in which a user stays while offline does not end with the server", async () => {
  using folder = new TempFolder();
  const stored = { memory: false, data: folder.path };
  {
    await using server = await TestServer.start(stored);
    const ada = await server.register("ada", { join: "#a" });
    const bob = await withAccount(server, "bob");
    for (const line of ["JOIN #a", "NS STAY on"]) await bob.ask(line);
    await bob.send("QUIT");
    await bob.untilEnd();
    server.staying = 1;
    await ada.ask("MODE #a +i");
  }
  await using server = await TestServer.start(stored);
  server.staying = 1;
  const eve = await server.register("eve");
  assertEquals((await eve.askMessages("JOIN #a"))[0]?.command, "473");
});

Deno.test("a channel that an account owns lasts once something was said or set in it", async () => {
  using folder = new TempFolder();
  const stored = { memory: false, data: folder.path };
  const uses: Record<string, string> = {
    "#said": "PRIVMSG #said :hello",
    "#topic": "TOPIC #topic :tea",
    "#modes": "MODE #modes +m",
    "#metadata": "METADATA #metadata SET url :https://example.org",
    "#invitation": "INVITATION #invitation 5",
  };
  const lasting = async (server: TestServer, nick: string) => {
    const eve = await server.register(nick);
    const list = await eve.askMessages("LIST");
    return list.flatMap(({ command, params }) => command === "322" ? [params[1]] : []).sort();
  };
  {
    await using server = await TestServer.start(stored);
    const ada = await server.register("ada", { caps: "draft/metadata-3 batch" });
    await ada.ask("REGISTER * * sesame");
    for (const [channel, line] of Object.entries(uses)) {
      for (const each of [`JOIN ${channel}`, line]) await ada.ask(each);
    }
    for (const line of ["JOIN #unused", "JOIN #live", "PRIVMSG #live :hello"]) await ada.ask(line);
    await ada.ask(`PART ${Object.keys(uses).join()},#unused`);
    assertEquals(await lasting(server, "eve"), [...Object.keys(uses), "#live"].sort());
    await ada.ask("JOIN #unused");
  }
  await using server = await TestServer.start(stored);
  assertEquals(await lasting(server, "eve"), [...Object.keys(uses), "#live"].sort());
});

Deno.test("an account founds a limited number of channels, and a further channel ends with its last member", async () => {
  await using server = await TestServer.start();
  const [ada, bob] = [await withAccount(server, "ada"), await withAccount(server, "bob")];
  for (let i = 0; i < 100; i++) {
    for (const line of [`JOIN #a${i}`, `TOPIC #a${i} :mine`, `PART #a${i}`]) await ada.ask(line);
  }
  const [, ...answer] = await ada.askMessages("JOIN #more");
  assertEquals(await names(ada, "#more"), "@ada");
  const note = answer.find(({ params }) => params.at(-1)?.includes("owns as many channels"));
  assertEquals(note?.command, "NOTICE");
  await ada.ask("PART #more");
  await bob.ask("JOIN #more");
  assertEquals(await names(bob, "#more"), "~bob");
});

Deno.test("an operator of the server can open a channel that nobody can run, and no other", async () => {
  await using server = await TestServer.start(OPERATORS);
  const root = await server.register("root");
  await root.ask("OPER root sesame");
  const [ada, bob] = [await server.register("ada"), await server.register("bob")];
  for (const line of ["JOIN #a", "MODE #a +i-n"]) await ada.ask(line);
  await ada.ask("INVITE bob #a");
  await bob.ask("JOIN #a");
  assertEquals((await root.askMessages("JOIN #a"))[0]?.command, "473");
  await ada.ask("PART #a");
  assertEquals((await root.askMessages("JOIN #a"))[0]?.command, "JOIN");
  await root.ask("MODE #a +o root");
  assertEquals((await root.askMessages("MODE #a -i"))[0]?.command, "MODE");
});

Deno.test("LIST shows the topic of a channel only to users who could read it in the channel", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#key,#invited,#open" });
  for (const channel of ["#key", "#invited", "#open"]) await ada.ask(`TOPIC ${channel} :tea`);
  for (const line of ["MODE #key +k sesame", "MODE #invited +i"]) await ada.ask(line);
  const topics = async (client: IrcClient) =>
    (await client.askMessages("LIST")).flatMap(({ command, params }) =>
      command === "322" ? [[params[1], params[3]]] : []
    ).sort();
  assertEquals(await topics(ada), [["#invited", "tea"], ["#key", "tea"], ["#open", "tea"]]);
  const eve = await server.register("eve");
  assertEquals(await topics(eve), [["#invited", ""], ["#key", ""], ["#open", "tea"]]);
});

Deno.test("a new account or channel has nothing of an earlier one with its name, even if the clock was set back", async () => {
  await using server = await TestServer.start();
  const bob = await withAccount(server, "bob");
  const ada = await withAccount(server, "ada");
  await bob.ask("PRIVMSG ada :between us");
  const [code = ""] = (await ada.ask("NS DROP ada")).join().match(/(?<=DROP ada )\w+/) ?? [];
  server.clock.turn(-60 * 60 * 1000);
  await ada.send(`NS DROP ada ${code}`);
  await ada.untilEnd();
  const next = await server.register("ada", { caps: CAPS });
  await next.ask("REGISTER * * sesame");
  assertEquals(await history(next, "bob"), []);
});
