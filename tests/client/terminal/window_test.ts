import { assert, assertEquals } from "@std/assert";
import { connect } from "../../../client.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { ALL_CAPS, FakeServer } from "../../support/fake_server.ts";
import { Screen } from "../../support/screen.ts";
import { everything, setUp, shown, sync } from "../../support/window.ts";

const LEFT = "\x1b[D";

Deno.test("messages scroll above the input line, which stays whole", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  screen.type("a line that is typed while others talk: it wraps over rows");
  await screen.shows("over rows");
  for (let i = 0; i < 30; i++) await peer.send(`:bob!u@h PRIVMSG #a :message ${i}`);
  await sync(setup, "all there");
  assertEquals(shown(screen).slice(-3), [
    "-- all there",
    "[#a] a line that is typed while others",
    "talk: it wraps over rows",
  ]);
  const said = everything(screen).filter((line) => line.startsWith("<bob>"));
  assertEquals(said, Array.from({ length: 30 }, (_, i) => `<bob> message ${i}`));
});

Deno.test("a thousand lines that arrive together take a few writes", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  const before = screen.writes;
  const lines = Array.from({ length: 1000 }, (_, i) => `:bob!u@h PRIVMSG #a :${i}`);
  await peer.send(...lines);
  await sync(setup, "all there");
  assert(screen.writes - before <= 40, `${screen.writes - before} writes`);
});

Deno.test("the cursor is at the next character, even after wide characters", async () => {
  await using setup = await setUp();
  const { screen } = setup;
  screen.type(`日本🎉👨‍👩‍👧e\u0301x${LEFT}`);
  await screen.until(({ beforeCursor }) => beforeCursor === "[#a] 日本🎉👨‍👩‍👧e\u0301");
  screen.type("\x7f\x7f");
  await screen.until(({ beforeCursor }) => beforeCursor === "[#a] 日本🎉");
  assertEquals(shown(screen).at(-1), "[#a] 日本🎉x");
});

Deno.test("a wide character is not split at the edge", async () => {
  await using setup = await setUp(new Screen(20, 8));
  const { screen } = setup;
  screen.type("日".repeat(9));
  await screen.until(({ rows }) => rows.join("").includes("日".repeat(2)));
  await screen.until((now) => shown(now).at(-1) === "日日");
  assertEquals(shown(screen).slice(-2), [`[#a] ${"日".repeat(7)}`, "日日"]);
});

Deno.test("an input line longer than the screen shows the part around the cursor", async () => {
  await using setup = await setUp(new Screen(20, 6));
  const { screen } = setup;
  screen.type(`start ${"x".repeat(300)} end`);
  await screen.until((now) => (shown(now).at(-1) ?? "").endsWith(" end"));
  screen.type("\x01");
  await screen.until((now) => now.rows.some((row) => row.startsWith("[#a] start")));
  assertEquals(screen.beforeCursor, "[#a] ");
  await sync(setup, "above");
  assert(shown(screen).some((row) => row.includes("above")));
});

Deno.test("a renamed room stays the current one", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  await peer.send(":bob!u@h RENAME #a #b :a better name");
  await screen.shows("bob renamed #a to #b (a better name)");
  assertEquals(shown(screen).at(-1), "[#b]");
  screen.type("hello\r");
  await peer.expect(/PRIVMSG #b :hello$/);
});

