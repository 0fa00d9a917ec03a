// Runs nodes of a cluster as processes, with real NATS servers.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { parse } from "../../protocol.ts";
import { makeCertificate } from "../../shared/certificate.ts";
import { openBeside } from "../../server/store/open.ts";
import { systemClock } from "../../shared/clock.ts";
import { ChatCluster, type ChatNode } from "../support/chat_cluster.ts";
import { Process } from "../support/chat_process.ts";
import { IrcClient } from "../support/irc_client.ts";
import { NatsServer } from "../support/nats_server.ts";

const CAPS = "batch draft/chathistory echo-message labeled-response message-tags server-time";
const ROOM = "#room";

Deno.test("all clients see one order, even if the leader is killed, and the leader has all of it when it is back", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await ChatCluster.start([nats], 3);
  const { leader, followers: [second, third] } = cluster;
  assert(second && third);
  const ada = await join(leader, "ada");
  const [bob, eve] = [await join(second, "bob"), await join(third, "eve")];
  const said = await talkAtOnce([ada, bob, eve], "before");
  const killed = leader.end();
  const start = systemClock.moment();
  said.push(...await talkAtOnce([bob, eve], "after"));
  const silence = systemClock.moment().since(start);
  assert(silence < 4000, `they could not talk for ${silence} ms`);
  await killed;
  await leader.start();
  const back = await join(leader, "ada-again");
  assertEquals(await history(back), said);
  said.push(...await talkAtOnce([back, bob, eve], "again"));
  for (const client of [back, bob, eve]) assertEquals(await history(client), said);
  await close([ada, bob, eve, back]);
});

Deno.test("a new node needs the certificate of the others, and copies the rest itself", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await ChatCluster.start([nats], 1);
  const ada = await register(cluster.leader, "ada");
  await ada.ask(`TOPIC ${ROOM} :tea`);
  await say(ada, "one", "two");
  await using added = cluster.node("n2");
  const other = await makeCertificate({ names: ["127.0.0.1"], days: 100 });
  Deno.mkdirSync(added.data);
  Deno.writeTextFileSync(`${added.data}/cert.pem`, other.cert);
  Deno.writeTextFileSync(`${added.data}/key.pem`, other.key);
  const args = ["--cluster", cluster.address, "--node", added.name, "--data", added.data];
  const { code, stderr } = await Process.run(["serve", "--listen", "127.0.0.1:0", ...args]);
  assertEquals(code, 1);
  assertMatch(stderr, /copy cert\.pem and key\.pem from the folder of one of them to .*n2/);
  // The start copies both files to the folder of the node.
  await added.start();
  const bob = await join(added, "bob");
  assertEquals(await history(bob), ["one", "two"]);
  const [topic] = await bob.askMessages(`TOPIC ${ROOM}`);
  assertEquals(topic?.params.at(-1), "tea");
  const [names] = await bob.askMessages(`NAMES ${ROOM}`);
  assertEquals(names?.params.at(-1)?.split(" ").sort(), ["bob", "~ada"]);
  await close([ada, bob]);
});

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  Deno.test(`after all nodes have ended by ${signal}, they start with all that they had`, async () => {
    await using nats = await NatsServer.start();
    await using cluster = await ChatCluster.start([nats], 2);
    const { leader, followers: [follower] } = cluster;
    assert(follower);
    const ada = await register(leader, "ada");
    const bob = await join(follower, "bob");
    await ada.ask(`TOPIC ${ROOM} :tea`);
    await say(ada, "one", "two");
    assertEquals(await nextTexts(bob, 2), ["one", "two"]);
    await Promise.all(cluster.nodes.map((node) => node.end(signal)));
    await close([ada, bob]);
    await Promise.all(cluster.nodes.map((node) => node.start()));
    for (const node of cluster.nodes) {
      const again = await node.register({ nick: "ada", caps: CAPS, login: ["ada", "sesame"] });
      await again.ask(`JOIN ${ROOM}`);
      assertEquals((await again.askMessages(`TOPIC ${ROOM}`))[0]?.params.at(-1), "tea");
      assertEquals(await history(again), ["one", "two"]);
      await again.close();
    }
  });
}

Deno.test("a server that is killed soon after it has founded a cluster starts again alone", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await ChatCluster.start([nats], 1);
  const [node] = cluster.nodes;
  assert(node);
  const ada = await register(node, "ada");
  await say(ada, "one", "two");
  assertEquals(await nextTexts(ada, 2), ["one", "two"]);
  await node.end();
  await ada.close();
  await node.start();
  const again = await node.register({ nick: "ada", caps: CAPS, login: ["ada", "sesame"] });
  await again.ask(`JOIN ${ROOM}`);
  assertEquals(await history(again), ["one", "two"]);
  await again.close();
});

