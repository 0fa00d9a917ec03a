// Uploads files to nodes of a cluster, which are processes, with a real NATS server.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { UPLOAD_PATH } from "../../protocol.ts";
import { ChatCluster, type ChatNode } from "../support/chat_cluster.ts";
import { Process, ServeProcess } from "../support/chat_process.ts";
import { basic, result, say } from "../support/files.ts";
import { IrcClient } from "../support/irc_client.ts";
import { NatsServer } from "../support/nats_server.ts";
import { inTime } from "../support/patience.ts";

const CAPS = "draft/message-redaction echo-message message-tags standard-replies batch";
const TEXT = /^text\/plain/;

Deno.test("a file can be read at every node, even after the node that took it has died", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await ChatCluster.start([nats], 3);
  const { leader, followers: [first, second] } = cluster;
  assert(first && second);
  const ada = await register(leader);
  const body = crypto.getRandomValues(new Uint8Array(60_000));
  const path = await upload(first, body);
  for (const node of cluster.nodes) assertEquals(await bytesAt(node, path), body);
  await first.end();
  for (const node of [leader, second]) assertEquals(await bytesAt(node, path), body);
  const to = `${second.data}-backup`;
  const { stdout } = await Process.run(["backup", "--data", second.data, to]);
  assertMatch(stdout, /backup/);
  assertEquals(filesIn(to), filesIn(second.data));
  assertEquals(Deno.readFileSync(`${to}/uploads/${filesIn(to)[0]}`), body);
  await ada.close();
});

Deno.test("another node has a copy when the upload is answered", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await ChatCluster.start([nats], 2);
  const ada = await register(cluster.leader);
  for (const node of cluster.nodes) {
    const body = crypto.getRandomValues(new Uint8Array(50_000));
    await upload(node, body);
    for (const { data } of cluster.nodes) assert(holds(data, body), `${data} lacks it`);
  }
  await ada.close();
});

Deno.test("a token of UPLOAD works once, at any node", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await ChatCluster.start([nats], 2);
  const [one, two] = cluster.nodes;
  assert(one && two);
  const ada = await register(one);
  const headers = await token(ada);
  const send = (node: ChatNode) => post(node, "tea", headers);
  assertEquals((await result(send(two)))[0], 201);
  for (const node of cluster.nodes) assertEquals((await result(send(node)))[0], 401);
  const wrong = { "Authorization": basic("ada", "wrong") };
  for (const node of cluster.nodes) assertEquals((await result(post(node, "tea", wrong)))[0], 401);
  await ada.close();
});

Deno.test("a file is deleted with its message at all nodes", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await ChatCluster.start([nats], 3);
  const { followers: [first, second] } = cluster;
  assert(first && second);
  const ada = await register(first);
  const path = await upload(second, "tea");
  const id = await say(ada, `http://another.example${path}`);
  for (const node of cluster.nodes) await until(ada, () => filesIn(node.data).length === 1);
  await ada.ask(`REDACT #a ${id}`);
  for (const node of cluster.nodes) {
    await until(ada, () => filesIn(node.data).length === 0);
    assertEquals((await result(fetch(urlAt(node, path))))[0], 404);
  }
  await ada.close();
});

Deno.test("a node that was away, and a new one, get the files that they lack", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await ChatCluster.start([nats], 2);
  const { leader, followers: [away] } = cluster;
  assert(away);
  const ada = await register(leader);
  const gone = await upload(leader, "gone");
  const id = await say(ada, gone);
  await until(ada, () => filesIn(away.data).length === 1);
  await away.end();
  await ada.ask(`REDACT #a ${id}`);
  const bodies = ["one", "two", ""];
  const paths: string[] = [];
  for (const body of bodies) paths.push(await upload(leader, body));
  await away.start();
  await using added = cluster.node("n3");
  await added.start();
  await until(ada, () => [away, added].every(({ data }) => filesIn(data).length === 3));
  await leader.end();
  for (const node of [away, added]) {
    for (const [i, path] of paths.entries()) {
      assertEquals(await result(fetch(urlAt(node, path))), [200, bodies[i]]);
    }
    assertEquals((await result(fetch(urlAt(node, gone))))[0], 404);
  }
  await ada.close();
});

Deno.test("a node says in words that no running node has a file, and gets it later", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await ChatCluster.start([nats], 2);
  const { leader, followers: [other] } = cluster;
  assert(other);
  const ada = await register(leader);
  await other.end();
  const path = await upload(leader, "tea");
  await leader.end();
  await ada.close();
  await other.start();
  const refused = await fetch(urlAt(other, path));
  assertEquals([refused.status, refused.headers.get("retry-after")], [503, "5"]);
  assertMatch(refused.headers.get("content-type") ?? "", TEXT);
  assertMatch(await refused.text(), /^No running server of the cluster has this file now/);
  await leader.start();
  const bob = await other.register({ nick: "bob" });
  await until(bob, () => filesIn(other.data).length === 1);
  await leader.end();
  assertEquals(await result(fetch(urlAt(other, path))), [200, "tea"]);
  await bob.close();
});

