// Joins and leaves on the screen: the bottom rows show one line until something else is printed.

import { assertEquals } from "@std/assert";
import { connect } from "../../../client.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { ALL_CAPS, FakeServer } from "../../support/fake_server.ts";
import { Screen } from "../../support/screen.ts";
import { everything, setUp, shown, sync } from "../../support/window.ts";

const PROMPT = ["[#a]"];

/** Returns the rows of the screen below the last message of ivy. */
function below(screen: Screen): string[] {
  const rows = shown(screen).map((row) => row.trim());
  return rows.slice(rows.findLastIndex((row) => row.startsWith("<ivy>")) + 1);
}

Deno.test("joins and quits that come one by one share a line, and later lines follow it", async () => {
  await using setup = await setUp(new Screen(60, 14));
  const { screen, peer } = setup;
  await peer.send(":ivy!i@h PRIVMSG #a :hello");
  await screen.shows("hello");
  await peer.send(":bob!b@h JOIN #a");
  await screen.until(() => below(screen).join() === ["-- bob joined #a", ...PROMPT].join());
  await peer.send(":cat!c@h JOIN #a");
  await screen.until(() => below(screen).join() === ["-- 2 joined: bob cat", ...PROMPT].join());
  await peer.send(":dan!d@h QUIT :bye");
  const all = "-- 2 joined: bob cat; dan left (bye)";
  await screen.until(() => below(screen).join() === [all, ...PROMPT].join());
  screen.type("typed");
  await screen.shows("[#a] typed");
  await peer.send(":ivy!i@h PRIVMSG #a :welcome", ":eve!e@h JOIN #a");
  await screen.until(() => below(screen).join() === ["-- eve joined #a", "[#a] typed"].join());
  const lines = everything(screen);
  assertEquals(lines.slice(lines.indexOf("<ivy> hello")).map((line) => line.trim()), [
    "<ivy> hello",
    all,
    "<ivy> welcome",
    "-- eve joined #a",

    "[#a] typed",
  ]);
});

Deno.test("the ranks that a server gives at a join have no line of their own", async () => {
  await using setup = await setUp(new Screen(60, 14), ALL_CAPS, "PREFIX=(qov)~@+");
  const { screen, peer } = setup;
  const joins = [":bob!b@h JOIN #a", ":irc.test MODE #a +qo bob bob"];
  await peer.send(":ivy!i@h PRIVMSG #a :hello", ...joins, ":bob!b@h QUIT :bye", ...joins);
  await screen.until(() => below(screen).join() === ["-- bob joined #a", ...PROMPT].join());
  await peer.send(":ivy!i@h MODE #a +o bob", ":bob!b@h QUIT :bye", ...joins, ":cat!c@h JOIN #a");
  await screen.shows("cat joined #a");
  setup.clock.advance(6000);
  await peer.send(":irc.test MODE #a +o cat", ":irc.test MODE #a +o dan");
  await screen.shows("dan can run this room now");
  assertEquals(everything(screen).filter((line) => line.startsWith("-- ")).slice(-5), [
    "-- bob joined #a",
    "-- bob can run this room now (by ivy)",
    "-- cat joined #a",
    "-- cat can run this room now",
    "-- dan can run this room now",
  ]);
});

Deno.test("the ranks that a server gives have no line without joins either, nor to the user", async () => {
  await using setup = await setUp(new Screen(60, 14), ALL_CAPS, "PREFIX=(qov)~@+");
  const { screen, peer } = setup;
  await peer.send(":ann!a@h JOIN #b", ":irc.test MODE #b +o ann");
  await screen.shows("2 #b");
  screen.type("\x1b2");
  await screen.shows("── #b ──");
  screen.type("/set joins hide\r");
  await screen.shows("joins is hide now");
  await peer.send(":bob!b@h JOIN #b", ":irc.test MODE #b +o bob", ":bob!b@h PRIVMSG #b :hello");
  await screen.shows("hello");
  assertEquals(everything(screen).filter((line) => line.includes("can run")), []);
});

