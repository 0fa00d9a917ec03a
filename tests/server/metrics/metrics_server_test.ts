import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { UserError } from "../../../shared/errors.ts";
import { SqliteStore } from "../../../server/store/sqlite.ts";
import { LockableDatabase } from "../../support/lockable_database.ts";
import { makeCertificate } from "../../../shared/certificate.ts";
import { Identity } from "../../../server/net/identity.ts";
import type { Listen } from "../../../server/net/accepting.ts";
import { listen } from "../../../server/net/ports.ts";
import { MONITOR_LIMIT } from "../../../server/metrics/metrics_server.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { RawSocket } from "../../support/raw_socket.ts";
import { launch, type Overrides, type TestParts, TestServer } from "../../support/server.ts";

/**
 * Listeners that fail to accept as often as a test wants, as if the process had no file descriptors
 * left.
 */
class FailingListener {
  /** The number of remaining failures of all listeners together. */
  failures = 0;

  readonly listen: Listen = async (purpose, address) => {
    const listener = await listen(purpose, address);
    return {
      addr: listener.addr,
      accept: async () => {
        if (this.failures === 0) return await listener.accept();
        this.failures--;
        throw new Error("Too many open files (os error 24)");
      },
      close: () => listener.close(),
    };
  };
}

const PAGE = { hostname: "127.0.0.1", port: 0 };

/** A server with a metrics page. */
class WatchedServer extends TestServer {
  static override async start(changes: Overrides = {}, parts: TestParts = {}) {
    return new WatchedServer(await launch({ metrics: PAGE, ...changes }, parts));
  }

  async ask(path: string, init: RequestInit = {}) {
    const { metricsServer: page } = this.server;
    assert(page, "there is no page");
    const response = await fetch(`http://127.0.0.1:${page.port}${path}`, init);
    return {
      status: response.status,
      type: response.headers.get("content-type"),
      text: await response.text(),
    };
  }

  /** Opens a connection to the page and sends `text`. */
  async request(text: string): Promise<IrcClient> {
    assert(this.server.metricsServer);
    const peer = await this.connect(this.server.metricsServer.port);
    await peer.sendBytes(new TextEncoder().encode(text));
    return peer;
  }

  /** The values of `/metrics`, by name and labels. */
  async numbers(): Promise<ReadonlyMap<string, number>> {
    const { text } = await this.ask("/metrics");
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    return new Map(lines.map((line) => {
      const at = line.lastIndexOf(" ");
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }));
  }
}

Deno.test("/health of a healthy server is 200", async () => {
  await using server = await WatchedServer.start();
  assertEquals(await server.ask("/health"), {
    status: 200,
    type: "text/plain; charset=utf-8",
    text: "ok\n",
  });
});

Deno.test("/health is 503 with the reason while the store cannot write", async () => {
  using database = new LockableDatabase();
  const store = new SqliteStore(database.path, { durable: false });
  await using server = await WatchedServer.start({}, { store });
  database.lock();
  const ada = await server.register("ada", { join: "#a" });
  await ada.send("PRIVMSG #a :hello");
  await ada.heard();
  const { status, text } = await server.ask("/health");
  assertEquals(status, 503);
  assertMatch(text, /^messages cannot be stored: \w.*\n$/);
  assertEquals((await server.ask("/metrics")).status, 200);
  database.unlock();
  for (let i = 0; i < 20; i++) server.clock.advance(100);
  assertEquals((await server.ask("/health")).status, 200);
});

Deno.test("/health is 503 while the server is overloaded, until it has caught up", async () => {
  await using server = await WatchedServer.start();
  server.clock.advance(1000);
  assertEquals((await server.ask("/health")).status, 200);
  server.clock.stall(1600);
  const { status, text } = await server.ask("/health");
  assertEquals([status, text], [503, "the server is overloaded: it is 1.5 seconds behind\n"]);
  server.clock.advance(100);
  assertEquals((await server.ask("/health")).status, 503);
  server.clock.advance(100);
  assertEquals((await server.ask("/health")).status, 200);
});

