import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { encode } from "../../server/cluster/encoding.ts";
import { EntryTooLargeError, NatsBus } from "../../server/cluster/nats_bus.ts";
import { UnreachableError, UserError } from "../../shared/errors.ts";
import { silentLog } from "../../shared/log.ts";
import { Authority } from "../support/authority.ts";
import {
  answer,
  append,
  committed,
  entry,
  epochs,
  FailingStation,
  impatientClock,
  Lines,
  numbers,
  open,
  Pair,
  repeated,
  replyTo,
  stored,
  streamsOf,
  welcome,
} from "../support/nats_cluster.ts";
import { NatsServer } from "../support/nats_server.ts";
import { RecordingStation } from "../support/recording_station.ts";
import { TempFolder } from "../support/temp_folder.ts";

Deno.test("the first process of a cluster creates the log, and the others find it", async () => {
  await using nats = await NatsServer.start();
  await using one = await open(nats);
  await using two = await open(nats);
  const info = await one.info();
  assertEquals([info.first, info.last], [1, 0]);
  assertEquals(await two.info(), info);
  await using other = await open(nats, { name: "other" });
  assertEquals((await other.info()).log === info.log, false);
});

Deno.test("an append is acknowledged, and every process gets the entry", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await Pair.join(nats);
  const { one, ada, bob } = cluster;
  one.request(append("a", 0, "tea?"));
  assertEquals(await bob.next(), { type: "committed", seq: 1, entry: entry("tea?") });
  assertEquals(await replyTo(ada), { type: "stored", id: "a", seq: 1 });
  assertEquals((await one.info()).last, 1);
});

Deno.test("an append that expects another last entry is refused, and nobody gets it", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await Pair.join(nats);
  const { one, two, ada, bob } = cluster;
  one.request(append("a", 0));
  assertEquals(await replyTo(ada), { type: "stored", id: "a", seq: 1 });
  two.request(append("b", 0, "refused"));
  assertEquals(await replyTo(bob), { type: "refused", id: "b", last: 1 });
  // A refused id may be used again.
  two.request(append("b", 1, "not refused"));
  assertEquals(await replyTo(bob), { type: "stored", id: "b", seq: 2 });
  assertEquals(await committed(ada, 2), entry("not refused"));
});

Deno.test("an append that is sent again is stored once", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await Pair.join(nats);
  const { one, ada } = cluster;
  for (const [id, last, seq] of [["a", 0, 1], ["b", 1, 2], ["a", 0, 1]] as const) {
    one.request(append(id, last));
    assertEquals(await replyTo(ada), { type: "stored", id, seq });
  }
  assertEquals((await one.info()).last, 2);
});

Deno.test("every process gets all entries in the order of the log", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await Pair.join(nats);
  const { one, ada, bob } = cluster;
  for (let last = 0; last < 100; last++) {
    one.request(append(`a${last}`, last, String(last)));
    one.request(append(`b${last}`, last, "refused"));
    for (let replies = 0; replies < 2; replies++) await replyTo(ada);
  }
  for (let last = 0; last < 100; last++) {
    const found = await bob.next();
    assertEquals(found, { type: "committed", seq: last + 1, entry: entry(String(last)) });
  }
});

Deno.test("a message that was sent before an append arrives before its entry", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await Pair.join(nats);
  const { one, two, ada, bob } = cluster;
  for (let last = 0; last < 50; last++) {
    one.send(bob.life, welcome(last));
    one.request(append(`a${last}`, last));
    assertEquals(await bob.next(), welcome(last));
    assertEquals((await bob.next()).type, "committed");
  }
  two.publish(welcome(1));
  while ((await ada.next()).type !== "welcome");
});

Deno.test("an entry is found by its number, unless it does not exist yet or was purged", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await Pair.join(nats);
  const { one, two, ada, bob } = cluster;
  two.request({ type: "get", seq: 1 });
  assertEquals(await bob.next(), { type: "none", seq: 1, first: 1 });
  for (let last = 0; last < 3; last++) {
    one.request(append(`a${last}`, last, String(last)));
    await replyTo(ada);
    await committed(bob, last + 1);
  }
  two.request({ type: "get", seq: 2 });
  assertEquals(await bob.next(), { type: "entry", seq: 2, entry: entry("1") });
  await one.purge(3);
  two.request({ type: "get", seq: 2 });
  assertEquals(await bob.next(), { type: "none", seq: 2, first: 3 });
  await one.purge(4);
  assertEquals((await two.info()).first, 4);
  two.request(append("b", 3));
  assertEquals(await replyTo(bob), { type: "stored", id: "b", seq: 4 });
});

