/** People who stay where they are while they are not connected. */

import { assertEquals } from "@std/assert";
import type { IrcClient } from "./support/irc_client.ts";
import { TestServer } from "./support/server.ts";
import { TempFolder } from "./support/temp_folder.ts";

const OPERATOR = { operators: [{ name: "root", password: "sesame" }] };

/** What a server is told that is started again in the same folder. */
const lasting = ({ path }: TempFolder) => ({ ...OPERATOR, memory: false, data: path });

/** Ada, who has an account and stays, in `#a`; then she is gone, and bob is there. */
async function adaStays(server: TestServer): Promise<IrcClient> {
  const ada = await server.register("ada");
  await ada.ask("REGISTER * * sesame");
  await ada.ask("PRIVMSG NickServ :STAY on");
  await ada.ask("JOIN #a");
  const bob = await server.register("bob", { join: "#a" });
  await ada.close();
  await server.until(() => server.server.counts.connections === 1, bob);
  return bob;
}

/** Ada is back, and stays no longer. */
async function adaReturns(server: TestServer): Promise<string[]> {
  const ada = await server.connect();
  const told = await ada.introduce({ nick: "ada", caps: "server-time", login: ["ada", "sesame"] });
  await ada.ask("PRIVMSG NickServ :STAY off");
  return told.slice(told.findIndex((line) => line.includes(" 422 ")) + 1)
    .map((line) => line.replace(/^@\S+ /, ""));
}

const namesOf = async (client: IrcClient) => (await client.askMessages("NAMES #a"))[0]?.params[3];

Deno.test("who stays is in their rooms while nobody is connected, and finds what was said", async () => {
  await using server = new TestServer({ replay: 20 });
  const bob = await adaStays(server);
  assertEquals(await bob.heard(), []);
  assertEquals(await namesOf(bob), "~ada bob");
  await bob.ask("PRIVMSG #a :where is she");
  assertEquals((await bob.askMessages("PRIVMSG ada :psst"))[0]?.command, "301");
  const told = await adaReturns(server);
  assertEquals(told.filter((line) => line.includes("PRIVMSG")), [
    ":bob!~bob@127.0.0.1 PRIVMSG #a :where is she",
    ":bob!~bob@127.0.0.1 PRIVMSG ada :psst",
  ]);
  assertEquals(told[0], ":ada!~ada@127.0.0.1 JOIN #a");
  assertEquals(await bob.heard(), []);
});

Deno.test("who stays is there after a restart, unless they were put out meanwhile", async () => {
  using folder = new TempFolder();
  {
    await using server = new TestServer(lasting(folder));
    await adaStays(server);
    server.staying = 1;
  }
  {
    await using server = new TestServer(lasting(folder));
    const bob = await server.register("bob", { join: "#a" });
    assertEquals(await namesOf(bob), "~ada bob");
    await bob.ask("OPER root sesame");
    await bob.ask("MODE #a +q bob");
    await bob.ask("KICK #a ada");
    server.staying = 1;
  }
  await using server = new TestServer(lasting(folder));
  const bob = await server.register("bob", { join: "#a" });
  assertEquals(await namesOf(bob), "bob");
  assertEquals((await bob.askMessages("WHOIS ada"))[0]?.command, "311");
  await adaReturns(server);
});

Deno.test("who stays is after a restart what others have made of them meanwhile", async () => {
  using folder = new TempFolder();
  {
    await using server = new TestServer(lasting(folder));
    const bob = await adaStays(server);
    server.staying = 1;
    await bob.ask("OPER root sesame");
    await bob.ask("CHGHOST ada ~ada hidden.example");
    await bob.ask("MODE #a +q bob");
    await bob.ask("MODE #a -qo ada ada");
    assertEquals(await namesOf(bob), "ada ~bob");
  }
  await using server = new TestServer(lasting(folder));
  server.staying = 1;
  const bob = await server.register("bob");
  assertEquals(await namesOf(bob), "ada");
  assertEquals((await bob.askMessages("WHOIS ada"))[0]?.params[3], "hidden.example");
});

Deno.test("who stays is after a restart in the room that was renamed meanwhile", async () => {
  using folder = new TempFolder();
  {
    await using server = new TestServer(lasting(folder));
    const bob = await adaStays(server);
    server.staying = 1;
    await bob.ask("OPER root sesame");
    await bob.ask("MODE #a +q bob");
    await bob.ask("RENAME #a #b");
  }
  await using server = new TestServer(lasting(folder));
  server.staying = 1;
  const bob = await server.register("bob");
  assertEquals((await bob.askMessages("NAMES #b"))[0]?.params[3], "~ada");
});

Deno.test("of each account, one at most stays, and a restart finds them", async () => {
  using folder = new TempFolder();
  {
    await using server = new TestServer(lasting(folder));
    const bob = await adaStays(server);
    for (const nick of ["ada1", "ada2"]) {
      const client = await server.connect();
      await client.introduce({ nick, login: ["ada", "sesame"], join: "#a" });
      await client.close();
      await bob.until("QUIT");
    }
    assertEquals(await namesOf(bob), "~ada bob");
    server.staying = 1;
  }
  await using server = new TestServer(lasting(folder));
  const bob = await server.register("bob", { join: "#a" });
  assertEquals(await namesOf(bob), "~ada bob");
  server.staying = 1;
});

Deno.test("who hears only those who are logged in does so while they are not connected, too", async () => {
  await using server = new TestServer();
  server.staying = 1;
  const ada = await server.register("ada");
  for (const line of ["REGISTER * * sesame", "PRIVMSG NickServ :STAY on", "MODE ada +R"]) {
    await ada.ask(line);
  }
  const bob = await server.register("bob");
  await ada.close();
  await server.until(() => server.server.counts.connections === 1, bob);
  assertEquals((await bob.askMessages("PRIVMSG ada :buy"))[0]?.command, "477");
});

Deno.test("KILL ends also who stays", async () => {
  await using server = new TestServer(OPERATOR);
  const bob = await adaStays(server);
  await bob.ask("OPER root sesame");
  await bob.ask("KILL ada :enough");
  assertEquals(await namesOf(bob), "bob");
  assertEquals(server.server.counts.users, 1);
});

Deno.test("a ban from the server ends also who stays", async () => {
  await using server = new TestServer(OPERATOR);
  const bob = await adaStays(server);
  await bob.ask("OPER root sesame");
  await bob.ask("KLINE KEEP ada!*@*");
  assertEquals(await namesOf(bob), "~ada bob");
  await bob.ask("KLINE ada!*@*");
  assertEquals(await namesOf(bob), "bob");
});

Deno.test("who stays is no operator by OPER when they come back, but by their account", async () => {
  await using server = new TestServer(OPERATOR);
  server.staying = 1;
  const bob = await adaStays(server);
  const adaDoes = async (line: string): Promise<string | undefined> => {
    const ada = await server.connect();
    await ada.introduce({ nick: "ada", login: ["ada", "sesame"] });
    await ada.ask(line);
    const modes = (await ada.askMessages("MODE ada"))[0]?.params[1];
    await ada.close();
    await server.until(() => server.server.counts.connections === 1, bob);
    return modes;
  };
  assertEquals(await adaDoes("OPER root sesame"), "+o");
  assertEquals(await adaDoes("AWAY"), "+");
  server.store.keep("operator", "ada", { name: "ada", since: 0 });
  server.store.commit();
  assertEquals(await adaDoes("AWAY"), "+o");
});
