/** Tests of users who stay in their channels while not connected. */

import { assertEquals } from "@std/assert";
import type { IrcClient } from "../../support/irc_client.ts";
import { TestServer } from "../../support/server.ts";
import { SqliteStore } from "../../../server/store/sqlite.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const OPERATOR = { operators: [{ name: "root", password: "sesame" }] };

/** Returns the options of a server that is restarted in the same folder. */
const lasting = ({ path }: TempFolder) => ({ ...OPERATOR, memory: false, data: path });

/** Has Ada stay in `#a` with an account and disconnect; resolves to Bob, who is in `#a`. */
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

/** Reconnects Ada, who stops staying; resolves to the lines she gets after the greeting. */
async function adaReturns(server: TestServer): Promise<string[]> {
  const ada = await server.connect();
  const received = await ada.introduce({
    nick: "ada",
    caps: "server-time",
    login: ["ada", "sesame"],
  });
  await ada.ask("PRIVMSG NickServ :STAY off");
  return received.slice(received.findIndex((line) => line.includes(" 422 ")) + 1)
    .map((line) => line.replace(/^@\S+ /, ""));
}

const namesOf = async (client: IrcClient) => (await client.askMessages("NAMES #a"))[0]?.params[3];

Deno.test("a staying user is in their channels while not connected, and gets the messages later", async () => {
  await using server = await TestServer.start({ replay: 20 });
  const bob = await adaStays(server);
  assertEquals(await bob.heard(), []);
  assertEquals(await namesOf(bob), "~ada bob");
  await bob.ask("PRIVMSG #a :where is she");
  assertEquals((await bob.askMessages("PRIVMSG ada :psst"))[0]?.command, "301");
  const received = await adaReturns(server);
  assertEquals(received.filter((line) => line.includes("PRIVMSG")), [
    ":bob!~bob@127.0.0.1 PRIVMSG #a :where is she",
    ":bob!~bob@127.0.0.1 PRIVMSG ada :psst",
  ]);
  assertEquals(received.slice(0, 2), [":chat.test 221 ada +", ":ada!~ada@127.0.0.1 JOIN #a"]);
  assertEquals(await bob.heard(), []);
});

Deno.test("a staying user is away while not connected, even after a restart, and back when they return", async () => {
  using folder = new TempFolder();
  const login = ["ada", "sesame"] as const;
  {
    await using server = await TestServer.start(lasting(folder));
    server.staying = 1;
    const bob = await adaStays(server);
    await bob.ask("CAP REQ away-notify");
    const flags = async () => (await bob.ask("WHO ada %f"))[0]?.split(" ").at(-1);
    assertEquals(await flags(), "G");
    const ada = await server.register("ada", { login });
    assertEquals(await flags(), "H");
    await ada.close();
    await server.until(() => server.server.counts.connections === 1, bob);
    const again = await server.register("ada", { login });
    await again.ask("AWAY :asleep");
    await again.close();
    await server.until(() => server.server.counts.connections === 1, bob);
    assertEquals(await flags(), "G");
  }
  await using server = await TestServer.start(lasting(folder));
  const bob = await server.register("bob", { caps: "away-notify", join: "#a" });
  const away = ":chat.test 301 bob ada :asleep";
  assertEquals((await bob.ask("WHOIS ada")).find((line) => line.includes(" 301 ")), away);
  await adaReturns(server);
  assertEquals(await bob.heard(), [":ada!~ada@127.0.0.1 AWAY"]);
});

Deno.test("a staying user survives a restart, but not in a channel they were kicked from", async () => {
  using folder = new TempFolder();
  {
    await using server = await TestServer.start(lasting(folder));
    await adaStays(server);
    server.staying = 1;
  }
  {
    await using server = await TestServer.start(lasting(folder));
    const bob = await server.register("bob", { join: "#a" });
    assertEquals(await namesOf(bob), "~ada bob");
    await bob.ask("OPER root sesame");
    await bob.ask("MODE #a +q bob");
    await bob.ask("KICK #a ada");
    server.staying = 1;
  }
  await using server = await TestServer.start(lasting(folder));
  const bob = await server.register("bob", { join: "#a" });
  assertEquals(await namesOf(bob), "bob");
  assertEquals((await bob.askMessages("WHOIS ada"))[0]?.command, "311");
  await adaReturns(server);
});