Deno.test("a paste of several lines is sent only by Enter, line by line", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  screen.type("\x1b[200~/one\r\ntwo\r\n\x1b[201~");
  await screen.until((now) => shown(now).at(-1) === "two");
  await peer.send("PING :nothing said");
  await peer.expect(/^PONG/);
  screen.type("\r");
  await peer.expect(/PRIVMSG #a :\/one$/);
  await peer.expect(/PRIVMSG #a :two$/);
});

Deno.test("a message for some members of a room names them, and does not look public", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  await peer.send(
    ":irc.test 005 ann STATUSMSG=@+ :are supported by this server",
    ":bob!u@h PRIVMSG @#a :for operators",
    ":bob!u@h PRIVMSG #a :for all",
  );
  screen.type("/msg +#a for the voiced\r");
  const { tags } = await peer.expect(/PRIVMSG \+#a :for the voiced$/);
  await peer.send(`@label=${tags?.get("label")} :ann!u@h PRIVMSG +#a :for the voiced`);
  await sync(setup, "mark");
  const lines = shown(screen);
  for (const line of ["bob -> @#a: for operators", "<bob> for all", "-> +#a: for the voiced"]) {
    assert(lines.includes(line), lines.join("\n"));
  }
});

Deno.test("after a paste without an end, keys work again within a second", async () => {
  await using setup = await setUp();
  const { screen, peer, clock, exitCode } = setup;
  screen.type("\x1b[200~half a paste");
  await peer.send("PING :read");
  await peer.expect(/^PONG/);
  screen.type("\r and more");
  await peer.send("PING :read");
  await peer.expect(/^PONG/);
  clock.advance(1000);
  await screen.until((now) => shown(now).at(-1) === " and more");
  screen.type("\x03\x03");
  await peer.expect(/^QUIT/);
  peer.close();
  assertEquals(await exitCode, 0);
});

Deno.test("the user's nick and a private message ring the bell, other messages do not", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  await peer.send(":bob!u@h PRIVMSG #a :hello all");
  await sync(setup, "first");
  assertEquals(screen.bells, 0);
  await peer.send(":bob!u@h PRIVMSG #a :hello ann");
  await sync(setup, "second");
  assertEquals(screen.bells, 1);
  await peer.send(":bob!u@h PRIVMSG ann :psst");
  await screen.shows("bob wrote to you");
  await sync(setup, "third");
  assertEquals(screen.bells, 2);
});

Deno.test("somebody who only switches rooms counts as looking, and gets no notifications", async () => {
  await using setup = await setUp(new Screen(40, 10, { notificationForm: "osc9" }));
  const { screen, peer, clock } = setup;
  await peer.send(":ann!u@h JOIN #b");
  await sync(setup, "joined");
  clock.advance(20_000);
  await peer.answerPing();
  await sync(setup, "still there");
  clock.advance(10_000);
  screen.type("\x1b2");
  await screen.until((now) => (shown(now).at(-1) ?? "").startsWith("[#b"));
  await peer.send(":bob!u@h PRIVMSG #b :hello ann");
  await sync(setup, "said");
  assertEquals([screen.bells, screen.controlStrings], [1, []]);
});

Deno.test("nothing from the server controls the terminal", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  await peer.send(":bob!u@h PRIVMSG #a :\x1b[2J\x1b]0;owned\x07\x1b[5A\u202egone");
  await sync(setup, "after");
  assert(everything(screen).includes("<bob> gone"));
  assert(everything(screen).some((line) => line.startsWith("-- connected")));
});

Deno.test("the user sees one room at a time, and the row above the input line lists the others", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  screen.type("/join b\r");
  await peer.join("#b");
  await screen.shows("in #b:");
  await peer.send(":bob!u@h PRIVMSG #a :in a", ":bob!u@h PRIVMSG #b :in b");
  await sync(setup, "both");
  assert(everything(screen).includes("<bob> in b") && !everything(screen).includes("<bob> in a"));
  assertEquals(shown(screen).slice(-2), [" 1 #a 1  2 #b", "[#b]"]);
  screen.type("back\r");
  await peer.expect(/PRIVMSG #b :back$/);
  screen.type("\x1b1");
  await screen.until((now) => shown(now).at(-1) === "[#a]");
  assertEquals(shown(screen).slice(-3), ["<bob> in a", " 1 #a  2 #b", "[#a]"]);
  await peer.send(":ann!u@h PART #b");
  await screen.until((now) => !shown(now).some((row) => row.includes("2 #b")));
});

Deno.test("the prompt shows the room as the server spells it", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  screen.type("/join tea\r");
  await peer.expect(/^JOIN #tea$/);
  await peer.send(":ann!u@h JOIN #Tea", ":bob!u@h PRIVMSG #Tea :hello");
  await screen.until((now) => shown(now).at(-1) === "[#Tea]");
  await screen.until((now) => everything(now).includes("<bob> hello"));
});

Deno.test("the first lines mention /help", async () => {
  await using setup = await setUp();
  await setup.screen.shows("/help lists the commands");
});

