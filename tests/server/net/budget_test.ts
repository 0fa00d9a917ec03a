import { assertEquals } from "@std/assert";
import { Budgets } from "../../../server/net/budget.ts";

/** Budgets whose turns and time a test controls. */
class Bench {
  now = 0;
  leftMs = 0;
  /** The names of the work that has run, in order. */
  readonly ran: string[] = [];
  #turn: (() => void) | undefined;
  #end: (() => void) | undefined;
  readonly budgets = new Budgets({
    now: () => this.now,
    leftMs: () => this.leftMs,
    atEnd: (action) => this.#end = action,
    nextTurn: (action) => {
      this.#turn = action;
      return () => this.#turn = undefined;
    },
  });

  /** Returns an action that takes `ms`. */
  work(name: string, ms: number): () => void {
    return () => {
      this.ran.push(name);
      this.now += ms;
    };
  }

  /** Ends the callbacks after a read. The same turn may have further reads. */
  endRead(): void {
    const end = this.#end;
    this.#end = undefined;
    end?.();
  }

  /** Ends the turn; returns the names of the work that ran in the next turn. */
  endTurn(): string[] {
    const before = this.ran.length;
    const turn = this.#turn;
    this.#turn = undefined;
    this.endRead();
    turn?.();
    return this.ran.slice(before);
  }
}

Deno.test("a client beyond its budget waits for the next turn, others do not", () => {
  const bench = new Bench();
  const [eve, ada] = [bench.budgets.open("192.0.2.1"), bench.budgets.open("192.0.2.2")];
  eve.run(bench.work("eve 1", 30));
  eve.run(bench.work("eve 2", 30));
  ada.run(bench.work("ada 1", 1));
  assertEquals(bench.ran, ["eve 1", "ada 1"]);
  assertEquals(bench.endTurn(), ["eve 2"]);
});

Deno.test("the long commands of several reads share the time of one turn", () => {
  const bench = new Bench();
  const [eve, ada] = [bench.budgets.open("192.0.2.1"), bench.budgets.open("192.0.2.2")];
  for (const name of ["eve 1", "eve 2", "eve 3", "eve 4"]) {
    eve.run(bench.work(name, 4));
    bench.endRead();
  }
  ada.run(bench.work("ada", 1));
  assertEquals(bench.ran, ["eve 1", "eve 2", "eve 3", "ada"]);
  assertEquals(bench.endTurn(), ["eve 4"]);
});

Deno.test("the clients of one address share its budget, and clients that used little of it come first", () => {
  const bench = new Bench();
  const open = () => bench.budgets.open("192.0.2.1");
  const [one, two, ada] = [open(), open(), open()];
  one.run(bench.work("one 1", 30));
  two.run(bench.work("two 1", 30));
  assertEquals(bench.ran, ["one 1"], "the address has used up its budget");
  assertEquals(bench.endTurn(), ["two 1"]);
  one.run(bench.work("one 2", 30));
  ada.run(bench.work("ada", 1));
  assertEquals(bench.endTurn(), ["ada", "one 2"]);
});

Deno.test("each turn serves clients beyond their budgets for a few milliseconds, in order", () => {
  const bench = new Bench();
  const eve = bench.budgets.open("192.0.2.1");
  eve.run(bench.work("first", 100));
  for (const name of ["a", "b", "c", "d"]) eve.next(bench.work(name, 3));
  assertEquals(bench.endTurn(), ["a", "b"]);
  eve.next(bench.work("e", 3));
  assertEquals(bench.endTurn(), ["c", "d"]);
  assertEquals(bench.endTurn(), ["e"]);
});

Deno.test("a client that is the only busy one does not wait while turns are short", () => {
  const bench = new Bench();
  const eve = bench.budgets.open("192.0.2.1");
  eve.run(bench.work("long", 100));
  bench.endTurn();
  for (const name of ["a", "b", "c"]) eve.run(bench.work(name, 1));
  assertEquals(bench.ran, ["long", "a", "b", "c"]);
});

Deno.test("the use of a budget is forgotten with time", () => {
  const bench = new Bench();
  const eve = bench.budgets.open("192.0.2.1");
  eve.run(bench.work("a", 50));
  bench.now += 1000;
  eve.run(bench.work("b", 1));
  assertEquals(bench.ran, ["a", "b"]);
});

Deno.test("work that is left for the end of a turn counts for the client that caused it", () => {
  const bench = new Bench();
  const [eve, ada] = [bench.budgets.open("192.0.2.1"), bench.budgets.open("192.0.2.2")];
  const change = (name: string) => () => {
    bench.ran.push(name);
    bench.leftMs += 4;
  };
  for (const name of ["a", "b", "c", "d", "e"]) eve.run(change(name));
  ada.run(bench.work("ada", 1));
  assertEquals(bench.ran, ["a", "b", "c", "ada"], "the end of the turn takes 12 ms already");
  bench.leftMs = 0;
  assertEquals(bench.endTurn(), ["d", "e"]);
});
