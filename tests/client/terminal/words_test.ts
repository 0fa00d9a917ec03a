import { assert, assertEquals, assertMatch } from "@std/assert";
import { ROOM_WORDS } from "../../../client/commands/room_settings.ts";
import { modeText } from "../../../client/texts/modes.ts";
import { SETTINGS, Settings } from "../../../client/commands/settings.ts";
import { connectOptions } from "../../../client/cli/options.ts";
import { connect } from "../../../client.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { ALL_CAPS, FakeServer } from "../../support/fake_server.ts";
import { Screen } from "../../support/screen.ts";
import { setUp, shown } from "../../support/window.ts";

const TOKENS = "CASEMAPPING=ascii PREFIX=(qaohv)~&@%+ CHANMODES=Ibe,k,HWfl,CMRcimnpst EXTBAN=,am";

/** Changes of modes, and the sentence that the user sees. */
const MODES: readonly (readonly [line: string, shown: string])[] = [
  [":bob!u@h MODE #a +qo bob bob", "bob can run this room now (by bob)"],
  [":bob!u@h MODE #a +o ann", "you can run this room now (by bob)"],
  [":ann!u@h MODE #a -o bob", "bob can no longer run this room (by you; undo: /op bob)"],
  [":ann!u@h MODE #a +b eve!*@*", "eve is banned from #a (by you; undo: /unban eve)"],
  [
    ":ann!u@h MODE #a +b m:a:eve",
    "the account eve cannot speak in #a now (by you; undo: /unmute a:eve)",
  ],
  [":bob!u@h MODE #a +b ~account:eve", "the account eve is banned from #a (by bob)"],
  [":ann!u@h MODE #a -b m:eve", "eve can speak in #a again (by you; undo: /mute eve)"],
  [":ann!u@h MODE #a +is", "(by you; undo: /room anyone, /room shown)"],
  [
    ":irc.test 324 ann #a +ik sesame",
    "only invited people can join #a; #a needs the key sesame (+ik)",
  ],
  [":irc.test 324 ann #a +", "#a has no restrictions"],
  [":bob!u@h MODE #a +q ann", "you own this room now (by bob)"],
  [":irc.test MODE #a +v ada", "-- ada may speak"],
  [":bob!u@h MODE #a +i", "only invited people can join #a now (by bob)"],
  [":bob!u@h MODE #a -i", "everyone can join #a now (by bob)"],
  [
    ":bob!u@h MODE #a +kl sesame 5",
    "#a needs the key sesame now; at most 5 people can be in #a now",
  ],
  [":bob!u@h MODE #a -k *", "#a needs no key any more"],
  [":bob!u@h MODE #a +b eve!*@*", "eve is banned from #a (by bob)"],
  [":bob!u@h MODE #a -b *!*@192.0.2.1", "*!*@192.0.2.1 is no longer banned from #a"],
  [":bob!u@h MODE #a +b m:eve", "eve cannot speak in #a now"],
  [":bob!u@h MODE #a +f #b", "people who cannot join #a come to #b now"],
  [":bob!u@h MODE #a +W 10", "each member can write to #a once every 10 seconds now (by bob)"],
  [
    ":ann!u@h MODE #a +W 60",
    "each member can write to #a once every minute now (by you; undo: /room slow off)",
  ],
  [":bob!u@h MODE #a -W", "members can write to #a as often as they want again (by bob)"],
  [":bob!u@h MODE #a +W 5:20", "mode +W 5:20 (by bob)"],
  [":irc.test 324 ann #a +W 7200", "-- each member can write to #a once every 2 hours (+W)"],
  [":bob!u@h MODE #a +zH 20", "mode +z; mode +H 20 (by bob)"],
  [":ann!u@h MODE ann :+i", "people who share no room with you do not see you now"],
  [":irc.test MODE ann :+oQ", "you are an operator of this server now; mode +Q"],
];

