import { assertEquals } from "@std/assert";
import type { Msg } from "@nats-io/nats-core";
import { crc32 } from "node:zlib";
import { fetchCopy } from "../../server/cluster/copy_fetching.ts";
import { databaseOffer, offerCopies } from "../../server/cluster/copy_offer.ts";
import type { Copy, CopyParts } from "../../server/cluster/copy_questions.ts";
import type { NatsBus } from "../../server/cluster/nats_bus.ts";
import { type Clock, systemClock } from "../../shared/clock.ts";
import { silentLog } from "../../shared/log.ts";
import { Process } from "../support/chat_process.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { Lines, Pair } from "../support/nats_cluster.ts";
import { NatsServer } from "../support/nats_server.ts";
import { TempFolder } from "../support/temp_folder.ts";

for (const [file, state] of [[5_000_000, 300_000], [131_072, 131_072], [1, 0], [0, 0]] as const) {
  Deno.test(`a file of ${file} bytes, with a state of ${state}, is copied`, async () => {
    await using setup = await Setup.start();
    const copy = setup.copy("a", random(file), random(state));
    await using _ = offerCopies(setup.source(), databaseOffer(() => Promise.resolve(copy)));
    const found = await fetchCopy(setup.receiver(), setup.into);
    assertEquals(found?.state, copy.state);
    assertEquals(Deno.readFileSync(setup.into), Deno.readFileSync(copy.path));
    assertEquals(setup.done, ["a"]);
  });
}

Deno.test("two copies can be fetched one after the other", async () => {
  await using setup = await Setup.start();
  const copies = ["a", "b"].map((name) => setup.copy(name, random(200_000), random(10)));
  const [first, second] = copies;
  await using _ = offerCopies(setup.source(), databaseOffer(() => Promise.resolve(take(copies))));
  for (const copy of [first, second]) {
    assertEquals(await fetchCopy(setup.receiver(), setup.into), { state: copy?.state });
  }
  assertEquals(setup.done, ["a", "b"]);
});

Deno.test("if nobody offers a copy, there is none", async () => {
  await using setup = await Setup.start();
  assertEquals(await fetchCopy(setup.receiver(), setup.into), undefined);
});

Deno.test("a process that connects only now can offer a copy", async () => {
  await using setup = await Setup.start();
  const copy = setup.copy("a", random(10), random(10));
  await using stack = new AsyncDisposableStack();
  const { connection, subjects: { copies } } = setup.pair.one;
  const spy = connection.subscribe(copies, {
    callback() {
      spy.unsubscribe();
      stack.use(offerCopies(setup.source(), databaseOffer(() => Promise.resolve(copy))));
    },
  });
  await connection.flush();
  assertEquals(await fetchCopy(setup.receiver(), setup.into), { state: copy.state });
});

Deno.test("a process gives one copy at a time", async () => {
  await using setup = await Setup.start();
  const copy = setup.copy("a", random(10), random(10));
  const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<Copy>()];
  await using _ = offerCopies(
    setup.source(),
    databaseOffer(() => {
      begun.resolve();
      return goOn.promise;
    }),
  );
  const first = fetchCopy(setup.receiver(), setup.into);
  await begun.promise;
  assertEquals(await fetchCopy(setup.receiver(), `${setup.into}2`), undefined);
  goOn.resolve(copy);
  assertEquals(await first, { state: copy.state });
});

