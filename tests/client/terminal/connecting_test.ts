// Tests of a terminal while its server has not answered yet: it takes keys, and what the user has
// entered is said once they are in the room.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { connect } from "../../../client.ts";
import type { ConnectOptions } from "../../../client/cli/options.ts";
import { COMMANDS } from "../../../client/commands/commands.ts";
import { UserError } from "../../../shared/errors.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { ALL_CAPS, FakeServer, type Peer } from "../../support/fake_server.ts";
import { Screen } from "../../support/screen.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { everything, shown } from "../../support/window.ts";

const UP = "\x1b[A";

/** A client at a server that has accepted its connection, and has not answered. */
interface Setup extends AsyncDisposable {
  readonly screen: Screen;
  readonly server: FakeServer;
  readonly peer: Peer;
  readonly clock: FakeClock;
  readonly exitCode: Promise<number>;
}

async function setUp(
  screen = new Screen(80, 16),
  { hasRoom = true, ...options }: Partial<ConnectOptions> & { readonly hasRoom?: boolean } = {},
): Promise<Setup> {
  const server = new FakeServer();
  const { room, ...address } = server.connectOptions;
  const clock = new FakeClock();
  const parts = { stdio: screen, clock, random: () => 1 };
  const exitCode = connect({ ...address, ...(hasRoom && { room }), ...options }, parts);
  // A test awaits the exit code only at its end.
  exitCode.catch(() => {});
  const peer = await server.accept();
  return {
    screen,
    server,
    peer,
    clock,
    exitCode,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      screen.close();
      await exitCode.catch(() => {});
      assert(!screen.isRaw && screen.handlers === 0, "the terminal is not restored");
      assertEquals(clock.pending, 0);
      await screen[Symbol.asyncDispose]();
    },
  };
}

/** Waits until the last row is `row`. */
const lastRow = (screen: Screen, row: string) => screen.until((now) => shown(now).at(-1) === row);

/** Checks that `peer` gets `text` as its next message, and confirms it. */
async function hears(peer: Peer, text: string): Promise<void> {
  const { tags, params } = await peer.expect(/PRIVMSG /);
  assertEquals(params, ["#a", text]);
  await peer.send(`@label=${tags?.get("label")} :ann!u@h PRIVMSG #a :${text}`);
}

/** Waits until the client has answered all that `peer` has sent. */
async function taken(peer: Peer): Promise<void> {
  await peer.send("PING :taken");
  await peer.expect(/^PONG :?taken$/);
}

/** Returns how often the screen has shown a line that ends with `end`. */
const count = (screen: Screen, end: string) =>
  everything(screen).filter((line) => line.endsWith(end)).length;

Deno.test("the input line takes keys while the server has not answered", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  screen.type("half a line");
  await lastRow(screen, "[connecting] half a line");
  assertEquals(shown(screen), ["connecting to 127.0.0.1 …", "[connecting] half a line"]);
  await peer.welcome({ caps: ALL_CAPS });
  await peer.join("#a");
  await screen.shows("in #a: @op ann");
  assertEquals(shown(screen), [
    "connecting to 127.0.0.1 …",
    "-- connected to 127.0.0.1 as ann",
    "-- /help lists the commands",
    "-- you joined #a",
    "-- in #a: @op ann",
    "[#a] half a line",
  ]);
});

Deno.test("texts entered while connecting are on their way, and said once in the room, in order", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  screen.type("tea?\rat four?\r");
  const onTheirWay = ["<ann> tea? (on its way)", "<ann> at four? (on its way)"];
  await screen.until((now) => shown(now).includes("<ann> at four? (on its way)"));
  assertEquals(shown(screen).slice(1), [...onTheirWay, "[connecting]"]);
  await peer.welcome({ caps: ALL_CAPS });
  await peer.expect(/^JOIN #a$/);
  await screen.until((now) => shown(now).at(-1) === "[#a]");
  assertEquals(shown(screen).slice(-3), [...onTheirWay, "[#a]"]);
  await peer.send(":ann!u@h JOIN #a", ":irc.test 366 ann #a :End");
  await hears(peer, "tea?");
  await hears(peer, "at four?");
  await screen.until((now) => !shown(now).some((row) => row.includes("on its way")));
  await taken(peer);
  assertEquals([count(screen, "<ann> tea?"), count(screen, "<ann> at four?")], [1, 1]);
});

