import { assertEquals } from "@std/assert";
import { type IrcClient, plain } from "../../support/irc_client.ts";
import { TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const names = async (client: IrcClient, channel: string) =>
  (await client.askMessages(`NAMES ${channel}`))[0]?.params[3];

/** Registers a client with an account. */
async function member(server: TestServer, nick: string): Promise<IrcClient> {
  const client = await server.register(nick);
  await client.ask("REGISTER * * sesame");
  return client;
}

/** Registers a new client that logs in to the account `nick`. */
const again = (server: TestServer, nick: string) =>
  server.register(nick, { caps: "sasl", login: [nick, "sesame"] });

Deno.test("the first member with an account owns a channel, and the next members get no rank", async () => {
  await using server = await TestServer.start();
  const ada = await member(server, "ada");
  await ada.ask("JOIN #a");
  assertEquals(await ada.ask("MODE #a +v ada"), [":ada!~ada@127.0.0.1 MODE #a +v ada"]);
  assertEquals(await names(ada, "#a"), "~ada");
  await ada.ask("PART #a");
  const bob = await member(server, "bob");
  await bob.ask("JOIN #a");
  assertEquals(await names(bob, "#a"), "bob");
  const answer = (await ada.ask("JOIN #a")).slice(0, 2);
  assertEquals(answer, [":ada!~ada@127.0.0.1 JOIN #a", ":chat.test MODE #a +qov ada ada ada"]);
  assertEquals(await bob.heard(), answer);
});

Deno.test("a channel without an owner's account ends with its last member", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  await ada.ask("MODE #a +m");
  assertEquals(await names(ada, "#a"), "@ada");
  await ada.ask("PART #a");
  const bob = await server.register("bob", { join: "#a" });
  assertEquals(await names(bob, "#a"), "@bob");
  assertEquals((await bob.askMessages("MODE #a"))[0]?.params[2], "+nt");
});

Deno.test("ranks given to accounts are restored on rejoining, and removed ones are not", async () => {
  await using server = await TestServer.start();
  const [ada, bob, eve] = [
    await member(server, "ada"),
    await member(server, "bob"),
    await server.register("eve"),
  ];
  for (const client of [ada, bob, eve]) await client.ask("JOIN #a");
  await ada.ask("MODE #a +ovv bob bob eve");
  await ada.ask("MODE #a -v bob");
  for (const client of [bob, eve]) {
    await client.ask("PART #a");
    await client.ask("JOIN #a");
  }
  assertEquals(await names(ada, "#a"), "~ada @bob eve");
  await ada.ask("MODE #a -o bob");
  await bob.ask("PART #a");
  await bob.ask("JOIN #a");
  assertEquals(await names(ada, "#a"), "~ada eve bob");
});

Deno.test("the rank of an account can be taken while its owner is away or not connected", async () => {
  await using server = await TestServer.start();
  const [ada, bob, eve] = [
    await member(server, "ada"),
    await member(server, "bob"),
    await member(server, "eve"),
  ];
  for (const client of [ada, bob, eve]) await client.ask("JOIN #a");
  await ada.ask("MODE #a +ovo bob bob eve");
  await bob.ask("PART #a");
  await bob.ask("NICK rob");
  assertEquals(await eve.ask("MODE #a -q ada"), [
    ":chat.test 482 eve #a :You're not a channel operator",
  ]);
  assertEquals(await ada.ask("MODE #a -h rob"), [
    ":chat.test 441 ada rob #a :They aren't on that channel",
  ]);
  assertEquals(await ada.ask("MODE #a -o rob"), [":ada!~ada@127.0.0.1 MODE #a -o bob"]);
  await bob.ask("JOIN #a");
  assertEquals(await names(ada, "#a"), "~ada @eve +rob");
  await bob.send("QUIT");
  await bob.untilEnd();
  assertEquals(await ada.ask("MODE #a -v bob"), [":ada!~ada@127.0.0.1 MODE #a -v bob"]);
  await (await again(server, "bob")).ask("JOIN #a");
  assertEquals(await names(ada, "#a"), "~ada @eve bob");
});

Deno.test("a member who logs in gets the rank of the account", async () => {
  await using server = await TestServer.start();
  const ada = await member(server, "ada");
  const bob = await member(server, "bob");
  for (const client of [ada, bob]) await client.ask("JOIN #a");
  await ada.ask("MODE #a +h bob");
  await bob.close();
  const rob = await server.register("rob", { caps: "sasl", join: "#a" });
  assertEquals(await names(rob, "#a"), "~ada rob");
  await rob.ask("AUTHENTICATE PLAIN");
  await rob.ask(`AUTHENTICATE ${plain("bob", "sesame")}`);
  assertEquals(await names(rob, "#a"), "~ada %rob");
});

Deno.test("a member who logs out or changes the account loses the ranks of the account, and a rank that was taken does not come back", async () => {
  await using server = await TestServer.start();
  const [ada, bob] = [await member(server, "ada"), await member(server, "bob")];
  for (const client of [ada, bob]) await client.ask("JOIN #a");
  await ada.ask("MODE #a +o bob");
  await bob.ask("NS LOGOUT");
  assertEquals(await ada.heard(), [":chat.test MODE #a -o bob"]);
  assertEquals(await names(ada, "#a"), "~ada bob");
  await bob.ask("NS IDENTIFY bob sesame");
  assertEquals(await names(ada, "#a"), "~ada @bob");
  await member(server, "eve");
  await bob.ask("NS IDENTIFY eve sesame");
  assertEquals(await names(ada, "#a"), "~ada bob");
  await bob.ask("NS IDENTIFY bob sesame");
  await ada.ask("MODE #a -o bob");
  await bob.ask("NS LOGOUT");
  await bob.ask("NS IDENTIFY bob sesame");
  assertEquals(await names(ada, "#a"), "~ada bob");
});

Deno.test("a channel without an owner ends with its last member", async () => {
  await using server = await TestServer.start();
  const ada = await member(server, "ada");
  await ada.ask("JOIN #a");
  await ada.ask("MODE #a -q ada");
  await ada.ask("PART #a");
  assertEquals(await ada.ask("MODE #a"), [":chat.test 403 ada #a :No such channel"]);
});

Deno.test("accounts and owned empty channels survive a restart", async () => {
  using folder = new TempFolder();
  const changes = { memory: false, data: folder.path };
  {
    await using server = await TestServer.start(changes);
    const ada = await member(server, "ada");
    const bob = await member(server, "bob");
    for (const client of [ada, bob]) await client.ask("JOIN #a");
    await ada.ask("MODE #a +io bob");
    await ada.ask("TOPIC #a :ours");
    for (const client of [ada, bob]) await client.ask("PART #a");
  }
  await using server = await TestServer.start(changes);
  const eve = await server.register("eve");
  assertEquals((await eve.askMessages("JOIN #a"))[0]?.command, "473");
  const bob = await again(server, "bob");
  assertEquals((await bob.askMessages("JOIN #a"))[0]?.command, "JOIN");
  assertEquals(await names(bob, "#a"), "@bob");
  assertEquals((await bob.askMessages("TOPIC #a"))[0]?.params[2], "ours");
});