Deno.test("a copy comes from another process if its source is killed in the middle", async () => {
  await using setup = await Setup.start();
  const { folder, nats, pair } = setup;
  const bytes = random(5_000_000);
  const copy = setup.copy("a", bytes, new TextEncoder().encode("of the second"));
  const script = ["run", "-A", "--no-check", "tests/support/copy_source.ts"];
  const args = [...script, nats.address, copy.path, "of the first"];
  await using first = new Process(args, { command: Deno.execPath() });
  await first.stdout(/ready/);
  await using stack = new AsyncDisposableStack();
  let questions = 0;
  // Its subject is the way to each process that offers copies.
  const spy = pair.one.connection.subscribe("chat.copies.*", {
    callback() {
      if (++questions < 12) return;
      spy.unsubscribe();
      first.kill("SIGKILL");
      stack.use(offerCopies(setup.source(), databaseOffer(() => Promise.resolve(copy))));
    },
  });
  await pair.one.connection.flush();
  const log = new Lines();
  const found = await fetchCopy({ ...setup.receiver(), log }, `${folder.path}/copy`);
  assertEquals(new TextDecoder().decode(found?.state), "of the second");
  assertEquals(Deno.readFileSync(`${folder.path}/copy`), bytes);
  assertEquals(log.lines, ["another server has not completed a copy"]);
});

Deno.test("a process that cannot make a copy is asked once", async () => {
  await using setup = await Setup.start();
  const log = new Lines();
  let opened = 0;
  await using _ = offerCopies(
    { ...setup.source(), log },
    databaseOffer(() => {
      opened++;
      return Promise.reject(new Error("the disk is full"));
    }),
  );
  assertEquals(await fetchCopy(setup.receiver(), setup.into), undefined);
  assertEquals([opened, log.lines], [1, ["a copy failed"]]);
});

for (const [piece, checksum] of [["ab", 1], ["a", crc32("a")], ["abc", crc32("abc")]] as const) {
  Deno.test(`a copy of 2 bytes with the piece ${piece} and the checksum ${checksum} is not used`, async () => {
    await using setup = await Setup.start();
    const { connection, subjects: { copies } } = setup.pair.one;
    const answers = [
      JSON.stringify({ type: "ready", state: 0, file: 2, piece: 2 }),
      piece,
      JSON.stringify({ type: "ended", checksum }),
    ];
    connection.subscribe(copies, { callback: (_, msg) => void msg.respond('"x"') });
    const callback = (_: unknown, msg: Msg) => void msg.respond(answers.shift());
    connection.subscribe(`${copies}.x`, { callback });
    await connection.flush();
    assertEquals(await fetchCopy(setup.receiver(), setup.into), undefined);
    assertEquals([answers, setup.hasFile], [[], false]);
  });
}

Deno.test("a copy that nobody asks for any more is released", async () => {
  await using setup = await Setup.start();
  const copy = setup.copy("a", random(500_000), random(0));
  const ended = Promise.withResolvers<void>();
  const open = () => Promise.resolve({ ...copy, done: () => ended.resolve() });
  await using _ = offerCopies(setup.source(), databaseOffer(open));
  // There is no folder of this name, so the file cannot be written.
  const error = await fetchCopy(setup.receiver(), `${setup.into}/missing/a`).catch((e) => e);
  assertEquals(error instanceof Deno.errors.NotFound, true);
  await ended.promise;
});

Deno.test("a process begins no second copy while it still makes a copy that nobody wants any more", async () => {
  await using setup = await Setup.start();
  const clock = new FakeClock();
  const made = Promise.withResolvers<Copy>();
  let opened = 0;
  await using _ = offerCopies(
    { ...setup.source(), clock },
    databaseOffer(() => {
      opened++;
      return made.promise;
    }),
  );
  // NATS must know of the offer before the other process asks.
  await setup.pair.one.connection.flush();
  const { connection, subjects: { copies } } = setup.pair.two;
  const id = (await connection.request(copies)).json<string>();
  const open = async (copying: string) => {
    const question = JSON.stringify({ type: "open", copying });
    return (await connection.request(`${copies}.${id}`, question)).json<{ type: string }>().type;
  };
  assertEquals(await open("one"), "opening");
  clock.advance(60_000);
  assertEquals([await open("two"), opened], ["refused", 1]);
  made.reject(new Error("the disk is full"));
  await made.promise.catch(() => {});
  assertEquals([await open("three"), opened], ["opening", 2]);
});

