import { assert, assertEquals } from "@std/assert";
import { EDIT_REASON } from "../../../client/session/entries.ts";
import { ALL_CAPS } from "../../support/fake_server.ts";
import { type Kind, Screen } from "../../support/screen.ts";
import { everything, type Setup, setUp, shown, sync } from "../../support/window.ts";

const CAPS = `${ALL_CAPS} draft/message-redaction`;

async function inRoom(kind: Kind = {}, columns = 60, rows = 12): Promise<Setup> {
  return await setUp(new Screen(columns, rows, kind), CAPS);
}

const LONG = "one two three four five six seven eight nine ten eleven twelve";

Deno.test("a deleted message is struck out where it is on the screen, and nothing else moves", async () => {
  await using setup = await inRoom({ hasColors: true });
  const { peer, screen } = setup;
  await peer.send(
    "@msgid=1 :bob!u@h PRIVMSG #a :first",
    `@msgid=2 :bob!u@h PRIVMSG #a :${LONG}`,
    "@msgid=3 :bob!u@h PRIVMSG #a :last",
  );
  screen.type("typed");
  await screen.shows("[#a] typed");
  await sync(setup, "said");
  const before = screen.rows;
  const { column } = screen.cursor;
  await peer.send(":bob!u@h REDACT #a 2");
  await screen.shows("bob deleted a message");
  await screen.until((now) => now.attributesOf("eight nine ten").includes("struck"));
  const at = screen.rows.findIndex((row) => row.includes("<bob> first"));
  const from = before.findIndex((row) => row.includes("<bob> first"));
  assertEquals(screen.rows.slice(at, at + 4), before.slice(from, from + 4));
  assertEquals([screen.rows[screen.cursor.row], screen.cursor.column], ["[#a] typed", column]);
  const struck = ["first", "eight nine ten", "eleven twelve", "last", "[#a] typed"].map((text) =>
    screen.attributesOf(text).includes("struck")
  );
  assertEquals(struck, [false, true, true, false, false]);
});

Deno.test("without attributes, the text of a deleted message is gone from the screen", async () => {
  await using setup = await inRoom();
  const { peer, screen } = setup;
  await peer.send(
    "@msgid=1 :bob!u@h PRIVMSG #a :first",
    `@msgid=2 :bob!u@h PRIVMSG #a :secret ${LONG}`,
    "@msgid=3 :bob!u@h PRIVMSG #a :last",
  );
  await sync(setup, "said");
  await peer.send(":bob!u@h REDACT #a 2");
  await screen.until((now) => !now.all.some((line) => line.includes("secret")));
  const at = screen.rows.findIndex((row) => row.includes("<bob> first"));
  assertEquals(screen.rows.slice(at, at + 4).map((row) => row.replace(/^\d\d:\d\d /, "")), [
    "<bob> first",
    "<bob> (deleted)",
    "",
    "<bob> last",
  ]);
});

Deno.test("the old text of an edited message is struck out, and the new one follows", async () => {
  await using setup = await inRoom({ hasColors: true });
  const { peer, screen } = setup;
  await peer.send("@msgid=1 :bob!u@h PRIVMSG #a :helo", "@msgid=2 :bob!u@h PRIVMSG #a :all");
  await sync(setup, "said");
  await peer.send(
    `:bob!u@h REDACT #a 1 :${EDIT_REASON}`,
    "@msgid=3;+draft/reply=1;+draft/edit=1 :bob!u@h PRIVMSG #a :hello",
  );
  await screen.shows("hello (edited)");
  await screen.until((now) => now.attributesOf("helo").includes("struck"));
  assertEquals(screen.attributesOf("hello"), []);
  await using plain = await inRoom();
  await plain.peer.send("@msgid=1 :bob!u@h PRIVMSG #a :helo");
  await sync(plain, "said");
  await plain.peer.send(`:bob!u@h REDACT #a 1 :${EDIT_REASON}`);
  await plain.screen.shows("<bob> (edited below)");
});

