import { assertEquals } from "@std/assert";
import { decode, encode, readEntry, readMessage } from "../../../server/cluster/encoding.ts";
import type { Entry, Message } from "../../../server/cluster/messages.ts";

const VALUES: Readonly<Record<string, unknown>> = {
  "plain data": {
    text: "tea?\n\u{1f375}",
    count: -1.5,
    flag: false,
    nothing: null,
    list: [[], {}],
  },
  "a map, with undefined as a value": new Map([["n1.a/1", 7], ["n1.a/2", undefined]]),
  "a set": new Set(["a", undefined, 2]),
  "maps in sets in lists": [new Set([new Map([[1, new Map()]])])],
  "numbers that JSON lacks": { left: Infinity, right: -Infinity, neither: NaN },
  "undefined in a list": [1, undefined, null],
  "fields that look like a type of the format": {
    $map: 1,
    $special: [undefined],
    "$": { $set: [] },
  },
  "a field called __proto__": JSON.parse('{ "__proto__": { "a": 1 } }'),
};

for (const [name, value] of Object.entries(VALUES)) {
  Deno.test(`encoding keeps ${name}`, () => assertEquals(decode(encode(value)), value));
}

Deno.test("a field that is undefined is absent after encoding", () => {
  assertEquals(decode(encode({ a: undefined, b: [{ c: undefined, d: 1 }] })), { b: [{ d: 1 }] });
  assertEquals(decode(encode({ $map: 1, a: undefined })), { $map: 1 });
  assertEquals(decode(encode({ $map: Infinity, a: undefined })), { $map: Infinity });
});

Deno.test("encoding does not change its value", () => {
  const value = { map: new Map([["a", [Infinity]]]), list: [undefined], gone: undefined };
  encode(value);
  assertEquals(value, { map: new Map([["a", [Infinity]]]), list: [undefined], gone: undefined });
});

const ENTRY: Entry = {
  epoch: 2,
  leader: "n1.a",
  begins: false,
  events: [{
    event: {
      ...{ type: "Quit", id: "0", time: 1, reason: "bye" },
      by: { id: 1, nick: "ada", mask: "ada!ada@host" },
    },
    acting: "n1.a/1",
  }],
  answered: new Map([["n1.a/1", 3]]),
  attached: new Map([["n1.a/1", undefined], ["n1.a/2", 5]]),
  buried: ["n2.b"],
};

const MESSAGES: readonly Message[] = [
  { type: "heartbeat", epoch: 2, leader: "n1.a", last: 9, waitsMs: 0 },
  {
    ...{ type: "alive", life: "n1.a", epoch: 2, received: new Map([["n1.a/1", 3]]) },
    ...{ full: ["n1.a/2"], saved: 7, requests: [["1 a", { account: "ada", createdAt: 1 }]] },
    refused: [{ address: "192.0.2.1", reason: "Banned" }],
  },
  {
    type: "hello",
    count: 1,
    life: "n1.a",
    epoch: 2,
    clients: [{ client: "n1.a/1", facts: undefined, performed: 0, idleMs: 5 }],
    uptimeMs: 9,
  },
  { type: "welcome", life: "n1.a", epoch: 2 },
  {
    type: "inputs",
    epoch: 2,
    inputs: [{ client: "n1.a/1", number: 1, input: { type: "line", found: { type: "too-long" } } }],
  },
  {
    type: "answers",
    epoch: 2,
    answers: [{
      client: "n1.a/1",
      number: 1,
      position: { seq: 9, index: undefined },
      content: { type: "performed", count: 1 },
    }],
  },
];

Deno.test("an entry of the log is read as it was written", () => {
  assertEquals(withoutAbsent(readEntry(encode(ENTRY))), withoutAbsent(ENTRY));
});

for (const message of MESSAGES) {
  Deno.test(`a message of the type ${message.type} is read as it was written`, () => {
    assertEquals(withoutAbsent(readMessage(encode(message))), withoutAbsent(message));
  });
}

const [, ALIVE, , , INPUTS] = MESSAGES;

const GARBAGE: Readonly<Record<string, Uint8Array>> = {
  "no bytes": new Uint8Array(),
  "bytes that are not UTF-8": new Uint8Array([0xff, 0xfe]),
  "text that is not JSON": bytes("{"),
  "a list": encode([1]),
  "null": encode(null),
  "an unknown type": encode({ type: "committed", seq: 1, entry: ENTRY }),
  "a type that is a property of every object": encode({ type: "toString" }),
  "a message without a field": encode({ type: "heartbeat", leader: "n1.a", epoch: 2 }),
  "an object in place of a map": encode({ ...ALIVE, received: {} }),
  "inputs without clients": encode({ ...INPUTS, inputs: [null] }),
  "an entry with an event without a type": encode({ ...ENTRY, events: [{ event: {} }] }),
  "an entry without its maps": encode({ ...ENTRY, attached: [] }),
  "a map of something other than pairs": bytes('{ "$map": [1] }'),
  "a map without a list": bytes('{ "$map": 1 }'),
  "an unknown type of the format": bytes('{ "$date": [1] }'),
  "an unknown special value": bytes('{ "$special": "1" }'),
};

for (const [name, garbage] of Object.entries(GARBAGE)) {
  Deno.test(`neither a message nor an entry is read from ${name}`, () => {
    assertEquals([readMessage(garbage), readEntry(garbage)], [undefined, undefined]);
  });
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Returns `value` without the fields that are `undefined`. */
function withoutAbsent(value: unknown): unknown {
  return decode(encode(value));
}
