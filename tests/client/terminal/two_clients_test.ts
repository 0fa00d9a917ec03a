import { assert } from "@std/assert";
import { connect } from "../../../client.ts";
import { connectOptions } from "../../../client/cli/options.ts";
import { systemClock } from "../../../shared/clock.ts";
import { Screen } from "../../support/screen.ts";
import { TestServer } from "../../support/server.ts";

function join(server: TestServer, nick: string, screen: Screen): Promise<number> {
  const options = connectOptions([`127.0.0.1:${server.port}/a`, "--nick", nick], new Map());
  return connect(options, { stdio: screen, clock: systemClock });
}

Deno.test("at a chat server, two clients see the same replies, reactions, edits and deletions", async () => {
  await using server = await TestServer.start();
  await using ann = new Screen(100, 40);
  await using bob = new Screen(100, 40);
  const annEnded = join(server, "ann", ann);
  await ann.shows("you joined #a");
  const bobEnded = join(server, "bob", bob);
  await ann.shows("bob joined #a");
  const both = async (text: string) => void await Promise.all([ann.shows(text), bob.shows(text)]);

  ann.type("tea at fuor?\r");
  await both("<ann> tea at fuor?");
  ann.type("/edit tea at four?\r");
  await both("<ann> tea at four? (edited)");
  bob.type("/reply yes\r");
  await both("<bob> [re <ann> tea at four?] yes");
  bob.type("/react 👍\r");
  await both("👍 1 on <ann> tea at four?");
  bob.type("/delete\r");
  await both("deleted a message");
  assert(!ann.all.some((line) => line.includes("(edited)") && line.includes("deleted")));

  for (const screen of [ann, bob]) screen.type("/quit\r");
  await Promise.all([annEnded, bobEnded]);
});

Deno.test("an edited reply still shows what it answers, after a second edit and in history and search, too", async () => {
  await using server = await TestServer.start();
  await using ann = new Screen(100, 40);
  await using bob = new Screen(100, 40);
  const annEnded = join(server, "ann", ann);
  await ann.shows("you joined #a");
  ann.type("tea?\r");
  await ann.shows("<ann> tea?");
  const bobEnded = join(server, "bob", bob);
  await ann.shows("bob joined #a");
  await bob.shows("<ann> tea?");
  for (const typed of ["/reply x", "/edit y", "/edit z"]) {
    bob.type(`${typed}\r`);
    const mark = typed.startsWith("/edit") ? " (edited)" : "";
    for (const screen of [ann, bob]) {
      await screen.shows(`<bob> [re <ann> tea?] ${typed.slice(-1)}${mark}`);
    }
  }

  await using eve = new Screen(100, 40);
  const eveEnded = join(server, "eve", eve);
  await eve.shows("you joined #a");
  const copies = (screen: Screen) =>
    screen.all.filter((row) => row.includes("<bob> [re <ann> tea?] z (edited)")).length;
  await eve.until((screen) => copies(screen) === 1);
  eve.type("/history\r");
  await eve.shows("there is nothing earlier");
  eve.type("/search z\r");
  await eve.until((screen) => copies(screen) === 2);
  for (const screen of [ann, bob, eve]) screen.type("/quit\r");
  await Promise.all([annEnded, bobEnded, eveEnded]);
});
