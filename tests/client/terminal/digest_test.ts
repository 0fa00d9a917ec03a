import { assertEquals } from "@std/assert";
import { digest } from "../../../client/terminal/digest.ts";
import type { ClientEvent } from "../../../client/session/events.ts";
import { PLAIN } from "../../../client/terminal/format.ts";

const VIEW = { style: PLAIN, room: undefined };

function lines(events: readonly ClientEvent[]): string[] {
  return digest(events, VIEW, () => "");
}

function join(nick: string): ClientEvent {
  return { type: "join", time: 0, nick, own: false, room: "#a" };
}

function quit(nick: string): ClientEvent {
  return { type: "quit", time: 0, nick, own: false, rooms: [], text: "" };
}

function said(text: string): ClientEvent {
  const where = { room: "#a", to: "#a", own: false, forMe: false };
  return { type: "message", time: 0, nick: "ann", text, ...where };
}

Deno.test("a few joins and quits are shown one by one", () => {
  assertEquals(lines([join("a"), quit("b")]), ["-- a joined #a", "-- b left"]);
});

Deno.test("many joins and quits become one line, and no message is lost", () => {
  const many = Array.from("abcdefg", join);
  assertEquals(lines([said("one"), ...many, said("two"), quit("x"), quit("y")]), [
    "<ann> one",
    "-- 7 joined: a b c d e …; 2 left: x y",
    "<ann> two",
  ]);
});

Deno.test("a summary counts people, not the rooms that they come to or leave", () => {
  const joins = ["a", "b"].flatMap((nick) => Array.from({ length: 3 }, () => join(nick)));
  const part: ClientEvent = { type: "part", time: 0, nick: "c", own: false, room: "#a", text: "" };
  assertEquals(lines([...joins, part, { ...part, room: "#b" }, quit("c")]), [
    "-- 2 joined: a b; 1 left: c",
  ]);
});

Deno.test("the user's own join is never summarized", () => {
  const own: ClientEvent = { type: "join", time: 0, nick: "me", own: true, room: "#a" };
  assertEquals(lines([own, ...Array.from("abcdef", join)])[0], "-- you joined #a");
});