Deno.test("a change of modes is shown in words, and unknown letters as they are", async () => {
  await using setup = await setUp(new Screen(120, 24), ALL_CAPS, TOKENS);
  const { screen, peer } = setup;
  for (const [line, shown] of MODES) {
    await peer.send(line);
    await screen.shows(shown);
  }
  assert(!screen.all.some((row) => row.includes("set mode")));
});

Deno.test("mode q is a mute at servers where it is not a rank", async () => {
  const tokens = "CASEMAPPING=ascii CHANMODES=eIbq,k,flj,CFLMPQScgimnprstuz";
  await using setup = await setUp(new Screen(120, 24), ALL_CAPS, tokens);
  await setup.peer.send(":bob!u@h MODE #a +q eve!*@*");
  await setup.screen.shows("eve cannot speak in #a now (by bob)");
});

Deno.test("/names shows the members in columns, by rank, with away members in parentheses", async () => {
  await using setup = await setUp(new Screen(40, 24), ALL_CAPS, TOKENS);
  const { screen, peer } = setup;
  const nicks = ["@bob", "+vic", ...Array.from({ length: 9 }, (_, i) => `guest${i}`)];
  await peer.send(
    ...nicks.map((nick) => `:${nick.replace(/^[@+]/, "")}!u@h JOIN #a`),
    ":irc.test MODE #a +ov bob vic",
  );
  screen.type("\f/names\r");
  await peer.expect(/^WHO :?#a$/);
  await peer.send(
    ":irc.test 352 ann #a u h irc.test guest3 G :0 Guest",
    ":irc.test 352 ann #a u h irc.test guest4 H :0 Guest",
    ":irc.test 315 ann #a :End of WHO",
  );
  await screen.shows("guest8");
  const rows = shown(screen);
  assertEquals(rows.slice(rows.findIndex((row) => row.startsWith("#a has")), -1), [
    "#a has 13 members: 2 run it",
    "  @bob  @op",
    "1 may always speak",
    "  +vic",
    "10 are members",
    "  ann       guest0    guest1    guest2",
    "  (guest3)  guest4    guest5    guest6",
    "  guest7    guest8",
  ]);
  await peer.send(":guest3!u@h AWAY", ":guest4!u@h AWAY :lunch");
  screen.type("\f/names\r");
  await peer.expect(/^WHO :?#a$/);
  await peer.send(":irc.test 315 ann #a :End of WHO");
  await screen.shows("(guest4)");
  assert(!screen.rows.join("").includes("(guest3)"));
});

Deno.test("/list shows the biggest rooms first, filters, and pages", async () => {
  await using setup = await setUp(new Screen(60, 12), ALL_CAPS, TOKENS);
  const { screen, peer } = setup;
  const answer = async () => {
    await peer.expect(/^LIST$/);
    await peer.send(
      ...Array.from({ length: 20 }, (_, i) => `:irc.test 322 ann #r${i} ${i} :[+nt] about ${i}`),
      ":irc.test 322 ann #tea 3 :",
      ":irc.test 323 ann :End",
    );
  };
  screen.type("\f/list\r");
  await answer();
  await screen.shows("more: /more");
  assertEquals(shown(screen).slice(0, 3), [
    "21 rooms, with member counts:",
    "   19  #r19  about 19",
    "   18  #r18  about 18",
  ]);
  screen.type("\f/list more\r");
  await screen.shows("#r10");
  screen.type("\f/list TEA\r");
  await answer();
  await screen.shows("1 room, with");
  assertEquals(shown(screen)[1], "    3  #tea");
  screen.type("/list coffee\r");
  await answer();
  await screen.shows("the server lists no room with coffee");
});

Deno.test("each command that undoes a setting is a word of /room", () => {
  const words = [..."iklmnpst", "W"].flatMap((letter) =>
    [true, false].map((has) =>
      modeText({
        nick: "a",
        own: true,
        room: "#a",
        changes: [{ letter, has, ...(letter === "W" && has && { param: "10" }) }],
      })
    )
  ).flatMap((text) => Array.from(text.matchAll(/\/room ([\w-]+)/g), ([, word = ""]) => word));
  assertEquals(words.filter((word) => !ROOM_WORDS.includes(word)), []);
  assert(words.length > 10);
});

Deno.test("/set shows and changes the settings, and keeps them for the next time", async () => {
  using folder = new TempFolder();
  await using server = new FakeServer();
  await using screen = new Screen(100, 24);
  const options = { ...server.connectOptions, folder: folder.path };
  const exitCode = connect(options, { stdio: screen, clock: new FakeClock(), random: () => 1 });
  const peer = await server.acceptInRoom();
  screen.type("/set\r");
  await screen.shows("row      on");
  screen.type("/set bell loud\r");
  await screen.shows("bell can be on or off: nothing was changed");
  screen.type("/set volume 3\r");
  await screen.shows("there is no setting volume");
  for (const change of ["bell off", "time off", "ascii on", "row off", "joins hide"]) {
    screen.type(`/set ${change}\r`);
    await screen.shows(`${change.replace(" ", " is ")} now`);
  }
  const { bells } = screen;
  await peer.send(":eve!u@h JOIN #a", ":bob!u@h PRIVMSG ann :psst", ":bob!u@h PRIVMSG #a :well…");
  await screen.shows("<bob> well...");
  assertEquals(screen.bells, bells);
  assert(!screen.all.some((row) => row.includes("eve joined") || row.includes("2 bob 1!")));
  assert(screen.rows.includes("<bob> well..."));
  screen.close();
  peer.close();
  await exitCode;
  assertEquals(
    Deno.readTextFileSync(`${folder.path}/settings`),
    "bell off\ntime off\nascii on\nrow off\njoins hide\n",
  );
});

Deno.test("a change of a setting leaves what another client has changed meanwhile", () => {
  let kept: readonly (readonly string[])[] = [["bell", "on"], ["from-a-later-version", "yes"]];
  const keep = (settings: typeof kept) => (kept = settings, true);
  const [one, other] = [
    new Settings({ read: () => kept, keep }),
    new Settings({ read: () => kept, keep }),
  ];
  one.set("bell", "off");
  other.set("time", "off");
  one.set("bell", "on");
  assertEquals(kept, [["from-a-later-version", "yes"], ["time", "off"], ["bell", "on"]]);
});

Deno.test("/set says if a change could not be kept", () => {
  const settings = new Settings({ read: () => [], keep: () => false });
  assertEquals(settings.set("bell", "off"), "bell is off now, but could not be kept for next time");
});

Deno.test("/set lists the settings in columns, whatever the length of a name", () => {
  for (const all of [SETTINGS, SETTINGS.filter(({ name }) => name.length < 8)]) {
    const rows = new Settings(undefined, [], all).describe();
    const columns = rows.map((row) => row.replace(/^\S+ +/, "").length - row.length);
    assertEquals(new Set(columns).size, 1, rows.join("\n"));
    assertEquals(new Set(rows.map((row) => /^\S+ +\S+ +/.exec(row)?.[0].length)).size, 1);
  }
});

Deno.test("/set keywords takes words with spaces or commas between them, and off for none", async () => {
  using folder = new TempFolder();
  await using server = new FakeServer();
  await using screen = new Screen(100, 24);
  const options = { ...server.connectOptions, folder: folder.path };
  const exitCode = connect(options, { stdio: screen, clock: new FakeClock(), random: () => 1 });
  const peer = await server.acceptInRoom();
  screen.type("/set keywords tea, cake\r");
  await screen.shows("keywords is tea,cake now, and next time");
  assertEquals(Deno.readTextFileSync(`${folder.path}/settings`), "keywords tea,cake\n");
  screen.type("/set keywords off\r");
  await screen.shows("keywords is off now");
  screen.type("/set keywords\r");
  await screen.shows("(words, or off)");
  const { bells } = screen;
  await peer.send(":bob!u@h PRIVMSG #a :turn the tea off");
  await screen.shows("turn the tea off");
  assertEquals(screen.bells, bells);
  screen.close();
  peer.close();
  await exitCode;
});

Deno.test("--ascii and --plain-screen apply to one run only", () => {
  const store = { read: () => [["bell", "off"]], keep: () => true };
  const settings = new Settings(store, [["ascii", "on"], ["plain", "on"]]);
  assertEquals([settings.get("ascii"), settings.isOn("plain"), settings.isOn("bell")], [
    "on",
    true,
    false,
  ]);
  assertMatch(settings.describe("ascii").join(), /on/);
  settings.set("ascii", "off");
  assertEquals(settings.get("ascii"), "off", "a change applies to this run as well");
  const options = connectOptions(["localhost", "--ascii", "--plain-screen"], new Map());
  assertEquals([options.ascii, options.plainScreen], [true, true]);
});

Deno.test("/ignore hides a user by account, is kept for the server, and is undone by /unignore", async () => {
  using folder = new TempFolder();
  await using server = new FakeServer();
  for (const isLater of [false, true]) {
    await using screen = new Screen(100, 24);
    const options = { ...server.connectOptions, folder: folder.path };
    const exitCode = connect(options, { stdio: screen, clock: new FakeClock(), random: () => 1 });
    const peer = await server.acceptInRoom({ caps: "account-tag message-tags" });
    if (!isLater) {
      await peer.send("@account=eve :eve!u@h PRIVMSG #a :first");
      await screen.shows("<eve> first");
      screen.type("/ignore ann\r/ignore eve\r");
      await screen.shows("messages of eve are not shown any more (undo: /unignore eve)");
    }
    await peer.send(
      "@account=eve :other!u@h PRIVMSG #a :hidden",
      "@account=eve :other!u@h PRIVMSG ann :hidden",
      ":bob!u@h PRIVMSG #a :seen",
    );
    await screen.shows("<bob> seen");
    assert(!screen.all.some((row) => row.includes("hidden") || row.includes("other")));
    if (isLater) {
      screen.type("/ignore\r/unignore eve\r");
      await screen.shows("ignored: eve");
      await screen.shows("messages of eve are shown again");
      await peer.send("@account=eve :other!u@h PRIVMSG #a :back");
      await screen.shows("<other> back");
    }
    screen.close();
    peer.close();
    await exitCode;
  }
  assertEquals(Deno.readTextFileSync(`${folder.path}/ignored`), "");
});

Deno.test("an ignored person without an account is followed to a new nick, and nobody else is hidden", async () => {
  await using setup = await setUp(new Screen(100, 24), "account-tag message-tags");
  const { screen, peer } = setup;
  await peer.send(":eve!u@h JOIN #a", "@account=joe :joe!u@h PRIVMSG #a :first");
  await screen.shows("<joe> first");
  screen.type("/ignore eve\r/ignore joe\r");
  await screen.shows("messages of joe are not shown any more");
  await peer.send(
    ":eve!u@h NICK other",
    ":other!u@h PRIVMSG #a :hidden",
    ":eve!u@h2 PRIVMSG #a :another eve",
    "@account=joe :joe!u@h NICK jim",
    "@account=joe :jim!u@h PRIVMSG #a :hidden",
    "@account=sue :joe!u@h PRIVMSG #a :another joe",
  );
  await screen.shows("<joe> another joe");
  await screen.shows("<eve> another eve");
  assert(!screen.all.some((row) => row.includes("hidden")));
  screen.type("/ignore\r/unignore jim\r");
  await screen.shows("ignored: other jim");
  await screen.shows("messages of jim are shown again");
});
