import { assert, assertEquals } from "@std/assert";
import { issueOwnerToken } from "../../../server/accounts/ownership.ts";
import type { KeyedRequest } from "../../../server/accounts/operator_requests.ts";
import { Leading } from "../../../server/cluster/leading.ts";
import type { ClientId, Input, Life, Message, Numbered } from "../../../server/cluster/messages.ts";
import type { Standing } from "../../../server/cluster/standing.ts";
import { afterInput } from "../../../shared/turns.ts";
import { ACCOUNTS, ORIGIN } from "../../sim/server_parts.ts";
import { decider, LIFE, send, takeAll } from "../../support/decider.ts";

/** The epoch of the leader. */
const EPOCH = 1;
/** The time after which a silent process counts as gone, and some more, in milliseconds. */
const GONE_MS = 3000;

Deno.test("a message of a process that counts as gone does not keep the log from being cut", () => {
  const leading = lead();
  for (const life of [LIFE, "n2.b"]) greet(leading, life, 0);
  sayAlive(leading, LIFE, 100, GONE_MS);
  sayAlive(leading, "n2.b", 7, 0);
  assertEquals(leading.neededAfter, 7);
  leading.check(GONE_MS, 0);
  assertEquals(leading.neededAfter, 100);
  // The process does not know yet that it counts as gone.
  sayAlive(leading, "n2.b", 7, GONE_MS);
  assertEquals(leading.neededAfter, 100);
});

Deno.test("the log is not cut before every process has said what it needs", () => {
  const leading = lead();
  for (const life of [LIFE, "n2.b"]) greet(leading, life, 0);
  sayAlive(leading, LIFE, 100, 0);
  sayAlive(leading, "n3.c", 100, 0);
  assertEquals(leading.neededAfter, 0);
});

Deno.test("a process that leaves counts as gone at once, even if it left before the leader began to lead", () => {
  const leading = lead();
  for (const life of [LIFE, "n2.b"]) greet(leading, life, 0);
  leading.take({ type: "leaving", life: "n2.b" }, 0);
  assertEquals(leading.decide(0).entry?.buried, ["n2.b"]);
  const users = new Map([["n2.b/1", 1]]);
  const [gone, waiting] = ["n2.b", undefined].map((left) => lead(left, users));
  assertEquals(gone?.decide(0).entry?.buried, ["n2.b"]);
  assertEquals(waiting?.decide(0).entry, undefined);
});

Deno.test("a request of chat operators is performed once, however often servers pass it on", () => {
  const leading = lead();
  for (const life of [LIFE, "n2.b"]) greet(leading, life, 0);
  const add: KeyedRequest = ["1", { account: "p0", createdAt: 0 }];
  const remove: KeyedRequest = ["2", { account: "P0" }];
  sayAlive(leading, "n2.b", 0, 0, [add]);
  assertEquals(operatorEvents(leading), ["OperatorAdded p0 1"]);
  sayAlive(leading, "n2.b", 0, 0, [add, remove]);
  // The first message comes late. The second is from a server that has the requests from a copy.
  sayAlive(leading, "n2.b", 0, 0, [add]);
  sayAlive(leading, LIFE, 0, 0, [add, remove]);
  assertEquals(operatorEvents(leading), ["OperatorRemoved P0 2"]);
  assertEquals([...leading.decider.context.store.records("operator")], []);
});

Deno.test("a request for an account that was removed meanwhile makes nobody an operator", () => {
  const leading = lead();
  greet(leading, LIFE, 0);
  sayAlive(leading, LIFE, 0, 0, [["1", { account: "zoe", createdAt: 0 }]]);
  assertEquals(operatorEvents(leading), ["OperatorRemoved zoe 1"]);
  // Another user has registered the name.
  sayAlive(leading, LIFE, 0, 0, [["2", { account: "p0", createdAt: 7 }]]);
  assertEquals(operatorEvents(leading), ["OperatorRemoved p0 2"]);
});

Deno.test("operators are told of the connections that any server refuses", () => {
  const leading = lead();
  greet(leading, LIFE, 0);
  greet(leading, "two.0123abcd", 0);
  const { decider } = leading;
  const token = issueOwnerToken(decider.context);
  const origin = { ...ORIGIN, certificate: ACCOUNTS.p0 };
  decider.perform({ client: `${LIFE}/0`, number: 1, input: { type: "opened", origin } });
  send(decider, `${LIFE}/0`, "NICK p0", "USER p0 0 * :p0", `REDEEM ${token}`, "MODE p0 +s");
  takeAll(decider);
  const refused = [{ address: "192.0.2.1", reason: "Banned" }];
  const said = { life: "two.0123abcd", epoch: EPOCH, full: [], saved: 0, requests: [], refused };
  leading.take({ type: "alive", ...said, received: new Map() }, 0);
  const events = takeAll(decider).flatMap(({ entry }) => entry?.events ?? []);
  const texts = events.flatMap(({ event }) => event.type === "Announced" ? event.text : []);
  assertEquals(texts, ["two: Refused 192.0.2.1: Banned"]);
});

