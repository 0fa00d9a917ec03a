import { assert, assertEquals } from "@std/assert";
import type { ClientEvent, Speech } from "../../../client/session/events.ts";
import { Ignored } from "../../../client/session/ignored.ts";

function said(nick: string, account?: string, isPast = false): Speech {
  const event = { type: "message", nick, to: "#a", room: "#a", text: "hi", time: 1 } as const;
  return { ...event, own: false, forMe: false, isPast, ...(account !== undefined && { account }) };
}

function renamed(nick: string, to: string): ClientEvent {
  return { type: "nick", nick, to, rooms: ["#a"], own: false, time: 1 };
}

/** Returns the list of a new user, and the words that it keeps. */
function open() {
  let kept: readonly string[] = [];
  const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
  const ignored = new Ignored(isSame, { read: () => kept, keep: (words) => kept = words });
  return { ignored, kept: () => kept };
}

Deno.test("/ignore knows the account of a speaker, however many have spoken before", () => {
  const { ignored, kept } = open();
  for (let n = 0; n < 5000; n++) ignored.hides(said(`user${n}`, `account${n}`));
  ignored.hides(said("Eve", "evil"));
  ignored.add("eve");
  assertEquals(kept(), ["eve,evil"]);
  assertEquals([ignored.hides(said("eva", "evil")), ignored.hides(said("eve", "good"))], [
    true,
    false,
  ]);
  // The latest speakers are known, and the first are forgotten.
  ignored.add("user4500");
  ignored.add("user1");
  assertEquals(kept(), ["eve,evil", "user4500,account4500", "user1"]);
});

Deno.test("/ignore and /unignore leave what another client of the user has changed meanwhile", () => {
  let kept: readonly string[] = ["bob"];
  const store = { read: () => kept, keep: (words: readonly string[]) => kept = words };
  const isSame = (one: string, other: string) => one === other;
  const [one, other] = [new Ignored(isSame, store), new Ignored(isSame, store)];
  one.add("eve");
  other.add("carol");
  assertEquals(kept, ["bob", "eve", "carol"]);
  assert(other.remove("eve"));
  for (const each of [one, other]) each.hides(renamed("bob", "rob"));
  one.hides(renamed("eve", "eva"));
  assertEquals(kept, ["carol", "rob"]);
});

Deno.test("/ignore works if the list cannot be kept", () => {
  const ignored = new Ignored((one, other) => one === other, { read: () => [], keep: () => {} });
  ignored.add("bob");
  ignored.add("eve");
  assertEquals(ignored.nicks, ["bob", "eve"]);
  assert(ignored.remove("bob"));
});

Deno.test("/ignore takes the account that a nick has now", () => {
  const { ignored, kept } = open();
  for (let n = 0; n < 1000; n++) ignored.hides(said(`user${n}`, `account${n}`));
  ignored.hides(said("user5", "other"));
  ignored.hides(said("user6", "account5"));
  ignored.hides(said("user6", "long ago", true));
  ignored.hides(said("user7"));
  ignored.hides(renamed("user8", "user9"));
  for (const nick of ["user5", "user6", "user7", "user9"]) ignored.add(nick);
  assertEquals(kept(), ["user5,other", "user6,account5", "user7", "user9,account8"]);
});
