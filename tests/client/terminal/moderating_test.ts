import { assert } from "@std/assert";
import { connect } from "../../../client.ts";
import { connectOptions } from "../../../client/cli/options.ts";
import { systemClock } from "../../../shared/clock.ts";
import { Screen } from "../../support/screen.ts";
import { TestServer } from "../../support/server.ts";

/** Commands of the founder of a room, what the founder then sees, and what the other member sees. */
const MODERATION: readonly (readonly [typed: string, shown: string, others: string])[] = [
  ["/topic soup", "you set the topic: soup", "ada set the topic: soup"],
  ["/op bob", "bob can run this room now (by you; undo: /deop bob)", "you can run this room now"],
  ["/deop bob", "bob can no longer run this room (by you; undo: /op bob)", "you can no longer run"],
  ["/mute bob", "bob cannot speak in #a now (by you; undo: /unmute", "cannot speak in #a now"],
  ["/unmute bob", "bob can speak in #a again (by you; undo: /mute", "can speak in #a again"],
  ["/room private", "only invited people can join #a now", "#a is hidden from people outside it"],
  ["/room open", "(by you; undo: /room invite, /room hidden)", "#a is no longer hidden"],
  ["/room invite", "only invited people can join #a now (by you; undo: /room anyone)", "only inv"],
  [
    "/room slow 10m",
    "each member can write to #a once every 10 minutes now (by you; undo: /room slow off)",
    "each member can write to #a once every 10 minutes now",
  ],
  ["/room slow off", "as often as they want again (by you)", "as often as they want again"],
  ["/room", "only invited people can join #a", ""],
  ["/room anyone", "everyone can join #a now (by you; undo: /room invite)", "everyone can join"],
  [
    "/kick bob spam",
    "you removed bob from #a (spam; undo: /invite bob)",
    "ada removed you from #a",
  ],
  ["/invite bob", "bob", "ada invited you to #a: accept with /join #a"],
];

Deno.test("at a chat server, a command that moderates shows its result and the command that undoes it", async () => {
  await using server = await TestServer.start();
  await using ada = new Screen(120, 40);
  await using bob = new Screen(120, 40);
  const join = (nick: string, screen: Screen) => {
    const options = connectOptions([`127.0.0.1:${server.port}/a`, "--nick", nick], new Map());
    return connect(options, { stdio: screen, clock: systemClock });
  };
  const adaEnded = join("ada", ada);
  await ada.shows("you joined #a");
  const bobEnded = join("bob", bob);
  await ada.shows("bob joined #a");
  for (const [typed, shown, others] of MODERATION) {
    for (const screen of [ada, bob]) screen.type("\f");
    ada.type(`${typed}\r`);
    await ada.until(({ rows }) => rows.some((row) => row.includes(`-- `) && row.includes(shown)));
    await bob.until(({ rows }) => rows.some((row) => row.includes(others)));
  }
  bob.type("/join #a\r");
  await ada.shows("bob joined #a");
  ada.type("\f/ban bob spam\r");
  await ada.shows("bob is banned from #a (by you; undo: /unban");
  await bob.shows("ada removed you from #a (spam)");
  bob.type("/join #a\r");
  await bob.shows("cannot join #a: you are banned from #a");
  ada.type("\f/unban bob\r");
  await ada.shows("bob is no longer banned from #a (by you; undo: /ban");
  bob.type("/join #a\r");
  await ada.until(({ rows }) => rows.some((row) => row.includes("bob joined #a")));
  for (const screen of [ada, bob]) screen.type("\f");
  ada.type("/ban 1m bob noise\r");
  await ada.shows("bob is banned from #a (by you; undo: /unban bob)");
  await ada.shows("the server ends the ban of bob after 1m");
  await bob.shows("ada removed you from #a (noise)");
  bob.type("/join #a\r");
  await bob.shows("cannot join #a: you are banned from #a");
  server.clock.advance(60_100);
  await ada.shows("bob is no longer banned from #a");
  bob.type("/join #a\r");
  await ada.until(({ rows }) => rows.some((row) => row.includes("bob joined #a")));
  ada.type("\f/whois bob\r");
  await ada.shows("-- bob (");
  await ada.shows("is in #a");
  assert(!ada.rows.some((row) => / [+-][a-z]+ bob|@#a|31[0-9] /.test(row)), ada.rows.join("\n"));
  for (const screen of [ada, bob]) screen.type("/quit\r");
  await Promise.all([adaEnded, bobEnded]);
});
