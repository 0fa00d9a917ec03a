import { assert, assertEquals } from "@std/assert";
import { TypedTexts } from "../../../client/net/typed_texts.ts";
import { Entries } from "../../../client/session/entries.ts";
import { Editor } from "../../../client/terminal/editor.ts";
import { InputHistory, isKept } from "../../../client/terminal/input_history.ts";
import { KeyReader } from "../../../client/terminal/keys.ts";
import { setUp, shown } from "../../support/window.ts";
import { TempFolder } from "../../support/temp_folder.ts";

/** Types `keys` into an editor with these texts in its history; returns the line, `|` for the cursor. */
function typed(texts: readonly string[], keys: string): string {
  const history = new InputHistory({ read: () => texts, add: () => {} });
  const editor = new Editor(undefined, history);
  for (const key of new KeyReader().feed(new TextEncoder().encode(keys))) editor.press(key);
  const { searching, before, after } = editor;
  return `${searching === undefined ? "" : `(${searching}) `}${before}|${after}`;
}

Deno.test("Ctrl-R searches what was typed, the latest first", () => {
  const texts = ["make tea", "drink tea", "one two"];
  const cases: readonly [keys: string, line: string][] = [
    ["x\x12", "() x|"],
    ["\x12tea", "(tea) drink tea|"],
    ["\x12TE", "(TE) drink tea|"],
    ["\x12tea\x12", "(tea) make tea|"],
    ["\x12tea\x12\x12", "(tea) make tea|"],
    ["\x12tea\x12\x7f", "(te) drink tea|"],
    ["\x12make\x7f\x7f\x7f\x7ftwo", "(two) one two|"],
    ["\x12make\x0d", "make tea|"],
    ["\x12make\x01x", "x|make tea"],
    ["ab\x02\x12make\x07", "a|b"],
    ["ab\x12make\x03", "ab|"],
    ["ab\x12nothing\x0d", "ab|"],
  ];
  for (const [keys, line] of cases) assertEquals(typed(texts, keys), line, JSON.stringify(keys));
});

Deno.test("typed texts are there again in the next session, from a file that only the user can read", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/chat/typed`;
  const history = new InputHistory(new TypedTexts(path));
  for (const text of ["one", "two\nlines", " private", "/quote PASS x"]) {
    history.add({ text });
  }
  assertEquals(new TypedTexts(path).read(), ["one", "two\nlines"]);
  assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
  assertEquals(new InputHistory(new TypedTexts(path)).step(-1, { text: "" })?.text, "two\nlines");
});

Deno.test("a command for a chosen message is not kept: without the choice, it would act on another one", () => {
  using folder = new TempFolder();
  const file = new TypedTexts(`${folder.path}/typed`);
  const history = new InputHistory(file);
  const choice = { among: new Entries(Object.is, 10), id: "1", isBegun: true };
  for (const text of ["/delete", "one"]) history.add({ text, ...text !== "one" && { choice } });
  assertEquals(file.read(), ["one"]);
  assertEquals(history.find("delete")?.found, { text: "/delete", choice });
});

Deno.test("the file of typed texts is bounded, and survives damage", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/typed`;
  const file = new TypedTexts(path);
  for (let i = 0; i < 1001; i++) file.add(`${i}`);
  Deno.writeTextFileSync(path, "{broken\n", { append: true });
  file.add("x".repeat(100_000));
  assertEquals(file.read().length, 499);
  assertEquals(Deno.readTextFileSync(path).split("\n").length, 501);
  assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
});

Deno.test("passwords, codes and lines that begin with a space are not kept", () => {
  const secrets = [
    " anything",
    "/quote PASS sesame",
    "／quote PASS sesame",
    "/quote oper ann sesame",
    "/quote AUTHENTICATE x",
    "/link 1234",
    "/LINK 1234",
    "/oper ann sesame",
    "/msg NickServ IDENTIFY sesame",
    "/msg nickserv set password sesame",
    "/quote NS IDENTIFY sesame",
    "/query chanserv",
    "identify sesame",
    "register sesame ann@home.test",
    "set password sesame",
    "\u200b/oper ann sesame",
    "/ns register sesame",
    "/nickserv ghost ann sesame",
    "/cs login sesame",
    "/raw pass sesame",
    "/quote :ann PRIVMSG NickServ :set password sesame",
    "/q nickserv register sesame",
    "/whisper nickserv register sesame",
    "/msg Q AUTH ann sesame",
    "/connect home.test sesame",
  ];
  for (const text of secrets) assert(!isKept(text), text);
  for (
    const text of [
      "hello",
      "/me waves",
      "/msg bob hi",
      "we identify",
      "/raw whois bob",
      "/connect home.test",
    ]
  ) {
    assert(isKept(text), text);
  }
});

Deno.test("a text that was not sent stays in its room", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  await peer.send(":bob!u@h PRIVMSG ann :psst");
  await screen.shows("2 bob 1!");
  screen.type("for all\x1b2");
  await screen.until((now) => shown(now).at(-1) === "[bob]");
  screen.type("for bob\x1b1");
  await screen.until((now) => shown(now).at(-1) === "[#a] for all");
  screen.type("\r");
  await peer.expect(/PRIVMSG #a :for all$/);
  screen.type("\x1b2");
  await screen.until((now) => shown(now).at(-1) === "[bob] for bob");
  await peer.send(":op!u@h KICK #a ann :no");
  screen.type("\x15/close\r");
  await screen.until(({ rows }) => !rows.join().includes("bob]"));
});

Deno.test("text typed in a room is not sent elsewhere when the room is gone", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  await peer.send(":bob!u@h PRIVMSG ann :psst");
  await screen.shows("2 bob 1!");
  screen.type("for all");
  await screen.until((now) => shown(now).at(-1) === "[#a] for all");
  await peer.send(":op!u@h KICK #a ann :no");
  await screen.until((now) => shown(now).at(-1) === "[bob]");
});
