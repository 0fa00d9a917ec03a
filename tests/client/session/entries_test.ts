import { assertEquals } from "@std/assert";
import { EDIT_REASON, Entries } from "../../../client/session/entries.ts";
import type { ClientEvent, Speech } from "../../../client/session/events.ts";

const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

function speech(id: string, text: string, more: Partial<Speech> = {}): Speech {
  const target = { to: "#a", room: "#a" };
  return {
    type: "message",
    time: 0,
    nick: "bob",
    own: false,
    forMe: false,
    ...target,
    id,
    text,
    ...more,
  };
}

function about(
  type: "reaction" | "unreaction" | "redaction",
  reply: string,
  text: string,
  nick = "bob",
  own = false,
): ClientEvent {
  return { type, time: 0, nick, own, to: "#a", room: "#a", reply, text };
}

function entries(events: readonly ClientEvent[], max = 100): Entries {
  const all = new Entries(isSame, max);
  for (const event of events) all.add(event);
  return all;
}

const texts = ({ all }: Entries) => all.map(({ speech }) => speech.text);

Deno.test("reactions are counted by user, and belong to the message that they name", () => {
  const all = entries([
    speech("1", "hello"),
    about("reaction", "1", "👍", "ann"),
    about("reaction", "1", "👍", "ann"),
    about("reaction", "1", "👍", "eve"),
    about("reaction", "1", "🎉", "eve"),
    about("reaction", "2", "👍", "eve"),
  ]);
  const counts = [...all.find("1")?.reactions ?? []].map(([text, { size }]) => [text, size]);
  assertEquals(counts, [["👍", 2], ["🎉", 1]]);
});

Deno.test("a reaction that was taken back is gone, and those of others stay", () => {
  const given = [
    speech("1", "hello"),
    about("reaction", "1", "👍", "ann", true),
    about("reaction", "1", "👍", "eve"),
    about("reaction", "1", "🎉", "eve"),
  ];
  assertEquals([...entries(given).find("1")?.ownReactions ?? []], ["👍"]);
  const all = entries([
    ...given,
    about("unreaction", "1", "👍", "ann", true),
    about("unreaction", "1", "🎉", "eve"),
    about("unreaction", "1", "❤️", "eve"),
  ]);
  assertEquals([...all.find("1")?.reactions ?? []], [["👍", new Set(["eve"])]]);
  assertEquals(all.find("1")?.ownReactions.size, 0);
});

Deno.test("a deleted message is gone, and still known with the user that deleted it", () => {
  const hello = speech("1", "hello");
  const all = entries([hello, speech("2", "tea?"), about("redaction", "1", "spam", "op")]);
  assertEquals(texts(all), ["tea?"]);
  assertEquals(all.stateOf(hello), "gone");
  assertEquals(all.find("1")?.deletedBy, "op");
});

Deno.test("a new text that answers a message deleted by its author replaces it", () => {
  const first = speech("1", "helo");
  const second = speech("2", "hello", { reply: "1" });
  const third = speech("3", "hello!", { reply: "1" });
  const events = [
    first,
    about("reaction", "1", "👍", "ann"),
    about("redaction", "1", EDIT_REASON, "BOB"),
    second,
  ];
  const once = entries(events);
  assertEquals([first, second].map((each) => once.stateOf(each)), ["gone", "edited"]);
  assertEquals(once.find("1")?.speech, second, "what names the old id means the new text");
  assertEquals(once.find("2")?.reactions.get("👍")?.size, 1, "the reactions stay");

  const twice = entries([...events, about("redaction", "2", EDIT_REASON), third]);
  assertEquals(texts(twice), ["hello!"]);
  assertEquals(twice.find("1")?.speech, third);
});

Deno.test("an answer to a message that somebody else deleted is not an edit", () => {
  const rude = speech("1", "rude");
  const byOperator = entries([
    rude,
    about("redaction", "1", "", "op"),
    speech("2", "why?", { reply: "1" }),
  ]);
  assertEquals(byOperator.find("2")?.isEdited, false);
  const byOther = entries([
    rude,
    about("redaction", "1", ""),
    speech("2", "good", { reply: "1", nick: "eve" }),
  ]);
  assertEquals(byOther.find("2")?.isEdited, false);
  const plain = entries([rude, speech("2", "sorry", { reply: "1" })]);
  assertEquals(texts(plain), ["rude", "sorry"]);
});

Deno.test("only the latest messages are kept, each once", () => {
  const said = Array.from({ length: 20 }, (_, i) => speech(`${i}`, `${i}`));
  const all = entries([...said, ...said.slice(15)], 5);
  assertEquals(texts(all), ["15", "16", "17", "18", "19"]);
});

Deno.test("a message that is read back has the reactions that were read before it", () => {
  const all = entries([
    speech("9", "new"),
    { ...about("reaction", "1", "👍", "ann"), id: "5", time: 5 },
    { ...about("reaction", "1", "👍"), id: "6", time: 6 },
  ]);
  const reactions = () =>
    [...all.find("1")?.reactions ?? []].map(([text, { size }]) => text + size);
  // The history has them in order, but its later parts are read first.
  all.addEarlier({ ...about("reaction", "1", "🎉"), id: "2", time: 2 });
  all.addEarlier({ ...about("unreaction", "1", "🎉"), id: "4", time: 4 });
  all.addEarlier({ ...about("reaction", "1", "🎉"), id: "3", time: 3 });
  all.addEarlier(speech("1", "old"));
  assertEquals(reactions(), ["👍2"]);
  // The same reaction, read once more, is not given again after it was taken back.
  all.add({ ...about("unreaction", "1", "👍", "ann"), id: "7", time: 7 });
  all.addEarlier({ ...about("reaction", "1", "👍", "ann"), id: "5", time: 5 });
  assertEquals(reactions(), ["👍1"]);
  all.forget("1");
  assertEquals(all.find("1"), undefined);
  all.addEarlier(speech("1", "old"));
  assertEquals(reactions(), ["👍1"]);
  assertEquals(texts(all), ["new"]);
});

Deno.test("a message that is read back can be edited and deleted, and an edited one keeps its reactions", () => {
  const all = entries([]);
  all.addEarlier(speech("1", "tpyo"));
  all.addEarlier(speech("2", "bad"));
  all.addEarlier({ ...about("reaction", "1", "👍"), id: "3", time: 3 });
  all.add(about("redaction", "2", ""));
  all.add(about("redaction", "1", EDIT_REASON));
  all.add(speech("4", "typo", { reply: "1", isEdit: true }));
  assertEquals(all.find("1")?.speech.text, "typo");
  assertEquals([...all.find("4")?.reactions.keys() ?? []], ["👍"]);
  assertEquals(all.find("2")?.deletedBy, "bob");

  const later = entries([]);
  later.addEarlier({ ...about("reaction", "1", "👍"), id: "3", time: 3 });
  later.addEarlier(speech("4", "typo", { reply: "1", isEdit: true }));
  later.addEarlier({ ...about("reaction", "1", "🎉"), id: "2", time: 2 });
  assertEquals([...later.find("4")?.reactions.keys() ?? []], ["👍", "🎉"]);
  later.forget("4");
  assertEquals(later.find("4"), undefined);
});