Deno.test("a return to a room after a reconnect has no line of its own", async () => {
  await using setup = await setUp(new Screen(60, 14));
  const { screen, peer, clock, server } = setup;
  peer.close();
  await screen.until((now) => shown(now).at(-1) === "[#a, offline]");
  clock.advance(1000);
  const next = await server.accept();
  await next.welcome({ caps: ALL_CAPS });
  await next.expect(/^JOIN #a$/);
  await next.send(":ann!u@h JOIN #a", ":ivy!i@h PRIVMSG #a :welcome back");
  await screen.shows("welcome back");
  // After a leave, a join is new.
  await next.send(":ann!u@h JOIN #b", ":ann!u@h PART #b", ":ann!u@h JOIN #b");
  await screen.shows("2 #b");
  screen.type("\x1b2");
  await screen.shows("you joined #b");
  assertEquals(everything(screen).filter((line) => line.includes("you joined #a")).length, 1);
});

Deno.test("in a private conversation, the person is back, and not in a room", async () => {
  await using setup = await setUp(new Screen(60, 14));
  const { screen, peer } = setup;
  await peer.send(":bob!b@h JOIN #a", ":bob!b@h PRIVMSG ann :psst");
  await screen.shows("2 bob");
  screen.type("\x1b2");
  await screen.shows("── bob ──");
  await peer.send(":bob!b@h QUIT :bye");
  await screen.shows("bob left (bye)");
  screen.type("/nosuch\r");
  await screen.shows("there is no command /nosuch");
  await peer.send(":bob!b@h JOIN #a");
  await screen.shows("-- bob is back");
});

Deno.test("a scheduled job that joins, says something and leaves is one line", async () => {
  await using setup = await setUp(new Screen(60, 14));
  const { screen, peer } = setup;
  await peer.send(":cron!c@h JOIN #a");
  await screen.shows("cron joined #a");
  await peer.send(":cron!c@h PRIVMSG #a :backup done");
  await screen.shows("<cron> backup done");
  await peer.send(":cron!c@h QUIT :");
  await sync(setup, "over");
  assertEquals(everything(screen).filter((line) => line.includes("cron")), ["<cron> backup done"]);
});

Deno.test("a user whose leave was shown is shown to be back, even if they say something at once", async () => {
  await using setup = await setUp(new Screen(60, 14));
  const { screen, peer, clock } = setup;
  const back = [":bob!b@h JOIN #a", ":bob!b@h PRIVMSG #a :queued"];
  await peer.send(":bob!b@h QUIT :restart", ":ivy!i@h PRIVMSG #a :oh", ...back);
  await screen.shows("<bob> queued");
  clock.turn(60_000);
  await peer.send(":bob!b@h QUIT :bye", ":ivy!i@h PRIVMSG #a :well");
  await screen.shows("<ivy> well");
  clock.turn(5 * 60_000);
  await peer.send(...back, ":bob!b@h QUIT :bye");
  await sync(setup, "over");
  const lines = everything(screen).filter((line) => line.includes("bob"));
  assertEquals(lines, [
    "-- bob left (restart)",
    "-- bob joined #a",
    "<bob> queued",
    "-- bob left (bye)",
    "<bob> queued",
  ]);
});

Deno.test("the line of joins stays above an answer, another room and the end", async () => {
  const setup = await setUp(new Screen(60, 20));
  {
    await using _ = setup;
    const { screen, peer } = setup;
    await peer.send(":bob!b@h JOIN #a");
    await screen.shows("bob joined #a");
    screen.type("/nosuch\r");
    await screen.shows("there is no command /nosuch");
    await peer.send(":cat!c@h JOIN #a");
    await screen.shows("cat joined #a");
    await peer.send(":ann!a@h JOIN #b", ":irc.test 332 ann #b :Tea at four");
    await screen.shows("2 #b");
    screen.type("\x1b2");
    await screen.shows("── #b ──");
    await peer.send(":dan!d@h JOIN #b");
    await screen.shows("dan joined #b");
  }
  const { screen } = setup;
  const lines = everything(screen);
  const at = (text: string) => lines.findIndex((line) => line.includes(text));
  const order = ["bob joined #a", "/nosuch", "cat joined #a", "── #b ──", "dan joined #b"].map(at);
  assertEquals(order, order.toSorted((a, b) => a - b));
  assertEquals(order.includes(-1), false, lines.join("\n"));
});

Deno.test("a room that the user switches to shows its topic, as it is now", async () => {
  await using setup = await setUp(new Screen(60, 20));
  const { screen, peer } = setup;
  await peer.send(":ann!a@h JOIN #b", ":irc.test 332 ann #b :Tea at four");
  await screen.shows("2 #b");
  screen.type("\x1b2");
  await screen.shows("Tea at four");
  const heading = () => shown(screen).slice(shown(screen).lastIndexOf("── #b ──"));
  await screen.until(() => heading()[1] === "   Tea at four");
  screen.type("\x1b1");
  await screen.shows("── #a ──");
  await peer.send(":ivy!i@h TOPIC #b :Tea at five");
  await sync(setup, "changed");
  screen.type("\x1b2");
  await screen.until(() => heading()[1] === "   Tea at five");
});

Deno.test("with a screen reader, each join is written at once, and nothing is drawn again", async () => {
  const server = new FakeServer();
  await using screen = new Screen(60, 14);
  const plain = { ...server.connectOptions, plainScreen: true };
  const exitCode = connect(plain, { stdio: screen, clock: new FakeClock(), random: () => 1 });
  {
    await using _ = server;
    const peer = await server.acceptInRoom({ caps: ALL_CAPS });
    await peer.send(":bob!b@h JOIN #a");
    await screen.shows("bob joined #a");
    await peer.send(":cat!c@h JOIN #a");
    await screen.shows("cat joined #a");
  }
  const joins = everything(screen).filter((line) => /(?:bob|cat) joined #a/.test(line));
  assertEquals(joins.length, 2);
  screen.close();
  await exitCode;
});
