import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../../client/commands/commands.ts";
import { ALL_CAPS } from "../../support/fake_server.ts";
import { Screen } from "../../support/screen.ts";
import { setUp, sync } from "../../support/window.ts";

Deno.test("an unknown command is not sent, and the user is told of /help", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  screen.type("/frobnicate now\r");
  await screen.shows("there is no command /frobnicate");
  screen.type("//not a command\r");
  await peer.expect(/PRIVMSG #a :\/not a command$/);
});

/** The usage of each command that `/help` lists. */
const BASICS = COMMANDS.filter(({ isBasic }) => isBasic).map(({ name }) => `/${name} `);

Deno.test("/help shows the ten most useful commands, and the subjects, on one screen", async () => {
  assertEquals(BASICS.length, 10);
  await using setup = await setUp(new Screen(80, 24));
  const { screen } = setup;
  screen.type("/help\r");
  await screen.shows("to send a message that begins with /");
  const rows = screen.rows.join("\n");
  for (const name of [...BASICS, "/reply", "/react", "/edit", "/delete"]) {
    assert(rows.includes(name), name);
  }
  assert(rows.includes("/help rooms, /help talk"), rows);
  assert(!rows.includes("/devoice"));
});

Deno.test("/help all names every command, a page at a time, at any size of the screen", async () => {
  for (const [columns, rows] of [[80, 24], [40, 12]] as const) {
    await using setup = await setUp(new Screen(columns, rows));
    const { screen } = setup;
    screen.type("\f/help all\r");
    await screen.until(({ all }) => all.some((row) => row.includes(" more: /more")));
    const seen = new Set<string>();
    for (let page = 0; page < 60; page++) {
      for (const row of screen.rows) seen.add(row);
      const isLast = !screen.rows.some((row) => row.includes(" more: /more"));
      if (isLast) break;
      const { writes } = screen;
      screen.type("\f/more\r");
      await screen.until((now) => now.writes > writes + 1 && now.rows.at(-1) !== "/more");
      await sync(setup, `page ${page}`);
    }
    const text = [...seen].join("\n");
    for (const { name } of COMMANDS) assert(text.includes(`/${name}`), `${name} at ${columns}`);
  }
});

/** Typed words after `/help`, and a part of the answer. */
const HELP: readonly (readonly [typed: string, shown: string])[] = [
  ["/help rooms", "/topic [ROOM] [TEXT]"],
  ["/help /KICK", "/kick [ROOM] NICK [REASON]"],
  ["/help leave", "also: /leave"],
  ["/help settings", "/set [NAME] [VALUE…]"],
  ["/help names", "@  runs the room"],
  ["/? keys", "Alt-A"],
  ["/help keys", "Alt-↑ Alt-↓    choose a message"],
  ["/help frobnicate", "there is no command /frobnicate"],
  ["/jion tea", "did you mean /join?"],
];

Deno.test("/help explains a subject, a command by any of its names, and the signs of names", async () => {
  await using setup = await setUp(new Screen(120, 24));
  for (const [typed, shown] of HELP) {
    setup.screen.type(`\f${typed}\r`);
    await setup.screen.shows(shown);
  }
});

Deno.test("/clear clears the screen", async () => {
  await using setup = await setUp();
  setup.screen.type("/clear\r");
  await setup.screen.until(({ rows }) => rows.filter((row) => row !== "").length === 1);
});