Deno.test("an uploaded file is copied by its name, if it has the size that it must have", async () => {
  await using setup = await Setup.start();
  const files = new Map(["a", "b"].map((name) => [name, random(200_000)]));
  const opened: string[] = [];
  await using _ = offerCopies(setup.source(), {
    kind: "files",
    atOnce: 2,
    has: (name) => files.has(name),
    open: (name) => {
      opened.push(name);
      return Promise.resolve(setup.copy(name, files.get(name) ?? random(0), random(0)));
    },
  });
  const fetch = (name: string, bytes: number) =>
    fetchCopy(setup.receiver(), `${setup.into}-${name}`, { kind: "files", name, bytes });
  assertEquals(await Promise.all([fetch("a", 200_000), fetch("b", 200_000)]), [NOTHING, NOTHING]);
  for (const [name, bytes] of files) {
    assertEquals(Deno.readFileSync(`${setup.into}-${name}`), bytes);
  }
  assertEquals(await fetch("c", 200_000), undefined);
  assertEquals(await fetch("a", 199_999), undefined);
  assertEquals(await fetchCopy(setup.receiver(), setup.into), undefined);
  assertEquals(opened.toSorted(), ["a", "a", "b"]);
});

Deno.test("a process gives as many copies at a time as it may", async () => {
  await using setup = await Setup.start();
  const goOn = Promise.withResolvers<Copy>();
  const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const both = begun.map(({ promise }) => promise);
  await using _ = offerCopies(setup.source(), {
    kind: "files",
    atOnce: 2,
    has: () => true,
    open: () => {
      begun.shift()?.resolve();
      return goOn.promise;
    },
  });
  const fetch = (name: string) =>
    fetchCopy(setup.receiver(), `${setup.into}-${name}`, { kind: "files", name });
  const fetched = [fetch("a"), fetch("b")];
  await Promise.all(both);
  assertEquals(await fetch("c"), undefined);
  goOn.resolve(setup.copy("x", random(10), random(0)));
  assertEquals(await Promise.all(fetched), [NOTHING, NOTHING]);
  assertEquals(await fetch("c"), NOTHING);
});

/** A copy without a state. */
const NOTHING = { state: new Uint8Array(0) };

/** Two processes, and a folder for the files of both. */
class Setup implements AsyncDisposable {
  readonly folder = new TempFolder();
  /** The names of the copies that are not needed any more. */
  readonly done: string[] = [];

  private constructor(readonly nats: NatsServer, readonly pair: Pair) {}

  static async start(): Promise<Setup> {
    const nats = await NatsServer.start();
    return new Setup(nats, await Pair.join(nats));
  }

  /** The path of the file that the receiver writes. */
  get into(): string {
    return `${this.folder.path}/into`;
  }

  get hasFile(): boolean {
    return [...Deno.readDirSync(this.folder.path)].some(({ name }) => name === "into");
  }

  source(): CopyParts {
    return partsWith(this.pair.one);
  }

  receiver(): CopyParts {
    return partsWith(this.pair.two);
  }

  copy(name: string, file: Uint8Array, state: Uint8Array): Copy {
    const path = `${this.folder.path}/${name}`;
    Deno.writeFileSync(path, file);
    return { path, state, done: () => void this.done.push(name) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pair[Symbol.asyncDispose]();
    await this.nats[Symbol.asyncDispose]();
    this.folder[Symbol.dispose]();
  }
}

function partsWith(bus: NatsBus): CopyParts {
  return { bus, clock: fastClock(), log: silentLog };
}

/** Returns a clock whose timers take a quarter of their time. */
function fastClock(): Clock {
  return {
    ...systemClock,
    after: (ms, action) => systemClock.after(ms / 4, action),
    every: (ms, action) => systemClock.every(ms / 4, action),
  };
}

function random(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  }
  return bytes;
}

function take<T>(items: T[]): T {
  const [item] = items.splice(0, 1);
  if (item === undefined) throw new Error("no more");
  return item;
}
