import { assert, assertEquals } from "@std/assert";
import { Buffers } from "../../../client/session/buffers.ts";
import { complete } from "../../../client/commands/completion.ts";
import { Settings } from "../../../client/commands/settings.ts";
import { TERMINAL_HELP } from "../../../client/texts/help.ts";
import { ServerView } from "../../../client/session/server_view.ts";
import type { ClientEvent } from "../../../client/session/events.ts";
import { parse } from "../../../protocol.ts";

const NOW = 1000;

/** Applies `lines`; returns the events. */
function apply(view: ServerView, ...lines: string[]): ClientEvent[] {
  return lines.flatMap((line) => {
    const message = parse(line);
    assert(message);
    return view.apply(message);
  });
}

/** Returns a view of `me`, in `#a` with `@op`, `+vic` and `ann`. */
function inRoom(): ServerView {
  const view = new ServerView("me", () => NOW);
  apply(
    view,
    ":irc 005 me CASEMAPPING=ascii PREFIX=(ov)@+ CHANTYPES=# :are supported",
    ":me!u@host JOIN #a",
    ":irc 353 me = #a :@op +vic ann me",
    ":irc 366 me #a :End",
  );
  return view;
}

Deno.test("the members of a room follow JOIN, PART, NICK, MODE, KICK and QUIT", () => {
  const view = inRoom();
  const listing = () => view.rooms.get("#A")?.listing.join(" ");
  assertEquals(listing(), "@op +vic ann me");
  const steps: readonly [line: string, listing: string][] = [
    [":bob!u@h JOIN #a", "@op +vic ann bob me"],
    [":ann!u@h PART #a", "@op +vic bob me"],
    [":op!u@h NICK Boss", "@Boss +vic bob me"],
    [":Boss!u@h MODE #a +o-v bob vic", "@bob @Boss me vic"],
    [":bob!u@h KICK #a Boss :out", "@bob me vic"],
    [":vic!u@h QUIT :bye", "@bob me"],
    [":nobody!u@h QUIT :bye", "@bob me"],
  ];
  for (const [line, expected] of steps) {
    apply(view, line);
    assertEquals(listing(), expected, line);
  }
});

Deno.test("a QUIT without a reason shows none, in whichever form the server sends it", () => {
  const reasons = ["QUIT", "QUIT :", "QUIT :Quit: ", "QUIT :Quit:", "QUIT :Quit: tea"].map(
    (line) => {
      const [event] = apply(inRoom(), `:ann!u@h ${line}`);
      return event?.type === "quit" ? event.text : undefined;
    },
  );
  assertEquals(reasons, ["", "", "", "", "Quit: tea"]);
});

Deno.test("a standard reply that names a room in its context is about that room", () => {
  const about = (line: string) => {
    const [event] = apply(inRoom(), `:irc ${line}`);
    return event && "room" in event ? event.room : undefined;
  };
  assertEquals(about("NOTE PRIVMSG SLOW #A :You may speak once a minute"), "#a");
  assertEquals(about("WARN * MOVED 5 #other :It moved"), "#other");
  assertEquals(about("FAIL REDACT UNKNOWN_MSGID #a id :There is no such message"), "#a");
  assertEquals(about("FAIL RENAME CANNOT #a #b :No room can be #a"), undefined);
  assertEquals(about("NOTE * HELLO :See #a"), undefined);
});

Deno.test("names that all objects have are only names in the answers of a server", () => {
  for (const name of ["constructor", "__proto__", "toString"]) {
    for (let code = 1; code < 1000; code++) {
      const numeric = String(code).padStart(3, "0");
      const view = inRoom();
      view.greeting = "over";
      for (const event of apply(view, `:irc ${numeric} me ${name} ${name} :`)) {
        const isShown = Object.values(event).every((value) => typeof value !== "function");
        assert(isShown, `${numeric} ${name}`);
      }
    }
  }
});

Deno.test("the user's own nick, rooms and source are known", () => {
  const view = inRoom();
  assertEquals(view.source, "me!u@host");
  apply(view, ":me!u@host NICK you");
  assertEquals([view.nick, view.source, view.isMe("YOU")], [
    "you",
    "you!u@host",
    true,
  ]);
  apply(view, ":irc 396 you cloak.example :is now your displayed host");
  assertEquals(view.source, "you!u@cloak.example");
  assertEquals(apply(view, ":you!u@cloak.example CHGHOST w :host.example"), []);
  assertEquals(view.source, "you!w@host.example");
  assertEquals(apply(view, ":ann!u@h CHGHOST w :other.example"), []);
  assertEquals(view.source, "you!w@host.example");
  apply(view, ":op!u@h KICK #a you :out");
  assertEquals(view.rooms.get("#a"), undefined);
});