Deno.test("a message to all reaches all others, and one to a process only that one", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await Pair.join(nats);
  const { one, two, ada, bob } = cluster;
  one.publish(welcome(1));
  one.send(bob.life, welcome(2));
  one.send("n3.c", welcome(3));
  two.send(ada.life, welcome(4));
  assertEquals(await epochs(bob, 2), [1, 2]);
  assertEquals(await epochs(ada, 1), [4]);
  // The process of bob gets another identity.
  const before = bob.life;
  bob.life = "n2.c";
  for (const [epoch, life] of [[5, before], [6, "n22.b"], [7, bob.life]] as const) {
    one.send(life, welcome(epoch));
  }
  assertEquals(await epochs(bob, 1), [7]);
  assertEquals([ada.items, bob.items], [[], []]);
});

Deno.test("a process goes on after NATS was killed and started again", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await Pair.join(nats);
  const { one, two, ada, bob } = cluster;
  const before = await one.info();
  await stored(one, ada, "a", 0);
  await committed(bob, 1);
  await nats.kill();
  one.request(append("b", 1, "tea?"));
  await nats.start();
  await stored(one, ada, "b", 1, "tea?");
  const get = () => two.request({ type: "get", seq: 2 });
  await repeated(get, bob, ({ type }) => type === "entry");
  const say = () => one.publish(welcome(1));
  await repeated(say, bob, ({ type }) => type === "welcome");
  assertEquals([one.isConnected, one.trouble], [true, undefined]);
  assertEquals(await one.info(), { ...before, last: 2 });
});

Deno.test("a log that NATS has lost is created anew, as a different log", async () => {
  await using nats = await NatsServer.start();
  const log = new Lines();
  await using cluster = await Pair.join(nats, log);
  const { one, two, ada, bob } = cluster;
  const before = await one.info();
  await stored(one, ada, "a", 0);
  await committed(bob, 1);
  await (await streamsOf(one)).delete("chat");
  one.request(append("b", 1));
  await log.next("the log of the cluster takes no entries");
  assertEquals(one.trouble, "the log has no leader among the NATS servers, or is missing");
  const after = await one.info();
  assertEquals([after.log === before.log, after.last], [false, 0]);
  await stored(two, bob, "b", 0, "tea?");
  assertEquals(await committed(ada, 1), entry("tea?"));
});

Deno.test("a message that is too large for NATS is sent in parts", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await Pair.join(nats);
  const { one, bob } = cluster;
  const answers = Array.from({ length: 7 }, (_, index) => answer(index, "x".repeat(400_000)));
  one.send(bob.life, { type: "answers", epoch: 1, answers });
  assertEquals(await numbers(bob, answers.length), answers.map(({ number }) => number));
});

Deno.test("a part that cannot be sent is logged, and the rest arrives", async () => {
  await using nats = await NatsServer.start();
  const log = new Lines();
  await using cluster = await Pair.join(nats, log);
  const { one, bob } = cluster;
  const answers = [answer(0, "a"), answer(1, "x".repeat(2_000_000)), answer(2, "c")];
  one.send(bob.life, { type: "answers", epoch: 1, answers });
  assertEquals(await numbers(bob, 2), [0, 2]);
  assertEquals(log.lines, ["a message is too large"]);
});

Deno.test("an append of an entry that is too large fails", async () => {
  await using nats = await NatsServer.start();
  await using cluster = await Pair.join(nats);
  const { one, ada } = cluster;
  const spare = one.maxBytes - encode(entry("")).length;
  const large = append("a", 0, "x".repeat(spare + 1));
  assertThrows(() => one.request(large), EntryTooLargeError);
  one.request(append("a", 0, "x".repeat(spare)));
  assertEquals((await replyTo(ada)).type, "stored");
});

Deno.test("a NATS server that takes only small messages is refused", async () => {
  await using nats = await NatsServer.start("max_payload: 65536");
  await assertRejects(() => open(nats), UserError, "at most 64 KiB");
});

Deno.test("garbage, and a message that fails, stop no other message", async () => {
  await using nats = await NatsServer.start();
  const log = new Lines();
  await using one = await open(nats);
  await using two = await open(nats, { log });
  const bob = new FailingStation("n2.b");
  await two.join(bob);
  for (const subject of [one.subjects.all, one.subjects.to(bob.life), one.subjects.committed]) {
    one.connection.publish(subject, "garbage");
  }
  await one.connection.request(one.subjects.log, "garbage");
  one.publish(welcome(0));
  one.publish(welcome(1));
  assertEquals(await epochs(bob, 1), [1]);
  assertEquals(log.lines, Array.from({ length: 5 }, () => "a message of the cluster failed"));
});

Deno.test("credentials come from the environment", async () => {
  await using nats = await NatsServer.start("authorization { user: ada, password: sesame }");
  const wrong = new Map([["CHAT_NATS_USER", "ada"], ["CHAT_NATS_PASSWORD", "open"]]);
  const right = new Map([["CHAT_NATS_USER", "ada"], ["CHAT_NATS_PASSWORD", "sesame"]]);
  for (const environment of [new Map(), wrong]) {
    const error = await assertRejects(() => open(nats, { environment }), UserError);
    assertMatch(error.message, /refuses the connection: .*; set CHAT_NATS_USER and/);
  }
  await using bus = await open(nats, { environment: right });
  assertEquals((await bus.info()).last, 0);
});

