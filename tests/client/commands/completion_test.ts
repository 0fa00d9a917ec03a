import { assert, assertEquals } from "@std/assert";
import { complete } from "../../../client/commands/completion.ts";
import { EMOJI } from "../../../client/session/emoji.ts";
import { Settings } from "../../../client/commands/settings.ts";
import { TERMINAL_HELP } from "../../../client/texts/help.ts";
import { Buffers } from "../../../client/session/buffers.ts";
import { ServerView } from "../../../client/session/server_view.ts";

/** A user in two rooms and in a conversation with `carol`. */
function place(): Parameters<typeof complete>[1] {
  const state = new ServerView("ann", () => 0);
  const take = (source: string, command: string, ...params: string[]) =>
    state.apply({ source, command, params });
  take("ann!u@h", "JOIN", "#tea");
  take("irc.test", "353", "ann", "=", "#tea", "ann bob Ben");
  take("ann!u@h", "JOIN", "#kitchen");
  take("irc.test", "353", "ann", "=", "#kitchen", "ann zoe");
  take("Ben!u@h", "PRIVMSG", "#tea", "hi");
  const buffers = new Buffers(() => state.isupport);
  for (const name of ["#tea", "#kitchen", "carol"]) buffers.open(name);
  return {
    state,
    buffers,
    places: () => buffers.all.map(({ name }) => name),
    files: (typed) => ["tea pot.png", "tea/"].filter((path) => path.startsWith(typed)),
    servers: () => ["home", "libera"],
    wantedNick: "ann",
    settings: new Settings(),
    clientHelp: TERMINAL_HELP,
  };
}

/** Returns the whole lines that Tab makes of `before`. */
function completed(before: string, parts = place()): string[] {
  const { from, options } = complete(before, parts);
  return options.map((option) => before.slice(0, from) + option);
}

Deno.test("Tab completes what a parameter of a command can be", () => {
  const table: readonly [before: string, after: readonly string[]][] = [
    ["/jo", ["/join "]],
    ["/upload te", ["/upload tea pot.png", "/upload tea/"]],
    ["/upload tea p", ["/upload tea pot.png"]],
    ["/upload #tea te", ["/upload #tea tea pot.png", "/upload #tea tea/"]],
    ["/upload kitchen tea/", ["/upload kitchen tea/"]],
    ["/upload kitchen ", ["/upload kitchen tea pot.png", "/upload kitchen tea/"]],
    ["/upload nowhere te", []],
    ["/JO", ["/join "]],
    ["/msg b", ["/msg Ben ", "/msg bob "]],
    ["/msg c", ["/msg carol "]],
    ["/w c", ["/w carol "]],
    ["/settings be", ["/settings bell "]],
    ["/msg z", ["/msg zoe "]],
    ["/kick #tea B", ["/kick #tea Ben ", "/kick #tea bob "]],
    ["/op bob be", ["/op bob Ben "]],
    ["/go k", ["/go #kitchen "]],
    ["/join #k", ["/join #kitchen "]],
    ["/help whoi", ["/help whois "]],
    ["/who b", ["/who Ben ", "/who bob "]],
    ["/who k", ["/who #kitchen "]],
    ["/mode +", ["+i", "+k", "+l", "+m", "+n", "+s", "+t"].map((mode) => `/mode ${mode} `)],
    ["/own d", ["/own DEL "]],
    ["/help ro", ["/help rooms ", "/help room "]],
    ["/help mod", ["/help moderation ", "/help mode "]],
    ["/nick a", ["/nick ann "]],
    ["/set ti", ["/set time "]],
    ["/set time s", ["/set time seconds "]],
    ["/room #tea pri", ["/room #tea private "]],
    ["/server li", ["/server libera "]],
    ["/msg bob see b", ["/msg bob see Ben ", "/msg bob see bob "]],
    ["B", ["Ben: ", "bob: "]],
    ["hi b", ["hi Ben ", "hi bob "]],
    ["@b", ["Ben: ", "bob: "]],
    ["hi @", ["hi Ben ", "hi bob "]],
    ["/msg @z", ["/msg zoe "]],
    ["see #k", ["see #kitchen "]],
    ["//", []],
  ];
  for (const [before, after] of table) assertEquals(completed(before), after, before);
});

Deno.test("in a private conversation, Tab completes the nick of the other person", () => {
  const parts = place();
  const carol = parts.buffers.all[2];
  assert(carol && parts.buffers instanceof Buffers);
  parts.buffers.show(carol);
  assertEquals(completed("hello c", parts), ["hello carol "]);
});

Deno.test("Tab completes the name of an emoji after a colon", () => {
  assertEquals(completed("well :tad"), ["well 🎉"]);
  assertEquals(completed("well :tada:"), ["well 🎉"]);
  assertEquals(completed(":heart")[0], "❤️");
  assertEquals(completed(":+1"), ["👍"]);
  assertEquals(completed(":nothing"), []);
});

Deno.test("each name of an emoji stands for one emoji", () => {
  assert(EMOJI.size >= 100);
  for (const [name, emoji] of EMOJI) {
    assert(/^[a-z0-9_+-]+$/.test(name), name);
    assert(/^\p{RGI_Emoji}$/v.test(emoji), `${name} ${emoji}`);
  }
});
