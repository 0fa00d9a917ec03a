import { assert, assertEquals } from "@std/assert";
import { connect } from "../../../client.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { ALL_CAPS, FakeServer } from "../../support/fake_server.ts";
import { Screen } from "../../support/screen.ts";
import { everything, type Setup, setUp, shown, sync } from "../../support/window.ts";

/** Starts a client in `#a`, `#b` and `#tea-lovers`, of which it shows `#a`. */
async function inThreeRooms(): Promise<Setup> {
  const setup = await setUp(new Screen(60, 20));
  const { peer, screen } = setup;
  await peer.send(":ann!u@h JOIN #b", ":ann!u@h JOIN #tea-lovers");
  await screen.shows(" 1 #a  2 #b  3 #tea-lovers");
  return setup;
}

/** Keys, and the room that they show. */
const SWITCHES: readonly (readonly [keys: string, room: string])[] = [
  ["\x1b2", "#b"],
  ["\x1b3", "#tea-lovers"],
  ["\x1b[1;3D", "#b"],
  ["\x1b[1;3D", "#a"],
  ["\x1b[1;3D", "#tea-lovers"],
  ["\x1b[1;3C", "#a"],
  ["\x0e", "#b"],
  ["\x10", "#a"],
  ["/win 3\r", "#tea-lovers"],
  ["/win b\r", "#b"],
  ["/go tlov\r", "#tea-lovers"],
  ["/go #a\r", "#a"],
];

Deno.test("Alt with a number or an arrow, Ctrl-N, Ctrl-P, /win and /go show another room", async () => {
  await using setup = await inThreeRooms();
  const { screen } = setup;
  for (const [keys, room] of SWITCHES) {
    screen.type(`\f${keys}`);
    await screen.until((now) => shown(now).at(-1) === `[${room}]`);
    assert(shown(screen).includes(`── ${room} ──`), keys);
  }
  screen.type("/go nowhere\r");
  await screen.shows("there is no room or person like nowhere here: /win lists them");
});

Deno.test("Alt-A shows the rooms with something new, first those with something for the user", async () => {
  await using setup = await inThreeRooms();
  const { peer, screen } = setup;
  await peer.send(":bob!u@h PRIVMSG #b :tea?", ":bob!u@h PRIVMSG #tea-lovers :ann, tea?");
  await screen.shows(" 1 #a  2 #b 1  3 #tea-lovers 1!");
  for (
    const [room, row] of [["#tea-lovers", " 1 #a  2 #b 1  3 #tea-lovers"], ["#b", " 1 #a  2 #b"]]
  ) {
    screen.type("\x1ba");
    await screen.until((now) => shown(now).at(-1) === `[${room}]`);
    assert(shown(screen).at(-2)?.startsWith(row ?? ""), row);
  }
});

Deno.test("/win lists the rooms and persons with their counts", async () => {
  await using setup = await inThreeRooms();
  const { peer, screen } = setup;
  await peer.send(":bob!u@h PRIVMSG #b :tea?", ":bob!u@h PRIVMSG ann :psst");
  await screen.shows("bob 1!");
  screen.type("\f/win\r");
  await screen.shows("-- 4 bob 1!");
  assertEquals(shown(screen).slice(0, 4), [
    "-- 1 #a",
    "-- 2 #b 1",
    "-- 3 #tea-lovers",
    "-- 4 bob 1!",
  ]);
});

Deno.test("a message from a person opens a conversation, and a plain line answers there", async () => {
  await using setup = await setUp(new Screen(80, 20));
  const { peer, screen } = setup;
  await peer.send(":bob!u@h PRIVMSG ann :psst");
  await screen.shows("bob wrote to you: read and answer with Alt-2 or /query bob");
  assert(!everything(screen).some((line) => line.includes("psst")));
  screen.type("\x1b2");
  await screen.until((now) => shown(now).at(-1) === "[bob]");
  assertEquals(shown(screen).slice(-3, -2), ["<bob> psst"]);
  screen.type("what?\r");
  await peer.expect(/ PRIVMSG bob :?what\?$/);
  screen.type("/query eve\r");
  await screen.until((now) => shown(now).at(-1) === "[eve]");
  screen.type("hello\r");
  await peer.expect(/ PRIVMSG eve :?hello$/);
  screen.type("/close\r");
  await screen.until((now) => shown(now).at(-1) === "[bob]");
  assertEquals(shown(screen).at(-2), " 1 #a  2 bob");
});

Deno.test("an address can name two rooms, which are both joined and shown in the row", async () => {
  await using server = new FakeServer();
  await using screen = new Screen(60, 12);
  const options = { ...server.connectOptions, rooms: [{ name: "#a" }, { name: "#tea" }] };
  const exitCode = connect(options, { stdio: screen, clock: new FakeClock(), random: () => 1 });
  const peer = await server.acceptInRoom({ caps: ALL_CAPS });
  await peer.join("#tea");
  await screen.shows(" 1 #a  2 #tea");
  screen.close();
  peer.close();
  await exitCode;
});

Deno.test("the quits of a netsplit are one line, which names the servers and counts the people", async () => {
  await using setup = await setUp(new Screen(100, 20));
  const { peer, screen } = setup;
  const nicks = ["bob", "eve", "joe", "kim", "lee", "max"];
  await peer.send(...nicks.map((nick) => `:${nick}!u@h JOIN #a`));
  await peer.send(":zoe!u@h PRIVMSG #a :all here?");
  await peer.send(...nicks.map((nick) => `:${nick}!u@h QUIT :hub.test leaf.test`));
  await screen.shows("6 left as hub.test and leaf.test lost each other: bob eve joe kim lee …");
  await sync(setup, "after");
  assertEquals(everything(screen).filter((line) => / left/.test(line)).length, 1);
});

const HISTORY_CAPS = `${ALL_CAPS} draft/chathistory`;

Deno.test("after a lost connection, exactly what was missed is shown, below a line", async () => {
  await using setup = await setUp(new Screen(60, 20), HISTORY_CAPS);
  const { peer, screen, clock, server } = setup;
  await peer.expect(/^CHATHISTORY LATEST #a /);
  await peer.send(":irc.test BATCH +x chathistory #a", ":irc.test BATCH -x");
  await peer.send("@msgid=1;time=2026-01-01T00:00:01.000Z :bob!u@h PRIVMSG #a :said 1");
  await screen.shows("said 1");
  peer.close();
  await screen.shows("connection lost");
  clock.advance(1000);
  const next = await server.accept();
  await next.welcome({ caps: HISTORY_CAPS });
  await next.expect(/^CHATHISTORY TARGETS /);
  await next.send(
    ":irc.test BATCH +t draft/chathistory-targets",
    ":irc.test BATCH -t",
  );
  await next.join("#a");
  await next.expect(/^CHATHISTORY LATEST #a msgid=1 /);
  await next.send(
    "@msgid=4;time=2026-01-01T00:00:04.000Z :bob!u@h PRIVMSG #a :said 4",
    ":irc.test BATCH +x chathistory #a",
    ...[2, 3, 4].map((n) =>
      `@batch=x;msgid=${n};time=2026-01-01T00:00:0${n}.000Z :bob!u@h PRIVMSG #a :said ${n}`
    ),
    ":irc.test BATCH -x",
  );
  await screen.shows("said 4");
  await sync({ ...setup, peer: next }, "caught up");
  const lines = everything(screen).filter((line) => /said|── new ──/.test(line));
  assertEquals(lines, [
    "<bob> said 1",
    "── new ──",
    "<bob> said 2",
    "<bob> said 3",
    "<bob> said 4",
  ]);
});