Deno.test("the files at all nodes together count for the limit of an account", async () => {
  await using nats = await NatsServer.start();
  const config = { limits: { uploadBytes: 40_000 } };
  await using cluster = await ChatCluster.start([nats], 2, { config });
  const [one, two] = cluster.nodes;
  assert(one && two);
  const ada = await register(one);
  const body = new Uint8Array(16_000);
  const headers = [await token(ada), await token(ada), await token(ada), await token(ada)];
  // Tokens are checked at once, so all files are on their way at the same time.
  const statuses = await Promise.all(
    headers.map(async (each, i) => (await result(post(i < 2 ? one : two, body, each)))[0]),
  );
  assertEquals(statuses.toSorted(), [201, 201, 507, 507]);
  for (const node of cluster.nodes) assertEquals((await result(post(node, "x")))[0], 507);
  await until(ada, () => cluster.nodes.every(({ data }) => filesIn(data).length === 2));
  await ada.close();
});

Deno.test("an upload goes on while the leader dies", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await ChatCluster.start([nats], 3);
  const { leader, followers } = cluster;
  const [first] = followers;
  assert(first);
  const ada = await register(first);
  const body = crypto.getRandomValues(new Uint8Array(50_000));
  const [path] = await Promise.all([upload(first, body), leader.end()]);
  for (const node of followers) assertEquals(await bytesAt(node, path), body);
  await ada.close();
});

Deno.test("the files of a server that becomes the first node are at all nodes", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await ChatCluster.start([nats], 0);
  await using one = cluster.node("one");
  await using two = cluster.node("two");
  let path;
  {
    await using server = ServeProcess.start({ data: one.data });
    const port = Number((await server.address()).split(":")[1]);
    const ada = await register({ port });
    path = await upload({ port }, "tea");
    await ada.close();
    server.kill("SIGTERM");
    await server.ended();
  }
  for (const node of [one, two]) await node.start();
  for (const node of [one, two]) assertEquals(await result(fetch(urlAt(node, path))), [200, "tea"]);
});

Deno.test("a node that gets the state of a new log keeps its former files beside those of that log", async () => {
  await using nats = await NatsServer.start();
  const config: Record<string, unknown> = {};
  await using cluster = await ChatCluster.start([nats], 2, { config });
  const [one, two] = cluster.nodes;
  assert(one && two);
  const ada = await register(two);
  const path = await upload(two, "in both");
  await one.end();
  await upload(two, "in one");
  await two.end();
  await ada.close();
  config.cluster = `${cluster.address}/again`;
  await one.start();
  await two.start();
  assertEquals(await result(fetch(urlAt(two, path))), [200, "in both"]);
  const names = Array.from(Deno.readDirSync(two.data), ({ name }) => name);
  const [aside = ""] = names.filter((name) => name.startsWith("uploads."));
  assertEquals(Array.from(Deno.readDirSync(`${two.data}/${aside}`)).length, 2);
});

/** Connects a client to a node, and gives it the account `ada`. */
async function register({ port }: Pick<ChatNode, "port">): Promise<IrcClient> {
  const ada = await IrcClient.register(port, { nick: "ada", caps: CAPS, join: "#a" });
  const [answer] = await ada.askMessages("REGISTER * * sesame");
  assertEquals(answer?.params[0], "SUCCESS");
  return ada;
}

/** Returns the header fields of a request with a new token for one upload. */
async function token(client: IrcClient): Promise<Record<string, string>> {
  const lines = await client.ask("UPLOAD");
  const [, token] = /NOTE UPLOAD TOKEN (\S+)/.exec(lines.join("\n")) ?? [];
  return { "Authorization": `Bearer ${token}` };
}

/** Sends a file to a node. */
function post(
  node: Pick<ChatNode, "port">,
  body: BodyInit,
  headers: Record<string, string> = { "Authorization": basic("ada", "sesame") },
): Promise<Response> {
  return fetch(urlAt(node, UPLOAD_PATH), { method: "POST", body, headers });
}

/** Uploads a file to a node; returns the path of its URL. */
async function upload(node: Pick<ChatNode, "port">, body: BodyInit): Promise<string> {
  const response = await post(node, body);
  const text = await response.text();
  assertEquals(response.status, 201, text);
  return new URL(response.headers.get("location") ?? "").pathname;
}

async function bytesAt(node: ChatNode, path: string): Promise<Uint8Array> {
  const response = await fetch(urlAt(node, path));
  const bytes = await response.bytes();
  assertEquals(response.status, 200, new TextDecoder().decode(bytes.subarray(0, 200)));
  return bytes;
}

function urlAt({ port }: Pick<ChatNode, "port">, path: string): string {
  return `http://127.0.0.1:${port}${path}`;
}

/** Returns the names of the complete files that a node has. */
function filesIn(data: string): string[] {
  try {
    const names = Array.from(Deno.readDirSync(`${data}/uploads`), ({ name }) => name);
    return names.filter((name) => !name.includes(".")).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function holds(data: string, body: Uint8Array): boolean {
  const hex = body.toHex();
  return filesIn(data).some((name) => Deno.readFileSync(`${data}/uploads/${name}`).toHex() === hex);
}

/** Waits until `holds` returns true: `client` talks to its node meanwhile. */
async function until(client: IrcClient, holds: () => boolean): Promise<void> {
  const looking = async () => {
    while (!holds()) await client.ask("PING x");
  };
  await inTime(looking(), String(holds));
}