Deno.test("while NATS is down, lines are refused in words and PING is answered; then all go on", async () => {
  await using nats = await NatsServer.start();
  await refuseWithout([nats], [nats]);
});

Deno.test("lines are refused, too, while only one NATS server of three is left, because it stores nothing", async () => {
  const servers = await NatsServer.startCluster(3);
  await using _servers = new AsyncDisposableStack();
  for (const server of servers) _servers.use(server);
  await refuseWithout(servers, servers.slice(1));
});

/** Kills the NATS servers `lost`, checks that all nodes refuse lines, and starts the servers again. */
async function refuseWithout(
  servers: readonly NatsServer[],
  lost: readonly NatsServer[],
): Promise<void> {
  const config = { metrics: "127.0.0.1:0" };
  await using cluster = await ChatCluster.start(servers, 2, { config });
  const clients = await Promise.all(cluster.nodes.map((node) => join(node, `at-${node.name}`)));
  for (const node of cluster.nodes) assertEquals(await node.health(), "ok");
  await Promise.all(lost.map((server) => server.kill()));
  for (const client of clients) {
    // The first lines wait, because a leader may be back in a moment. So many lines wait here that
    // the server stops reading from the client until it refuses the rest.
    await say(client, ...Array.from({ length: 100 }, () => "waits"));
    await repeat(client, `PRIVMSG ${ROOM} :waits`, "FAIL");
    const [failure] = await client.askMessages(`@label=one PRIVMSG ${ROOM} :refused`);
    const { command, params = [], tags } = failure ?? {};
    assertEquals(tags?.get("label"), "one");
    assertEquals([command, ...params.slice(0, 2)], ["FAIL", "PRIVMSG", "TEMPORARILY_UNAVAILABLE"]);
  }
  for (const node of cluster.nodes) {
    assertMatch(await node.health(), /commands are refused/);
    // Newcomers need not wait: they can try another server.
    await using newcomer = await IrcClient.connect(node.port);
    await newcomer.send("NICK zoe");
    assertMatch(await newcomer.next() ?? "", / FAIL NICK TEMPORARILY_UNAVAILABLE :The/);
    assertMatch(await newcomer.next() ?? "", /^ERROR :The servers cannot reach each other/);
  }
  await Promise.all(lost.map((server) => server.start()));
  for (const client of clients) await repeat(client, "TIME", "391");
  await say(clients[0], "again");
  for (const client of clients) {
    const texts = [];
    while (texts.at(-1) !== "again") texts.push(...await nextTexts(client, 1));
    assert(!texts.includes("refused"));
  }
  await close(clients);
}

Deno.test("a client that ends its sending direction at once gets the answers to all that it has sent", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await ChatCluster.start([nats], 2);
  for (const { name, port } of cluster.nodes) {
    // This is what scripts do with `nc`.
    await using client = await IrcClient.connect(port);
    await client.send(`NICK at-${name}`, "USER u 0 * :u", `JOIN ${ROOM}`, `TOPIC ${ROOM}`);
    await client.endSending();
    assertMatch((await client.untilEnd()).at(-1) ?? "", / 331 .* :No topic is set/);
  }
});

Deno.test("a leader that was stopped shows nothing that it alone decided when it goes on", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await ChatCluster.start([nats], 2);
  const { leader, followers: [follower] } = cluster;
  assert(follower);
  const [ada, bob] = [await join(leader, "ada"), await join(follower, "bob")];
  leader.process.kill("SIGSTOP");
  await say(ada, "lost");
  // The others count the node as gone.
  await bob.until("QUIT");
  await say(bob, "kept");
  assertEquals(await nextTexts(bob, 1), ["kept"]);
  leader.process.kill("SIGCONT");
  assertEquals(textsOf(await ada.untilEnd()), []);
  const again = await join(leader, "ada-again");
  assertEquals(await history(again), ["kept"]);
  assertEquals(textsOf(await bob.heard()), []);
  await close([ada, bob, again]);
});

Deno.test("a user who comes back is shown what they missed under another leader, even if the present one led before", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await ChatCluster.start([nats], 2);
  const { leader, followers: [follower] } = cluster;
  assert(follower);
  const bob = await join(follower, "bob");
  const caps = "batch server-time";
  const ada = await follower.register({ nick: "ada", caps, join: ROOM });
  // The leader saves which rooms Ada is in, because it may be killed.
  const isKept = () => {
    const store = openBeside(leader.data);
    const kept = Iterator.from(store.records("seen")).some(([, { open }]) => open?.includes(ROOM));
    store.close();
    return kept;
  };
  while (!isKept()) await ada.ask("TIME");
  leader.process.kill("SIGSTOP");
  // The answer comes only once the other node leads.
  await ada.ask(`PART ${ROOM}`);
  await say(bob, "missed");
  assertEquals(await nextTexts(bob, 1), ["missed"]);
  leader.process.kill("SIGCONT");
  const eve = await join(leader, "eve");
  await ada.close();
  await follower.end("SIGTERM");
  const again = await leader.register({ nick: "ada", caps });
  assertEquals(textsOf(await again.ask(`JOIN ${ROOM}`)), ["missed"]);
  await close([bob, eve, again]);
});

