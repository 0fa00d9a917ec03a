// Runs `chat operators` with the folders of nodes of a cluster, with a real NATS server.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { ChatCluster, type ChatNode } from "../support/chat_cluster.ts";
import { type Ended, Process } from "../support/chat_process.ts";
import type { IrcClient } from "../support/irc_client.ts";
import { NatsServer } from "../support/nats_server.ts";

Deno.test("a change by chat operators counts at all nodes, even if it is made at a node that does not lead", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await ChatCluster.start([nats], 2);
  const { leader, followers: [follower] } = cluster;
  assert(follower);
  for (const node of cluster.nodes) await makeAccount(node, node.name);
  const names = cluster.nodes.map(({ name }) => name);
  // Each node makes the owner of the account of the other node an operator, at the same time.
  const added = await Promise.all([
    operators(follower, "add", leader.name),
    operators(leader, "add", follower.name),
  ]);
  for (const { code, stdout } of added) {
    assertEquals(code, 0);
    assertMatch(stdout, /becomes an operator at the next login/);
  }
  for (const node of cluster.nodes) await untilListed(node, names);
  const first = await login(follower, leader.name);
  const second = await login(follower, follower.name);
  for (const client of [first, second]) assertEquals(await modes(client), "+o");

  // The next leader has the same list.
  await leader.end();
  await first.ask("TIME");
  const third = await login(follower, follower.name);
  assertEquals(await modes(third), "+o");
  const removed = await operators(follower, "remove", leader.name);
  assertEquals([removed.code, removed.stdout], [0, `${leader.name} is no longer an operator\n`]);
  assertMatch((await first.until("MODE")).params.join(" "), / -o$/);
  assertEquals(await modes(second), "+o");

  // A node that does not run is told of changes when it runs again, and takes none itself.
  const refused = await operators(leader, "remove", follower.name);
  assertEquals(refused.code, 1);
  assertMatch(refused.stderr, /is part of a cluster and does not run/);
  await leader.start();
  await untilListed(leader, [follower.name]);
  assertEquals(await modes(await login(leader, leader.name)), "+");
  for (const client of [first, second, third]) await client.close();
});

Deno.test("without a leader, chat operators says that the cluster has not made the change; later it does", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await ChatCluster.start([nats], 2);
  const { followers: [follower] } = cluster;
  assert(follower);
  await makeAccount(follower, "ada");
  await nats.kill();
  const { code, stdout, stderr } = await operators(follower, "add", "ada");
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /the cluster has not made the change yet/);
  assertEquals((await operators(follower, "list")).stdout, "");
  await nats.start();
  for (const node of cluster.nodes) await untilListed(node, ["ada"]);
});

/** Runs `chat operators` with the folder of a node. */
function operators(node: ChatNode, ...args: readonly string[]): Promise<Ended> {
  return Process.run(["operators", ...args, "--data", node.data]);
}

/** Waits until a node lists the operators with these names. */
async function untilListed(node: ChatNode, names: readonly string[]): Promise<void> {
  const listed = async () => {
    const { stdout } = await operators(node, "list");
    return stdout.split("\n").flatMap((line) => /^(\S+), since /.exec(line)?.[1] ?? []);
  };
  let found = await listed();
  for (let left = 50; left > 0 && found.join() !== names.join(); left--) found = await listed();
  assertEquals(found, names);
}

/** Makes an account, at a node that has it then. */
async function makeAccount(node: ChatNode, name: string): Promise<void> {
  const client = await node.register({ nick: name });
  const [answer] = await client.askMessages("REGISTER * * sesame");
  assertEquals(answer?.params[0], "SUCCESS");
  await client.send("QUIT");
  await client.untilEnd();
}

/** Connects a client that logs in to an account, with a nick of its own. */
function login(node: ChatNode, account: string): Promise<IrcClient> {
  return node.register({ nick: `x${crypto.randomUUID().slice(0, 8)}`, login: [account, "sesame"] });
}

/** Returns the user modes of a client. */
async function modes(client: IrcClient): Promise<string> {
  const [nick] = (await client.askMessages("LUSERS"))[0]?.params ?? [];
  const [answer] = await client.askMessages(`MODE ${nick}`);
  return answer?.params.at(-1) ?? "";
}