Deno.test("connections, messages and deliveries are counted", async () => {
  const identity = new Identity(await makeCertificate({ names: ["localhost"], days: 1 }));
  await using server = await WatchedServer.start({ limits: { connectionsPerAddress: 4 } }, {
    identity,
  });
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  const silent = await server.connect();
  await silent.send("CAP LS");
  await silent.until("CAP");
  const eve = await server.encrypted();
  eve.read();
  await eve.introduce({ nick: "eve", join: "#a" });
  const refused = await server.connect();
  await refused.untilEnd();
  await ada.send("PRIVMSG #a :one", "PRIVMSG bob :two", "PRIVMSG nobody :three");
  await ada.heard();
  const before = await server.numbers();
  assertEquals(
    pick(before, [
      'chat_connections{transport="plain"}',
      'chat_connections{transport="tls"}',
      'chat_connections{transport="websocket"}',
      "chat_connections_accepted_total",
      'chat_connections_refused_total{reason="too_many"}',
      "chat_users",
      "chat_channels",
      "chat_messages_total",
      "chat_deliveries_total",
    ]),
    [3, 1, 0, 5, 1, 3, 1, 2, 3],
  );

  await bob.send("QUIT :Banned from sleeping");
  await bob.untilEnd();
  await silent.close();
  await server.until(() => server.server.counts.connections === 2, ada);
  const after = await server.numbers();
  assertEquals(
    pick(after, [
      'chat_connections_closed_total{reason="quit"}',
      'chat_connections_closed_total{reason="closed"}',
      'chat_connections_closed_total{reason="banned"}',
      'chat_connections{transport="plain"}',
    ]),
    [1, 1, 0, 1],
  );
});

Deno.test("the send queue of a client that does not read is measured", async () => {
  await using server = await WatchedServer.start({ limits: { sendQueueBytes: 1024 ** 3 } });
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.stalled();
  await bob.send("NICK bob", "USER bob 0 * :bob", "JOIN #a");
  await server.until(() => server.server.counts.users === 2, ada);
  const line = `PRIVMSG #a :${"x".repeat(400)}`;
  let waiting: number | undefined = 0;
  let longest: number | undefined = 0;
  // The operating system buffers some megabytes before the server has to queue anything.
  for (let i = 0; longest === 0 && i < 200; i++) {
    await ada.send(...Array(200).fill(line));
    await ada.heard();
    [waiting, longest] = pick(await server.numbers(), [
      "chat_send_queue_bytes",
      "chat_send_queue_longest_bytes",
    ]);
  }
  assert(longest !== undefined && longest > 0);
  assertEquals(waiting, longest);
});

Deno.test("the values for durations, the store and memory are plausible", async () => {
  await using server = await WatchedServer.start();
  const ada = await server.register("ada", { join: "#a" });
  await ada.send("PRIVMSG #a :hello");
  await ada.heard();
  const unindexed = (await server.numbers()).get("chat_store_unindexed_blocks") ?? 0;
  assert(unindexed > 0);
  // On a slow machine, fewer messages are indexed in the same time.
  for (let i = 0; i < 100; i++) server.clock.advance(100);
  const numbers = await server.numbers();
  const number = (name: string) => numbers.get(name) ?? NaN;
  assertEquals(number("chat_store_unindexed_blocks"), 0);
  for (const name of ["chat_turn_seconds", "chat_commit_seconds"]) {
    assert(number(`${name}_count`) > 0 && number(`${name}_sum`) > 0, name);
    assertEquals(number(`${name}_bucket{le="+Inf"}`), number(`${name}_count`));
  }
  assert(number("chat_turn_seconds_sum") >= number("chat_commit_seconds_sum"));
  assert(number("chat_store_bytes") >= 4096);
  assert(number("chat_timers") >= 0);
  assert(number("chat_heap_bytes") > 1e6 && number("process_resident_memory_bytes") > 1e6);
  assertEquals(number("process_start_time_seconds"), Date.UTC(2026, 0, 1) / 1000);
});

