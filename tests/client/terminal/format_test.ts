import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { EDIT_REASON, Entries } from "../../../client/session/entries.ts";
import type { ClientEvent, Speech } from "../../../client/session/events.ts";
import {
  COLORED,
  hasLine,
  isUserEvent,
  LINKED,
  NICK_COLORS,
  PLAIN,
  quoteOf,
  safeText,
  toText,
} from "../../../client/terminal/format.ts";

const VIEW = { style: PLAIN, room: undefined };
const time = Date.UTC(2026, 0, 1);

function speech(parts: Partial<Speech> = {}): Speech {
  return {
    type: "message",
    time,
    nick: "ann",
    room: "#a",
    to: "#a",
    text: "hi",
    own: false,
    forMe: false,
    ...parts,
  };
}

/** Returns a private message. */
function direct(parts: Partial<Speech> = {}): Speech {
  const { room: _, ...rest } = speech({ to: "me", forMe: true, ...parts });
  return rest;
}

const LINES: readonly [event: ClientEvent, line: string][] = [
  [speech(), "<ann> hi"],
  [speech({ type: "action", text: "waves" }), "* ann waves"],
  [speech({ type: "notice" }), "-ann- hi"],
  [speech({ to: "@#a", status: "@" }), "ann -> @#a: hi"],
  [speech({ to: "+#a", status: "+", type: "action", text: "waves" }), "ann -> +#a: * waves"],
  [speech({ to: "@#a", status: "@", own: true, nick: "me" }), "-> @#a: hi"],
  [speech({ to: "@#a", status: "@", isPast: true }), "ann -> @#a: hi"],
  [direct(), "ann -> you: hi"],
  [direct({ own: true, nick: "me", to: "ann" }), "-> ann: hi"],
  [direct({ type: "action", text: "waves" }), "ann -> you: * waves"],
  [{ type: "join", time, nick: "ann", own: false, room: "#a" }, "-- ann joined #a"],
  [{ type: "join", time, nick: "me", own: true, room: "#a" }, "-- you joined #a"],
  [{ type: "part", time, nick: "ann", own: false, room: "#a", text: "" }, "-- ann left #a"],
  [{ type: "quit", time, nick: "ann", own: false, rooms: [], text: "bye" }, "-- ann left (bye)"],
  [
    { type: "kick", time, nick: "me", own: true, room: "#a", by: "op", text: "out" },
    "-- op removed you from #a (out)",
  ],
  [
    { type: "kick", time, nick: "ann", own: false, room: "#a", by: "op", text: "op" },
    "-- op removed ann from #a",
  ],
  [
    { type: "kick", time, nick: "ann", own: false, room: "#a", by: "op", text: "ann" },
    "-- op removed ann from #a",
  ],
  [
    {
      type: "kick",
      time,
      nick: "ann",
      own: false,
      room: "#a",
      by: "me",
      isByUser: true,
      text: "spam",
    },
    "-- you removed ann from #a (spam; undo: /invite ann)",
  ],
  [{ type: "nick", time, nick: "ann", own: false, rooms: [], to: "eva" }, "-- ann is now eva"],
  [
    { type: "topic", time, nick: "ann", own: false, room: "#a", text: "t" },
    "-- ann set the topic: t",
  ],
  [
    { type: "topic", time, nick: "ann", own: false, room: "#a", text: "" },
    "-- ann removed the topic",
  ],
  [
    { type: "members", time, room: "#a", members: Array.from({ length: 52 }, (_, i) => `n${i}`) },
    `-- in #a: ${Array.from({ length: 50 }, (_, i) => `n${i}`).join(" ")} and 2 more`,
  ],
  [
    { type: "members", time, room: "#a", members: Array.from({ length: 50 }, (_, i) => `n${i}`) },
    `-- in #a: ${Array.from({ length: 50 }, (_, i) => `n${i}`).join(" ")}`,
  ],
  [
    { type: "retrying", time, reason: "no way.", retry: 4, isSteady: false },
    "-- still not connected (no way): trying again in 4 s",
  ],
  [
    { type: "retrying", time, reason: "no way.", retry: 49, isSteady: true },
    "-- still not connected (no way): trying again about once a minute",
  ],
  [
    { type: "unconfirmed", time, line: { to: "#a", kind: "message", text: "hi" } },
    "-- may not have reached #a: hi (connection lost; send it again if needed)",
  ],
];

Deno.test("each event becomes one line", () => {
  for (const [event, line] of LINES) assertEquals(toText(event, VIEW), line);
});

Deno.test("an unconfirmed long message is quoted by its beginning", () => {
  const line = { to: "#a", kind: "message", text: "ü".repeat(9000) } as const;
  const quoted = toText({ type: "unconfirmed", time, line }, VIEW);
  assertStringIncludes(quoted, `may not have reached #a: ${"ü".repeat(150)}… (`);
});

