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

function quit(nick: string) {
  return { type: "quit", time: 0, nick, own: false, rooms: [], text: "" } as const;
}

function said(text: string): ClientEvent {
  const where = { room: "#a", to: "#a", own: false, forMe: false };
  return { type: "message", time: 0, nick: "ann", text, ...where };
}

Deno.test("a join, a leave and a quit alone are shown as they are", () => {
  const part: ClientEvent = { type: "part", time: 0, nick: "c", own: false, room: "#a", text: "" };
  const all = [join("a"), said("1"), { ...quit("b"), text: "bye" }, said("2"), part];
  assertEquals(lines(all), [
    "-- a joined #a",
    "<ann> 1",
    "-- b left (bye)",
    "<ann> 2",
    "-- c left #a",
  ]);
});

Deno.test("joins and quits between two messages become one line, and no message is lost", () => {
  const many = Array.from("abcdefg", join);
  assertEquals(lines([said("one"), ...many, quit("x"), quit("y"), said("two"), join("z")]), [
    "<ann> one",
    "-- 7 joined: a b c d e …; 2 left: x y",
    "<ann> two",
    "-- z joined #a",
  ]);
});

Deno.test("a summary counts people, not the rooms that they come to or leave", () => {
  const joins = ["a", "b"].flatMap((nick) => Array.from({ length: 3 }, () => join(nick)));
  const part: ClientEvent = { type: "part", time: 0, nick: "c", own: false, room: "#a", text: "" };
  assertEquals(lines([...joins, part, { ...part, room: "#b" }, quit("c")]), [
    "-- 2 joined: a b; c left",
  ]);
});

Deno.test("a user who left and is back, or came and left, is not shown", () => {
  assertEquals(lines([join("a"), quit("b"), join("b"), join("c"), quit("c"), said("hi")]), [
    "-- a joined #a",
    "<ann> hi",
  ]);
});

Deno.test("of a user who comes, says something and goes, only the message is shown", () => {
  assertEquals(lines([join("ann"), said("backup done"), quit("ann")]), ["<ann> backup done"]);
  const later = { ...quit("ann"), time: 11 * 60_000 };
  assertEquals(lines([join("ann"), said("hello"), later]), ["<ann> hello", "-- ann left"]);
});

Deno.test("the line of the quits in a netsplit names its servers", () => {
  const split = (nick: string) => ({ ...quit(nick), text: "hub.example.org leaf.example.org" });
  assertEquals(lines([quit("x"), ...Array.from("abcdef", split)]), [
    "-- x left; 6 left as hub.example.org and leaf.example.org lost each other: a b c d e …",
  ]);
  assertEquals(lines(Array.from("ab", (nick) => ({ ...quit(nick), text: "*.net *.split" }))), [
    "-- 2 left as *.net and *.split lost each other: a b",
  ]);
  assertEquals(lines([{ ...quit("a"), text: "good night" }]), ["-- a left (good night)"]);
});

Deno.test("joins and leaves are each shown, or not at all, if the user wants that", () => {
  const of = (moves: string) => digest([join("a"), quit("a")], { ...VIEW, moves }, () => "");
  assertEquals(of("show"), ["-- a joined #a", "-- a left"]);
  assertEquals(of("hide"), []);
});

Deno.test("the user's own join is never summarized", () => {
  const own: ClientEvent = { type: "join", time: 0, nick: "me", own: true, room: "#a" };
  assertEquals(lines([own, ...Array.from("abcdef", join)])[0], "-- you joined #a");
});