Deno.test("every metric has HELP and TYPE, and none contains a name, an address or a message", async () => {
  await using server = await WatchedServer.start();
  const ada = await server.register("adalovelace", { join: "#secretroom" });
  await ada.send("PRIVMSG #secretroom :hushhush", "QUIT :goodbyeall");
  await ada.untilEnd();
  const { status, type, text } = await server.ask("/metrics");
  assertEquals([status, type], [200, "text/plain; version=0.0.4; charset=utf-8"]);
  const lines = text.trimEnd().split("\n");
  const explained = new Set<string>();
  for (const line of lines) {
    const [, kind, name = ""] = /^# (HELP|TYPE) (\w+) \S/.exec(line) ?? [];
    if (kind) explained.add(`${kind} ${name}`);
    else assertMatch(line, /^[a-z_]+(?:\{[a-z]+="[\w.+]+"\})? [\d.e+-]+$/);
    const family = line.replace(/(?:_bucket|_sum|_count)?(?:\{.*)? .*$/, "");
    if (!kind) assert(explained.has(`HELP ${family}`) && explained.has(`TYPE ${family}`), line);
  }
  assertEquals(/adalovelace|secretroom|hushhush|goodbyeall|127\.0/.test(text), false);
});

const OTHER_REQUESTS: readonly (readonly [method: string, path: string, status: number])[] = [
  ["POST", "/metrics", 405],
  ["DELETE", "/health", 405],
  ["GET", "/", 404],
  ["GET", "/metrics/x", 404],
  ["POST", "/constructor", 404],
];

for (const [method, path, status] of OTHER_REQUESTS) {
  Deno.test(`${method} ${path} is answered with ${status}`, async () => {
    await using server = await WatchedServer.start();
    assertEquals((await server.ask(path, { method })).status, status);
  });
}

Deno.test("HEAD gets the answer to GET without its body", async () => {
  await using server = await WatchedServer.start();
  for (const [path, status] of [["/health", 200], ["/metrics", 200], ["/", 404]] as const) {
    using socket = await RawSocket.connect(`127.0.0.1:${server.server.metricsServer?.port}`);
    await socket.write(`HEAD ${path} HTTP/1.1\r\n\r\n`);
    const answer = await socket.readAll();
    assertMatch(answer, new RegExp(`^HTTP/1\\.1 ${status} [^]*Content-Length: [1-9]`), path);
    assertEquals(answer.split("\r\n\r\n").slice(1), [""], path);
  }
});

Deno.test("an unfinished request does not delay the shutdown", async () => {
  const server = await WatchedServer.start();
  const { metricsServer: page } = server.server;
  assert(page);
  using idle = await Deno.connect(page);
  await idle.write(new TextEncoder().encode("GET /metrics HTTP/1.1\r\n"));
  await server[Symbol.asyncDispose]();
});

Deno.test("a monitoring connection has five seconds for its request", async () => {
  await using server = await WatchedServer.start();
  const idle = await server.request("GET /health HTTP/1.1\r\n");
  const ada = await server.register("ada");
  await server.until(() => server.clock.pending > 1, ada);
  server.clock.advance(4_999);
  assertEquals((await server.ask("/health")).status, 200);
  server.clock.advance(1);
  assertEquals(await idle.untilEnd(), []);
});

Deno.test("thousands of unfinished requests do not keep monitoring from being answered", async () => {
  await using server = await WatchedServer.start();
  const [first, ...others] = await Promise.all(
    Array.from({ length: 100 }, () => server.request("GET /health HTTP/1.1\r\n")),
  );
  assert(first && others.length === 99);
  assertEquals(await first.untilEnd(), [], "the oldest gives way");
  assertEquals((await server.ask("/health")).status, 200);
  assert(server.clock.pending <= MONITOR_LIMIT + 1, `${server.clock.pending} connections are open`);
});

Deno.test("a request that is not HTTP, too long, or in pieces is answered", async () => {
  await using server = await WatchedServer.start();
  const cases: readonly (readonly [parts: readonly string[], answer: string])[] = [
    [["hello\r\n\r\n"], "HTTP/1.1 400 Bad Request"],
    [["x".repeat(8192)], "HTTP/1.1 400 Bad Request"],
    [["GET /heal", "th?a=b HTTP/1.0\r", "\n\r\n"], "HTTP/1.1 200 OK"],
  ];
  for (const [parts, answer] of cases) {
    const peer = await server.request("");
    for (const part of parts) await peer.sendBytes(new TextEncoder().encode(part));
    assertEquals(await peer.next(), answer);
    await peer.untilEnd();
  }
});

Deno.test("a failure to accept, or a bug in an answer, ends neither the server nor its page", async () => {
  const failing = new FailingListener();
  const store = new SqliteStore(":memory:", { durable: false });
  await using server = await WatchedServer.start({}, { listen: failing.listen, store });
  failing.failures = 6;
  const ada = await server.register("ada");
  assertEquals((await server.ask("/health")).status, 200);
  const asked = server.ask("/health");
  while (failing.failures > 0) {
    await ada.heard();
    server.clock.advance(200);
  }
  assertEquals((await asked).status, 200);
  await server.connect();
  await server.until(() => server.server.counts.connections === 2, ada);
  const said = server.log.map(([message]) => message).filter((message) => /accept/.test(message));
  const [fails, works] = ["cannot accept connections", "connections are accepted again"];
  assertEquals(said.toSorted(), [fails, fails, works, works], "each listener says it once");

  store.size = () => {
    throw new TypeError("boom");
  };
  assertEquals(await server.ask("/metrics"), {
    status: 500,
    type: "text/plain; charset=utf-8",
    text: "Internal server error; the server's log has the details.\n",
  });
  assertEquals(server.log.at(-1)?.[0], "a monitoring request failed");
  assertEquals((await server.ask("/health")).status, 200);
});

Deno.test("there is no page without the flag, and a taken port is an error", async () => {
  await using server = await TestServer.start();
  assertEquals(server.server.metricsServer, undefined);
  const taken = { hostname: "127.0.0.1", port: server.port };
  const { message } = await assertRejects(() => WatchedServer.start({ metrics: taken }), UserError);
  assertStringIncludes(message, `port ${server.port} is in use`);
  assertStringIncludes(message, `--metrics ${server.port + 1}`);
});

function pick(numbers: ReadonlyMap<string, number>, names: readonly string[]) {
  return names.map((name) => numbers.get(name));
}
