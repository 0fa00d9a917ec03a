import { assertEquals } from "@std/assert";
import { FileFetching, RETRY_MS } from "../../../server/cluster/file_fetching.ts";
import type { Upload } from "../../../server/events/records.ts";
import { silentLog } from "../../../shared/log.ts";
import { FakeClock } from "../../support/fake_clock.ts";

Deno.test("a file that two users ask for at once is fetched once", async () => {
  const setup = new Setup();
  const both = [setup.fetching.get(upload("a")), setup.fetching.get(upload("a"))];
  await setup.end("a", true);
  assertEquals(await Promise.all(both), [true, true]);
  assertEquals([setup.begun, setup.fetched], [["a"], ["a"]]);
  assertEquals(await setup.fetching.get(upload("a")), true);
  assertEquals(setup.begun, ["a"]);
});

Deno.test("after a failed attempt, no request causes another attempt for some time", async () => {
  const setup = new Setup();
  const first = setup.fetching.get(upload("a"));
  await setup.end("a", false);
  assertEquals(await first, false);
  setup.clock.advance(RETRY_MS - 1);
  assertEquals(await setup.fetching.get(upload("a")), false);
  assertEquals(setup.begun, ["a"]);
  setup.clock.advance(1);
  const second = setup.fetching.get(upload("a"));
  await setup.end("a", true);
  assertEquals(await second, true);
});

Deno.test("four files are fetched at a time, two of these in the background", async () => {
  const setup = new Setup();
  setup.fetching.getAll(["a", "b", "c"].map(upload));
  await settled();
  assertEquals(setup.begun, ["a", "b"]);
  for (const name of ["d", "e", "f"]) void setup.fetching.get(upload(name));
  await settled();
  assertEquals(setup.begun, ["a", "b", "d", "e"]);
  await setup.end("d", true);
  assertEquals(setup.begun, ["a", "b", "d", "e", "f"]);
  await setup.end("a", true);
  assertEquals(setup.begun, ["a", "b", "d", "e", "f", "c"]);
});

Deno.test("files that could not be fetched come after all others, the earliest failure first", async () => {
  const setup = new Setup();
  setup.fetching.getAll(["a", "b"].map(upload));
  await setup.end("b", false);
  await setup.end("a", false);
  setup.clock.advance(RETRY_MS);
  setup.fetching.getAll(["a", "b", "c"].map(upload));
  await settled();
  assertEquals(setup.begun.slice(2), ["c", "b"]);
});

Deno.test("after an error of the disk, the other files wait for the next comparison", async () => {
  const setup = new Setup();
  const all = ["a", "b", "c"].map(upload);
  setup.fetching.getAll(all);
  await setup.end("a", new Error("the disk is full"));
  await setup.end("b", true);
  assertEquals(setup.begun, ["a", "b"]);
  setup.fetching.getAll(all);
  await settled();
  assertEquals(setup.begun, ["a", "b", "c"]);
});

Deno.test("after the end of the fetching, no file that waits for its turn is begun", async () => {
  const setup = new Setup();
  const all = ["a", "b", "c", "d", "e"].map((name) => setup.fetching.get(upload(name)));
  setup.fetching.close();
  for (const name of ["a", "b", "c", "d"]) await setup.end(name, true);
  assertEquals(await Promise.all(all), [true, true, true, true, false]);
  assertEquals(setup.begun, ["a", "b", "c", "d"]);
});

/** A fetching whose files come when a test says so. */
class Setup {
  readonly clock = new FakeClock();
  readonly fetching: FileFetching;
  /** The files whose fetching has begun, in order. */
  readonly begun: string[] = [];
  /** The files that have come, in order. */
  readonly fetched: string[] = [];
  readonly #coming = new Map<string, PromiseWithResolvers<boolean>>();
  readonly #here = new Set<string>();

  constructor() {
    this.fetching = new FileFetching({
      clock: this.clock,
      log: silentLog,
      folder: {
        has: (id) => this.#here.has(id),
        take: async ({ id }, fetch) => {
          const isHere = await fetch("");
          if (isHere) this.#here.add(id);
          return isHere;
        },
      },
      fetch: ({ id }) => {
        this.begun.push(id);
        const coming = Promise.withResolvers<boolean>();
        this.#coming.set(id, coming);
        return coming.promise;
      },
      fetched: (id) => this.fetched.push(id),
    });
  }

  /** Ends the fetching of a file. */
  async end(id: string, outcome: boolean | Error): Promise<void> {
    await settled();
    const coming = this.#coming.get(id);
    if (outcome instanceof Error) coming?.reject(outcome);
    else coming?.resolve(outcome);
    await settled();
  }
}

function upload(id: string): Upload {
  return { id, account: "ada", name: id, bytes: 1, time: 0, messages: [] };
}

/** Resolves once all promises that can settle have. */
async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
