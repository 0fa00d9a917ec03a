import { assertEquals } from "@std/assert";
import { CatchUp } from "../../../client/session/catchup.ts";
import { asMissed } from "../../../client/session/missed.ts";
import type { ClientEvent, Speech } from "../../../client/session/events.ts";
import type { Position } from "../../../client/session/reading.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { BreakableSocket } from "../../support/breakable_socket.ts";
import { ALL_CAPS, type Peer } from "../../support/fake_server.ts";
import { Random } from "../../support/random.ts";
import { Recorder } from "../../support/recorder.ts";
import { TestServer } from "../../support/server.ts";
import { sessionAt, setUp } from "../../support/session.ts";

const HISTORY_CAPS = `${ALL_CAPS} draft/chathistory`;

/** Joins `#a`; resolves to the server's end once it has received the request for history. */
async function requested({ session, server }: ReturnType<typeof setUp>): Promise<Peer> {
  const starting = session.start();
  const peer = await server.accept();
  await peer.welcome({ caps: HISTORY_CAPS });
  await peer.join("#a");
  await starting;
  await peer.expect(/^CHATHISTORY /);
  return peer;
}

function said(id: number): Speech {
  const text = String(id);
  const nick = { nick: "bob", own: false, forMe: false };
  return { type: "message", time: id, id: String(id), to: "#a", room: "#a", text, ...nick };
}

const texts = (events: readonly ClientEvent[]) =>
  events.map((event) => "text" in event ? event.text : event.type);

function catchUp(first = 3, position?: Position): CatchUp {
  const names = {
    fold: (name: string) => name.toLowerCase(),
    isRoom: (name: string) => name.startsWith("#"),
  };
  return new CatchUp(first, () => names, () => Date.UTC(2027, 0), () => position);
}

Deno.test("on the first join of a room, its last messages are requested and shown as past", () => {
  const subject = catchUp();
  assertEquals(subject.joined("#A", { time: 1, id: "1" }, 100), ["LATEST", "#A", "*", "3"]);
  assertEquals(subject.passes(said(4)), false, "history comes first");
  const { show, request } = subject.page("#a", [said(0), { ...said(4), forMe: true }]);
  assertEquals(texts(show), ["0", "4"]);
  assertEquals(show.every((event) => "isPast" in event && event.isPast), true);
  assertEquals(show.map((event) => "forMe" in event && event.forMe), [false, true]);
  assertEquals(request, undefined);
  assertEquals(subject.passes(said(5)), true);
});

Deno.test("a request stays within the server's limit, and at a limit of 0, no request is made", () => {
  const request = catchUp(20).joined("#a", { time: 1 }, 5);
  assertEquals(request, ["LATEST", "#a", "*", "5"]);
  assertEquals(catchUp(0).joined("#a", { time: 1 }, 5), undefined);
});

Deno.test("on rejoining a room, everything after the last message seen is requested", () => {
  const subject = catchUp(0);
  subject.joined("#a", { time: 1, id: "1" }, 2);
  subject.passes(said(2));
  subject.lost();
  assertEquals(subject.joined("#a", { time: 3, id: "3" }, 2), ["AFTER", "#a", "msgid=2", "2"]);
  for (const id of [7, 8]) assertEquals(subject.passes(said(id)), false);
  assertEquals(subject.page("#a", [said(4), said(5)]), {
    show: [said(4), said(5)].map(asMissed),
    request: ["AFTER", "#a", "msgid=5", "2"],
  });
  assertEquals(subject.page("#a", [said(6), said(7)]), {
    show: [said(6), said(7)].map(asMissed),
    request: ["AFTER", "#a", "msgid=7", "2"],
  });
  assertEquals(subject.page("#a", []), { show: [said(8)], caughtUp: "#a" });
  subject.lost();
  assertEquals(subject.joined("#a", { time: 9, id: "9" }, 2), ["AFTER", "#a", "msgid=8", "2"]);
});

Deno.test("in a later session, the page that reaches where the user stopped shows what is new", () => {
  const subject = catchUp(3, { time: 5, id: "5" });
  assertEquals(subject.joined("#a", { time: 9 }, 100), ["LATEST", "#a", "*", "3"]);
  assertEquals(subject.passes(said(8)), false);
  const { show, caughtUp } = subject.page("#a", [said(4), said(5), said(7)]);
  assertEquals(show, [
    ...[said(4), said(5)].map((event) => ({ ...event, isPast: true })),
    asMissed(said(7)),
    said(8),
  ]);
  assertEquals(caughtUp, "#a");
});

