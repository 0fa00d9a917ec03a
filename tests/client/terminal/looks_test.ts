import { assert, assertEquals } from "@std/assert";
import { NICK_COLORS } from "../../../client/terminal/format.ts";
import { ALL_CAPS } from "../../support/fake_server.ts";
import { Screen } from "../../support/screen.ts";
import { setUp, shown, sync } from "../../support/window.ts";

const CAPS = `${ALL_CAPS} draft/message-redaction`;

Deno.test("formatting, code, emphasis and addresses are attributes of the text on the screen", async () => {
  const screen = new Screen(90, 12, { hasColors: true, hasLinks: true });
  await using setup = await setUp(screen);
  await setup.peer.send(
    ":bob!u@h PRIVMSG #a :\x02bold1\x02 \x1dslanted1\x1d \x1flined1\x1f \x0304red1\x03",
    ":bob!u@h PRIVMSG #a :*stressed2* and `code2` and https://example.org/tea here",
    ":bob!u@h PRIVMSG #a :ann, tea3?",
  );
  await sync(setup, "said");
  const attributes = ["bold1", "slanted1", "lined1", "stressed2", "tea3"].map((text) =>
    screen.attributesOf(text)
  );
  assertEquals(attributes, [["bold"], ["italic"], ["underlined"], ["italic"], ["bold"]]);
  assert(screen.attributesOf("red1").some((each) => each.startsWith("color")));
  assert(screen.attributesOf("code2").length > 0);
  assertEquals(screen.controlStrings.filter((each) => each.startsWith("8;")), [
    "8;;https://example.org/tea",
    "8;;",
  ]);
  assert(shown(screen).some((row) => row.endsWith("and https://example.org/tea here")));
});

Deno.test("a nick has one color, legible on dark and light, and no color if colors are off", async () => {
  const screen = new Screen(60, 12, { hasColors: true });
  await using setup = await setUp(screen);
  await setup.peer.send(":bob!u@h PRIVMSG #a :one", ":bob!u@h PRIVMSG #a :two");
  await sync(setup, "said");
  const [color = ""] = screen.attributesOf("bob> two");
  assert(NICK_COLORS.includes(Number(color.replace("color ", ""))), color);
  assertEquals(screen.attributesOf("bob> one"), [color]);
  assertEquals(screen.attributesOf("you joined"), ["dim"]);
  await using plain = await setUp(new Screen(60, 12));
  await plain.peer.send(":bob!u@h PRIVMSG #a :ann, *one* \x0304two");
  await sync(plain, "said");
  assertEquals(
    ["bob> ann", "one", "two", "you joined"].map((text) => plain.screen.attributesOf(text)),
    [
      [],
      [],
      [],
      [],
    ],
  );
  assert(shown(plain.screen).includes("<bob> ann, *one* two"));
});

Deno.test("a keyword as a whole word rings the bell, and the desktop shows messages of other conversations", async () => {
  const screen = new Screen(80, 12, { notificationForm: "osc9" });
  await using setup = await setUp(screen);
  const { peer } = setup;
  screen.type("/set keywords tea,cake\r");
  await screen.shows("keywords is tea,cake now");
  await peer.send(":bob!u@h PRIVMSG #a :a teapot");
  await sync(setup, "no bell");
  assertEquals(screen.bells, 0);
  await peer.send(":bob!u@h PRIVMSG #a :some Cake?");
  await sync(setup, "one bell");
  assertEquals([screen.bells, screen.controlStrings], [1, []], "the user has just pressed a key");
  await peer.send(":bob!u@h PRIVMSG ann :psst");
  await screen.shows("bob wrote to you");
  await screen.until(({ controlStrings }) => controlStrings.length > 0);
  assertEquals([screen.bells, screen.controlStrings], [2, ["9;chat: bob: psst"]]);
  screen.type("/set notify off\r");
  await screen.shows("notify is off now");
  await peer.send(":bob!u@h PRIVMSG ann :psst");
  await screen.shows("2 bob 2!");
  assertEquals(screen.controlStrings.length, 1);
});

Deno.test("with /set joins and time, joins are shown or hidden, and times too", async () => {
  await using setup = await setUp(new Screen(80, 20));
  const { peer, screen } = setup;
  screen.type("/set joins show\r");
  await screen.shows("joins is show now");
  await peer.send(":bob!u@h JOIN #a", ":eve!u@h JOIN #a");
  await sync(setup, "shown");
  assert(["-- bob joined #a", "-- eve joined #a"].every((line) => shown(screen).includes(line)));
  screen.type("/set joins hide\r/set time seconds\r");
  await screen.shows("time is seconds now");
  await peer.send(":joe!u@h JOIN #a", ":bob!u@h PRIVMSG #a :hi");
  await screen.shows("<bob> hi");
  assert(!screen.all.some((line) => line.includes("joe joined")));
  assert(screen.rows.includes("00:00:00 <bob> hi"));
});

Deno.test("what was deleted is struck out on the screen", async () => {
  const screen = new Screen(80, 12, { hasColors: true });
  await using setup = await setUp(screen, CAPS);
  const { peer } = setup;
  await peer.send("@msgid=1 :bob!u@h PRIVMSG #a :secret", "@msgid=2 :eve!u@h PRIVMSG #a :hm");
  await sync(setup, "said");
  await peer.send(":bob!u@h REDACT #a 1 :oops");
  await screen.shows("bob deleted a message (oops)");
  assert(screen.attributesOf("secret").includes("struck"));
});
