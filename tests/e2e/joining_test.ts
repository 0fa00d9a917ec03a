// Finds the state with which a server starts, while the log of its cluster answers late.

import { assertEquals, assertRejects } from "@std/assert";
import { enter } from "../../server/cluster/entering.ts";
import { findStart, type JoiningBus, type Start } from "../../server/cluster/joining.ts";
import { beginning } from "../../server/cluster/lease.ts";
import type { NatsBus } from "../../server/cluster/nats_bus.ts";
import { encodeState, keepState } from "../../server/cluster/state_file.ts";
import { BEFORE_ALL } from "../../server/cluster/standing.ts";
import { serveOptions } from "../../server/config/config.ts";
import { type Clock, systemClock } from "../../shared/clock.ts";
import { UserError } from "../../shared/errors.ts";
import { idAt } from "../../server/events/ids.ts";
import { openStore } from "../../server/store/open.ts";
import { silentLog } from "../../shared/log.ts";
import { open } from "../support/nats_cluster.ts";
import { NatsServer } from "../support/nats_server.ts";
import { TempFolder } from "../support/temp_folder.ts";

/** A clock on which no time passes while somebody waits. */
const CLOCK: Clock = { ...systemClock, after: (_, action) => systemClock.after(0, action) };

Deno.test("a server starts although the log does not answer at first", async () => {
  await using nats = await NatsServer.start();
  await using bus = await open(nats);
  const { standing, last } = await start(bus, failing(2));
  assertEquals([standing, last], [BEFORE_ALL, 1]);
});

Deno.test("a server whose log never answers does not start", async () => {
  await using nats = await NatsServer.start();
  await using bus = await open(nats);
  const never = () => start(bus, failing(Infinity));
  await assertRejects(
    never,
    UserError,
    "cannot join the cluster: timeout; start this server again",
  );
});

Deno.test("a server without messages lets another found the log, even after a failure", async () => {
  await using nats = await NatsServer.start();
  await using bus = await open(nats);
  const fails = failing(1);
  let count = 0;
  const before = async () => {
    fails();
    if (count++ === 1) await bus.found("other", beginning(1, "n2.other"));
  };
  await assertRejects(
    () => start(bus, before),
    Error,
    "no server that has the messages of the cluster answers",
  );
  assertEquals((await bus.find(1))?.leader, "n2.other");
  assertEquals((await bus.info()).last, 1);
});

Deno.test("a server joins servers whose messages have the format of its own, and no others", async () => {
  await using nats = await NatsServer.start();
  await using one = await open(nats);
  await using two = await open(nats);
  await enter(one, "one");
  await enter(two, "two");
  await using later = await open(nats, { name: "later" });
  const { connection, subjects } = later;
  connection.subscribe(subjects.format, { callback: (_, question) => void question.respond("0") });
  await connection.flush();
  await using other = await open(nats, { name: "later" });
  await assertRejects(() => enter(other, "one"), UserError, "stop all servers");
});

Deno.test("of two servers that take one name at the same time, at most one gets it", async () => {
  await using nats = await NatsServer.start();
  await using one = await open(nats);
  await using two = await open(nats);
  const taken = await Promise.allSettled([enter(one, "n1"), enter(two, "n1")]);
  assertEquals(taken.filter(({ status }) => status === "fulfilled").length < 2, true);
});

Deno.test("a server with messages of its own does not let a copy replace them", async () => {
  await using nats = await NatsServer.start();
  await using bus = await open(nats);
  await bus.found("other", beginning(1, "n2.other"));
  using folder = new TempFolder();
  const options = serveOptions(["--data", folder.path], new Map());
  const store = openStore(options);
  const by = { id: 1, nick: "ada", mask: "ada!~ada@192.0.2.1" };
  const to = { type: "channel", channel: "#tea" } as const;
  const said = {
    type: "Said",
    by,
    to,
    command: "PRIVMSG",
    text: "hello",
    tags: new Map(),
  } as const;
  store.append("#tea", { ...said, id: idAt(1), time: 1 });
  store.close();
  const joining = { options, bus, life: "n1.a", clock: CLOCK, log: silentLog };
  await assertRejects(() => findStart(joining), Error, "messages that the cluster does not have");
});

Deno.test("a server does not start with a log that lacks entries which it has", async () => {
  await using nats = await NatsServer.start();
  await using bus = await open(nats);
  await bus.found("other", beginning(1, "n2.other"));
  using folder = new TempFolder();
  const options = serveOptions(["--data", folder.path], new Map());
  const store = openStore(options);
  const { log } = await bus.info();
  store.keep("position", "log", { log, seq: 2 });
  store.close();
  const state = { log, standing: { ...BEFORE_ALL, seq: 2 }, events: [] };
  await keepState(folder.path, await encodeState(state));
  const joining = { options, bus, life: "n1.a", clock: CLOCK, log: silentLog };
  await assertRejects(() => findStart(joining), UserError, "NATS has lost entries");
});

/** Returns a function that throws the first `count` times. */
function failing(count: number): () => void {
  let left = count;
  return () => {
    if (left-- > 0) throw new Error("timeout");
  };
}

/** Finds the start of a server with an empty folder; `before` runs before each look at the log. */
async function start(bus: NatsBus, before: () => void | Promise<void>): Promise<Start> {
  using folder = new TempFolder();
  const { connection, subjects, maxBytes } = bus;
  const joining: JoiningBus = {
    ...{ connection, subjects, maxBytes },
    info: async () => {
      await before();
      return await bus.info();
    },
    find: (seq) => bus.find(seq),
    found: (id, entry) => bus.found(id, entry),
  };
  const options = serveOptions(["--data", folder.path], new Map());
  return await findStart({ options, bus: joining, life: "n1.a", clock: CLOCK, log: silentLog });
}