Deno.test("a server does not start with the name of a running server, but may have that of one that is gone", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await ChatCluster.start([nats], 2);
  const ada = await join(cluster.leader, "ada");
  for (const { name } of cluster.nodes) {
    await using other = cluster.node(`other-${name}`);
    const args = ["--cluster", cluster.address, "--node", name, "--data", other.data];
    const { code, stderr } = await Process.run(["serve", "--listen", "127.0.0.1:0", ...args]);
    assertEquals(code, 1);
    assertMatch(stderr, new RegExp(`another server of the cluster is called ${name}: .*--node`));
  }
  await say(ada, "still here");
  assertEquals(await nextTexts(ada, 1), ["still here"]);
  const [follower] = cluster.followers;
  await follower?.end();
  await follower?.start();
  await close([ada]);
});

Deno.test("settings that the leader reads again count for the clients of all nodes", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await ChatCluster.start([nats], 2);
  const { leader, followers: [follower] } = cluster;
  assert(follower);
  const bob = await join(follower, "bob");
  leader.process.reload({ motd: "tea is ready" });
  await leader.process.stderr(/configuration file reloaded/);
  assertMatch((await bob.ask("MOTD")).join("\n"), /tea is ready/);
  await close([bob]);
});

for (const flag of [["--memory"], ["--plain-port", "0"]]) {
  Deno.test(`serve refuses --cluster with ${flag[0]}`, async () => {
    const args = ["serve", "--cluster", "nats://127.0.0.1", ...flag];
    const { code, stderr } = await Process.run(args);
    assertEquals(code, 2);
    assertMatch(stderr, new RegExp(`--cluster .*${flag[0]}`));
  });
}

/** Connects a client to a node, and lets it join the room. */
function join(node: ChatNode, nick: string): Promise<IrcClient> {
  return node.register({ nick, caps: CAPS, join: ROOM });
}

/** Connects a client to a node, and lets it make an account and then the room, which it owns. */
async function register(node: ChatNode, nick: string): Promise<IrcClient> {
  const client = await node.register({ nick, caps: CAPS });
  const [answer] = await client.askMessages("REGISTER * * sesame");
  assertEquals(answer?.params[0], "SUCCESS");
  await client.ask(`JOIN ${ROOM}`);
  return client;
}

async function say(client: IrcClient | undefined, ...texts: readonly string[]): Promise<void> {
  await client?.send(...texts.map((text) => `PRIVMSG ${ROOM} :${text}`));
}

/** Lets clients talk at once; returns all texts in the order that each of them has seen. */
async function talkAtOnce(clients: readonly IrcClient[], when: string): Promise<string[]> {
  const all = clients.map((_, i) => Array.from({ length: 10 }, (_, j) => `${when} ${i} ${j}`));
  await Promise.all(clients.map((client, i) => say(client, ...all[i] ?? [])));
  const [first = [], ...others] = await Promise.all(
    clients.map((client) => nextTexts(client, all.flat().length)),
  );
  for (const other of others) assertEquals(other, first);
  for (const [i, own] of all.entries()) {
    assertEquals(first.filter((text) => text.startsWith(`${when} ${i} `)), own);
  }
  return first;
}

/** Returns the texts of the next `count` messages. */
async function nextTexts(client: IrcClient, count: number): Promise<string[]> {
  const texts: string[] = [];
  while (texts.length < count) texts.push((await client.until("PRIVMSG")).params[1] ?? "");
  return texts;
}

/** Returns the texts of the messages among `lines`. */
function textsOf(lines: readonly string[]): string[] {
  const messages = lines.flatMap((line) => parse(line) ?? []);
  return messages.filter(({ command }) => command === "PRIVMSG").map(({ params }) =>
    params[1] ?? ""
  );
}

/** Returns the texts in the history of the room. */
async function history(client: IrcClient): Promise<string[]> {
  return textsOf(await client.ask(`CHATHISTORY LATEST ${ROOM} * 100`));
}

/** Sends a line again and again until the client gets a message whose command is `command`. */
async function repeat(client: IrcClient, line: string, command: string): Promise<void> {
  const cancel = systemClock.every(100, () => void client.send(line));
  try {
    await client.until(command);
  } finally {
    cancel();
  }
}

async function close(clients: readonly IrcClient[]): Promise<void> {
  await Promise.all(clients.map((client) => client.close()));
}