Deno.test("changes by others to a staying user survive a restart", async () => {
  using folder = new TempFolder();
  {
    await using server = await TestServer.start(lasting(folder));
    const bob = await adaStays(server);
    server.staying = 1;
    await bob.ask("OPER root sesame");
    await bob.ask("CHGHOST ada ~ada hidden.example");
    await bob.ask("MODE #a +q bob");
    await bob.ask("MODE #a -qo ada ada");
    assertEquals(await namesOf(bob), "ada ~bob");
  }
  await using server = await TestServer.start(lasting(folder));
  server.staying = 1;
  const bob = await server.register("bob");
  assertEquals(await namesOf(bob), "ada");
  assertEquals((await bob.askMessages("WHOIS ada"))[0]?.params[3], "hidden.example");
});

Deno.test("a staying user is in a renamed channel after a restart", async () => {
  using folder = new TempFolder();
  {
    await using server = await TestServer.start(lasting(folder));
    const bob = await adaStays(server);
    server.staying = 1;
    await bob.ask("OPER root sesame");
    await bob.ask("MODE #a +q bob");
    await bob.ask("RENAME #a #b");
    // Ada was never in the new channel with the former name.
    const eve = await server.register("eve");
    for (const line of ["REGISTER * * sesame", "JOIN #a", "TOPIC #a :mine"]) await eve.ask(line);
  }
  await using server = await TestServer.start(lasting(folder));
  server.staying = 1;
  const bob = await server.register("bob");
  assertEquals((await bob.askMessages("NAMES #b"))[0]?.params[3], "~ada");
  assertEquals((await bob.askMessages("NAMES #a")).map(({ command }) => command), ["366"]);
});

Deno.test("the presence of a user who stays is read as earlier versions kept it", async () => {
  const store = new SqliteStore(":memory:", { durable: false });
  store.keep("account", "ada", { name: "ada", createdAt: 1, fingerprints: [], stays: true });
  const from = { nick: "ada", username: "~ada", host: "192.0.2.1", realname: "r" };
  store.keep("presence", "ada", { ...from, channels: [["#a", "o"]] });
  store.commit();
  await using server = await TestServer.start({}, { store });
  server.staying = 1;
  const bob = await server.register("bob");
  assertEquals(await namesOf(bob), "@ada");
});

Deno.test("at most one user of each account stays, even after a restart", async () => {
  using folder = new TempFolder();
  {
    await using server = await TestServer.start(lasting(folder));
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
  await using server = await TestServer.start(lasting(folder));
  const bob = await server.register("bob", { join: "#a" });
  assertEquals(await namesOf(bob), "~ada bob");
  server.staying = 1;
});

Deno.test("user mode +R holds for a staying user while not connected", async () => {
  await using server = await TestServer.start();
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

Deno.test("KILL removes a staying user", async () => {
  await using server = await TestServer.start(OPERATOR);
  const bob = await adaStays(server);
  await bob.ask("OPER root sesame");
  await bob.ask("KILL ada :enough");
  assertEquals(await namesOf(bob), "bob");
  assertEquals(server.server.counts.users, 1);
});

Deno.test("a server ban removes a staying user", async () => {
  await using server = await TestServer.start(OPERATOR);
  const bob = await adaStays(server);
  await bob.ask("OPER root sesame");
  await bob.ask("KLINE KEEP ada!*@*");
  assertEquals(await namesOf(bob), "~ada bob");
  await bob.ask("KLINE ada!*@*");
  assertEquals(await namesOf(bob), "bob");
});

Deno.test("a returning user is an operator by their account, not by an earlier OPER", async () => {
  await using server = await TestServer.start(OPERATOR);
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
