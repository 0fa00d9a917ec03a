import { assertEquals } from "@std/assert";
import { Moment } from "../../../shared/clock.ts";
import type { Line } from "../../../client/session/events.ts";
import { Outgoing, type SentLine } from "../../../client/session/outgoing.ts";

function line(text: string, to = "#a"): Line {
  return { to, text, kind: "message" };
}

const WINDOW = 16;

/** Returns the next line to send. */
function nextOf(outgoing: Outgoing, held?: string): Line | undefined {
  return outgoing.next(WINDOW, (to) => to === held);
}

/** Sends `text` of the next line. */
function take(outgoing: Outgoing, text?: string, bytes = 10): SentLine | undefined {
  const next = nextOf(outgoing);
  return next && outgoing.take(next, text ?? next.text, bytes, new Moment(0));
}

/** Returns a queue of the lines `1` to `count`, after sending as many of them as it allows. */
function filled(count: number, bytes = 10): Outgoing {
  const outgoing = new Outgoing();
  for (let i = 1; i <= count; i++) outgoing.add(line(String(i)));
  while (take(outgoing, undefined, bytes));
  return outgoing;
}

function texts(lines: readonly Line[]): string[] {
  return lines.map(({ text }) => text);
}

Deno.test("no more lines than the window are unanswered at once", () => {
  assertEquals(filled(40).lost().length, 16);
});

Deno.test("at most 2 kB are unanswered at once, the last line included", () => {
  assertEquals(filled(40, 510).lost().length, 4);
});

Deno.test("an answer makes room for the next line", () => {
  const outgoing = filled(17);
  assertEquals(nextOf(outgoing), undefined);
  outgoing.answered(({ text }) => text === "5");
  assertEquals(nextOf(outgoing)?.text, "17");
});

Deno.test("an answer frees only the bytes of the line it answers", () => {
  const outgoing = filled(40, 510);
  outgoing.answered(({ text }) => text === "3");
  assertEquals(nextOf(outgoing)?.text, "5");
  take(outgoing, "5", 510);
  assertEquals(nextOf(outgoing), undefined);
});

Deno.test("an empty queue has nothing to send", () => {
  assertEquals(nextOf(new Outgoing()), undefined);
  assertEquals(new Outgoing().take(line("a"), "a", 1, new Moment(0)), undefined);
});

Deno.test("a line that does not fit into one message is sent as several, in order", () => {
  const outgoing = new Outgoing();
  outgoing.add(line("abcdef"));
  outgoing.add(line("next"));
  assertEquals(take(outgoing, "abcd")?.text, "abcd");
  assertEquals(nextOf(outgoing)?.text, "ef");
  take(outgoing, "ef");
  assertEquals(nextOf(outgoing)?.text, "next");
});

Deno.test("an answer up to a line answers all lines before it, too, and none after it", () => {
  const outgoing = filled(3);
  assertEquals(texts(outgoing.answeredThrough(2)), ["1", "2"]);
  assertEquals(texts(outgoing.lost()), ["3"]);
});

Deno.test("an answer to no line changes nothing", () => {
  const outgoing = filled(3);
  assertEquals(outgoing.answered(() => false), undefined);
  assertEquals(outgoing.answeredThrough(0), []);
  assertEquals(outgoing.size, 3);
});

Deno.test("sent lines are lost with the connection, queued ones are not", () => {
  const outgoing = filled(20);
  assertEquals(outgoing.lost().length, 16);
  assertEquals(nextOf(outgoing)?.text, "17");
  assertEquals(outgoing.size, 4);
});

Deno.test("the queued lines of one room can be withdrawn", () => {
  const outgoing = new Outgoing();
  for (const to of ["#a", "#b", "#a"]) outgoing.add(line(`to ${to}`, to));
  assertEquals(texts(outgoing.withdraw((to) => to === "#a")), ["to #a", "to #a"]);
  assertEquals(nextOf(outgoing)?.to, "#b");
});

Deno.test("lines to a held target wait, while lines to other targets pass in order", () => {
  const outgoing = new Outgoing();
  for (const to of ["#a", "bob", "#a", "bob"]) outgoing.add(line(`to ${to}`, to));
  assertEquals(nextOf(outgoing, "#a")?.to, "bob");
  assertEquals(nextOf(outgoing)?.to, "#a");
});

Deno.test("a dropped line is sent again, before all lines that were first sent later", () => {
  const outgoing = filled(4);
  outgoing.add(line("new"));
  for (const each of ["3", "1", "2"]) {
    const dropped = outgoing.answered(({ text }) => text === each);
    if (dropped) outgoing.putBack(dropped);
  }
  const texts = Array.from({ length: 4 }, () => take(outgoing)?.text);
  assertEquals(texts, ["1", "2", "3", "new"]);
});

Deno.test("the waiting lines to one target can be sent to another", () => {
  const outgoing = new Outgoing();
  for (const to of ["#a", "#b"]) outgoing.add(line("hello", to));
  outgoing.retarget((to) => to === "#a", "#c");
  assertEquals([take(outgoing)?.to, take(outgoing)?.to], ["#c", "#b"]);
});
