import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Clock } from "../../../shared/clock.ts";
import { UsageError, UserError } from "../../../shared/errors.ts";
import { operators } from "../../../server/cli/operators.ts";
import { Persister } from "../../../server/core/persister.ts";
import { apply } from "../../../server/kinds/kinds.ts";
import { Network } from "../../../server/state/network.ts";
import { openStore } from "../../../server/store/open.ts";
import type { Store } from "../../../server/store/store.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { type Overrides, TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const ENVIRONMENT = new Map<string, string>();
const NOW = Date.UTC(2026, 0, 2);
const ADA = "ada!~ada@127.0.0.1";

/** Runs `chat operators` with these arguments for the server in `folder`; returns its output. */
function run(
  folder: TempFolder,
  line: string,
  clock: Clock = new FakeClock(NOW),
): Promise<string[]> {
  return operators([...line.split(" "), "--data", folder.path], ENVIRONMENT, clock);
}

/** Returns a server with its data in `folder`, on which Ada has an account. */
async function serverIn(folder: TempFolder, options: Overrides = {}): Promise<TestServer> {
  const server = await TestServer.start({ memory: false, data: folder.path, ...options });
  const ada = await server.register("ada");
  await ada.ask("REGISTER * * sesame");
  await ada.send("QUIT");
  await ada.untilEnd();
  return server;
}

Deno.test("a user whom the command adds while the server runs is an operator at the next login", async () => {
  using folder = new TempFolder();
  await using server = await serverIn(folder);
  assertEquals(await run(folder, "list"), []);
  assertEquals(await run(folder, "add ADA"), ["ada becomes an operator at the next login"]);
  assertEquals(await run(folder, "list"), ["ada, since 2026-01-02"]);
  const ada = await server.connect();
  const greeting = await ada.introduce({ nick: "ada", login: ["ada", "sesame"] });
  assertEquals(greeting.slice(-2), [
    `:${ADA} MODE ada +o`,
    ":chat.test 381 ada :You are now an IRC operator",
  ]);
  const eda = await server.register("eda");
  const answer = await eda.ask("NS IDENTIFY ada sesame");
  assertEquals(answer.slice(1, 3), [
    ":eda!~eda@127.0.0.1 MODE eda +o",
    ":chat.test 381 eda :You are now an IRC operator",
  ]);
});

Deno.test("an account that is removed while the command runs leaves no operator", async () => {
  using folder = new TempFolder();
  await using server = await serverIn(folder);
  /** A clock that the command reads between its two looks at the account. */
  class LateClock extends FakeClock {
    override now(): number {
      for (const kind of ["account", "operator"] as const) {
        server.store.keep(kind, "ada", undefined);
      }
      server.store.commit();
      return super.now();
    }
  }
  await assertRejects(
    () => run(folder, "add ada", new LateClock(NOW)),
    UserError,
    "there is no account ada",
  );
  assertEquals(await run(folder, "list"), []);
});

Deno.test("logging out of an operator's account, or removing the operator, ends the rights", async () => {
  using folder = new TempFolder();
  await using server = await serverIn(folder);
  await run(folder, "add ada");
  const eda = await server.register("eda");
  await eda.ask("NS IDENTIFY ada sesame");
  await eda.ask("MODE eda +s");
  assertEquals((await eda.ask("NS LOGOUT"))[1], ":eda!~eda@127.0.0.1 MODE eda -os");
  assertEquals(await run(folder, "remove ada"), ["ada is no longer an operator"]);
  assertEquals((await eda.ask("NS IDENTIFY ada sesame")).length, 2);
});

Deno.test("the rights of a removed operator end within a second, even while the operator is connected", async () => {
  using folder = new TempFolder();
  await using server = await serverIn(folder);
  await run(folder, "add ada");
  const eda = await server.register("eda");
  await eda.ask("NS IDENTIFY ada sesame");
  await eda.ask("MODE eda +s");
  server.clock.advance(1000);
  assertEquals(await eda.ask("MODE eda"), [":chat.test 221 eda +os"]);
  await run(folder, "remove ada");
  server.clock.advance(1000);
  assertEquals(await eda.next(), ":eda!~eda@127.0.0.1 MODE eda -os");
  assertEquals(await eda.ask("KILL eda"), [
    ":chat.test 481 eda :Permission denied - you're not an IRC operator",
  ]);
});

