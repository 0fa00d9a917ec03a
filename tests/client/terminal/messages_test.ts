import { assert, assertEquals } from "@std/assert";
import { EDIT_REASON } from "../../../client/session/entries.ts";
import { ALL_CAPS } from "../../support/fake_server.ts";
import { Screen } from "../../support/screen.ts";
import { everything, type Setup, setUp, shown, sync } from "../../support/window.ts";

const CAPS = `${ALL_CAPS} account-tag draft/message-redaction`;

async function inRoom(columns = 80, rows = 24): Promise<Setup> {
  return await setUp(new Screen(columns, rows), CAPS);
}

Deno.test("replies, reactions, edits and deletions say which message they are about", async () => {
  await using setup = await inRoom();
  const { peer, screen } = setup;
  await peer.send(
    "@msgid=1 :bob!u@h PRIVMSG #a :tea?",
    "@msgid=2;+draft/reply=1 :eve!u@h PRIVMSG #a :yes",
    "@msgid=3;+reply=2 :joe!u@h PRIVMSG #a :me too",
    "@+draft/reply=1;+draft/react=👍 :eve!u@h TAGMSG #a",
  );
  await sync(setup, "said");
  const again = ["joe", "ann2"].map((nick) =>
    `@+draft/reply=1;+draft/react=👍 :${nick}!u@h TAGMSG #a`
  );
  await peer.send(...again);
  await sync(setup, "again");
  await peer.send(
    "@+draft/reply=1;+draft/unreact=👍 :joe!u@h TAGMSG #a",
    "@+draft/reply=1;+draft/react=❤️;+draft/unreact=👍 :eve!u@h TAGMSG #a",
    ":joe!u@h REDACT #a 3",
    `:eve!u@h REDACT #a 2 :${EDIT_REASON}`,
    "@msgid=4;+draft/reply=2 :eve!u@h PRIVMSG #a :yes!",
  );
  await sync(setup, "changed");
  // On a busy machine, the second 👍 may get a line before the third has arrived.
  const lines = everything(screen).filter((line) => !line.startsWith("-- 👍 2 "));
  assertEquals(lines.filter((line) => /<|deleted|👍|❤️/.test(line)), [
    "<bob> tea?",
    "<eve> [re <bob> tea?] (edited below)",
    "<joe> [re <eve> yes] (deleted)",
    "-- 👍 1 on <bob> tea? (by eve)",
    "-- 👍 3 on <bob> tea? (by eve joe ann2)",
    "-- joe took back 👍: <bob> tea?",
    "-- joe deleted a message",
    "<eve> yes! (edited)",
  ]);
});

Deno.test("a line names the first users that gave a reaction, and counts the others", async () => {
  await using setup = await inRoom();
  const { peer, screen } = setup;
  await peer.send("@msgid=1 :bob!u@h PRIVMSG #a :tea?");
  await peer.send(...Array.from(
    { length: 7 },
    (_, i) => `@+draft/reply=1;+draft/react=👍 :n${i}!u@h TAGMSG #a`,
  ));
  await screen.shows("👍 7 on <bob> tea? (by n0 n1 n2 n3 n4 and 2 more)");
});

Deno.test("a deleted message is not shown again when the user comes back to the room", async () => {
  await using setup = await inRoom(40, 10);
  const { peer, screen } = setup;
  await peer.send("@msgid=1 :bob!u@h PRIVMSG #a :secret", "@msgid=2 :bob!u@h PRIVMSG #a :tea?");
  await screen.shows("tea?");
  await peer.send(":bob!u@h REDACT #a 1 :oops");
  await screen.shows("bob deleted a message (oops)");
  screen.type("/query eve\r");
  await screen.shows("[eve]");
  screen.type("\f");
  await screen.until((now) => shown(now).length === 2);
  screen.type("\x1b1");
  await screen.until((now) => shown(now).at(-1) === "[#a]");
  assert(shown(screen).some((row) => row.includes("tea?")));
  assert(!shown(screen).some((row) => row.includes("secret")));
});