Deno.test("a text for the first room goes there, although the user writes with a person meanwhile", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  screen.type("tea?\r/query bob\r");
  await lastRow(screen, "[bob, connecting]");
  await peer.welcome({ caps: ALL_CAPS });
  await peer.join("#a");
  await hears(peer, "tea?");
  await lastRow(screen, "[bob]");
});

Deno.test("a text for the first room is reported and not sent if there is no room", async () => {
  await using setup = await setUp(new Screen(80, 16), { hasRoom: false });
  const { screen, peer } = setup;
  screen.type("tea?\r");
  await peer.welcome({ caps: ALL_CAPS });
  await screen.shows("not sent: tea? (you are not in a room)");
  await taken(peer);
  assert(!everything(screen).join().includes("on its way"));
});

Deno.test("a text for a room that refuses the user is reported and not sent", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  screen.type("tea?\r");
  await peer.welcome({ caps: ALL_CAPS });
  await peer.expect(/^JOIN #a$/);
  await peer.send(":irc.test 473 ann #a :Cannot join channel (+i)");
  await screen.shows("not sent to #a: tea? (");
  await taken(peer);
});

Deno.test("if the connection fails, each text is reported as not sent, and Up brings it back the next time", async () => {
  using folder = new TempFolder();
  {
    await using setup = await setUp(new Screen(80, 16), { folder: folder.path });
    const { screen, peer, exitCode } = setup;
    const failed = assertRejects(() => exitCode, UserError, "closed the connection without an");
    screen.type("tea?\rat four?\rhalf a line");
    await lastRow(screen, "[connecting] half a line");
    peer.close();
    await failed;
    await screen.write("");
    assertEquals(shown(screen), [
      "connecting to 127.0.0.1 …",
      "-- not sent: tea? (there was no connection to 127.0.0.1)",
      "-- not sent: at four? (there was no connection to 127.0.0.1)",
    ]);
  }
  await using setup = await setUp(new Screen(80, 16), { folder: folder.path });
  for (const text of ["half a line", "at four?", "tea?"]) {
    setup.screen.type(UP);
    await lastRow(setup.screen, `[connecting] ${text}`);
  }
});

/** The ways to leave, and their exit codes. */
const WAYS_OUT: readonly [way: string, leave: (screen: Screen) => void, exitCode: number][] = [
  ["Ctrl-C", (screen) => screen.type("\x03"), 130],
  ["Ctrl-D", (screen) => screen.type("\x04"), 130],
  ["/quit", (screen) => screen.type("/quit\r"), 130],
  ["a closed terminal", (screen) => screen.close(), 130],
  ["SIGINT", (screen) => screen.signal("SIGINT"), 130],
  ["SIGTERM", (screen) => screen.signal("SIGTERM"), 143],
  ["SIGHUP", (screen) => screen.signal("SIGHUP"), 129],
];

for (const [way, leave, expected] of WAYS_OUT) {
  Deno.test(`${way} ends the client at once while it connects, and restores the terminal`, async () => {
    await using setup = await setUp();
    const { screen, peer, exitCode } = setup;
    await lastRow(screen, "[connecting]");
    leave(screen);
    assertEquals(await exitCode, expected);
    await peer.expect(/^CAP LS 302$/);
    await peer.expectEnd();
    await screen.write("");
    assertEquals(shown(screen), ["connecting to 127.0.0.1 …"]);
    assert(!screen.isRaw && !screen.bracketsPaste && screen.handlers === 0);
  });
}

Deno.test("Ctrl-C ends the client while it waits for a server that is not up", async () => {
  await using setup = await setUp(new Screen(80, 16), { wait: 60_000 });
  const { screen, peer, exitCode } = setup;
  peer.close();
  await screen.shows("the server is not ready yet");
  assert(shown(screen)[1]?.startsWith("-- the server is not ready yet"));
  screen.type("\x03");
  assertEquals(await exitCode, 130);
});

Deno.test("a user who leaves right when the server accepts them is not in the room", async () => {
  await using setup = await setUp();
  const { screen, peer, exitCode } = setup;
  await lastRow(screen, "[connecting]");
  const welcomed = peer.welcome().catch(() => {});
  // The client reads the key and the greeting in the same turn, or one right after the other.
  screen.type("\x04");
  assertEquals(await exitCode, 130);
  await welcomed;
});