Deno.test("a removed operator who logs out, or in to another account, has no rights", async () => {
  using folder = new TempFolder();
  await using server = await serverIn(folder);
  await run(folder, "add ada");
  const bob = await server.register("bob");
  await bob.ask("REGISTER * * shovel");
  for (const command of ["NS LOGOUT", "NS IDENTIFY bob shovel"]) {
    await run(folder, "add ada");
    await bob.ask("NS IDENTIFY ada sesame");
    await run(folder, "remove ada");
    await bob.ask(command);
    assertEquals(await bob.ask("MODE bob"), [":chat.test 221 bob +"]);
  }
});

Deno.test("rights by OPER outlast rights by an account, whichever came first", async () => {
  using folder = new TempFolder();
  await using server = await serverIn(folder, {
    operators: [{ name: "root", password: "secret" }],
  });
  await run(folder, "add ada");
  const eda = await server.register("eda");
  await eda.ask("NS IDENTIFY ada sesame");
  assertEquals(await eda.ask("OPER root secret"), [
    ":chat.test 381 eda :You are now an IRC operator",
  ]);
  await eda.ask("NS LOGOUT");
  assertEquals(await eda.ask("MODE eda"), [":chat.test 221 eda +o"]);
  await eda.ask("NS IDENTIFY ada sesame");
  await run(folder, "remove ada");
  server.clock.advance(1000);
  assertEquals(await eda.ask("MODE eda"), [":chat.test 221 eda +o"]);
});

Deno.test("rights that a user has given up come back when an operator's account logs in, and end when it logs out", async () => {
  using folder = new TempFolder();
  await using server = await serverIn(folder, {
    operators: [{ name: "root", password: "secret" }],
  });
  await run(folder, "add ada");
  const eda = await server.register("eda");
  await eda.ask("OPER root secret");
  await eda.ask("MODE eda -o");
  await eda.ask("NS IDENTIFY ada sesame");
  assertEquals(await eda.ask("MODE eda"), [":chat.test 221 eda +o"]);
  await eda.ask("NS LOGOUT");
  assertEquals(await eda.ask("MODE eda"), [":chat.test 221 eda +"]);
});

Deno.test("logging in to another account ends the rights of an operator's account", async () => {
  using folder = new TempFolder();
  await using server = await serverIn(folder);
  await run(folder, "add ada");
  const bob = await server.register("bob");
  await bob.ask("REGISTER * * shovel");
  await bob.ask("NS IDENTIFY ada sesame");
  assertEquals((await bob.ask("NS IDENTIFY bob shovel"))[1], ":bob!~bob@127.0.0.1 MODE bob -o");
});

Deno.test("an operator by OPER stays an operator through logins and logouts", async () => {
  using folder = new TempFolder();
  await using server = await TestServer.start({
    operators: [{ name: "root", password: "secret" }],
  });
  const ada = await server.register("ada");
  await ada.ask("REGISTER * * sesame");
  await ada.ask("OPER root secret");
  await ada.ask("NS LOGOUT");
  assertEquals(await ada.ask("MODE ada"), [":chat.test 221 ada +o"]);
  await assertRejects(() => run(folder, "list"), UserError, "there is no database in");
});

Deno.test("invalid arguments and unknown accounts are refused with the reason", async () => {
  using folder = new TempFolder();
  await using _server = await serverIn(folder);
  for (const line of ["", "ad ada", "add", "add ada bob", "list ada", "remove"]) {
    await assertRejects(() => run(folder, line), UsageError, "use `chat operators add NAME`");
  }
  await assertRejects(() => run(folder, "add eve"), UserError, "there is no account eve");
  await assertRejects(() => run(folder, "remove ada"), UserError, "ada is not an operator");
});

