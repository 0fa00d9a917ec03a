import { assert, assertEquals } from "@std/assert";
import { type Applicant, FairQueue } from "../../../server/auth/fair_queue.ts";

/** A queue of pieces of work, each of which ends when a test ends it. */
class Bench {
  readonly queue = new FairQueue(1);
  readonly #order: string[] = [];
  readonly #done: Promise<void>[] = [];

  /** Queues a piece of work for each name; its address is the first word. */
  add(names: readonly string[], more: Partial<Applicant> = {}): void {
    for (const name of names) {
      const [address = "", account = ""] = name.split(" ");
      const work = () => Promise.resolve(this.#order.push(name)).then(() => {});
      this.#done.push(this.queue.run({ address, account, ...more }, work));
    }
  }

  /** Resolves to the names, in the order of their turns. */
  async order(): Promise<string[]> {
    await Promise.all(this.#done);
    return this.#order;
  }
}

Deno.test("an address with one login waits for at most one login of each other address", async () => {
  const bench = new Bench();
  bench.add(Array.from({ length: 200 }, (_, i) => `eve victim${i}`));
  bench.add(["ada ada", "bob bob"]);
  assertEquals((await bench.order()).slice(0, 4), [
    "eve victim0",
    "ada ada",
    "bob bob",
    "eve victim1",
  ]);
});

Deno.test("an account that many addresses try does not delay the others", async () => {
  const bench = new Bench();
  bench.add(Array.from({ length: 200 }, (_, i) => `eve${i} root`));
  bench.add(["ada ada"]);
  assertEquals((await bench.order()).slice(0, 2), ["eve0 root", "ada ada"]);
});

Deno.test("an address from which the owner has logged in before comes before other waiting addresses", async () => {
  const bench = new Bench();
  bench.add(Array.from({ length: 200 }, (_, i) => `eve${i} root`));
  bench.add(["home root"], { isKnown: true });
  assertEquals((await bench.order()).slice(0, 2), ["eve0 root", "home root"]);
});

Deno.test("an address where the owner has just logged in does not wait for all new addresses", async () => {
  const bench = new Bench();
  bench.add(["home root"], { isKnown: true });
  bench.add(Array.from({ length: 200 }, (_, i) => `eve${i} root`));
  bench.add(["home ada"], { isKnown: true });
  const order = await bench.order();
  assert(order.indexOf("home ada") <= 2, `it came after ${order.indexOf("home ada")}`);
});

Deno.test("an address where an account was used before does not delay new addresses", async () => {
  const bench = new Bench();
  bench.add(Array.from({ length: 200 }, (_, i) => `home eve${i}`), { isKnown: true });
  bench.add(["ada ada"]);
  const order = await bench.order();
  assert(order.indexOf("ada ada") <= 2, `it came after ${order.indexOf("ada ada")}`);
});

Deno.test("an address that fills the queue does not keep out another address", async () => {
  const bench = new Bench();
  bench.add(Array.from({ length: 201 }, (_, i) => `eve victim${i}`));
  assertEquals([bench.queue.isFull("eve"), bench.queue.isFull("ada")], [true, false]);
  await bench.order();
  assertEquals(bench.queue.isFull("eve"), false);
});

Deno.test("work for clients that have left is dropped, and takes no room in the queue", async () => {
  const bench = new Bench();
  let isPresent = true;
  bench.add(["eve root"]);
  for (let i = 0; i < 1000; i++) {
    const applicant = { address: `eve${i}`, account: "root", isPresent: () => isPresent };
    bench.queue.run(applicant, () => Promise.reject(new Error("late")));
  }
  assertEquals(bench.queue.isFull("ada"), true);
  isPresent = false;
  assertEquals(bench.queue.isFull("ada"), false);
  bench.add(["ada root"]);
  assertEquals(await bench.order(), ["eve root", "ada root"]);
});

Deno.test("a closed queue drops the waiting work, and ends when the work in progress is done", async () => {
  const queue = new FairQueue(1);
  const { promise, resolve } = Promise.withResolvers<void>();
  const done: string[] = [];
  const work = queue.run({ address: "a", account: "" }, () => promise).then(() =>
    done.push("work")
  );
  queue.run({ address: "b", account: "" }, () => Promise.resolve(done.push("waiting")));
  const closed = queue.close().then(() => done.push("closed"));
  resolve();
  await Promise.all([work, closed]);
  await queue.close();
  assertEquals(done.toSorted(), ["closed", "work"]);
});