Deno.test("no command fails badly while the client connects", async () => {
  await using setup = await setUp(new Screen(100, 24));
  const { screen, peer } = setup;
  await lastRow(screen, "[connecting]");
  const left = ["quit", "connect"];
  for (const { name } of COMMANDS) {
    if (left.includes(name)) continue;
    for (const words of ["", " bob", " #b bob", " bob 1h words", " #b +o bob"]) {
      screen.type(`/${name}${words}\r`);
    }
  }
  screen.type("the end");
  await screen.until((now) => shown(now).at(-1)?.endsWith("the end") === true);
  await peer.welcome({ caps: ALL_CAPS });
  await peer.expect(/^JOIN #a$/);
  await screen.until((now) => !shown(now).at(-1)?.includes("connecting"));
});

Deno.test("/help, /set and /server answer while the client connects", async () => {
  await using setup = await setUp(new Screen(100, 24));
  const { screen } = setup;
  screen.type("/help win\r/set time off\r/server\r/names\r/whois bob\r");
  await screen.shows("/win [NUMBER|NAME]");
  await screen.shows("* 127.0.0.1 (");
  assert(everything(screen).some((line) => /127\.0\.0\.1:\d+\): connecting$/.test(line)));
  await screen.shows("not connected: try again once you are");
});

Deno.test("with the plain screen, what is typed while connecting is written once", async () => {
  await using setup = await setUp(new Screen(80, 16), { plainScreen: true });
  const { screen, peer } = setup;
  screen.type("tea?");
  await screen.shows("tea?");
  screen.type("\r");
  await peer.welcome({ caps: ALL_CAPS });
  await peer.join("#a");
  await hears(peer, "tea?");
  await screen.shows("<ann> tea?");
  assertEquals(shown(screen), [
    "connecting to 127.0.0.1 …",
    "tea?",
    "-- connected to 127.0.0.1 as ann",
    "-- /help lists the commands",
    "-- you joined #a",
    "-- in #a: @op ann",
    "<ann> tea?",
  ]);
});

/** Starts a client in `#a` of a first server, which connects to a second one. */
async function atSecondServer() {
  const setup = await setUp(new Screen(100, 20), {});
  const { screen, peer } = setup;
  await peer.welcome({ caps: ALL_CAPS });
  await peer.join("#a");
  await screen.shows("in #a: @op ann");
  const second = new FakeServer();
  screen.type(`/connect irc://localhost:${second.port}/a\r`);
  await lastRow(screen, "[localhost, connecting]");
  return { setup, second, screen, peer, other: await second.accept() };
}

Deno.test("a text entered while a further server is connecting is said there, also if the user goes back", async () => {
  const { setup, second, screen, peer, other } = await atSecondServer();
  await using _setup = setup;
  await using _second = second;
  screen.type("coffee?\rhalf a line\x1b1");
  await lastRow(screen, "[#a]");
  screen.type("tea?\r");
  await hears(peer, "tea?");
  await other.welcome({ caps: ALL_CAPS });
  await other.join("#a");
  await hears(other, "coffee?");
  screen.type("\x1b2");
  await lastRow(screen, "[localhost/#a] half a line");
  await screen.until((now) => count(now, "<ann> coffee?") === 1);
  await taken(peer);
});

Deno.test("a text for a further server that fails is reported where the user is", async () => {
  const { setup, second, screen, peer, other } = await atSecondServer();
  await using _setup = setup;
  await using _second = second;
  screen.type("coffee?\r\x1b1");
  await lastRow(screen, "[#a]");
  other.close();
  await screen.shows("not sent: coffee? (there was no connection to localhost)");
  await screen.shows("not connected to localhost:");
  await taken(peer);
});

Deno.test("a user who goes to a further server does not lose the first one, which still connects", async () => {
  await using setup = await setUp(new Screen(100, 20));
  await using second = new FakeServer();
  const { screen, peer, exitCode } = setup;
  screen.type("tea?\rfor home");
  await lastRow(screen, "[connecting] for home");
  screen.type(`\x15/connect irc://localhost:${second.port}/a\r`);
  await lastRow(screen, "[localhost, connecting]");
  const other = await second.accept();
  peer.close();
  await screen.shows("not connected to 127.0.0.1:");
  await screen.shows("not sent: tea?");
  await other.welcome({ caps: ALL_CAPS });
  await other.join("#a");
  await lastRow(screen, "[#a]");
  screen.type("\x04");
  await other.expect(/^QUIT/);
  other.close();
  assertEquals(await exitCode, 0);
});
