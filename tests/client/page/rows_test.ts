import { assertEquals } from "@std/assert";
import { rowsOf } from "../../../client/page/rows.ts";
import { Timeline } from "../../../client/page/timeline.ts";
import { Entries } from "../../../client/session/entries.ts";
import type { ClientEvent, Speech } from "../../../client/session/events.ts";
import { summaryOf } from "../../../client/session/moves.ts";

const DAY = Date.UTC(2026, 0, 5, 12);

function said(id: string, nick: string, text: string, more: Partial<Speech> = {}): Speech {
  const place = { room: "#tea", to: "#tea", own: false, forMe: false };
  return { type: "message", id, nick, text, time: DAY, ...place, ...more };
}

function moved(type: "join" | "part", nick: string, own = false): ClientEvent {
  return type === "join"
    ? { type, nick, own, room: "#tea", time: DAY }
    : { type, nick, own, room: "#tea", text: "", time: DAY };
}

/** A timeline with these events, and its rows in a short form. */
function shown(events: readonly ClientEvent[], newFrom?: ClientEvent) {
  const entries = new Entries((one, other) => one === other, 1000);
  const timeline = new Timeline({ name: "#tea", events: [...events], entries });
  for (const event of events) {
    entries.add(event);
    timeline.add(event);
  }
  const rows = rowsOf(timeline.items, undefined, newFrom, entries).map((row) => {
    if (row.type === "message") {
      return `${row.isContinued ? "" : row.speech.nick}: ${row.speech.text}`;
    }
    if (row.type === "moves") return `moves ${summaryOf(row.moves, ({ nick }) => nick, String)}`;
    return row.type === "deleted" ? `deleted by ${row.by}` : row.type;
  });
  return { timeline, rows };
}

Deno.test("a message after another message of its author does not repeat the name", () => {
  const { rows } = shown([
    said("1", "ada", "one"),
    said("2", "ada", "two"),
    said("3", "bob", "three"),
    said("4", "bob", "much later", { time: DAY + 600_000 }),
  ]);
  assertEquals(rows, ["day", "ada: one", ": two", "bob: three", "bob: much later"]);
});

Deno.test("joins and leaves in a row are one row", () => {
  const moves = [moved("join", "bob"), moved("join", "carl"), moved("part", "bob")];
  const { rows } = shown([said("1", "ada", "one"), ...moves, said("2", "ada", "two")]);
  assertEquals(rows, ["day", "ada: one", "moves carl", "ada: two"]);
});

Deno.test("a join has no row if it is the user's own, or its author says something next", () => {
  const { rows } = shown([
    moved("join", "ada", true),
    said("1", "ada", "one", { own: true }),
    moved("join", "bob"),
    said("2", "bob", "two"),
  ]);
  assertEquals(rows, ["day", "ada: one", "bob: two"]);
});

Deno.test("the ranks that a server gives at a join have no row", () => {
  const given = (nick: string, by: string): ClientEvent => {
    const change = { letter: "o", has: true, param: nick, prefix: "@" };
    return {
      type: "mode",
      nick: by,
      own: false,
      room: "#tea",
      text: `+o ${nick}`,
      changes: [change],
      time: DAY,
    };
  };
  const others = ["carl", "dora", "eve", "fay", "gus"].map((nick) => moved("join", nick));
  // The rank may be in another part of the list than its join.
  const { timeline, rows } = shown([
    moved("join", "ada", true),
    moved("join", "bob"),
    ...others,
    given("ada", "irc.test"),
    given("bob", "irc.test"),
    given("eve", "ada"),
  ]);
  assertEquals(rows, ["day", "moves 6 joined: bob carl dora eve fay …", "event"]);
  assertEquals(timeline.items.length, 8);
});

Deno.test("one line shows where the new messages begin, and another where a day begins", () => {
  const second = said("2", "ada", "two", { time: DAY + 86_400_000 });
  // The message may have been forgotten, and read back.
  const { rows } = shown([said("1", "ada", "one"), second], { ...second });
  assertEquals(rows, ["day", "ada: one", "day", "new", "ada: two"]);
});

Deno.test("a deleted message is shown as deleted, and an edited one only with its new text", () => {
  const redaction = { type: "redaction", own: false, room: "#tea", to: "#tea", time: DAY } as const;
  const { rows } = shown([
    said("1", "ada", "one"),
    said("2", "ada", "typo"),
    { ...redaction, nick: "op", reply: "1", text: "" },
    { ...redaction, nick: "ada", reply: "2", text: "edited" },
    said("3", "ada", "right", { reply: "2" }),
  ]);
  assertEquals(rows, ["day", "deleted by op", "ada: right"]);
});

Deno.test("earlier messages come before the others, each once, and keep the keys of the others", () => {
  const { timeline } = shown([said("3", "ada", "three"), said("4", "ada", "four")]);
  const keys = timeline.items.map(({ key }) => key);
  timeline.addEarlier([
    said("1", "ada", "one"),
    said("2", "ada", "two"),
    said("3", "ada", "three"),
  ]);
  assertEquals(timeline.items.map(({ event }) => event.id), ["1", "2", "3", "4"]);
  assertEquals(timeline.items.slice(2).map(({ key }) => key), keys);
  // A message that was read back may still arrive live.
  timeline.add(said("1", "ada", "one"));
  assertEquals(timeline.items.length, 4);
});