Deno.test("the current room stays current, whatever happens in the others", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  screen.type("/join b\r");
  await peer.join("#b");
  await screen.until((now) => shown(now).at(-1) === "[#b]");
  screen.type("/join a\r");
  await screen.until((now) => shown(now).at(-1) === "[#a]");
  await peer.send(":bob!u@h JOIN #b", ":bob!u@h PRIVMSG #b :hello", ":bob!u@h PART #b");
  await sync(setup, "all there");
  assertEquals(shown(screen).at(-1), "[#a]");
});

Deno.test("a command for a room names the room that it needs in a private conversation", async () => {
  await using setup = await setUp(new Screen(100, 20));
  const { screen, peer } = setup;
  screen.type("/query bob\r");
  await screen.shows("[bob]");
  for (const usage of ["/op ROOM NICK…", "/names ROOM", "/invite NICK ROOM"]) {
    screen.type(`${usage.replace(/ ROOM/, "").replace("NICK…", "eve")}\r`);
    await screen.shows(`this conversation is not a room, so name one: ${usage}; nothing was sent`);
  }
  await peer.send("PING :nothing sent");
  await peer.expect(/^PONG/);
});

Deno.test("without a room, a typed line is refused and not sent", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  await peer.send(":ann!u@h PART #a");
  await screen.until((now) => shown(now).at(-1) === "[no room]");
  screen.type("hello\r");
  await screen.shows("you are not in a room: use /join ROOM first");
  await peer.send("PING :nothing said");
  await peer.expect(/^PONG/);
});

Deno.test("without a lobby, the room that the server puts the user into is current", async () => {
  await using server = new FakeServer();
  await using screen = new Screen();
  const address = { host: "127.0.0.1", port: server.port };
  const exitCode = connect(
    { ...address, nick: "ann", follow: false, json: false },
    { stdio: screen, clock: new FakeClock() },
  );
  const peer = await server.accept();
  await peer.welcome({ room: "#z" });
  await screen.until((now) => shown(now).at(-1) === "[#z]");
  screen.close();
  peer.close();
  assertEquals(await exitCode, 0);
});

Deno.test("a room can be left while disconnected", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  peer.close();
  await screen.until((now) => shown(now).at(-1) === "[#a, offline]");
  screen.type("/part\r");
  await screen.until((now) => shown(now).at(-1) === "[no room, offline]");
});