/** Lines, and the event of each: type, room, text, own, for me. */
const SPEECH: readonly [line: string, understood: readonly unknown[]][] = [
  [":ann!u@h PRIVMSG #A :hi", ["message", "#a", "hi", false, false]],
  [":ann!u@h PRIVMSG #a :hi Me!", ["message", "#a", "hi Me!", false, true]],
  [":ann!u@h PRIVMSG #a :some meat", ["message", "#a", "some meat", false, false]],
  [":ann!u@h PRIVMSG #a :\x01ACTION waves\x01", ["action", "#a", "waves", false, false]],
  [":ann!u@h NOTICE #a :hi", ["notice", "#a", "hi", false, false]],
  [":ann!u@h PRIVMSG me :hi", ["message", undefined, "hi", false, true]],
  [":me!u@h PRIVMSG ann :hi", ["message", undefined, "hi", true, false]],
  [":me!u@h PRIVMSG #a :me", ["message", "#a", "me", true, false]],
  [":me!u@h PRIVMSG me :note", ["message", undefined, "note", false, true]],
];

Deno.test("a message is classified by its sender, command and target", () => {
  for (const [line, understood] of SPEECH) {
    const [event] = apply(inRoom(), line);
    assert(event && "forMe" in event, line);
    assertEquals([event.type, event.room, event.text, event.own, event.forMe], [...understood]);
  }
});

Deno.test("other CTCP requests are shown and not answered", () => {
  const [event] = apply(inRoom(), ":ann!u@h PRIVMSG me :\x01VERSION\x01");
  assertEquals(event, { type: "answer", time: NOW, text: "ann requests CTCP VERSION" });
});

Deno.test("a message has the time and msgid that the server gives", () => {
  const [event] = apply(
    inRoom(),
    "@time=2026-01-01T00:00:00.000Z;msgid=x :ann!u@h PRIVMSG #a :hi",
  );
  assertEquals([event?.time, event?.id], [Date.UTC(2026, 0, 1), "x"]);
  assertEquals(apply(inRoom(), "@time=never :ann!u@h PRIVMSG #a :hi")[0]?.time, NOW);
});

Deno.test("numerics are shown in words, errors as refusals, and routine ones not at all", () => {
  const texts = apply(
    inRoom(),
    ":irc 317 me ann 7300 1767225600 :seconds idle, signon time",
    ":irc 317 me ann 61 0 :seconds idle, signon time",
    ":irc 317 me ann 1 0 :seconds idle, signon time",
    ":irc 313 me ann :is an IRC operator",
    ":irc 335 me ann :is a bot",
    ":irc 379 me ann :is using modes +i",
    ":irc 322 me #a 3 :about a",
    ":irc 704 me KNOCK :KNOCK <channel>",
    ":irc 705 me KNOCK :Asks to be let in.",
    ":irc 706 me KNOCK :End of HELP",
    ":irc 710 #a #a bob!u@h :asks to be invited: please",
    ":irc 900 me me!u@h me :You are now logged in as me",
    ":irc 901 me me!u@h :You are now logged out",
    ":irc 432 me a+b :A nick has no +",
    ":irc 433 me bob :That nick belongs to an account.",
    ":irc 999 me one two :in the server's words",
    ":irc 367 me #a eve!*@* ann!u@h 1767225600",
    ":irc 367 me #a zoe!*@*",
    ":irc 368 me #a :End of channel ban list",
    ":irc 900 me me!u@h ann :You are now logged in as ann",
    ":irc 401 me bob :No such nick",
    ":irc 404 me #a :Cannot send to channel",
    ":irc 404 me #a :You are banned or muted in this channel (+b)",
    ":irc 404 me #a :Cannot send to channel (+n)",
    ":irc 404 me #a :You cannot speak whilst the +m (moderated) mode is set",
    ":irc 404 me #a :This channel is slow (+W): you can speak again in 9 seconds",
    ":irc 404 me #a :Cannot send to channel (+z)",
    ":irc 251 me :There are 5 users",
    ":irc 318 me ann :End of WHOIS",
    ":irc FAIL JOIN CODE #a :No joining today",
  ).map((event) =>
    event.type === "answer" ? event.text : event.type === "refused" ? `no: ${event.reason}` : ""
  );
  assertEquals(texts, [
    "ann has been idle for 2 hours, here since 2026-01-01 00:00 UTC",
    "ann has been idle for 1 minute",
    "ann has been idle for 1 second",
    "ann is an IRC operator",
    "ann is a bot",
    "ann is using modes +i",
    "#a (3): about a",
    "KNOCK <channel>",
    "Asks to be let in.",
    "bob knocks on #a and asks to be invited: please",
    "you are logged in as me",
    "you are logged out",
    "no: this server does not allow the nick a+b (A nick has no +)",
    "no: the nick bob belongs to an account",
    "one two: in the server's words",
    "eve!*@* is banned from #a, by ann",
    "zoe!*@* is banned from #a",
    "end of the bans in #a",
    "you are logged in as ann",
    "no: there is no user bob",
    "no: #a: Cannot send to channel",
    "no: you are banned or muted in #a",
    "no: only members can write to #a: /join #a",
    "no: only people with a voice can speak in #a",
    "no: #a: This channel is slow: you can speak again in 9 seconds",
    "no: #a: Cannot send to channel (+z)",
    "no: No joining today",
  ]);
});