/** Commands by the names that users know from elsewhere. */
const ALIASES: readonly (readonly [typed: string, sent: RegExp])[] = [
  ["/j #b", /^JOIN :?#b$/],
  ["/leave #a so long", /^PART #a :so long$/],
  ["/m bob hi", /PRIVMSG bob :hi$/],
  ["/w bob hi", /PRIVMSG bob :hi$/],
  ["/k #a bob", /^KICK #a :?bob$/],
  ["/n #c", /^NAMES #c$/],
  ["/exit", /^QUIT/],
];

Deno.test("commands have the names that users know from elsewhere", async () => {
  await using setup = await setUp();
  for (const [typed, sent] of ALIASES) {
    setup.screen.type(`${typed}\r`);
    await setup.peer.expect(sent);
  }
});

Deno.test("no two commands have the same name", () => {
  const names = COMMANDS.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  assertEquals(names.length, new Set(names).size);
});

/** Typed commands, and the line that the server gets. */
const COMMAND_LINES: readonly [typed: string, sent: RegExp][] = [
  ["/join #b key", /^JOIN #b key$/],
  ["/part", /^PART :?#a$/],
  ["/part #a so long", /^PART #a :so long$/],
  ["/part #a", /^PART :?#a$/],
  ["/part #elsewhere", /^PART :?#elsewhere$/],
  ["/part a for good", /^PART #a :for good$/],
  ["/msg bob hi there", /PRIVMSG bob :hi there$/],
  ["/me waves", /PRIVMSG #a :.ACTION waves.$/],
  ["/ME waves", /PRIVMSG #a :.ACTION waves.$/],
  ["/me #kitchen waves", /PRIVMSG #kitchen :.ACTION waves.$/],
  [" /msg bob secret", /PRIVMSG bob :secret$/],
  ["\u00a0/msg bob secret", /PRIVMSG bob :secret$/],
  ["／msg bob secret", /PRIVMSG bob :secret$/],
  ["/msg bob  two  spaces ", /PRIVMSG bob :two {2}spaces$/],
  ["/nick eva", /^NICK eva$/],
  ["/names #b", /^NAMES #b$/],
  ["/names b", /^NAMES #b$/],
  ["/topic", /^TOPIC :?#a$/],
  ["/topic #kitchen", /^TOPIC :?#kitchen$/],
  ["/topic #kitchen soup", /^TOPIC #kitchen :soup$/],
  ["/topic a new one", /^TOPIC #a :a new one$/],
  ["/away for lunch", /^AWAY :for lunch$/],
  ["/away", /^AWAY$/],
  ["/whois bob", /^WHOIS bob$/],
  ["/who bob", /^WHOIS bob$/],
  ["/who #b", /^NAMES #b$/],
  ["/who a", /^WHO :?#a$/],
  ["/invite bob", /^INVITE bob #a$/],
  ["/invite bob b", /^INVITE bob #b$/],
  ["/invite", /^INVITATION :?#a$/],
  ["/invite 5 2d", /^INVITATION #a 5 2d$/],
  ["/invite 12h", /^INVITATION #a 12h$/],
  ["/invite #b 5", /^INVITATION #b 5$/],
  ["/invite #b bob", /^INVITE bob #b$/],
  ["/invite * 1d", /^INVITATION \* 1d$/],
  ["/kick bob", /^KICK #a :?bob$/],
  ["/kick bob and no more", /^KICK #a bob :and no more$/],
  ["/kick #kitchen bob", /^KICK #kitchen :?bob$/],
  ["/kick #kitchen bob and no more", /^KICK #kitchen bob :and no more$/],
  ["/ban", /^MODE #a :?\+b$/],
  ["/ban #kitchen", /^MODE #kitchen :?\+b$/],
  ["/ban #kitchen bob", /^MODE #kitchen \+b :?bob$/],
  ["/ban bob", /^MODE #a \+b :?bob$/],
  ["/mute bob", / MODE #a \+b :?m:bob$/],
  ["/unmute bob", / MODE #a -b :?m:bob$/],
  ["/own", /^OWN$/],
  ["/own del bob", /^OWN del :?bob$/],
  ["/unban *!*@192.0.2.1", /^MODE #a -b :?\*!\*@192\.0\.2\.1$/],
  ["/room", /^MODE :?#a$/],
  ["/room private", /^MODE #a :?\+i\+s$/],
  ["/room #b open", /^MODE #b :?-i-s-p-m$/],
  ["/room limit 20", /^MODE #a \+l :?20$/],
  ["/room key sesame", /^MODE #a \+k :?sesame$/],
  ["/room no-key", /^MODE #a -k :?\*$/],
  ["/kline *@192.0.2.1 :bad person", /^KLINE \*@192\.0\.2\.1 :bad person$/],
  ["/dline 192.0.2.1", /^DLINE :?192\.0\.2\.1$/],
  ["/oper ann sesame", /^OPER ann :?sesame$/],
  ["/ns identify sesame", /^NICKSERV identify :?sesame$/],
  ["/op bob", /^MODE #a \+o :?bob$/],
  ["/op #kitchen bob", /^MODE #kitchen \+o :?bob$/],
  ["/deop bob", /^MODE #a -o :?bob$/],
  ["/voice bob", /^MODE #a \+v :?bob$/],
  ["/devoice bob", /^MODE #a -v :?bob$/],
  ["/mode", /^MODE :?#a$/],
  ["/mode +ov ann bob", /^MODE #a \+ov ann bob$/],
  ["/mode #room", /^MODE :?#room$/],
  ["/mode #room +i", /^MODE #room :?\+i$/],
  ["/mode b", /^MODE #a :?b$/],
  ["/mode ann", /^MODE :?ann$/],
  ["/mode ann +i", /^MODE ann :?\+i$/],
  ["/quote METADATA #a SET url :a b", /^METADATA #a SET url :a b$/],
  ["/list", /^LIST$/],
  ["/list *tea*", /^LIST :?\*tea\*$/],
  ["/quit good night", /^QUIT :good night$/],
];

Deno.test("each command sends its line to the server", async () => {
  await using setup = await setUp(new Screen(), ALL_CAPS, "CASEMAPPING=ascii EXTBAN=,am");
  for (const [typed, sent] of COMMAND_LINES) {
    setup.screen.type(`${typed}\r`);
    const { command, params: [to, text], tags } = await setup.peer.expect(sent);
    const label = tags?.get("label");
    // The client sends no more than a few messages without an answer.
    if (label) await setup.peer.send(`@label=${label} :ann!u@h ${command} ${to} :${text}`);
    // `/join` has gone to another room.
    if (typed.startsWith("/join")) setup.screen.type("/join #a\r");
  }
});

Deno.test("a command with too few parameters shows its usage, and sends nothing", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  screen.type("/msg bob\r");
  await screen.shows("/msg needs more parameters: /msg NICK TEXT");
  await peer.send("PING :nothing");
  await peer.expect(/^PONG/);
});

/** Typed texts for which nothing is sent, and a part of the answer. */
const REFUSED: readonly [typed: string, shown: string][] = [
  ["/nick a b", "too many parameters: /nick NAME"],
  ["/names #a #b", "too many parameters"],
  ["/whois bob eve", "too many parameters"],
  ["/link 123 456", "too many parameters"],
  ["/list a b", "too many parameters"],
  ["/help nick join", "too many parameters"],
  ["/join #b key more", "too many parameters"],
  ["/invite bob #b 5", "too many parameters"],
  ["/invite bob #b 5 2d more", "too many parameters"],
  ["/part gardn", "you are not in #gardn"],
  ["/part gardn bye", "you are not in #gardn"],
  ["/part #a #b", "leave one room at a time"],
  ["/kick bob #b", "the room comes first: /kick [ROOM] NICK [REASON]"],
  ["/op bob #b", "the room comes first"],
  ["/ban 1h bob #b", "the room comes first"],
  ["/ignore #b", "/ignore is for people"],
  ["/me #kitchen", "needs more parameters: /me [ROOM] TEXT"],
  ["/kick #kitchen", "needs more parameters"],
  ["/op #kitchen", "needs more parameters"],
  ["/search #kitchen", "use /search WORDS first"],
  ["/mode bob +i", "modes begin with + or -"],
  ["/mode i +i", "modes begin with + or -"],
  ["/msg", "needs more parameters: /msg NICK TEXT"],
  [" /frobnicate now", "there is no command /frobnicate"],
  ["\u200b/frobnicate now", "there is no command /frobnicate"],
  ["/ msg bob secret", "there is no command /"],
  ["／frobnicate now", "there is no command /frobnicate"],
  ["/join #", "# is only the start of a room's name"],
  ["/quote ä", "that is not an IRC command"],
  ["/quote @label=x PRIVMSG #a :hi", "that is not an IRC command"],
  ["/quote :bob PRIVMSG #a :hi", "that is not an IRC command"],
  ["/room slow 10s", "this server cannot slow a room down"],
  ["/room slow off", "this server cannot slow a room down"],
  ["/room slow fast", "/room slow needs a value"],
  ["/room slow 0s", "/room slow needs a value"],
  ["/room slow", "/room slow needs a value, as in /room slow 10s"],
  ["/room invite 5", "/room invite takes no value"],
  ["/room loud", "a room has no setting loud"],
  ["/ban 1h", "/ban needs more parameters"],
  ["/kick :x y", "a parameter cannot begin with a colon"],
  ["/invite :x", "a parameter cannot begin with a colon"],
];

Deno.test("a line that is only partly a command is refused, and no part of it is sent", async () => {
  await using setup = await setUp(new Screen(120, 30));
  const { screen, peer } = setup;
  for (const [typed, shown] of REFUSED) {
    screen.type(`${typed}\r`);
    await screen.shows(shown);
    screen.type("\f");
    await peer.send("PING :nothing");
    await peer.expect(/^PONG :?nothing$/);
  }
});

Deno.test("two words after /join are a room and its key, and no room is created by them", async () => {
  await using setup = await setUp(new Screen(120, 30));
  const { screen, peer } = setup;
  screen.type("/join my room\r");
  await screen.shows("joining #my with the key room, if there is such a room");
  await peer.expect(/^MODE :?#my$/);
  await peer.send(":irc.test 403 ann #my :No such channel");
  await peer.answerPing();
  await screen.shows("cannot join #my: there is no room #my");
  screen.type("/join her room\r");
  await peer.expect(/^MODE :?#her$/);
  await peer.send(":irc.test 401 ann #her :No such nick or channel name");
  await peer.answerPing();
  await screen.shows("cannot join #her: there is no room #her");
  screen.type("/join ren sesame\r");
  await peer.expect(/^MODE :?#ren$/);
  await peer.send(":irc.test 324 ann #ren +k");
  await peer.answerPing();
  await peer.expect(/^JOIN #ren sesame$/);
});

Deno.test("a text of several lines is not sent if one of them looks like a command", async () => {
  await using setup = await setUp(new Screen(120, 30));
  const { screen, peer } = setup;
  for (
    const text of ["/msg bob secret\nmore", "hello\n /msg bob secret", "one\n/frobnicate now\ntwo"]
  ) {
    screen.type(`\x1b[200~${text}\x1b[201~\r`);
    await screen.shows("a command is one line");
    screen.type("\f");
    await peer.send("PING :nothing");
    await peer.expect(/^PONG :?nothing$/);
  }
  screen.type("\x1b[200~\n /msg bob secret\n\x1b[201~\r");
  await peer.expect(/PRIVMSG bob :secret$/);
  screen.type("\x1b[200~//msg\n/usr/bin/env\n and/or\x1b[201~\r");
  await peer.expect(/PRIVMSG #a :\/msg$/);
  await peer.expect(/PRIVMSG #a :\/usr\/bin\/env$/);
  await peer.expect(/PRIVMSG #a : and\/or$/);
});

Deno.test("an error in any command does not end the client", async () => {
  await using setup = await setUp(new Screen(120, 30));
  const { screen, peer } = setup;
  for (const { name } of COMMANDS) {
    if (name === "quit" || name === "join") continue;
    for (const text of [":", ":x :y", "#a :x y", "\u00a0", "#", "@", "-", "x ".repeat(20)]) {
      screen.type(`/${name} ${text}\r`);
    }
  }
  screen.type("/quote PRIVMSG #a :still here\r");
  for (let line = await peer.line(); !line?.includes("still here"); line = await peer.line()) {
    if (line === undefined) throw new Error("the client has ended");
  }
});

Deno.test("/search shows the messages found, or that there are none", async () => {
  await using setup = await setUp(new Screen(), `${ALL_CAPS} soju.im/search`);
  const { peer, screen } = setup;
  screen.type("/search tea; at five\r");
  const { tags } = await peer.expect(/SEARCH in=#a;text=tea\\:\\sat\\sfive;limit=100$/);
  await peer.send(
    `@label=${tags?.get("label")} :irc.test BATCH +x soju.im/search`,
    "@batch=x;msgid=1;time=2019-01-04T14:33:26.123Z :bob!u@h PRIVMSG #a :tea at five",
    ":irc.test BATCH -x",
  );
  await screen.shows("1 result for");
  await screen.shows("<bob> tea at five");
  const row = screen.rows.find((row) => row.includes("<bob>"));
  assert(/^1 \d\d:\d\d <bob> tea at five$/.test(row ?? ""), row);
  screen.type("/search nowhere\r");
  const { tags: second } = await peer.expect(/SEARCH /);
  const label = second?.get("label");
  await peer.send(`@label=${label} :irc.test BATCH +y soju.im/search`, ":irc.test BATCH -y");
  await screen.shows('no message in #a has "nowhere"');
});

Deno.test("/search shows an error if the server does not support it", async () => {
  await using setup = await setUp();
  setup.screen.type("/search tea\r");
  await setup.screen.shows("this server cannot search messages");
});