Deno.test("a line about another room than the current one begins with that room's name", () => {
  const view = { style: PLAIN, room: "#b" };
  assertEquals(toText(speech(), view), "#a <ann> hi");
  assertEquals(toText(speech({ room: "#b", to: "#b" }), view), "<ann> hi");
  assertEquals(toText({ type: "answer", time, text: "slow", room: "#a" }, view), "#a -- slow");
  assertEquals(toText({ type: "refused", time, reason: "no", room: "#b" }, view), "-- no");
  assertEquals(toText(direct(), view), "ann -> you: hi");
  const changes = [{ letter: "m", has: false }];
  const mode = { type: "mode", time, nick: "ann", own: false, room: "#a", text: "-m", changes };
  assertEquals(
    toText({ ...mode, type: "mode" }, view),
    "#a -- everyone can speak in #a now (by ann)",
  );
  const join = { type: "join", time, nick: "ann", own: false, room: "#a" } as const;
  assertEquals(toText(join, view), "-- ann joined #a", "the line names the room already");
});

Deno.test("events among users are public, events of the connection are not", () => {
  const quit = { type: "quit", time, nick: "ann", own: false, rooms: [], text: "" } as const;
  const connected = { type: "connected", time, nick: "ann", server: "x", isFirst: true } as const;
  const answer = { type: "answer", time, text: "x" } as const;
  assertEquals([speech(), quit, connected, answer].map(isUserEvent), [true, true, false, false]);
});

/** A style with visible marks in place of colors. */
const MARKS = {
  quiet: (text: string) => `(${text})`,
  nick: (nick: string) => `@${nick}`,
  forMe: (text: string) => `!${text}`,
  alarm: (text: string) => `?${text}`,
  onItsWay: (text: string) => `~${text}`,
  rich: (text: string, isForMe: boolean) => isForMe ? `!${text}` : text,
  bare: safeText,
};

Deno.test("a past message is dimmed as a whole, and a refusal is highlighted", () => {
  const view = { style: MARKS, room: undefined };
  assertEquals(toText(speech({ isPast: true }), view), "(<ann> hi)");
  assertEquals(toText(speech({ forMe: true }), view), "<@ann> !hi");
  assertEquals(toText({ type: "answer", time, text: "x" }, view), "(-- x)");
  assertEquals(toText({ type: "refused", time, reason: "x" }, view), "?-- x");
});