Deno.test("Tab completes commands, rooms and nicks, the last speaker first", () => {
  const view = inRoom();
  apply(view, ":Alf!u@h JOIN #a", ":amy!u@h JOIN #a", ":amy!u@h PRIVMSG #a :hi");
  const buffers = new Buffers(() => view.isupport);
  buffers.open("#a");
  const none = () => [];
  const parts = {
    state: view,
    buffers,
    places: none,
    files: none,
    servers: none,
    wantedNick: "",
    settings: new Settings(),
    clientHelp: TERMINAL_HELP,
  };
  const options = (before: string) => complete(before, parts).options.join("|");
  assertEquals(options("a"), "amy: |Alf: |ann: ");
  assertEquals(options("hello AL"), "Alf ");
  assertEquals(options("m"), "");
  assertEquals(options("see #"), "#a ");
  assertEquals(options("/n"), "/names |/nick |/ns ");
  assertEquals(complete("hello al", parts).from, 6);
});

/** The numerics of a WHOIS, and the lines that the user sees. */
const WHOIS: readonly (readonly [lines: readonly string[], shown: readonly string[]])[] = [
  [
    [
      "311 me ann u host * :Ann Example",
      "319 me ann :~#own ~@#also @#run &#safe #a %#mod",
      "319 me ann :+#voice",
      "312 me ann irc.test :a server",
      "313 me ann :is an IRC operator",
      "330 me ann ann :is logged in as",
      "671 me ann :is using a secure connection",
      "301 me ann :lunch",
      "317 me ann 7300 1767225600 :seconds idle, signon time",
      "318 me ann :End of WHOIS",
    ],
    [
      "ann (Ann Example, u@host), logged in as ann",
      "  owns #own, #also; runs #run, #safe; moderates #mod; is in #a, #voice",
      "  an operator of this server, here since 2026-01-01 00:00 UTC, idle for 2 hours, " +
      "on an encrypted connection",
      "  away: lunch",
    ],
  ],
  [
    ["311 me bob u h * bob", "320 me bob :likes tea", "318 me bob :End"],
    ["bob (u@h), not logged in", "  likes tea"],
  ],
  [["311 me bob u h * bob", "301 me eve :out"], ["eve is away: out"]],
];

Deno.test("the answer to WHOIS is one short block in words", () => {
  for (const [lines, shown] of WHOIS) {
    const view = inRoom();
    view.greeting = "over";
    apply(view, ":irc 005 me PREFIX=(qaohv)~&@%+ CHANTYPES=# :are supported");
    const events = apply(view, ...lines.map((line) => `:irc ${line}`));
    assertEquals(events.map((event) => event.type === "answer" ? event.text : ""), [...shown]);
  }
});

Deno.test("a name or an id that no command can contain is ignored", () => {
  const view = inRoom();
  const lines = [
    ":me!u@h JOIN :#a b",
    "::c!u@h PRIVMSG me :hi",
    ":me!u@h NICK :a nn",
    ":me!u@h JOIN",
  ];
  assertEquals(apply(view, ...lines), []);
  assertEquals(view.nick, "me");
  const [message] = apply(view, String.raw`@msgid=a\sb :vic!u@h PRIVMSG me :hi`);
  assert(message);
  assertEquals("id" in message, false);
});