Deno.test("servers of a NATS cluster that refuse the credentials end the start", async () => {
  const nats = await NatsServer.startCluster(2, "authorization { user: ada, password: sesame }");
  await using _one = nats[0];
  await using _two = nats[1];
  const address = { servers: nats.map((each) => each.address), isEncrypted: false, name: "chat" };
  const options = { address, environment: new Map(), log: silentLog };
  const error = await assertRejects(() => NatsBus.open(options), UserError);
  assertMatch(error.message, /refuses the connection/);
});

Deno.test("credentials that are refused for a while do not end the connection", async () => {
  const settings = (password: string) => `authorization { user: ada, password: ${password} }`;
  await using nats = await NatsServer.start(settings("sesame"));
  const environment = new Map([["CHAT_NATS_USER", "ada"], ["CHAT_NATS_PASSWORD", "sesame"]]);
  const log = new Lines();
  await using bus = await open(nats, { environment, log });
  await nats.kill();
  await nats.start(settings("open"));
  for (let times = 0; times < 3; times++) await log.next("NATS reports an error");
  await nats.kill();
  await nats.start(settings("sesame"));
  await log.next("connected to NATS again");
  assertEquals((await bus.info()).last, 0);
});

Deno.test("tls:// encrypts the connection, and checks the certificate", async () => {
  using folder = new TempFolder();
  const authority = await Authority.make();
  const { cert, key } = await authority.issue({ name: "localhost", days: 1 });
  const [certPath, keyPath] = [folder.write("cert.pem", cert), folder.write("key.pem", key)];
  const tls = `tls { cert_file: "${certPath}", key_file: "${keyPath}" }`;
  await using nats = await NatsServer.start(tls);
  const path = folder.write("authority.pem", authority.certificate);
  const environment = new Map([["CHAT_NATS_CA", path]]);
  const servers = [`localhost:${nats.port}`];
  const address = { servers, isEncrypted: true, name: "chat" };
  await using bus = await NatsBus.open({ address, environment, log: silentLog });
  assertEquals(bus.connection.info?.tls_required, true);
  const unknown = { address, environment: new Map(), log: silentLog, clock: impatientClock() };
  await assertRejects(() => NatsBus.open(unknown), UnreachableError);
  await using plain = await NatsServer.start();
  const unencrypted = { ...address, servers: [plain.address] };
  const options = { address: unencrypted, environment, log: silentLog, clock: impatientClock() };
  await assertRejects(() => NatsBus.open(options), UnreachableError);
});

Deno.test("without a NATS server, or without JetStream, opening fails in words", async () => {
  await using nats = await NatsServer.start();
  await using bus = await open(nats);
  const streams = await streamsOf(bus);
  await streams.delete("chat");
  await streams.add({ name: "chat", subjects: ["chat.log"], max_age: 1e9 });
  const other = await assertRejects(() => open(nats), UserError);
  assertMatch(other.message, /has a stream chat that is not the log .* name the cluster/);
  const dead = await NatsServer.start();
  await dead[Symbol.asyncDispose]();
  const clock = impatientClock();
  const error = await assertRejects(() => open(dead, { clock }), UnreachableError);
  assertMatch(error.message, /^cannot reach NATS at 127\.0\.0\.1:\d+: Connection refused; start /i);
});

Deno.test("a cluster of three NATS servers keeps three copies, and goes on without one", async () => {
  await using stack = new AsyncDisposableStack();
  const servers = await NatsServer.startCluster(3);
  for (const server of servers) stack.use(server);
  const [leader, other] = await byLeader(servers);
  await using one = await open(other);
  await using two = await open(leader);
  const [ada, bob] = [new RecordingStation("n1.a"), new RecordingStation("n2.b")];
  await Promise.all([one.join(ada), two.join(bob)]);
  await stored(one, ada, "a", 0);
  await committed(bob, 1);
  await other.kill();
  await stored(one, ada, "b", 1);
  const get = () => two.request({ type: "get", seq: 2 });
  await repeated(get, bob, (item) => "entry" in item && item.seq === 2);
});

/** Creates the log in a cluster of NATS servers; returns the one that leads it, and another. */
async function byLeader(servers: readonly NatsServer[]): Promise<[NatsServer, NatsServer]> {
  const [first] = servers;
  assert(first);
  await using bus = await open(first);
  const { cluster, config } = await (await streamsOf(bus)).info("chat");
  assertEquals(config.num_replicas, 3);
  const leader = servers.find(({ name }) => name === cluster?.leader);
  const other = servers.find(({ name }) => name !== cluster?.leader);
  assert(leader && other);
  return [leader, other];
}
