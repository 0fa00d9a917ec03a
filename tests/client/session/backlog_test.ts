import { assertEquals } from "@std/assert";
import { CatchUp } from "../../../client/session/catchup.ts";
import type { ClientEvent, Speech } from "../../../client/session/events.ts";
import { asMissed } from "../../../client/session/missed.ts";

function said(id: number): Speech {
  const nick = { nick: "bob", own: false, forMe: false };
  return { type: "message", time: id, id: String(id), to: "#a", room: "#a", text: "hi", ...nick };
}

/** Returns a state that reads at most `max` messages of each room that the user comes back to. */
function catchUp(max: number): CatchUp {
  const names = { fold: (name: string) => name, isRoom: () => true };
  return new CatchUp(0, () => names, () => Date.UTC(2027, 0), undefined, max);
}

Deno.test("with a limit, the newest missed messages are read, and the first of them says that there are more", () => {
  const subject = catchUp(5);
  subject.joined("#a", { time: 1, id: "1" }, 2);
  subject.lost();
  const request = subject.joined("#a", { time: 99 }, 2);
  assertEquals(request, ["LATEST", "#a", "msgid=1", "2"]);
  assertEquals(subject.passes(said(31)), false);
  const between = (id: number, limit: number) => [
    "BETWEEN",
    "#a",
    `msgid=${id}`,
    "msgid=1",
    String(limit),
  ];
  const none: readonly ClientEvent[] = [];
  assertEquals(subject.page("#a", [said(29), said(30)]), { show: none, request: between(29, 2) });
  assertEquals(subject.page("#a", [said(27), said(28)]), { show: none, request: between(27, 1) });
  const { show, caughtUp, ...rest } = subject.page("#a", [said(26)]);
  const missed = [26, 27, 28, 29, 30].map((id) => asMissed(said(id)));
  const [first, ...others] = missed;
  assertEquals(show, [...first ? [{ ...first, isAfterGap: true }] : [], ...others, said(31)]);
  assertEquals([caughtUp, rest], ["#a", {}]);
});

Deno.test("fewer missed messages than the limit leave no gap, even if the page has older messages", () => {
  for (const page of [[said(2)], [said(0), said(1), said(2)]]) {
    const subject = catchUp(100);
    subject.joined("#a", { time: 1, id: "1" }, 3);
    subject.lost();
    subject.joined("#a", { time: 9 }, 3);
    assertEquals(subject.page("#a", page), { show: [asMissed(said(2))], caughtUp: "#a" });
  }
});

Deno.test("if a page is refused or late, only older messages are left out, and the gap is marked", () => {
  for (const end of ["refused", "giveUp"] as const) {
    const subject = catchUp(100);
    subject.joined("#a", { time: 1, id: "1" }, 2);
    subject.lost();
    subject.joined("#a", { time: 9 }, 2);
    subject.page("#a", [said(8), said(9)]);
    subject.passes(said(10));
    const first = { ...asMissed(said(8)), isAfterGap: true };
    assertEquals(subject[end]().show, [first, asMissed(said(9)), said(10)]);
    subject.lost();
    assertEquals(subject.joined("#a", { time: 20 }, 2)?.[2], "msgid=10");
  }
});

Deno.test("a full page that the server marks as the last leaves no gap, and nothing to request", () => {
  const page = [said(8), said(9)];
  const end = { count: 2, first: said(8), last: said(9), isEnd: true };
  const missed = [asMissed(said(8)), asMissed(said(9))];
  const limited = catchUp(2);
  limited.joined("#a", { time: 1, id: "1" }, 2);
  limited.lost();
  limited.joined("#a", { time: 99 }, 2);
  assertEquals(limited.page("#a", page, end), { show: missed, caughtUp: "#a" });
  const names = { fold: (name: string) => name, isRoom: () => true };
  const all = new CatchUp(0, () => names, () => Date.UTC(2027, 0));
  all.joined("#a", { time: 1, id: "1" }, 2);
  all.lost();
  all.joined("#a", { time: 99 }, 2);
  assertEquals(all.page("#a", page, end), { show: missed, caughtUp: "#a" });
});