Deno.test("a nick that an account of another name owns is refused with the name of the account", async () => {
  using folder = new TempFolder();
  await using server = await serverIn(folder);
  const ada = await server.register("ada", { login: ["ada", "sesame"] });
  await ada.ask("NICK countess");
  await ada.ask("OWN");
  const refusal = "the nick Countess belongs to the account ada: use that name";
  await assertRejects(() => run(folder, "add Countess"), UserError, refusal);
  await assertRejects(() => run(folder, "remove Countess"), UserError, refusal);
});

/** Opens the store of a server of a cluster, in which Ada has an account. */
function clusteredStore(folder: TempFolder): Store & Disposable {
  const store = openStore({ data: folder.path, memory: false, durable: false });
  store.keep("account", "ada", { name: "Ada", createdAt: 0, fingerprints: [] });
  store.keep("position", "log", { log: "x", seq: 1 });
  store.commit();
  return Object.assign(store, { [Symbol.dispose]: () => store.close() });
}

/** Applies an event of the log that fulfils the only request in `store`. */
function fulfil(store: Store, type: "OperatorAdded" | "OperatorRemoved"): void {
  const [[request, asked] = []] = store.records("request");
  assert(request !== undefined && asked);
  const by = { id: 0, nick: "chat.test", mask: "chat.test" };
  const event = { type, by, id: "1", time: NOW, account: asked.account, request } as const;
  const network = new Network(apply);
  const persister = new Persister(network, store);
  persister.before(event);
  network.apply(event);
  persister.after(event);
  store.commit();
}

Deno.test("in a cluster, the command changes nothing itself, and waits until the log has the change", async () => {
  using folder = new TempFolder();
  using store = clusteredStore(folder);
  const clock = new FakeClock(NOW);
  const adding = run(folder, "add ada", clock);
  assertEquals([...store.records("operator")], []);
  const [[, request] = []] = store.records("request");
  assertEquals(request, { account: "Ada", createdAt: 0 });
  fulfil(store, "OperatorAdded");
  clock.advance(100);
  assertEquals(await adding, ["Ada becomes an operator at the next login"]);
  assertEquals(await run(folder, "list"), ["Ada, since 2026-01-02"]);
  const removing = run(folder, "remove ada", clock);
  fulfil(store, "OperatorRemoved");
  clock.advance(100);
  assertEquals(await removing, ["Ada is no longer an operator"]);
  assertEquals(await run(folder, "list"), []);
  assertEquals([...store.records("request")], []);
});

Deno.test("in a cluster, the command reports no change that was not made", async () => {
  using folder = new TempFolder();
  const clock = new FakeClock(NOW);
  {
    using store = clusteredStore(folder);
    const refused = run(folder, "add ada", clock);
    // The account was removed at another server.
    fulfil(store, "OperatorRemoved");
    clock.advance(100);
    await assertRejects(() => refused, UserError, "there is no account ada");
    const unanswered = run(folder, "add ada", clock);
    const isOver = assertRejects(() => unanswered, UserError, "has not made the change yet");
    for (let i = 0; i < 12; i++) {
      clock.advance(1000);
      await Promise.resolve();
      await Promise.resolve();
    }
    await isOver;
  }
  await assertRejects(() => run(folder, "add ada"), UserError, "does not run");
  assertEquals(await run(folder, "list"), []);
});

Deno.test("a single server removes the records of a cluster from its database", async () => {
  using folder = new TempFolder();
  {
    using store = clusteredStore(folder);
    store.keep("request", "1", { account: "Ada", createdAt: 0 });
    store.keep("seen", "ada", { time: NOW, channels: [], open: ["#a"] });
  }
  await using server = await TestServer.start({ memory: false, data: folder.path });
  for (const kind of ["position", "request", "seen"] as const) {
    assertEquals([...server.store.records(kind)], []);
  }
  assertEquals(await run(folder, "add ada"), ["Ada becomes an operator at the next login"]);
});
