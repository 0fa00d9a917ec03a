// Sends messages that waited for an account, in a cluster.

import { assert, assertEquals } from "@std/assert";
import { afterInput } from "../../../shared/turns.ts";
import { ACCOUNTS, ORIGIN } from "../../sim/server_parts.ts";
import { holdTime } from "../../sim/world.ts";
import { answered, decider, factsIn, LIFE, linesTo, send, takeAll } from "../../support/decider.ts";

Deno.test("a new leader ends the wait of messages that a client was sent, and of no others", async () => {
  const leader = decider();
  send(leader, `${LIFE}/0`, "NICK bob", "USER bob 0 * :Bob", "PRIVMSG p0 :tea?");
  const { waiting } = leader.context.network;
  const [first] = waiting.of("p0");
  const origin = { ...ORIGIN, certificate: ACCOUNTS.p0 };
  leader.perform({ client: `${LIFE}/1`, number: 1, input: { type: "opened", origin } });
  send(leader, `${LIFE}/1`, "NICK p0", "USER p0 0 * :p0");
  await answered(leader);
  const facts = factsIn(takeAll(leader)).at(-1);
  assert(first && facts);
  assertEquals(facts.sentWaiting, { account: "p0", upTo: first.id });
  // The leader has not been told that the client was shown the message.
  assertEquals(waiting.of("p0"), [first]);
  const found = { type: "line", text: "PRIVMSG p1 :cake?" } as const;
  leader.perform({ client: `${LIFE}/0`, number: 5, input: { type: "line", found } });
  leader.hello("two.0123abcd", [{ client: "two.0123abcd/0", facts, performed: 3 }]);
  assertEquals([waiting.of("p0").length, waiting.of("p1").length], [0, 1]);
  const events = takeAll(leader).flatMap(({ entry }) => entry?.events ?? []);
  assertEquals(events.map(({ event }) => event.type), ["Said", "WaitingChanged"]);
});

Deno.test("if messages that waited are sent in several turns, each turn tells how far", async () => {
  // Each slice of an answer has one message.
  const time = { now: 0 };
  using _time = holdTime({
    get now() {
      return time.now += 5;
    },
  });
  const leader = decider();
  const texts = ["1 tea", "2 teas", "3 teas"];
  const writing = texts.map((text) => `PRIVMSG p0 :${text}`);
  send(leader, `${LIFE}/0`, "NICK bob", "USER bob 0 * :Bob", ...writing);
  takeAll(leader);
  const ids = leader.context.network.waiting.of("p0").map(({ id }) => id);
  const origin = { ...ORIGIN, certificate: ACCOUNTS.p0 };
  leader.perform({ client: `${LIFE}/1`, number: 1, input: { type: "opened", origin } });
  send(leader, `${LIFE}/1`, "NICK p0", "USER p0 0 * :p0");
  const told: unknown[] = [];
  for (let isOver = false; !isOver;) {
    isOver = !leader.isWaiting;
    const decided = takeAll(leader);
    if (/teas?\r/.test(linesTo(`${LIFE}/1`, decided))) {
      told.push(factsIn(decided).at(-1)?.sentWaiting?.upTo);
    }
    await new Promise<void>((resolve) => void afterInput(resolve));
  }
  assertEquals(told, ids);
});