Deno.test("words wrap with an indent under the text", async () => {
  await using setup = await inRoom(40, 10);
  const { peer, screen } = setup;
  await peer.send(":bob!u@h PRIVMSG #a :one two three four five six seven eight");
  await sync(setup, "said");
  const at = shown(screen).findIndex((row) => row.startsWith("<bob>"));
  assertEquals(shown(screen).slice(at, at + 2), [
    "<bob> one two three four five six",
    "            seven eight",
  ]);
});

const ALT_UP = "\x1b[1;3A";

Deno.test("a message chosen with Alt-Up is quoted above the input, and a key begins a command that acts on it", async () => {
  await using setup = await inRoom();
  const { peer, screen } = setup;
  await peer.send(
    "@msgid=1 :bob!u@h PRIVMSG #a :tea?",
    "@msgid=2 :eve!u@h PRIVMSG #a :coffee?",
    "@msgid=3 :ann!u@h PRIVMSG #a :hm",
  );
  await screen.shows("<ann> hm");
  screen.type("yes");
  screen.type(ALT_UP);
  await screen.shows("-1 <ann> hm  r reply");
  screen.type(ALT_UP);
  screen.type(ALT_UP);
  await screen.shows("-2 <bob> tea?  r reply");
  screen.type("r");
  await screen.until((now) => shown(now).at(-1) === "[#a] /reply yes");
  assertEquals(shown(screen).at(-2), " -2 <bob> tea?", "it stays until the command is sent");
  screen.type("\r");
  const { tags } = await peer.expect(/PRIVMSG #a :yes$/);
  assertEquals(tags?.get("+draft/reply"), "1");
  await screen.until((now) => !shown(now).some((row) => row.startsWith(" -2")));
});

Deno.test("several typed lines become one when a key makes them an answer", async () => {
  await using setup = await inRoom();
  const { peer, screen } = setup;
  await peer.send("@msgid=1 :bob!u@h PRIVMSG #a :tea?");
  await screen.shows("<bob> tea?");
  screen.type("yes\x1b\rplease");
  screen.type(ALT_UP);
  await screen.shows("-1 <bob> tea?");
  screen.type("r");
  await screen.until((now) => shown(now).at(-1) === "[#a] /reply yes please");
});

Deno.test("Esc and other keys leave the choice of a message, and the line is as it was", async () => {
  await using setup = await inRoom();
  const { peer, screen } = setup;
  await peer.send("@msgid=1 :bob!u@h PRIVMSG #a :tea?");
  await screen.shows("<bob> tea?");
  screen.type("no");
  screen.type(ALT_UP);
  await screen.shows("-1 <bob> tea?");
  screen.type("t");
  await screen.until((now) => shown(now).at(-1) === "[#a] not");
  assert(!shown(screen).some((row) => row.startsWith(" -1")));
  screen.type("\r");
  const { tags } = await peer.expect(/PRIVMSG #a :not$/);
  assertEquals(tags?.get("+draft/reply"), undefined);
});

/** Typed commands, the message that the server gets, and the `msgid` in its tag. */
const COMMAND_LINES: readonly [typed: string, sent: RegExp, reply?: string][] = [
  ["/reply sure", /PRIVMSG #a :?sure$/, "2"],
  ["/reply -2 sure thing", /PRIVMSG #a :sure thing$/, "1"],
  ["/react 👍", /TAGMSG :?#a$/, "2"],
  ["/react -2 👍", /TAGMSG :?#a$/, "1"],
  ["/delete", /REDACT #a :?3$/],
  ["/delete -2 spam", /REDACT #a 0 :?spam$/],
];

Deno.test("a word that comes as one key ends the choice of a message, whatever it is", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  await peer.send("@msgid=1 :bob!u@h PRIVMSG #a :hi");
  await screen.shows("<bob> hi");
  screen.type(ALT_UP);
  await screen.shows("-1 <bob> hi");
  screen.type("toString");
  await screen.until((now) => shown(now).at(-1) === "[#a] toString");
});

Deno.test("a command acts on the last suitable message, or on the message with the given number", async () => {
  await using setup = await inRoom();
  const { peer, screen } = setup;
  await peer.send(
    "@msgid=0 :ann!u@h PRIVMSG #a :hello",
    "@msgid=1 :bob!u@h PRIVMSG #a :tea?",
    "@msgid=2 :eve!u@h PRIVMSG #a :coffee?",
    "@msgid=3 :ann!u@h PRIVMSG #a :hm",
  );
  await screen.shows("<ann> hm");
  for (const [typed, sent, reply] of COMMAND_LINES) {
    screen.type(`${typed}\r`);
    const { tags } = await peer.expect(sent);
    assertEquals(tags?.get("+draft/reply"), reply, typed);
    await peer.send(`@label=${tags?.get("label")} :irc.test ACK`);
  }
  screen.type("/delete -9\r");
  await screen.shows("there is no such message here");
});

Deno.test("/react takes an emoji by its name, and any other text as it is", async () => {
  await using setup = await inRoom();
  const { peer, screen } = setup;
  await peer.send("@msgid=1 :bob!u@h PRIVMSG #a :tea?");
  await screen.shows("<bob> tea?");
  for (const [typed, sent] of [[":+1:", "👍"], [":no such:", ":no such:"], ["+1", "+1"]] as const) {
    screen.type(`/react ${typed}\r`);
    const { tags } = await peer.expect(/TAGMSG/);
    assertEquals(tags?.get("+draft/react"), sent);
    await peer.send(`@label=${tags?.get("label")} :irc.test ACK`);
  }
});

Deno.test("/unreact takes a reaction back from the last message that has it", async () => {
  await using setup = await inRoom();
  const { peer, screen } = setup;
  await peer.send(
    "@msgid=1 :bob!u@h PRIVMSG #a :tea?",
    "@+draft/reply=1;+draft/react=👍 :ann!u@h TAGMSG #a",
    "@msgid=2 :bob!u@h PRIVMSG #a :cake?",
  );
  await screen.shows("<bob> cake?");
  screen.type("/unreact ❤️\r");
  await screen.shows("no message here has a ❤️ of yours");
  screen.type("/unreact :+1:\r");
  const { tags } = await peer.expect(/TAGMSG :?#a$/);
  assertEquals([tags?.get("+draft/reply"), tags?.get("+draft/unreact")], ["1", "👍"]);
  await peer.send(`@label=${tags?.get("label")} :irc.test ACK`);
  screen.type("/unreact -1 👍\r");
  const { tags: numbered } = await peer.expect(/TAGMSG :?#a$/);
  assertEquals([numbered?.get("+draft/reply"), numbered?.get("+draft/unreact")], ["1", "👍"]);
  await peer.send(`@label=${numbered?.get("label")} :irc.test ACK`);
});

Deno.test("/edit deletes the old text and sends the new one as an answer to it, or nothing", async () => {
  await using setup = await inRoom();
  const { peer, screen } = setup;
  await peer.send("@msgid=1 :ann!u@h PRIVMSG #a :helo", "@msgid=2 :bob!u@h PRIVMSG #a :hi");
  await screen.shows("<bob> hi");
  screen.type("/edit\r");
  await screen.until((now) => shown(now).at(-1) === "[#a] /edit helo");
  screen.type("\x7flo\r");
  const refused = await peer.expect(/REDACT #a 1 :?edited$/);
  await peer.send(
    `@label=${refused.tags?.get("label")} :irc.test FAIL REDACT REDACT_FORBIDDEN #a 1 :Too old`,
  );
  await screen.shows("not edited: Too old");
  screen.type("/edit hello\r");
  const done = await peer.expect(/REDACT #a 1 :?edited$/);
  await peer.send(`@label=${done.tags?.get("label")} :ann!u@h REDACT #a 1 :edited`);
  const { tags } = await peer.expect(/PRIVMSG #a :?hello$/);
  assertEquals([tags?.get("+draft/reply"), tags?.get("+draft/edit")], ["1", "1"]);
  await peer.send(
    `@label=${tags?.get("label")};msgid=3;+draft/reply=1 :ann!u@h PRIVMSG #a :hello`,
  );
  await screen.shows("<ann> hello (edited)");
});

Deno.test("without ids of messages, /reply begins with the nick, and the other commands say that they cannot work", async () => {
  await using setup = await setUp(new Screen(80, 24), "echo-message");
  const { peer, screen } = setup;
  await peer.send(":bob!u@h PRIVMSG #a :tea?");
  await screen.shows("<bob> tea?");
  screen.type("/reply yes\r");
  await peer.expect(/PRIVMSG #a :bob: yes$/);
  screen.type("/react 👍\r");
  await screen.shows("this server takes no reactions");
  screen.type("/delete\r");
  await screen.shows("this server deletes no messages");
});

Deno.test("the users who are typing are named above the input line, and others are told when this user types", async () => {
  await using setup = await inRoom();
  const { peer, screen, clock } = setup;
  await peer.send(
    "@+typing=active :bob!u@h TAGMSG #a",
    "@+typing=active :eve!u@h TAGMSG #a",
    "@+typing=active :joe!u@h TAGMSG ann",
  );
  await screen.shows("bob, eve are typing…");
  await peer.send(":bob!u@h PRIVMSG #a :there", "@+typing=done :eve!u@h TAGMSG #a");
  await screen.until((now) => !now.all.some((line) => line.includes("typing")));

  screen.type("/help");
  await screen.shows("[#a] /help");
  clock.advance(500);
  screen.type("\x15hello");
  await screen.shows("[#a] hello");
  clock.advance(500);
  const active = await peer.expect(/TAGMSG :?#a$/);
  assertEquals(active.tags?.get("+typing"), "active");
  screen.type("\x15");
  const done = await peer.expect(/TAGMSG :?#a$/);
  assertEquals(done.tags?.get("+typing"), "done");
  await peer.send(
    `@label=${done.tags?.get("label")} :irc.test 404 ann #a :Cannot send to channel`,
  );
  await sync(setup, "mark");
  assert(
    !everything(screen).some((line) => line.includes("Cannot send")),
    "a refusal is not shown",
  );
});

Deno.test("a user who leaves is not shown as typing any more", async () => {
  await using setup = await inRoom();
  const { peer, screen } = setup;
  await peer.send("@+typing=active :bob!u@h TAGMSG #a");
  await screen.shows("bob is typing…");
  await peer.send(":bob!u@h QUIT :Connection closed");
  await screen.shows("bob left (Connection closed)");
  await screen.until((now) => !now.all.some((line) => line.includes("typing")));
});

Deno.test("Esc takes the begun command away with the choice, so that Enter acts on nothing else", async () => {
  await using setup = await inRoom();
  const { peer, screen } = setup;
  await peer.send("@msgid=1 :ann!u@h PRIVMSG #a :my own", "@msgid=2 :bob!u@h PRIVMSG #a :tea?");
  await screen.shows("tea?");
  screen.type(ALT_UP);
  await screen.shows("-1 <bob> tea?");
  screen.type("d");
  await screen.shows("[#a] /delete");
  screen.type("\x1b");
  await sync(setup, "more");
  // Esc begins the sequences of other keys: after a while it is a key of its own.
  setup.clock.advance(1000);
  await screen.until((now) => shown(now).at(-1) === "[#a]");
});

Deno.test("a command that is typed acts on the chosen message", async () => {
  await using setup = await inRoom();
  const { peer, screen } = setup;
  await peer.send("@msgid=1 :bob!u@h PRIVMSG #a :tea?", "@msgid=2 :bob!u@h PRIVMSG #a :cake?");
  await screen.shows("cake?");
  screen.type(`${ALT_UP}${ALT_UP}`);
  await screen.shows("tea?  ");
  screen.type("/reply yes\r");
  const { tags } = await peer.expect(/ PRIVMSG #a :yes$/);
  assertEquals(tags?.get("+draft/reply"), "1");
});
