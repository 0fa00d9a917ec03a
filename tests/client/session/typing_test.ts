import { assertEquals } from "@std/assert";
import type { ClientEvent } from "../../../client/session/events.ts";
import { withKeywords } from "../../../client/session/mentions.ts";
import { OwnTyping, Typists } from "../../../client/session/typing.ts";
import { FakeClock } from "../../support/fake_clock.ts";

function ownTyping(): { clock: FakeClock; typing: OwnTyping; take(): string[] } {
  const clock = new FakeClock();
  const sent: string[] = [];
  const typing = new OwnTyping(clock, ({ params, tags }) => {
    sent.push(`${params[0]} ${tags?.get("+typing")}`);
  });
  return { clock, typing, take: () => sent.splice(0) };
}

Deno.test("at most every three seconds, others are told that the user is typing", () => {
  const { clock, typing, take } = ownTyping();
  typing.typed("#a");
  clock.advance(499);
  assertEquals(take(), []);
  clock.advance(1);
  assertEquals(take(), ["#a active"]);
  typing.typed("#a");
  clock.advance(2999);
  typing.typed("#a");
  assertEquals(take(), []);
  clock.advance(1);
  typing.typed("#a");
  assertEquals(take(), ["#a active"]);
  typing.typed(undefined);
  assertEquals(take(), ["#a done"]);
  typing.typed(undefined);
  assertEquals(take(), []);
  assertEquals(clock.pending, 0);
});

Deno.test("after a message, no notice says that typing has ended, and a line that is sent at once has no notice", () => {
  const { clock, typing, take } = ownTyping();
  typing.typed("#a");
  typing.said();
  clock.advance(5000);
  assertEquals(take(), []);
  typing.typed("#a");
  clock.advance(500);
  typing.said();
  assertEquals(take(), ["#a active"]);
});

Deno.test("when the user types to another target, the first target is told that typing has ended", () => {
  const { clock, typing, take } = ownTyping();
  typing.typed("#a");
  clock.advance(500);
  typing.typed("bob");
  clock.advance(500);
  assertEquals(take(), ["#a active", "#a done", "bob active"]);
});

const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

const about = { time: 0, own: false, forMe: false, text: "hi" };
const typed = (by: string, state: "active" | "paused" | "done", room?: string): ClientEvent => (
  { type: "typing", time: 0, by, state, ...(room && { room }) }
);

Deno.test("a typist is known until a message, the end of the notice, or six seconds", () => {
  const clock = new FakeClock();
  let changes = 0;
  const typists = new Typists(clock, isSame, () => changes++);
  for (const nick of ["bob", "eve", "joe"]) typists.follow(typed(nick, "active", "#a"));
  typists.follow(typed("bob", "active"));
  assertEquals([typists.in("#A"), typists.in("bob")], [["bob", "eve", "joe"], ["bob"]]);
  typists.follow({ ...about, type: "message", nick: "BOB", to: "#a", room: "#a" });
  typists.follow(typed("eve", "done", "#a"));
  typists.follow(typed("joe", "paused", "#a"));
  assertEquals([typists.in("#a"), typists.in("bob")], [["joe"], ["bob"]]);
  clock.advance(6000);
  assertEquals([typists.in("#a"), typists.in("bob"), changes], [["joe"], [], 1]);
  clock.advance(24_000);
  assertEquals([typists.in("#a"), changes], [[], 2]);
  for (let i = 0; i < 1000; i++) typists.follow(typed(`n${i}`, "active", "#a"));
  assertEquals(typists.in("#a").length, 50);
  typists.clear();
  assertEquals(clock.pending, 0);
});

Deno.test("a user who leaves, is removed or has another nick is no longer typing", () => {
  const typists = new Typists(new FakeClock(), isSame, () => {});
  const known = () => ["#a", "#b"].map((room) => typists.in(room).join(" "));
  for (const nick of ["bob", "eve", "joe", "kim"]) {
    for (const room of ["#a", "#b"]) typists.follow(typed(nick, "active", room));
  }
  const user = { time: 0, own: false, text: "" };
  typists.follow({ ...user, type: "quit", nick: "bob", rooms: ["#a"] });
  typists.follow({ ...user, type: "nick", nick: "eve", rooms: ["#a"], to: "eva" });
  assertEquals(known(), ["joe kim", "joe kim"]);
  typists.follow({ ...user, type: "part", nick: "joe", room: "#a" });
  typists.follow({ ...user, type: "kick", nick: "kim", room: "#b", by: "joe" });
  assertEquals(known(), ["kim", "joe"]);
  typists.follow({ type: "disconnected", time: 0, reason: "lost", retry: 1 });
  assertEquals(known(), ["", ""]);
});

Deno.test("a message with a keyword as a whole word is for the user", () => {
  const isForMe = (text: string, more = {}) => {
    const message = { ...about, type: "message", nick: "bob", to: "#a", room: "#a", text } as const;
    const event = withKeywords({ ...message, ...more }, ["tea", "große pause"]);
    return "forMe" in event && event.forMe;
  };
  assertEquals(["Tea?", "more TEA", "after große Pause!"].map((text) => isForMe(text)), [
    true,
    true,
    true,
  ]);
  assertEquals(["team", "steam, teas, protea", "große"].map((text) => isForMe(text)), [
    false,
    false,
    false,
  ]);
  assertEquals([isForMe("tea", { own: true }), isForMe("tea", { isPast: true })], [false, false]);
});
