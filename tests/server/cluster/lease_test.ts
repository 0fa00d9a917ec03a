import { assertEquals } from "@std/assert";
import { beginning, Lease } from "../../../server/cluster/lease.ts";

/** A silence that is too long for a leader, in milliseconds. */
const SILENCE_MS = 1100;
const NOBODY = { epoch: 0, leader: undefined };

Deno.test("a process tries to lead once the leader has been silent for a second", () => {
  const lease = new Lease(0, () => 0.99, NOBODY);
  lease.applied(beginning(1, "n1.a"), 0);
  lease.heard(1, 0, 1000);
  assertEquals(lease.isOver(1000 + SILENCE_MS / 2), false);
  assertEquals(lease.isOver(1000 + SILENCE_MS), true);
});

Deno.test("a leader that has just begun has more time, but only until it is heard", () => {
  const lease = new Lease(0, () => 0.99, NOBODY);
  lease.begin(1);
  // The entry is applied later, for example because an entry before it was missing.
  lease.applied(beginning(1, "n1.a"), 100);
  assertEquals(lease.isOver(3 * SILENCE_MS), false);
  lease.heard(1, 0, 3 * SILENCE_MS);
  assertEquals(lease.isOver(4 * SILENCE_MS + 100), true);
});

Deno.test("an epoch that began before the process heard the log gives its leader no extra time", () => {
  const lease = new Lease(0, () => 0.99, NOBODY);
  lease.applied(beginning(1, "n1.a"), 0);
  assertEquals(lease.isOver(SILENCE_MS), true);
});

Deno.test("a process that could not hear anybody waits for the leader to speak before trying to lead", () => {
  const lease = new Lease(0, () => 0.99, NOBODY);
  lease.applied(beginning(1, "n1.a"), 0);
  lease.wasDeaf(5000);
  assertEquals(lease.isOver(5000 + SILENCE_MS / 2), false);
  assertEquals(lease.isOver(5000 + SILENCE_MS), true);
  // For the clients of the process, the leader still counts as silent.
  assertEquals(lease.cutOffMs(5000), 5000);
});

Deno.test("a process tries to lead as soon as the leader has left", () => {
  const lease = new Lease(0, () => 0.99, NOBODY);
  lease.applied(beginning(1, "n1.a"), 0);
  lease.left("n2.b", 0);
  assertEquals(lease.isOver(SILENCE_MS / 2), false);
  lease.left("n1.a", 0);
  assertEquals(lease.isOver(SILENCE_MS / 2), true);
});