Deno.test("a nick always has the same color, and a message for the user is bold", () => {
  const view = { style: COLORED, room: undefined };
  const line = toText(speech(), view);
  const forMe = toText(speech({ forMe: true }), view);
  assertEquals(line, toText(speech(), view));
  assertMatch(line, /^<.\[38;5;\d+mann.\[39m> hi$/);
  assertStringIncludes(forMe, "\x1b[1mhi");
  const colors = new Set(
    ["ann", "bob", "eve", "zoe"].map((nick) => COLORED.nick(nick).replace(nick, "")),
  );
  assert(colors.size > 1, "nicks differ in color");
});

Deno.test("escape sequences, color codes and control characters are removed from text", () => {
  const table: readonly [string, string][] = [
    ["\x1b[31mred\x1b[0m", "red"],
    ["\x1b]0;title\x07x", "x"],
    ["\x0304,12warm\x03", "warm"],
    ["\x02bold\x02 \x1funder\x0f", "bold under"],
    ["\x04ff0000red", "red"],
    ["a\tb", "a    b"],
    ["a\u202eb\u2066c\u200ed", "abcd"],
    ["\x9b31mc1", "c1"],
    ["a\r\nb\0\x07", "ab"],
    ["日本 👨‍👩‍👧 é", "日本 👨‍👩‍👧 é"],
  ];
  for (const [text, safe] of table) assertEquals(safeText(text), safe, JSON.stringify(text));
});

/** Every character that controls a terminal. */
const CONTROLS = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

/** The sequences that the client makes itself: attributes, and links to web addresses. */
const OURS = /\x1b\[[0-9;]*m|\x1b\]8;;(?:https?:\/\/[\x21-\x7e]+)?\x1b\\/g;

Deno.test("every event becomes printable text, whatever the server sends", () => {
  let seed = 3;
  const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % below;
  const special = [..."\x1b\x9b[]m0;\x07\x03\x02\n\r\u202e\u2066\u2028\ud800\x00\x01\\"];
  const text = () =>
    Array.from(
      { length: random(20) },
      () => random(2) ? special[random(special.length)] : String.fromCharCode(random(0xffff)),
    ).join("");
  for (let round = 0; round < 2000; round++) {
    const stamp = { time, id: text(), nick: text(), own: random(2) === 0 };
    const line = { to: text(), kind: "message", text: text() } as const;
    const events: ClientEvent[] = [
      { ...speech(), ...stamp, room: text(), text: text(), forMe: true },
      { ...direct(), ...stamp, to: text(), text: text() },
      { ...stamp, type: "join", room: text() },
      { ...stamp, type: "part", room: text(), text: text() },
      { ...stamp, type: "quit", rooms: [text()], text: text() },
      { ...stamp, type: "kick", room: text(), by: text(), text: text() },
      { ...stamp, type: "nick", rooms: [text()], to: text() },
      { ...stamp, type: "topic", room: text(), text: text() },
      {
        ...stamp,
        type: "mode",
        room: text(),
        text: text(),
        changes: [{ letter: text(), has: random(2) === 0, param: text() }],
      },
      { ...stamp, type: "invite", room: text() },
      { ...stamp, type: "reaction", to: text(), reply: "1", text: text() },
      { ...stamp, type: "redaction", to: text(), reply: "2", text: text() },
      { ...speech(), ...stamp, text: text(), reply: "1" },
      { ...speech(), ...stamp, text: `https://${text()} \`${text()}\` *${text()}*` },
      { time, type: "connected", server: text(), nick: text(), isFirst: true },
      { time, type: "disconnected", reason: text(), retry: 1 },
      { time, type: "retrying", reason: text(), retry: 1, isSteady: false },
      { time, type: "nick-taken", wanted: text(), nick: text(), reason: text() },
      { time, type: "room-refused", room: text(), reason: text() },
      { time, type: "members", room: text(), members: [text(), text()] },
      { time, type: "topic-is", room: text(), text: text() },
      { time, type: "warning", text: text() },
      { time, type: "answer", text: text() },
      { time, type: "refused", reason: text(), line },
      { time, type: "unconfirmed", line },
    ];
    const entries = new Entries((one, other) => one === other, 10);
    entries.add({ ...speech(), ...stamp, text: text(), id: "1" });
    entries.add({ ...speech(), ...stamp, text: text(), id: "2" });
    for (const event of events) {
      for (const room of [undefined, text()]) {
        const view = { room, entries, isLive: true };
        assert(!CONTROLS.test(toText(event, { ...view, style: PLAIN })), JSON.stringify(event));
        for (const style of [COLORED, LINKED]) {
          const line = toText(event, { ...view, style });
          assert(!CONTROLS.test(line.replace(OURS, "")), JSON.stringify(event));
        }
      }
    }
  }
});

Deno.test("a reply shows what it answers, a reaction is counted, and an edit says so", () => {
  const entries = new Entries((one, other) => one === other, 10);
  const view = { ...VIEW, entries };
  const hello = speech({ id: "1", nick: "bob", text: `hello ${"o".repeat(40)}` });
  const reply = speech({ id: "2", reply: "1", text: "hi bob" });
  const about = { time, own: false, to: "#a", room: "#a" };
  const reaction = { ...about, type: "reaction", nick: "eve", reply: "2", text: "👍" } as const;
  const deletion = { ...about, type: "redaction", nick: "ann", reply: "2" } as const;
  const edit = { ...reply, id: "3", reply: "2", text: "hi, bob" };
  for (const event of [hello, reply, reaction, { ...reaction, nick: "joe" }]) entries.add(event);
  assertEquals(toText(reply, view), `<ann> [re <bob> hello ${"o".repeat(24)}…] hi bob`);
  assertEquals(toText(reaction, view), "-- 👍 2 on <ann> hi bob (by eve joe)");
  assertEquals(toText({ ...reaction, reply: "9" }, view), "-- eve reacted with 👍");

  entries.add({ ...deletion, text: EDIT_REASON });
  entries.add(edit);
  assertEquals([reply, { ...deletion, text: EDIT_REASON }, edit].map((e) => hasLine(e, view)), [
    false,
    false,
    true,
  ]);
  assertEquals(toText(edit, view), "<ann> hi, bob (edited)");
});

Deno.test("a quote of a message of several lines is one line, with spaces between them", () => {
  assertEquals(quoteOf(speech({ nick: "bob", text: "one\ntwo" })), "<bob> one two");
});

Deno.test("a deletion strikes the message out as it happens, and does not repeat it later", () => {
  const entries = new Entries((one, other) => one === other, 10);
  const about = { time, own: false, to: "#a", room: "#a", reply: "1" };
  const deletion = { ...about, type: "redaction", nick: "op", text: "spam" } as const;
  for (const event of [speech({ id: "1", text: "buy!" }), deletion]) entries.add(event);
  const live = { style: COLORED, room: undefined, entries, isLive: true };
  const line = "-- op deleted a message (spam)";
  const struck = ": \x1b[9m<ann> buy!\x1b[29m";
  assertStringIncludes(toText(deletion, live), line + struck);
  assert(!toText(deletion, { ...live, isLive: false }).includes("buy!"));
  assertEquals(toText(deletion, { ...live, style: PLAIN }), line, "without a way to strike it out");
});

/** Returns the relative luminance of a color of the 6×6×6 cube of the palette (WCAG 2). */
function luminance(color: number): number {
  const at = color - 16;
  const levels = [Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map((step) => {
    const part = (step === 0 ? 0 : 55 + step * 40) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const [red = 0, green = 0, blue = 0] = levels;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

Deno.test("the colors of nicks are legible on black and on white, and stay with a varied nick", () => {
  for (const color of NICK_COLORS) {
    const light = luminance(color);
    const contrast = Math.min((light + 0.05) / 0.05, 1.05 / (light + 0.05));
    assert(contrast >= 3, `${color}: ${contrast}`);
  }
  assertEquals(COLORED.nick("Ann_").replace("Ann_", "ann"), COLORED.nick("ann"));
});
