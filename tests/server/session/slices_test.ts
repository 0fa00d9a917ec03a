import { Caps } from "../../../server/irc/capabilities.ts";
import { Outbox } from "../../../server/delivery/outbox.ts";
import { Tick } from "../../../server/delivery/tick.ts";
import { Budgets } from "../../../server/net/budget.ts";
import { ResponseBuffer } from "../../../server/session/response_buffer.ts";
import { SlicedAnswers } from "../../../server/session/slices.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { SqliteStore } from "../../../server/store/sqlite.ts";
import { HeldTurns } from "../../support/held_turns.ts";
import { TestServer } from "../../support/server.ts";

const ROOMS = 3000;
const ROOM = (index: number): string => `#${"r".repeat(40)}${index}`;

/** Starts a server with many rooms, and with send queues too small for all of them. */
function serverWithRooms(): Promise<TestServer> {
  const store = new SqliteStore(":memory:", { durable: false });
  for (let index = 0; index < ROOMS; index++) {
    const name = ROOM(index);
    const topic = { text: "t".repeat(200), by: "ada", time: 0 };
    const empty = { flags: "", settings: {}, ranks: {}, lists: {}, metadata: {} };
    store.keep("channel", name, { name, createdAt: 0, topic, ...empty });
  }
  store.commit();
  return TestServer.start({ limits: { sendQueueBytes: 64 * 1024 } }, { store });
}

/** Returns the rooms in replies to LIST. */
function listed(lines: readonly string[]): number {
  return lines.filter((line) => / 322 /.test(line)).length;
}

Deno.test("LIST of more rooms than fit into the send queue reaches a client that reads late", async () => {
  await using server = await serverWithRooms();
  const ada = await server.register("ada");
  const slow = await server.stalled();
  await slow.send("NICK slow", "USER u 0 * :r", "LIST", "PING last");
  for (let i = 0; i < 20; i++) await ada.heard();
  assertEquals(server.server.counts.users, 2, "the client that does not read yet is not closed");
  slow.read();
  const lines: string[] = [];
  for (let line = await slow.next(); line !== undefined; line = await slow.next()) {
    lines.push(line);
    if (line.endsWith(" last")) break;
  }
  assertEquals(listed(lines), ROOMS);
  assertMatch(lines.at(-2) ?? "", / 323 /, "the next command is answered after the answer");
});

Deno.test("a long answer to a command with a label is one batch with the label", async () => {
  await using server = await serverWithRooms();
  const ada = await server.register("ada", { caps: "batch labeled-response" });
  const lines = await ada.ask("@label=x LIST");
  assertMatch(lines[0] ?? "", /^@label=x \S+ BATCH \+r0 labeled-response$/);
  assertMatch(lines.at(-1) ?? "", /^\S+ BATCH -r0$/);
  const inside = lines.slice(1, -1);
  assertEquals(inside.filter((line) => !line.startsWith("@batch=r0 ")), []);
  assertEquals(listed(inside), ROOMS);
  assertEquals(lines.filter((line) => line.includes("label=")).length, 1);
});

Deno.test("a client may leave, or be closed, while it is sent a long answer", async () => {
  await using server = await serverWithRooms();
  const ada = await server.register("ada");
  const gone = await server.stalled();
  await gone.send("NICK gone", "USER u 0 * :r", "LIST");
  for (let i = 0; i < 5; i++) await ada.heard();
  await gone.close();
  await server.until(() => server.server.counts.users === 1, ada);
  assert(server.log.every(([message]) => message !== "a command failed"));
});

Deno.test("JOIN 0 leaves all channels, even if the client that sent it is gone before the end", async () => {
  const turns = new HeldTurns();
  await using server = await TestServer.start({}, { budgets: turns.budgets });
  const ada = await server.register("ada");
  await ada.ask("REGISTER * * sesame");
  const rooms = Array.from({ length: 100 }, (_, i) => `#${i}`);
  for (const room of rooms) await ada.send(`JOIN ${room}`);
  await ada.heard();
  const second = await server.register("ada", {
    login: ["ada", "sesame"],
    caps: "labeled-response",
  });
  // The client has been told of all its channels.
  await second.heard();
  await ada.heard();
  // The answer to a command with a label stops after some replies.
  turns.isHeld = () => true;
  await second.send("@label=x JOIN 0");
  await ada.until("PART");
  // An answer to WHOIS could be held, too.
  assertMatch((await ada.ask("MODE #99")).join(), / 324 /);
  await second.close();
  turns.release();
  await server.until(() => server.server.counts.connections === 1, ada);
  assert(!(await ada.ask("WHOIS ada")).join().includes(" 319 "));
});

Deno.test("a client that reads nothing of a long answer is closed for its silence", async () => {
  await using server = await serverWithRooms();
  const ada = await server.register("ada");
  const stalled = await server.stalled();
  await stalled.send("NICK stalled", "USER u 0 * :r", "LIST");
  await server.until(() => server.server.counts.users === 2, ada);
  const isGone = (): boolean => {
    server.clock.advance(50_000);
    return server.server.counts.users === 1;
  };
  await server.until(isGone, ada);
});

Deno.test("only the first slice of a long answer is urgent", async () => {
  const outbox = new Outbox({ write: () => Promise.resolve(0) }, new Tick(), 1000, () => {});
  const { promise: resumed, resolve } = Promise.withResolvers<void>();
  const client = {
    outbox,
    caps: Caps.none,
    isPresent: () => true,
    pause: () => resolve,
    step: (action: () => void) => action(),
    pass: () => {},
    answerLabeled: (_label: string, action: () => void) => action(),
  };
  const responses = new ResponseBuffer("chat.test", () => {});
  const answers = new SlicedAnswers(
    client,
    new Budgets({ now: () => 0 }).open("192.0.2.1"),
    responses,
  );
  const later: boolean[] = [];
  answers.send((function* () {
    for (let step = 0; step < 2; step++) {
      later.push(answers.isSlicing);
      for (const end = performance.now() + 3; performance.now() < end;);
      yield;
    }
  })());
  await resumed;
  assertEquals(later, [false, true]);
  assertEquals(answers.isSlicing, false);
});