Deno.test("in a later session, all messages after an older position are requested", () => {
  const subject = catchUp(2, { time: 5, id: "5" });
  subject.joined("#a", { time: 20 }, 3);
  const after = (id: number) => ["AFTER", "#a", `msgid=${id}`, "3"];
  assertEquals(subject.page("#a", [said(8), said(9)]), { show: [], request: after(5) });
  assertEquals(subject.passes(said(10)), false);
  const first = [said(6), said(7), said(8)];
  assertEquals(subject.page("#a", first), { show: first.map(asMissed), request: after(8) });
  const rest = [said(9), said(10)];
  assertEquals(subject.page("#a", rest), { show: rest.map(asMissed), caughtUp: "#a" });
});

Deno.test("a connection lost before the first page leaves no gap in a later session", () => {
  const subject = catchUp(3, { time: 5, id: "5" });
  subject.joined("#a", { time: 9, id: "9" }, 100);
  subject.lost();
  assertEquals(subject.joined("#a", { time: 20 }, 100), ["AFTER", "#a", "msgid=5", "100"]);
});

Deno.test("a read marker has no msgid, and a position that the server forgot is found by its time", () => {
  const subject = catchUp(3, { time: 5 });
  subject.joined("#a", { time: 9 }, 100);
  const { show } = subject.page("#a", [said(5), said(6)]);
  assertEquals(show, [{ ...said(5), isPast: true }, asMissed(said(6))]);
  const forgotten = catchUp(1, { time: 5, id: "gone" });
  forgotten.joined("#a", { time: 9 }, 100);
  forgotten.page("#a", [said(8)]);
  const again = ["AFTER", "#a", "timestamp=1970-01-01T00:00:00.005Z", "100"];
  assertEquals(forgotten.refused(), { show: [], request: again, isRetry: true });
});

Deno.test("messages held back when the connection broke are requested again", () => {
  const subject = catchUp(0);
  subject.joined("#a", { time: 1, id: "1" }, 2);
  subject.lost();
  subject.joined("#a", { time: 3, id: "3" }, 2);
  assertEquals(subject.passes(said(4)), false);
  subject.lost();
  assertEquals(subject.joined("#a", { time: 5, id: "5" }, 2), ["AFTER", "#a", "msgid=1", "2"]);
});

Deno.test("the request names a time if no msgid has been seen", () => {
  const subject = catchUp(0);
  subject.joined("#a", { time: Date.UTC(2026, 0) }, 2);
  subject.lost();
  assertEquals(subject.joined("#a", { time: 3 }, 2), [
    "AFTER",
    "#a",
    "timestamp=2026-01-01T00:00:00.000Z",
    "2",
  ]);
});

Deno.test("a refusal answers the oldest request, and releases the messages it held back", () => {
  const subject = catchUp();
  for (const room of ["#b", "#a"]) subject.joined(room, { time: 1, id: "1" }, 2);
  subject.passes(said(2));
  assertEquals(subject.refused(), { show: [] });
  assertEquals(subject.refused(), { show: [said(2)] });
  assertEquals(subject.refused(), { show: [] });
});

Deno.test("a refusal that names a room or TARGETS answers that request, even if another request is older", () => {
  const { room: _, ...toMe } = said(3);
  const begin = () => {
    const subject = catchUp(5);
    for (const room of ["#b", "#a"]) subject.joined(room, { time: 1, id: "1" }, 2);
    subject.reconnected(5);
    for (const event of [said(2), toMe]) assertEquals(subject.passes(event), false);
    return subject;
  };
  const refuse = (...about: readonly string[]) => begin().refused(["CHATHISTORY", ...about]).show;
  assertEquals(refuse("INVALID_TARGET", "LATEST", "#A"), [said(2)]);
  assertEquals(refuse("INVALID_PARAMS", "TARGETS", "timestamp=x"), [toMe]);
  assertEquals(refuse("INVALID_TARGET", "AFTER", "bob"), [toMe]);
  assertEquals(refuse("INVALID_TARGET", "LATEST", "#c"), []);
  assertEquals(refuse("INVALID_PARAMS", "LATEST", "7"), []);
  const renamed = begin();
  renamed.renamed("#a", "#tea");
  const { show } = renamed.refused(["CHATHISTORY", "INVALID_TARGET", "LATEST", "#a"]);
  assertEquals(show, [{ ...said(2), room: "#tea" }]);
});

Deno.test("joining a room after leaving it counts as the first join", () => {
  const subject = catchUp();
  subject.joined("#a", { time: 1, id: "1" }, 2);
  subject.left("#a");
  assertEquals(subject.passes(said(2)), true);
  assertEquals(subject.joined("#a", { time: 1, id: "1" }, 2), ["LATEST", "#a", "*", "2"]);
});

Deno.test("an unrequested page is past, and messages outside rooms are not held back", () => {
  const subject = catchUp();
  const { show } = subject.page("#a", [said(1)]);
  assertEquals(show, [{ ...said(1), isPast: true }]);
  subject.joined("#a", { time: 1, id: "1" }, 2);
  const { room: _, ...toMe } = said(1);
  assertEquals(subject.passes({ ...toMe, to: "ann" }), true);
});

