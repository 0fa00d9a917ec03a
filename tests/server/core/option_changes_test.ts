import { assert, assertEquals } from "@std/assert";
import { OptionChanges } from "../../../server/core/option_changes.ts";
import { afterInput } from "../../../shared/turns.ts";
import { testOptions } from "../../support/server.ts";

const [first, second] = [testOptions({ room: "#one" }), testOptions({ room: "#two" })];
const nextTurn = (): Promise<void> => new Promise((resolve) => afterInput(resolve));

/** Computes for a millisecond. */
function work(): void {
  for (const end = performance.now() + 1; performance.now() < end;);
}

/** Runs `action` while `read` takes the place of the clock that measures slices. */
function withTime(read: () => number, action: () => void): void {
  const { now } = performance;
  performance.now = read;
  try {
    action();
  } finally {
    performance.now = now;
  }
}

Deno.test("many clients are told of changes in slices, each client once of all that it does not know", async () => {
  const told: string[] = [];
  const changes = new OptionChanges<number>((client, { room }) => {
    work();
    told.push(`${client} ${room}`);
  });
  const clients = Array.from({ length: 12 }, (_, index) => index);
  changes.add(clients, first);
  const atOnce = told.length;
  assert(atOnce > 0 && atOnce < 6, `${atOnce} were told at once`);
  changes.add(clients, second);
  while (told.length < clients.length + atOnce) await nextTurn();
  changes.close();
  assertEquals(
    told.toSorted(),
    [
      ...clients.map((client) => `${client} #one`),
      ...clients.slice(0, atOnce).map((client) => `${client} #two`),
    ].toSorted(),
  );
});

Deno.test("each slice tells at least one client, even if the time of the slice is over at once", () => {
  const told: number[] = [];
  const changes = new OptionChanges<number>((client) => told.push(client));
  let time = 0;
  withTime(() => time += 1000, () => changes.add([1, 2, 3], first));
  changes.close();
  assertEquals(told, [1]);
});

Deno.test("a few clients are told at once, and no client is told after the end", () => {
  const told: number[] = [];
  const changes = new OptionChanges<number>((client) => told.push(client));
  withTime(() => 0, () => changes.add([1, 2], first));
  assertEquals(told, [1, 2]);
  const slow = new OptionChanges<number>((client) => {
    work();
    told.push(client);
  });
  slow.add([3, 4, 5, 6, 7, 8], first);
  const { length } = told;
  slow.close();
  assert(length < 8);
  assertEquals(told.length, length);
});
