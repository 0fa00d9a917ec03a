import { assert, assertEquals, assertMatch } from "@std/assert";
import { createLog, faultFields } from "../../../shared/log.ts";
import { printable } from "../../../shared/text.ts";
import { ConnectUrls } from "../../../server/config/connect_urls.ts";
import type { Client } from "../../../server/core/client.ts";
import { Context } from "../../../server/core/context.ts";
import type { Event } from "../../../server/events/events.ts";
import { SqliteStore } from "../../../server/store/sqlite.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { type Entry, recordTo, testOptions, TestServer } from "../../support/server.ts";

/** A store with a bug that has not occurred yet. */
class Faulty extends SqliteStore {
  constructor() {
    super(":memory:", { durable: false });
  }

  override append(_place: string, event: Event): void {
    if (event.type === "Said") throw new TypeError("boom\r\n2026 error forged\x1b[2J");
  }
}

/** A store that fails when `when` returns true for the name of the method, or the type of the event. */
class Failing extends SqliteStore {
  readonly #when: (what: string) => boolean;

  constructor(when: (what: string) => boolean) {
    super(":memory:", { durable: false });
    this.#when = when;
  }

  override append(key: string, event: Event): void {
    this.#fail(event.type);
    super.append(key, event);
  }

  override pages(...args: Parameters<SqliteStore["pages"]>): Iterable<Event[]> {
    this.#fail("pages");
    return super.pages(...args);
  }

  override tidy(now: number): void {
    this.#fail("tidy");
    super.tidy(now);
  }

  override commit(): void {
    this.#fail("commit");
    super.commit();
  }

  #fail(what: string): void {
    if (this.#when(what)) throw new TypeError("boom");
  }
}

/** Returns the log entry `message`, which must have the stack of the error. */
function faultIn(log: readonly Entry[], message: string): Entry[1] {
  const found = log.filter(([logged]) => logged === message);
  assertEquals(found.length, 1, JSON.stringify(log));
  const [, fields] = found[0] ?? [];
  assert(fields);
  assertMatch(String(fields["stack"]), /^TypeError: boom.* \| at \S+ .*faults_test\.ts:\d+:\d+/);
  return fields;
}

Deno.test("an error is logged in one line, with its stack and without control characters", () => {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  const parts = { level: "info", clock: new FakeClock(), write } as const;
  const error = new TypeError("boom\r\n2026 error forged\x1b[2J\u2028");
  for (const format of ["text", "json"] as const) {
    createLog({ ...parts, format }).error("a command failed", faultFields(error));
  }
  assertEquals(lines.length, 2);
  for (const line of lines) {
    assertMatch(line, /TypeError: boom.* \| at .*faults_test\.ts:\d+:\d+/);
    assertEquals(line, printable(line));
  }
});

Deno.test("an endless stack is cut, and a thrown value need not be an error", () => {
  const error = new Error("x".repeat(100_000));
  assertEquals(String(faultFields(error)["stack"]).length, 4000);
  assertEquals(faultFields("nothing"), { error: "nothing", stack: "" });
});

Deno.test("a command that fails is logged with its stack, and its client goes on", async () => {
  await using server = await TestServer.start({}, { store: new Faulty() });
  const ada = await server.register("ada", { join: "#a" });
  assertEquals(await ada.ask("PRIVMSG #a :tea?"), [
    ":chat.test 400 ada PRIVMSG :Internal server error; the server's log has the details",
  ]);
  assertEquals(faultIn(server.log, "a command failed")["command"], "PRIVMSG");
});

Deno.test("a line of nc that fails is logged with its stack, and its author goes on", async () => {
  await using server = await TestServer.start({ plainPort: 0 }, { store: new Faulty() });
  const guest = await server.connectPlain();
  await guest.sendBytes(new TextEncoder().encode("tea?\n"));
  assertEquals(
    await guest.next(),
    "Not sent: something went wrong on the server; it has been logged.",
  );
  assertEquals(faultIn(server.log, "a plain line failed")["address"], "127.0.0.1");
});