Deno.test("a refusal ends the search for missed conversations before that for messages of rooms", () => {
  const subject = catchUp(0);
  subject.joined("#a", { time: 1, id: "1" }, 2);
  const { room: _, ...alone } = said(3);
  const toMe = { ...alone, to: "ann" };
  assertEquals(subject.reconnected(5).request?.[0], "TARGETS");
  subject.joined("#a", { time: 2, id: "2" }, 5);
  assertEquals([subject.passes(said(2)), subject.passes(toMe)], [false, false]);
  assertEquals(subject.page("", [said(1)]).show, [{ ...said(1), isPast: true }]);
  assertEquals(subject.refused().show, [toMe]);
  const again = ["AFTER", "#a", "timestamp=1970-01-01T00:00:00.001Z", "5"];
  assertEquals(subject.refused(), { show: [], request: again, isRetry: true });
  assertEquals(subject.refused().show, [said(2)]);
});

Deno.test("a time in the future does not count as the time up to which all messages were seen", () => {
  const subject = catchUp(0);
  subject.joined("#a", { time: Date.UTC(2036, 0) }, 2);
  subject.lost();
  const request = ["AFTER", "#a", "timestamp=2027-01-01T00:00:00.000Z", "2"];
  assertEquals(subject.joined("#a", { time: 3 }, 2), request);
});

Deno.test("a message without an id does not replace a position that the history knows", () => {
  const subject = catchUp(0);
  subject.joined("#a", { time: 1, id: "1" }, 2);
  const { id: _, ...notice } = said(2);
  subject.passes(notice);
  subject.lost();
  assertEquals(subject.joined("#a", { time: 3 }, 2)?.[2], "msgid=1");
});

Deno.test("a renamed room is caught up with under its new name", () => {
  const subject = catchUp(0);
  subject.joined("#a", { time: 1, id: "1" }, 2);
  subject.renamed("#a", "#b");
  subject.lost();
  assertEquals(subject.joined("#b", { time: 3 }, 2), ["AFTER", "#b", "msgid=1", "2"]);
});

Deno.test("a room that is renamed during a request shows the held messages and the history there", () => {
  const subject = catchUp();
  subject.joined("#a", { time: 1, id: "1" }, 100);
  subject.passes(said(4));
  subject.renamed("#a", "#c");
  subject.renamed("#c", "#b");
  assertEquals(subject.passes({ ...said(5), room: "#b" }), false);
  const { show } = subject.page("#a", [said(0)]);
  assertEquals(texts(show), ["0", "4", "5"]);
  assertEquals(show.map((event) => "room" in event && event.room), ["#b", "#b", "#b"]);
  assertEquals(subject.isWaiting, false);
  subject.renamed("#b", "#a");
  assertEquals(texts(subject.page("#a", [said(6)]).show), ["6"]);
});

Deno.test("giving up on requests shows the held messages, in order in each conversation", () => {
  const subject = catchUp();
  const { room: _, ...alone } = said(4);
  const toMe = { ...alone, to: "ann" };
  subject.reconnected(5);
  subject.joined("#a", { time: 1, id: "1" }, 100);
  for (const event of [said(2), toMe, said(3)]) assertEquals(subject.passes(event), false);
  assertEquals(subject.isWaiting, true);
  assertEquals(subject.giveUp(), { show: [toMe, said(2), said(3)] });
  assertEquals(subject.isWaiting, false);
  assertEquals([subject.passes(said(5)), subject.passes({ ...toMe, id: "6" })], [true, true]);
  // The late response has a message that was shown already.
  assertEquals(subject.page("#a", [said(0), said(3)]), { show: [{ ...said(0), isPast: true }] });
});

Deno.test("at most ten thousand messages are held back over all conversations", () => {
  const subject = catchUp();
  const { room: _, ...alone } = said(1);
  subject.reconnected(5);
  subject.joined("#a", { time: 1, id: "1" }, 100);
  for (let i = 0; i < 5000; i++) subject.passes(said(i));
  for (let i = 1; i < 5000; i++) subject.passes({ ...alone, to: "ann" });
  assertEquals(subject.isFull, false);
  subject.passes({ ...alone, to: "ann" });
  assertEquals(subject.isFull, true);
});

