import { assert } from "@std/assert";
import { connect } from "../../../client.ts";
import { connectOptions } from "../../../client/cli/options.ts";
import { systemClock } from "../../../shared/clock.ts";
import { Screen } from "../../support/screen.ts";
import { TestServer } from "../../support/server.ts";

/** Commands that are typed at a chat server, and a part of the line that each must show. */
const SITTING: readonly (readonly [typed: string, shown: string])[] = [
  ["/join my room", "cannot join #my: there is no room #my"],
  ["/join #ren", "you joined #ren"],
  ["/mode +k sesame", "#ren needs the key sesame now (by you; undo: /room no-key)"],
  ["/part #ren", "you left #ren"],
  ["/join #keep", "you joined #keep"],
  ["/quote MODE ann", "you have no modes"],
  ["/quote MODE ann +i", "people who share no room with you do not see you now"],
  ["/quote LUSERS", "clients and"],
  ["/list #nothing*", "the server lists no rooms"],
  ["/names #nothing", "no members of #nothing are visible"],
  ["/quote PING mine", "PONG"],
  ["/topic #keep soup", "you set the topic: soup"],
  ["/mode #keep +i", "only invited people can join #keep now"],
];

Deno.test("at a chat server, each typed line does what it says or is refused", async () => {
  await using server = await TestServer.start();
  await using screen = new Screen(160, 50);
  const options = connectOptions([`127.0.0.1:${server.port}/a`, "--nick", "ann"], new Map());
  const exitCode = connect(options, { stdio: screen, clock: systemClock });
  await screen.shows("you joined #a");
  for (const [typed, shown] of SITTING) {
    screen.type("\f");
    screen.type(`${typed}\r`);
    await screen.shows(shown);
  }
  screen.type("/quit\r");
  await exitCode;
  assert(!screen.all.some((line) => line.includes("you joined #my")));
});