Deno.test("an answer is sent again until it was shown, but not before the log has reached its position", () => {
  const sent: Message[] = [];
  const leading = lead(undefined, undefined, (message) => sent.push(message));
  greet(leading, LIFE, 0);
  const client = `${LIFE}/0`;
  send(leading.decider, client, "NICK bob", "USER bob 0 * :Bob");
  const takeSent = () => sent.splice(0).filter(({ type }) => type === "answers").length;
  assert(leading.decide(0).entry);
  assertEquals(takeSent(), 1);
  leading.check(1000, 0);
  assertEquals(takeSent(), 0);
  leading.acknowledged(1);
  leading.check(1100, 0);
  assertEquals(takeSent(), 1);
  leading.take({ type: "inputs", epoch: EPOCH, inputs: [shown(client)] }, 1200);
  leading.check(1600, 0);
  assertEquals(takeSent(), 0);
});

/** Returns an input of a client that was shown all answers. */
function shown(client: ClientId): Numbered {
  return { client, number: 9, input: { type: "torn", batch: "b" }, received: 100 };
}

const LEAVING: readonly (readonly [how: string, input: Input])[] = [
  ["sends QUIT", { type: "line", found: { type: "line", text: "QUIT" } }],
  ["loses its connection", { type: "closed", reason: "Connection reset" }],
  ["ends its connection", { type: "closed", reason: "Connection closed", mayRead: true }],
];

for (const [how, input] of LEAVING) {
  Deno.test(`a message that waited for an account waits no more if its client gets it and ${how} at once`, async () => {
    const leading = lead();
    greet(leading, LIFE, 0);
    const { decider } = leading;
    send(decider, `${LIFE}/0`, "NICK bob", "USER bob 0 * :Bob", "PRIVMSG p0 :tea?");
    takeAll(decider);
    const { waiting } = decider.context.network;
    assertEquals(waiting.of("p0").length, 1);
    const client = `${LIFE}/1`;
    const origin = { ...ORIGIN, certificate: ACCOUNTS.p0 };
    decider.perform({ client, number: 1, input: { type: "opened", origin } });
    send(decider, client, "NICK p0", "USER p0 0 * :p0");
    const received = takeAll(decider).flatMap(({ answers }) => answers).at(-1)?.number;
    const inputs = [{ client, number: 4, input, received }];
    leading.take({ type: "inputs", epoch: EPOCH, inputs }, 0);
    await new Promise<void>((resolve) => void afterInput(resolve));
    assertEquals(waiting.of("p0"), []);
  });
}

/** Returns the events decided since the last call, but only those that change operators. */
function operatorEvents(leading: Leading): string[] {
  return leading.decide(0).entry?.events.flatMap(({ event }) => {
    const isOne = event.type === "OperatorAdded" || event.type === "OperatorRemoved";
    return isOne ? [`${event.type} ${event.account} ${event.request}`] : [];
  }) ?? [];
}

/** Begins to lead; by default, what the leader sends is lost. */
function lead(
  gone?: Life,
  users: Standing["users"] = new Map(),
  send: (message: Message) => void = () => {},
): Leading {
  const parts = { life: LIFE, epoch: EPOCH, seq: 0, now: 0, decider: decider({ users }), gone };
  return new Leading({ ...parts, send: (_to, message) => send(message), publish() {} });
}

/** Lets a process without clients introduce itself. */
function greet(leading: Leading, life: Life, now: number): void {
  leading.take({ type: "hello", life, epoch: EPOCH, count: 0, clients: [] }, now);
}

/** Lets a process say that it lives, and up to which entry it has saved its state. */
function sayAlive(
  leading: Leading,
  life: Life,
  saved: number,
  now: number,
  requests: readonly KeyedRequest[] = [],
): void {
  const said = {
    life,
    epoch: EPOCH,
    received: new Map<string, number>(),
    full: [],
    saved,
    requests,
  };
  leading.take({ type: "alive", ...said }, now);
}
