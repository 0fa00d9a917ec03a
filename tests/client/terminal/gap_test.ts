import { assert, assertEquals } from "@std/assert";
import { connect } from "../../../client.ts";
import { connectOptions } from "../../../client/cli/options.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { ALL_CAPS, FakeServer, type Peer } from "../../support/fake_server.ts";
import { Screen } from "../../support/screen.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { TestServer } from "../../support/server.ts";
import { everything, setUp, shown, sync } from "../../support/window.ts";

const CAPS = `${ALL_CAPS} draft/chathistory draft/read-marker`;

/** Sends a page of history of `room`, with messages from bob of these numbers. */
async function sendPage(peer: Peer, room: string, numbers: readonly number[]): Promise<void> {
  const time = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString();
  await peer.send(
    `:irc.test BATCH +x chathistory ${room}`,
    ...numbers.map((n) =>
      `@batch=x;msgid=${n};time=${time(n)} :bob!u@h PRIVMSG ${room} :message ${n}`
    ),
    ":irc.test BATCH -x",
  );
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Starts a client for the user whose settings are in `folder`. */
function start(folder: TempFolder, target: string, screen: Screen, clock = new FakeClock()) {
  const environment = new Map([["XDG_CONFIG_HOME", folder.path]]);
  const options = connectOptions([target, "--nick", "ann"], environment);
  return connect(options, { stdio: screen, clock, random: () => 1 });
}

Deno.test("missed messages are below a line: first how many are hidden, then the latest ones, one screen at most", async () => {
  using folder = new TempFolder();
  await using server = new FakeServer();
  await using first = new Screen();
  const target = `irc://127.0.0.1:${server.port}/a`;
  const firstExit = start(folder, target, first);
  const peer = await server.accept();
  await peer.welcome({ caps: CAPS });
  await peer.expect(/^CHATHISTORY TARGETS /);
  await peer.join("#a");
  const type = "draft/chathistory-targets";
  await peer.send(`:irc.test BATCH +t ${type}`, ":irc.test BATCH -t");
  await peer.expect(/^CHATHISTORY LATEST #a \* 20$/);
  await sendPage(peer, "#a", [1, 2]);
  await first.shows("message 2");
  first.type("\x04");
  await peer.expect(/^MARKREAD #a timestamp=2026-01-01T00:00:02.000Z$/);
  await peer.expect(/^QUIT/);
  peer.close();
  await firstExit;
  await using second = new Screen(60, 12);
  const secondExit = start(folder, target, second);
  const next = await server.accept();
  await next.welcome({ caps: CAPS });
  await next.expect(/^CHATHISTORY TARGETS /);
  await next.join("#a");
  await next.send(
    ":irc.test BATCH +t draft/chathistory-targets",
    "@batch=t :irc.test CHATHISTORY TARGETS bob 2026-01-01T00:00:09.000Z",
    ":irc.test BATCH -t",
  );
  await next.expect(/^CHATHISTORY LATEST #a \* 20$/);
  await next.expect(/^CHATHISTORY LATEST bob timestamp=\S+ 100$/);
  await sendPage(next, "#a", numbers(103, 122));
  await next.expect(/^CHATHISTORY LATEST #a msgid=2 100$/);
  await next.send(":bob!u@h PRIVMSG #a :live");
  await sendPage(next, "#a", numbers(23, 122));
  await next.expect(/^CHATHISTORY BETWEEN #a msgid=23 msgid=2 100$/);
  await next.send(
    ":irc.test BATCH +x chathistory ann",
    "@batch=x;msgid=p1;time=2026-01-01T00:00:09.000Z :bob!u@h PRIVMSG ann :psst",
    ":irc.test BATCH -x",
  );
  await sendPage(next, "#a", numbers(3, 22));
  await second.shows("live");
  const lines = everything(second);
  const at = lines.indexOf("── new ──");
  assertEquals(lines.slice(at, at + 2), ["── new ──", "111 more: /history"]);
  const said = lines.filter((line) => line.includes("message "));
  assertEquals(said.map((line) => line.replace(/.*message /, "")), numbers(114, 122).map(String));
  assertEquals(shown(second).at(-2)?.trim(), "1 #a  2 bob 1!");
  second.type("\x04");
  await next.expect(/^MARKREAD #a /);
  await next.expect(/^QUIT/);
  next.close();
  await secondExit;
});

Deno.test("messages that were read in another client are not new here", async () => {
  await using setup = await setUp(new Screen(), CAPS);
  const { screen, peer } = setup;
  screen.type("/query bob\r");
  await screen.until((now) => shown(now).at(-1) === "[bob]");
  const at = (second: number) => `time=2026-01-01T00:00:0${second}.000Z`;
  await sendPage(peer, "#a", []);
  await peer.send(
    `@msgid=1;${at(1)} :bob!u@h PRIVMSG #a :one`,
    `@msgid=2;${at(2)} :bob!u@h PRIVMSG #a :two, ann`,
    `@msgid=3;${at(3)} :bob!u@h PRIVMSG #a :three`,
  );
  await screen.until((now) => shown(now).at(-2) === " 1 #a 3!  2 bob");
  await peer.send(`:irc.test MARKREAD #a timestamp=2026-01-01T00:00:02.000Z`);
  await screen.until((now) => shown(now).at(-2) === " 1 #a 1  2 bob");
});

Deno.test("a while after the user has seen messages, the server is told", async () => {
  await using setup = await setUp(new Screen(), CAPS);
  const { peer, clock } = setup;
  await peer.expect(/^CHATHISTORY /);
  await sendPage(peer, "#a", [1]);
  await peer.send("@msgid=2;time=2026-01-01T00:00:02.000Z :bob!u@h PRIVMSG #a :two");
  await sync(setup, "all there");
  clock.advance(2000);
  await peer.expect(/^MARKREAD #a timestamp=2026-01-01T00:00:02.000Z$/);
});

Deno.test("after a restart of the client at a real server, exactly what was missed is new", async () => {
  using folder = new TempFolder();
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const target = `irc://127.0.0.1:${server.port}/a`;
  const say = async (from: number, to: number) => {
    await ada.send(...numbers(from, to).map((n) => `PRIVMSG #a :message ${n}`));
    await ada.heard();
  };
  const all: string[] = [];
  for (const [from, to] of [[1, 3], [4, 30], [31, 170]] as const) {
    await say(from, to);
    await using screen = new Screen(60, 200);
    const exit = start(folder, target, screen, new FakeClock(Date.now()));
    await screen.shows(`message ${to}`);
    const lines = everything(screen);
    const isNew = lines.indexOf("── new ──");
    all.push(...lines.slice(isNew + 1).filter((line) => line.includes("message ")));
    assertEquals(isNew >= 0, from > 1);
    screen.type("\x04");
    await exit;
  }
  assertEquals(all.map((line) => line.replace(/.*message /, "")), numbers(1, 170).map(String));
  const positions = Deno.readTextFileSync(`${folder.path}/chat/positions`);
  assert(positions.split("\n").some((line) => line.includes(" %23a 2")), positions);
});

Deno.test("of a long absence, the newest thousand messages are read, and a line says that there are more", async () => {
  using folder = new TempFolder();
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const target = `irc://127.0.0.1:${server.port}/a`;
  const clock = new FakeClock(Date.now());
  const visit = async (screen: Screen, last: number, look: () => Promise<void>) => {
    const exit = start(folder, target, screen, clock);
    await screen.shows(`message ${last}`);
    await look();
    screen.type("\x04");
    await exit;
  };
  await ada.send("PRIVMSG #a :message 1");
  await ada.heard();
  await using first = new Screen(60, 20);
  await visit(first, 1, () => Promise.resolve());
  for (let from = 2; from <= 1200; from += 200) {
    const lines = numbers(from, Math.min(from + 199, 1200));
    await ada.send(...lines.map((n) => `PRIVMSG #a :message ${n}`));
    await ada.heard();
  }
  await using second = new Screen(60, 20);
  await visit(second, 1200, async () => {
    const line = everything(second).find((text) => text.includes("more: /history")) ?? "";
    const [, count = ""] = /^more than ([0-9,]+) more: \/history$/.exec(line) ?? [];
    const shown = everything(second).filter((text) => text.includes("message "));
    assertEquals(Number(count.replace(",", "")) + shown.length, 1000);
    second.type("/history 30\r");
    await second.shows("── the present ──");
    const said = everything(second).filter((text) => text.includes("> message "));
    const found = said.map((text) => Number(text.replace(/.*message /, "")));
    assertEquals(found.toSorted((a, b) => a - b), numbers(1200 - found.length + 1, 1200));
    assertEquals(found.length, shown.length + 30);
  });
});

Deno.test("a room that the user leaves and joins again shows no message twice", async () => {
  await using setup = await setUp(new Screen(60, 40), CAPS);
  const { screen, peer } = setup;
  await peer.expect(/^CHATHISTORY LATEST #a \* 20$/);
  await sendPage(peer, "#a", [1, 2, 3]);
  await peer.send("@msgid=4 :bob!u@h PRIVMSG #a :message 4");
  await screen.shows("message 4");
  screen.type("/join b\r");
  await peer.join("#b");
  await peer.expect(/^CHATHISTORY LATEST #b/);
  await sendPage(peer, "#b", []);
  await screen.shows("you joined #b");
  await peer.send("@msgid=5 :bob!u@h PRIVMSG #a :message 5");
  await screen.shows("1 #a 1");
  screen.type("/part a\r");
  await peer.expect(/^PART :?#a$/);
  await peer.send(":ann!u@h PART #a");
  await screen.until((now) => !now.all.some((row) => row.includes("1 #a 1")));
  screen.type("/join a\r");
  await peer.join("#a");
  await peer.expect(/^CHATHISTORY LATEST #a \* 20$/);
  await sendPage(peer, "#a", [1, 2, 3, 4, 5, 6]);
  await screen.shows("message 6");
  const said = everything(screen).filter((line) => line.includes("message "));
  assertEquals(said.map((line) => line.replace(/.*message /, "")), numbers(1, 6).map(String));
  screen.type("\f/history\r");
  await peer.expect(/ CHATHISTORY BEFORE #a msgid=1 /);
});
