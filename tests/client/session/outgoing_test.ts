import { assertEquals } from "@std/assert";
import type { Line } from "../../../client/session/events.ts";
import { Outgoing } from "../../../client/session/outgoing.ts";

function line(text: string, to = "#a"): Line {
  return { to, text, kind: "message" };
}

/** Returns a queue of the lines `1` to `count`, after sending as many of them as it allows. */
function filled(count: number, bytes = 10): Outgoing {
  const outgoing = new Outgoing();
  for (let i = 1; i <= count; i++) outgoing.add(line(String(i)));
  for (let next = outgoing.next; next; next = outgoing.next) outgoing.take(next.text, bytes);
  return outgoing;
}

function texts(lines: readonly Line[]): string[] {
  return lines.map(({ text }) => text);
}

Deno.test("at most sixteen lines are unanswered at once", () => {
  assertEquals(filled(40).lost().length, 16);
});

Deno.test("at most four kilobytes are unanswered at once, plus the last line", () => {
  assertEquals(filled(40, 500).lost().length, 9);
});

Deno.test("an answer makes room for the next line", () => {
  const outgoing = filled(17);
  assertEquals(outgoing.next, undefined);
  outgoing.answered(({ text }) => text === "5");
  assertEquals(outgoing.next?.text, "17");
});

Deno.test("an answer frees only the bytes of the line it answers", () => {
  const outgoing = filled(40, 500);
  outgoing.answered(({ text }) => text === "5");
  assertEquals(outgoing.next?.text, "10");
  outgoing.take("10", 500);
  assertEquals(outgoing.next, undefined);
});

Deno.test("an empty queue has nothing to send", () => {
  assertEquals(new Outgoing().take("a", 1), undefined);
});

Deno.test("a line that does not fit into one message is sent as several, in order", () => {
  const outgoing = new Outgoing();
  outgoing.add(line("abcdef"));
  outgoing.add(line("next"));
  assertEquals(outgoing.take("abcd", 4)?.text, "abcd");
  assertEquals(outgoing.next?.text, "ef");
  outgoing.take("ef", 2);
  assertEquals(outgoing.next?.text, "next");
});

Deno.test("an answer through a line answers those before it, and none after it", () => {
  const outgoing = filled(3);
  assertEquals(texts(outgoing.answeredThrough("2")), ["1", "2"]);
  assertEquals(texts(outgoing.lost()), ["3"]);
});

Deno.test("an answer to no line changes nothing", () => {
  const outgoing = filled(3);
  assertEquals(outgoing.answered(() => false), undefined);
  assertEquals(outgoing.answeredThrough("unknown"), []);
  assertEquals(outgoing.size, 3);
});

Deno.test("sent lines are lost with the connection, queued ones are not", () => {
  const outgoing = filled(20);
  assertEquals(outgoing.lost().length, 16);
  assertEquals(outgoing.next?.text, "17");
  assertEquals(outgoing.size, 4);
});

Deno.test("the queued lines of one room can be withdrawn", () => {
  const outgoing = new Outgoing();
  for (const to of ["#a", "#b", "#a"]) outgoing.add(line(`to ${to}`, to));
  assertEquals(texts(outgoing.withdraw((to) => to === "#a")), ["to #a", "to #a"]);
  assertEquals(outgoing.next?.to, "#b");
});