Deno.test("a client whose check fails is logged and closed, and all others are checked", () => {
  const log: Entry[] = [];
  const options = testOptions();
  const context = new Context(options, {
    clock: new FakeClock(),
    connectUrls: new ConnectUrls({ options, interfaces: [] }),
    log: recordTo(log),
    store: new SqliteStore(":memory:", { durable: false }),
    tick: { schedule() {} },
  });
  const checked: string[] = [];
  const client = (host: string, check: () => void): Client => ({
    host,
    user: undefined,
    account: undefined,
    check,
    reconfigured() {},
    close: (reason) => checked.push(`${host} is closed: ${reason}`),
  });
  context.clients.add(client("a", () => {
    throw new TypeError("boom");
  }));
  context.clients.add(client("b", () => checked.push("b is checked")));
  context.checkClients();
  assertEquals(checked, [
    "a is closed: Internal server error; the server's log has the details",
    "b is checked",
  ]);
  assertEquals(faultIn(log, "a check failed")["address"], "a");
});

Deno.test("a room whose history cannot be read can be joined, and the join is stored", async () => {
  const store = new Failing((what) => what === "pages");
  await using server = await TestServer.start({ plainPort: 0, replay: 20 }, { store });
  const ada = await server.register("ada");
  const answer = await ada.ask("JOIN #lobby");
  assertEquals(
    answer.at(-1),
    ":chat.test 400 ada JOIN :Internal server error; the server's log has the details",
  );
  assertMatch(answer[0] ?? "", /^:ada!\S+ JOIN #lobby$/);
  const guest = await server.connectPlain();
  assertEquals(
    await guest.next(),
    "Earlier messages cannot be shown: something went wrong on the server.",
  );
  await guest.sendBytes(new TextEncoder().encode("tea?\n"));
  await ada.until("JOIN");
  assertEquals((await ada.expect("PRIVMSG")).params, ["#lobby", "tea?"]);
  const said = server.log.filter(([message]) => /cannot be read|could not be shown/.test(message));
  assertEquals(said.map(([, { address, room }]) => [address, room]), [
    ["127.0.0.1", "#lobby"],
    ["127.0.0.1", "#lobby"],
  ]);
});

Deno.test("a connection that cannot begin is closed, and nobody else is affected", async () => {
  let isBroken = false;
  const store = new Failing((what) => isBroken && what === "Joined");
  await using server = await TestServer.start({ plainPort: 0 }, { store });
  const ada = await server.register("ada");
  server.server.claim();
  isBroken = true;
  const guest = await server.connect(server.plainPort);
  assertMatch((await guest.untilEnd()).join(), /^Disconnected: something went wrong/);
  await server.until(() => server.server.counts.connections === 1, ada);
  assertEquals(server.server.counts.users, 1);
});

Deno.test("periodic work that fails does not stop other work, and is not logged endlessly", async () => {
  let isBroken = false;
  const store = new Failing((what) => isBroken && (what === "tidy" || what === "commit"));
  await using server = await TestServer.start({ limits: { registrationSeconds: 10 } }, { store });
  isBroken = true;
  const late = await server.connect();
  await late.send("CAP LS");
  const ada = await server.connect();
  await ada.introduce({ nick: "ada" });
  await late.until("CAP");
  for (let i = 0; i < 100; i++) server.clock.advance(100);
  assertEquals((await late.until("ERROR")).params, ["Registration timed out"]);
  await ada.heard();
  isBroken = false;
  const faults = server.log.filter(([message]) =>
    /^a (?:periodic check|commit) failed/.test(message)
  );
  assert(faults.length > 5 && faults.length < 40, `${faults.length} lines`);
  assertEquals(faults[0]?.[1]["error"], "TypeError: boom");
});

Deno.test("the server closes all clients, even if one of them cannot be closed", () => {
  const log: Entry[] = [];
  const options = testOptions();
  const context = new Context(options, {
    clock: new FakeClock(),
    connectUrls: new ConnectUrls({ options, interfaces: [] }),
    log: recordTo(log),
    store: new SqliteStore(":memory:", { durable: false }),
    tick: { schedule() {} },
  });
  const closed: string[] = [];
  const client = (host: string, close: () => void): Client => ({
    host,
    user: undefined,
    account: undefined,
    check() {},
    reconfigured: close,
    close,
  });
  context.clients.add(client("a", () => {
    throw new TypeError("boom");
  }));
  context.clients.add(client("b", () => closed.push("b")));
  context.closeClients("over");
  assertEquals(closed, ["b"]);
  assertEquals(log[0]?.[1]["address"], "a");
});