Deno.test("while disconnected, the prompt says so and lines are queued", async () => {
  await using setup = await setUp();
  const { screen, peer, clock, server } = setup;
  peer.close();
  await screen.until((now) => shown(now).at(-1) === "[#a, offline]");
  screen.type("later\r");
  await screen.shows("queued for #a: later (sent once you are connected)");
  screen.type("/msg bob you too\r");
  await screen.shows("queued for bob: you too (sent once you are connected)");
  screen.type("/whois bob\r");
  await screen.shows("not connected: try again");
  clock.advance(1000);
  const next = await server.accept();
  await next.welcome({ caps: ALL_CAPS });
  await next.expect(/^JOIN #a$/);
  await next.expect(/PRIVMSG bob :you too$/);
  await next.send(":ann!u@h JOIN #a");
  await next.expect(/PRIVMSG #a :later$/);
  await screen.shows("reconnected");
});

Deno.test("Ctrl-C clears the line, then leaves with exit code 0", async () => {
  await using setup = await setUp();
  const { screen, peer, exitCode } = setup;
  screen.type("some text");
  await screen.shows("some text");
  screen.type("\x03");
  await screen.until((now) => shown(now).at(-1) === "[#a]");
  screen.type("\x03");
  await peer.expect(/^QUIT/);
  peer.close();
  assertEquals(await exitCode, 0);
});

/** The ways to leave, and their exit codes. */
const WAYS_OUT: readonly [way: string, leave: (screen: Screen) => void, exitCode: number][] = [
  ["Ctrl-D", (screen) => screen.type("\x04"), 0],
  ["/quit", (screen) => screen.type("/quit\r"), 0],
  ["a closed terminal", (screen) => screen.close(), 0],
  ["SIGTERM", (screen) => screen.signal("SIGTERM"), 143],
  ["SIGHUP", (screen) => screen.signal("SIGHUP"), 129],
];

for (const [way, leave, expected] of WAYS_OUT) {
  Deno.test(`the terminal is restored after ${way}`, async () => {
    await using setup = await setUp();
    const { screen, peer, exitCode } = setup;
    assert(screen.isRaw && screen.bracketsPaste);
    leave(screen);
    await peer.expect(/^QUIT/);
    peer.close();
    assertEquals(await exitCode, expected);
    await screen.write("");
    assert(!screen.isRaw && !screen.bracketsPaste);
    assertEquals(screen.handlers, 0);
    assertEquals(shown(screen).filter((row) => row.startsWith("[#a]")), []);
  });
}

Deno.test("leaving twice does not wait for the server", async () => {
  await using setup = await setUp();
  setup.screen.type("/quit\r");
  await setup.peer.expect(/^QUIT/);
  setup.screen.type("\x04");
  assertEquals(await setup.exitCode, 0);
});

Deno.test("Ctrl-Z restores the terminal, and the input line is whole again afterwards", async () => {
  await using setup = await setUp();
  const { screen } = setup;
  screen.type("half a line");
  await screen.shows("half a line");
  screen.type("\x1a");
  await screen.until(({ stops }) => stops === 1);
  await screen.write("$ something else\r\n");
  assert(!screen.isRaw && !screen.bracketsPaste);
  assert(!screen.signal("SIGTSTP"), "a handler would keep the process running");
  screen.signal("SIGCONT");
  await screen.shows("half a line");
  assert(screen.isRaw && screen.bracketsPaste && screen.signal("SIGTSTP"));
  assertEquals(screen.stops, 2);
});

Deno.test("Ctrl-Z shows a message and nothing else if the process cannot be suspended", async () => {
  await using setup = await setUp();
  const { screen } = setup;
  screen.canSuspend = false;
  screen.type("half a line\x1a");
  await screen.shows("cannot be suspended here");
  assertEquals(shown(screen).at(-1), "[#a] half a line");
  assert(screen.isRaw && screen.stops === 0);
});

Deno.test("history is shown with its date, and rings no bell", async () => {
  await using setup = await setUp(new Screen(), `${ALL_CAPS} draft/chathistory`);
  const { peer, screen } = setup;
  await peer.expect(/^CHATHISTORY LATEST #a \* 20$/);
  await peer.send(
    ":irc.test BATCH +x chathistory #a",
    "@batch=x;msgid=1;time=2019-01-04T14:33:26.123Z :bob!u@h PRIVMSG #a :hello ann",
    ":irc.test BATCH -x",
    "@msgid=2 :bob!u@h PRIVMSG #a :now",
  );
  await screen.shows("<bob> now");
  const row = screen.rows.find((row) => row.includes("hello ann"));
  assert(/^2019-01-0\d \d\d:\d\d <bob> hello ann$/.test(row ?? ""), row);
  assertEquals(screen.bells, 0);
});

Deno.test("more than five lines are sent only after a question, where each is a message", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  const lines = ["a1", "a2", "a3", "a4", "a5", "a6"];
  screen.type(`\x1b[200~${lines.join("\n")}\x1b[201~\r`);
  await screen.shows("send 6 lines? Enter again sends, Ctrl-C cancels");
  screen.type("\x03");
  await screen.until((now) => shown(now).at(-1) === "[#a]");
  screen.type(`\x1b[200~${lines.join("\n")}\x1b[201~\r`);
  await screen.until(({ all }) =>
    all.filter((line) => line.includes("send 6 lines?")).length === 2
  );
  screen.type("\r");
  await peer.expect(/ PRIVMSG #a :?a1$/);
});

Deno.test("a message of several lines is shown with its lines", async () => {
  await using setup = await setUp(new Screen(), `${ALL_CAPS} draft/multiline=max-bytes=4096`);
  const { screen, peer } = setup;
  await peer.send(
    ":bob!u@h BATCH +b draft/multiline #a",
    "@batch=b :bob!u@h PRIVMSG #a :one",
    "@batch=b :bob!u@h PRIVMSG #a :\x1b[2Jtwo",
    ":bob!u@h BATCH -b",
  );
  await sync(setup, "done");
  assertEquals(shown(screen).slice(-4), ["<bob> one", "      two", "-- done", "[#a]"]);
});