Deno.test("a message that left the screen, or that a resize may have moved, draws nothing over others", async () => {
  await using setup = await inRoom({ hasColors: true });
  const { peer, screen } = setup;
  const said = Array.from({ length: 20 }, (_, i) => `@msgid=${i} :bob!u@h PRIVMSG #a :said ${i}`);
  await peer.send(...said);
  await sync(setup, "all");
  // Rows of the input line that are gone leave empty rows below the last one.
  screen.type("a\x1b\rb\x1b\rc\x1b\rd");
  await screen.until((now) => now.rows.at(-1) === "d");
  screen.type("\x03");
  await screen.until((now) => shown(now).at(-1) === "[#a]");
  await peer.send(...Array.from({ length: 14 }, (_, i) => `:bob!u@h REDACT #a ${i}`));
  await sync(setup, "deleted");
  const lines = everything(screen).filter((line) => /> said/.test(line) && !/-- /.test(line));
  assertEquals(lines, said.map((_, i) => `<bob> said ${i}`));
  screen.type("\f");
  await screen.until((now) => shown(now).length === 1);
  await peer.send("@msgid=x :bob!u@h PRIVMSG #a :before");
  await screen.shows("before");
  screen.resize(50, 12);
  await screen.settled();
  await peer.send(":bob!u@h REDACT #a x", "@msgid=y :bob!u@h PRIVMSG #a :after");
  await sync(setup, "resized");
  await peer.send(":bob!u@h REDACT #a y");
  await screen.until((now) => now.attributesOf("<bob> after").length >= 0);
  await sync(setup, "over");
  const rows = shown(screen).filter((row) => /^<bob> (?:before|after)$/.test(row));
  assertEquals(rows, ["<bob> before", "<bob> after"]);
});

Deno.test("while the terminal has another size than the client knows, nothing is struck out", async () => {
  await using setup = await inRoom();
  const { peer, screen } = setup;
  await peer.send("@msgid=1 :bob!u@h PRIVMSG #a :one", "@msgid=2 :bob!u@h PRIVMSG #a :two");
  await sync(setup, "said");
  const size = screen.size();
  Object.assign(screen, { size: () => ({ ...size, columns: size.columns - 1 }) });
  await peer.send(":bob!u@h REDACT #a 1");
  await sync(setup, "first");
  Object.assign(screen, { size: () => size });
  await peer.send(":bob!u@h REDACT #a 2");
  await screen.shows("<bob> (deleted)");
  assertEquals(shown(screen).filter((row) => row.startsWith("<bob>")), [
    "<bob> one",
    "<bob> (deleted)",
  ]);
});

Deno.test("of two equal lines none is struck out if one of the messages is deleted", async () => {
  await using setup = await inRoom();
  const { peer, screen } = setup;
  await peer.send("@msgid=1 :bob!u@h PRIVMSG #a :ok", "@msgid=2 :bob!u@h PRIVMSG #a :ok");
  await sync(setup, "said");
  await peer.send(":bob!u@h REDACT #a 1");
  await sync(setup, "one");
  assertEquals(shown(screen).filter((row) => row === "<bob> ok").length, 2);
  await peer.send(":bob!u@h REDACT #a 2");
  await screen.until((now) => shown(now).filter((row) => row === "<bob> (deleted)").length === 2);
});

Deno.test("a deleted message of a room shown before is struck out, too, wherever it is on the screen", async () => {
  await using setup = await inRoom({}, 60, 20);
  const { peer, screen } = setup;
  await peer.send("@msgid=1 :bob!u@h PRIVMSG #a :secret", ":ann!u@h JOIN #b");
  await screen.shows(" 1 #a  2 #b");
  screen.type("\x1b2");
  await screen.shows("── #b ──");
  screen.type("\x1b1");
  await screen.until((now) => now.all.filter((line) => line.includes("secret")).length === 2);
  screen.type("\x1b2");
  await screen.until((now) => shown(now).at(-1) === "[#b]");
  await peer.send(":bob!u@h REDACT #a 1");
  await screen.until((now) => !now.all.some((line) => line.includes("secret")));
  assert(shown(screen).filter((row) => row === "<bob> (deleted)").length === 2);
});
