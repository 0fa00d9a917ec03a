import { assertEquals } from "@std/assert";
import type { Buffer } from "../../../client/session/buffer.ts";
import { BufferList } from "../../../client/session/buffer_list.ts";
import { Buffers } from "../../../client/session/buffers.ts";
import type { ClientEvent, Speech } from "../../../client/session/events.ts";

const NAMES = {
  fold: (name: string) => name.toLowerCase(),
  isRoom: (name: string) => name.startsWith("#"),
};

function message(fields: Partial<Speech>): Speech {
  const { room } = fields;
  const to = room ?? "ann";
  return {
    type: "message",
    time: 0,
    nick: "bob",
    own: false,
    forMe: !room,
    text: "hi",
    to,
    ...fields,
  };
}

const joined = (room: string): ClientEvent => (
  { type: "join", time: 0, nick: "ann", own: true, room }
);

/** Passes events to the buffers; those of the current buffer count as seen. */
function followed(events: readonly ClientEvent[], list = new BufferList()): Buffers {
  const buffers = new Buffers(() => NAMES, list);
  for (const event of events) {
    for (const buffer of buffers.follow(event)) buffer.add(event, buffer === buffers.current);
  }
  return buffers;
}

const nameOf = ({ name }: Buffer) => name;
const counts = ({ all }: Buffers) =>
  all.map(({ name, unread, mentions }) => [name, unread, mentions]);

Deno.test("each room and each person has a buffer, and what is not seen is counted", () => {
  const buffers = followed([
    joined("#a"),
    joined("#b"),
    message({ room: "#a" }),
    message({ room: "#b" }),
    message({ room: "#B", forMe: true }),
    message({ text: "psst" }),
    message({ nick: "ann", own: true, to: "BOB", forMe: false }),
  ]);
  assertEquals(counts(buffers), [["#a", 0, 0], ["#b", 2, 1], ["bob", 1, 1]]);
  assertEquals(buffers.all[2]?.events.length, 2);
});

Deno.test("a conversation shows one line when the person leaves the server, and one when they return", () => {
  const moved = { time: 0, nick: "bob", own: false };
  const join = (room: string): ClientEvent => ({ ...moved, type: "join", room });
  const quit: ClientEvent = { ...moved, type: "quit", rooms: ["#a", "#b"], text: "" };
  const there = [joined("#a"), joined("#b"), message({ text: "psst" })];
  const buffers = followed([...there, join("#a"), quit, join("#a"), join("#b")]);
  assertEquals(buffers.find("bob")?.events.map(({ type }) => type), ["message", "quit", "join"]);
});

Deno.test("who has left and came back while there was no connection is shown to be back", () => {
  const moved = { time: 0, nick: "bob", own: false };
  const quit: ClientEvent = { ...moved, type: "quit", rooms: ["#a"], text: "" };
  const part: ClientEvent = { ...moved, nick: "eve", type: "part", room: "#a", text: "" };
  const members = (...nicks: readonly string[]): ClientEvent => (
    { type: "members", time: 0, room: "#a", members: nicks }
  );
  const buffers = followed([joined("#a"), message({ text: "psst" }), quit, part, joined("#A")]);
  const backIn = (event: ClientEvent) =>
    buffers.returned(event).map((join) => [join.nick, ...buffers.follow(join).map(nameOf)]);
  assertEquals(backIn(members("ann", "cy")), []);
  assertEquals(backIn(members("@ann", "@Bob", "+eve")), [["Bob", "#A", "bob"], ["eve", "#A"]]);
  assertEquals(backIn(members("bob")), []);
});

Deno.test("a private notice opens no buffer, but is shown in an open one", () => {
  const notice = message({ type: "notice", nick: "NickServ" });
  assertEquals(counts(followed([joined("#a"), notice])), [["#a", 0, 0]]);
  const asked = message({ nick: "ann", own: true, to: "NickServ", forMe: false });
  assertEquals(counts(followed([joined("#a"), asked, notice])), [["#a", 0, 0], ["NickServ", 1, 1]]);
});

Deno.test("buffers follow renamed rooms and persons", () => {
  const by = { time: 0, nick: "bob", own: false };
  const buffers = followed([
    joined("#a"),
    message({}),
    { ...by, type: "rename", room: "#a", to: "#b", reason: "" },
    { ...by, type: "nick", rooms: ["#b"], to: "rob" },
  ]);
  assertEquals(counts(buffers), [["#b", 0, 0], ["rob", 1, 1]]);
  assertEquals(buffers.all.map(({ events }) => events.at(-1)?.type), ["nick", "nick"]);
});

Deno.test("a silenced room or person stays silenced under a new name", () => {
  const by = { time: 0, nick: "bob", own: false };
  let kept: readonly string[] = ["#a", "BOB", "eve"];
  const store = { read: () => kept, keep: (names: readonly string[]) => kept = names };
  const buffers = new Buffers(() => NAMES, new BufferList(), store);
  const events: ClientEvent[] = [
    joined("#a"),
    message({}),
    { ...by, type: "rename", room: "#a", to: "#b", reason: "" },
    { ...by, type: "nick", rooms: ["#b"], to: "rob" },
    { ...by, nick: "eve", type: "nick", rooms: ["#b"], to: "eva" },
    message({ room: "#b" }),
    message({ nick: "rob" }),
    message({ nick: "bob" }),
    message({ nick: "eva" }),
  ];
  for (const event of events) {
    for (const buffer of buffers.follow(event)) buffer.add(event, false);
  }
  assertEquals(counts(buffers), [["#b", 0, 0], ["rob", 0, 0], ["bob", 1, 1], ["eva", 0, 0]]);
  assertEquals(kept, ["#b", "rob", "eva"]);
});

Deno.test("the next unread buffer is one with something for the user, if there is any", () => {
  const list = new BufferList();
  const buffers = followed([
    joined("#a"),
    message({ room: "#b" }),
    message({ room: "#c", forMe: true }),
  ], list);
  const next = () => list.nextUnread(buffers.current)?.name;
  assertEquals(next(), "#c");
  buffers.find("#c")?.see();
  assertEquals(next(), "#b");
  buffers.find("#b")?.see();
  assertEquals(next(), undefined);
});

Deno.test("a buffer is found by its distance in the list, and by letters of its name, the best match first", () => {
  const list = new BufferList();
  const { current } = followed(["#lobby", "#tea-lovers", "#late"].map(joined), list);
  assertEquals([1, -1, 3].map((step) => list.next(current, step)?.name), [
    "#tea-lovers",
    "#late",
    "#lobby",
  ]);
  const matching = (text: string) => list.matching(text).map(({ name }) => name);
  assertEquals(matching("lby"), ["#lobby"]);
  assertEquals(matching("late"), ["#late"]);
  assertEquals(matching("lo"), ["#lobby", "#tea-lovers"]);
  assertEquals(matching("x"), []);
});

Deno.test("a closed buffer that was current gives way to the one before it", () => {
  const buffers = followed(["#a", "#b", "#c"].map(joined));
  const [, second] = buffers.all;
  if (second) buffers.show(second);
  if (second) buffers.close(second);
  assertEquals([buffers.current?.name, buffers.all.length], ["#a", 2]);
});

Deno.test("a buffer keeps its latest thousand events", () => {
  const many = Array.from({ length: 1200 }, (_, i) => message({ room: "#b", text: String(i) }));
  const buffer = followed([joined("#a"), ...many]).find("#b");
  assertEquals([buffer?.events.length, buffer?.unseen, buffer?.unread], [1000, 1000, 1200]);
});
