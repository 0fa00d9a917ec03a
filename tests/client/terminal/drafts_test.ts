// Tests of the text in the input line when its conversation ends.

import { assertEquals } from "@std/assert";
import { Screen } from "../../support/screen.ts";
import { everything, type Setup, setUp, shown } from "../../support/window.ts";

const UP = "\x1b[A";

/** Starts a client in `#a` and `#b`, which shows `#b`. */
async function inTwoRooms(): Promise<Setup> {
  const setup = await setUp(new Screen(60, 20));
  const { screen, peer } = setup;
  await peer.send(":ann!a@h JOIN #b", ":irc.test 353 ann = #b :ann", ":irc.test 366 ann #b :End");
  await screen.shows("2 #b");
  screen.type("\x1b2");
  await screen.shows("── #b ──");
  return setup;
}

Deno.test("when the user is removed from a room, the text typed there is not in the input line of the next room", async () => {
  await using setup = await inTwoRooms();
  const { screen, peer } = setup;
  screen.type("bob is wrong");
  await screen.shows("[#b] bob is wrong");
  await peer.send(":bob!b@h KICK #b ann :enough");
  await screen.until((now) => shown(now).at(-1) === "[#a]");
  const lines = everything(screen).filter((line) => line !== "");
  const removed = lines.findIndex((line) => line.includes("bob removed you from #b"));
  assertEquals(lines[removed + 1], "── #a ──");
  screen.type(UP);
  await screen.until((now) => shown(now).at(-1) === "[#a] bob is wrong");
});

Deno.test("when the user is removed from a room, the text typed earlier in the next room is there again", async () => {
  await using setup = await inTwoRooms();
  const { screen, peer } = setup;
  screen.type("\x1b1tea?");
  await screen.shows("[#a] tea?");
  screen.type("\x1b2bob is wrong");
  await screen.shows("[#b] bob is wrong");
  await peer.send(":bob!b@h KICK #b ann :enough");
  await screen.until((now) => shown(now).at(-1) === "[#a] tea?");
});

Deno.test("a text that was typed in the only room is not lost with the room", async () => {
  await using setup = await setUp(new Screen(60, 20));
  const { screen, peer } = setup;
  screen.type("bob is wrong");
  await screen.shows("[#a] bob is wrong");
  await peer.send(":bob!b@h KICK #a ann :enough");
  await screen.shows("bob removed you from #a");
  await screen.until((now) => !shown(now).at(-1)?.includes("wrong"));
  screen.type(UP);
  await screen.until((now) => shown(now).at(-1)?.endsWith("bob is wrong") === true);
});

Deno.test("a text that waits in another room is not lost with the room", async () => {
  await using setup = await inTwoRooms();
  const { screen, peer } = setup;
  screen.type("bob is wrong\x1b1");
  await screen.until((now) => shown(now).at(-1) === "[#a]");
  await peer.send(":bob!b@h KICK #b ann :enough");
  await screen.until((now) => !shown(now).join().includes("2 #b"));
  screen.type(UP);
  await screen.until((now) => shown(now).at(-1) === "[#a] bob is wrong");
});

for (const [name, end] of [["a kick", undefined], ["/close", "/close\r"]] as const) {
  Deno.test(`a text that is typed without a room after ${name} stays when a conversation opens`, async () => {
    await using setup = await setUp(new Screen(60, 20));
    const { screen, peer } = setup;
    if (end) await peer.send(":bob!u@h PRIVMSG ann :psst");
    if (end) await screen.shows("2 bob 1!");
    await peer.send(":bob!b@h KICK #a ann :enough");
    await screen.shows(end ? "[bob]" : "[no room]");
    screen.type(end ?? "");
    await screen.shows("[no room]");
    screen.type("half a line");
    await screen.shows("[no room] half a line");
    await peer.send(":carol!u@h PRIVMSG ann :psst");
    await screen.shows("[carol] half a line");
  });
}