Deno.test("a session requests history on joining, and shows it before newer messages", async () => {
  await using setup = setUp({ room: "#a", history: 2 });
  const starting = setup.session.start();
  const peer = await setup.server.accept();
  await peer.welcome({ caps: HISTORY_CAPS, tokens: "CASEMAPPING=ascii CHATHISTORY=50" });
  await peer.join("#a");
  await starting;
  await peer.expect(/^CHATHISTORY LATEST #a \* 2$/);
  await peer.send(
    ":bob!u@h PRIVMSG #a :now",
    ":irc.test BATCH +x chathistory #a",
    "@batch=x;msgid=1;time=2019-01-04T14:33:26.123Z :bob!u@h PRIVMSG #a :\x01ACTION waves\x01",
    "@batch=x;msgid=2 :bob!u@h NOTICE #a :soon",
    ":irc.test BATCH -x",
  );
  const { text, isPast, time } = await setup.told.take("action");
  assertEquals([text, isPast, time], ["waves", true, Date.UTC(2019, 0, 4, 14, 33, 26, 123)]);
  assertEquals(texts(setup.told.events.slice(-2)), ["soon", "now"]);
});

Deno.test("a refused history request is reported, and the held messages are shown", async () => {
  await using setup = setUp({ room: "#a", history: 2 });
  const peer = await requested(setup);
  await peer.send(
    ":bob!u@h PRIVMSG #a :now",
    ":irc.test FAIL CHATHISTORY MESSAGE_ERROR LATEST #a :Messages could not be retrieved",
  );
  assertEquals((await setup.told.take("message")).text, "now");
  assertEquals(
    (await setup.told.take("answer")).text,
    "earlier messages are not available: Messages could not be retrieved",
  );
});

Deno.test("a history request that gets no reply is given up after half a minute", async () => {
  await using setup = setUp({ room: "#a", history: 2 });
  const { told, clock } = setup;
  const peer = await requested(setup);
  await peer.send(":bob!u@h PRIVMSG #a :now", ":irc.test NOTE X Y :told");
  await told.take("answer");
  clock.advance(29_999);
  assertEquals(told.events.filter(({ type }) => type === "message"), []);
  clock.advance(1);
  assertEquals((await told.take("message")).text, "now");
  assertEquals(
    (await told.take("warning")).text,
    "the server did not send earlier messages: some may be missing here",
  );
  await peer.send(":bob!u@h PRIVMSG #a :then");
  assertEquals((await told.take("message")).text, "then");
});

Deno.test("history is not waited for once too many messages are held back", async () => {
  await using setup = setUp({ room: "#a", history: 2 });
  const peer = await requested(setup);
  const lines = Array.from({ length: 10_001 }, (_, i) => `:bob!u@h PRIVMSG #a :${i}`);
  await peer.send(...lines, ":irc.test NOTE X Y :told");
  while ((await setup.told.take("answer")).text !== "told");
  const shown = setup.told.events.filter(({ type }) => type === "message");
  assertEquals(texts(shown), Array.from(lines, (_, i) => String(i)));
});

Deno.test("a lost connection's history request holds back nothing", async () => {
  await using setup = setUp({ room: "#a", history: 2 });
  const starting = setup.session.start();
  const first = await setup.server.accept();
  await first.welcome({ caps: HISTORY_CAPS });
  await first.join("#a");
  await starting;
  await first.expect(/^CHATHISTORY /);
  first.close();
  await setup.told.take("disconnected");
  setup.clock.advance(60_000);
  const second = await setup.server.acceptInRoom();
  await second.send(":bob!u@h PRIVMSG #a :now");
  assertEquals((await setup.told.take("message")).text, "now");
});

for (const maxMissed of [undefined, 10_000]) {
  const limit = maxMissed === undefined ? "" : " with a limit";
  Deno.test(`every message is shown once and in order however often the connection breaks${limit}`, async () => {
    await using server = await TestServer.start();
    const ada = await server.register("ada", { join: "#a" });
    const random = new Random(5);
    const told = new Recorder();
    const clock = new FakeClock();
    let socket: BreakableSocket | undefined;
    const session = sessionAt(server.port, told, {
      room: "#a",
      clock,
      ...(maxMissed !== undefined && { maxMissed }),
      dial: async (hostname, port, signal) =>
        socket = new BreakableSocket(await Deno.connect({ hostname, port, signal })),
    });
    await session.start();
    await told.take("connected");
    await told.take("join");
    const all: string[] = [];
    const say = async (count: number): Promise<void> => {
      const lines = Array.from({ length: count }, (_, i) => String(all.length + i));
      all.push(...lines);
      await ada.send(...lines.map((line) => `PRIVMSG #a :${line}`));
    };
    for (let round = 0; round < 12; round++) {
      await say(random.below(20));
      if (round % 2 === 0) await ada.heard();
      socket?.break();
      await say(random.below(250));
      await told.take("disconnected");
      await server.until(() => server.server.counts.users === 1, ada);
      clock.advance(60_000);
      await told.take("connected");
      await say(random.below(20));
    }
    await say(1);
    const shown: string[] = [];
    while (shown.at(-1) !== all.at(-1)) shown.push((await told.take("message")).text);
    assertEquals(shown, all);
    await session.leave("");
  });
}
