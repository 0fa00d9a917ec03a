import { assert, assertEquals } from "@std/assert";
import { connect } from "../../../client.ts";
import { connectOptions } from "../../../client/cli/options.ts";
import { dayOf } from "../../../client/terminal/times.ts";
import { ALL_CAPS } from "../../support/fake_server.ts";
import { Screen } from "../../support/screen.ts";
import { TestServer } from "../../support/server.ts";
import { everything, setUp, sync } from "../../support/window.ts";

const PAGE_UP = "\x1b[5~";
const DAY = 24 * 60 * 60 * 1000;

/** A client in `#a` of a real server, in which ada has said `count` messages. */
async function inRoom(count: number, text = (n: number) => `message ${n}`) {
  const server = await TestServer.start();
  const { clock } = server;
  const now = new Date(clock.now());
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
  clock.turn(midnight.getTime() - 10 * 60_000 - clock.now());
  const ada = await server.register("ada", { join: "#a" });
  for (let n = 1; n <= count; n++) {
    await ada.send(`PRIVMSG #a :${text(n)}`);
    await ada.heard();
    clock.turn(60_000);
  }
  const screen = new Screen(80, 16);
  const options = connectOptions([`irc://127.0.0.1:${server.port}/a`, "--nick", "ann"], new Map());
  const exit = connect(options, { stdio: screen, clock, random: () => 1 });
  await screen.shows(text(count));
  return {
    server,
    screen,
    clock,
    ada,
    async [Symbol.asyncDispose]() {
      screen.type("\x04");
      await exit;
      await screen[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Returns the lines after the last one that is `heading`. */
function under(screen: Screen, heading: string): string[] {
  const { all } = screen;
  return all.slice(all.lastIndexOf(heading) + 1);
}

Deno.test("Page Up and /history read back, each from where the one before ended", async () => {
  await using room = await inRoom(40);
  const { screen } = room;
  screen.type(PAGE_UP);
  await screen.shows("── 10 earlier messages in #a ──");
  const lines = under(screen, "── 10 earlier messages in #a ──");
  assertEquals(lines.slice(0, 3), [
    `── ${dayOf(room.clock.now())} ──`,
    "00:00 <ada> message 11",
    "00:01 <ada> message 12",
  ]);
  assertEquals(lines[11], "── the present ──");
  screen.type("/history 3\r");
  await screen.shows("── 3 earlier messages in #a ──");
  const more = under(screen, "── 3 earlier messages in #a ──");
  assertEquals(more.slice(0, 4).map((line) => line.slice(-10)), [
    `${dayOf(room.clock.now() - DAY).slice(-7)} ──`,
    " message 8",
    " message 9",
    "message 10",
  ]);
  screen.type("/more\r");
  await screen.shows("message 5");
  screen.type("/history 50\r");
  await screen.shows("── 4 earlier messages in #a ──");
  screen.type(PAGE_UP);
  await screen.shows("there is nothing earlier in #a");
});

Deno.test("/history shows a day, or another room", async () => {
  await using room = await inRoom(15);
  const { screen, ada, clock } = room;
  screen.type("/history today\r");
  await screen.shows("── 5 messages in #a today ──");
  const [yesterday, before] = [1, 2].map((days) => dayOf(clock.now() - days * DAY));
  screen.type(`/history ${yesterday}\r`);
  await screen.shows(`── 10 messages in #a on ${yesterday} ──`);
  screen.type("/history yesterday\r");
  await screen.shows("── 10 messages in #a yesterday ──");
  screen.type(`/history ${before}\r`);
  await screen.shows(`nothing was said in #a on ${before}`);
  screen.type("/history 2026-13-40\r");
  await screen.shows("2026-13-40 is not a number, a day or one of your rooms");
  await ada.send("JOIN #b", "PRIVMSG #b :in b");
  await ada.heard();
  screen.type("/join b\r");
  await screen.shows("in #b:");
  screen.type("\x1b1/history b 5\r");
  await screen.shows("── 1 earlier message in #b ──");
  screen.type("/history b 5 6\r");
  await screen.shows("/history got too many parameters");
});

Deno.test("/search says how many messages there are, shows pages of them, and the messages around one", async () => {
  await using room = await inRoom(60, (n) => n % 2 === 0 ? `tea ${n}` : `other ${n}`);
  const { screen } = room;
  screen.type("/search tea\r");
  const heading = '── 30 results for "tea" in #a: 1 to 10 ──';
  await screen.shows(heading);
  const lines = under(screen, heading).filter((line) => line.includes("<ada>"));
  assertEquals([lines[0], lines.at(-1)], ["10 00:31 <ada> tea 42", " 1 00:49 <ada> tea 60"]);
  screen.type("/search\r");
  await screen.shows('── 30 results for "tea" in #a: 11 to 20 ──');
  screen.type("/more\r");
  await screen.shows('── 30 results for "tea" in #a: 21 to 30 ──');
  screen.type("/more\r");
  await screen.shows("there are no more results");
  screen.type("/search 2\r");
  const around = '── around result 2 for "tea" in #a ──';
  await screen.shows(around);
  const said = under(screen, around).filter((line) => line.includes("<ada>"));
  assert(said.some((line) => line.endsWith("other 57")) && said.length === 7, said.join("\n"));
  screen.type("/search nowhere\r");
  await screen.shows('no message in #a has "nowhere": /find nowhere searches all your rooms');
});

Deno.test("/more and Page Up read on before the context of a result, and /search goes on with the results", async () => {
  await using room = await inRoom(60, (n) => n % 20 === 0 ? `tea ${n}` : `other ${n}`);
  const { screen } = room;
  screen.type("/search tea\r");
  await screen.shows('── 3 results for "tea" in #a ──');
  screen.type("/search 2\r");
  await screen.shows("/more shows what was said before; /search shows more results");
  screen.type("/more\r");
  await screen.shows("<ada> other 35");
  assert(!everything(screen).some((line) => line.endsWith("other 23")));
  screen.type(PAGE_UP);
  await screen.shows("<ada> other 23");
  screen.type("/search\r");
  await screen.shows("there are no more results");
  const count = () => everything(screen).filter((line) => line.endsWith("other 35")).length;
  assertEquals(count(), 1);
  screen.type(PAGE_UP);
  await screen.until(() => everything(screen).filter((line) => /other 4\d$/.test(line)).length > 6);
});

Deno.test("/find searches all rooms, also by author, and shows the room of each message", async () => {
  await using room = await inRoom(3, (n) => `tea ${n}`);
  const { screen, ada } = room;
  screen.type("/join b\r");
  await screen.shows("[#b]");
  screen.type("cake or tea?\r");
  await screen.shows("<ann> cake or tea?");
  // A result shows that the server has the message.
  screen.type("/find cake\r");
  await screen.shows('result for "cake" in all your rooms');
  room.clock.turn(60_000);
  await ada.send("PRIVMSG ann :more tea");
  await screen.shows("ada wrote to you");
  screen.type("/find tea\r");
  const heading = '── 5 results for "tea" in all your rooms ──';
  await screen.shows(heading);
  const lines = under(screen, heading).filter((line) => line.includes("tea"));
  assertEquals(lines.map((line) => line.replace(/\d\d:\d\d /, "")), [
    "5 #a <ada> tea 1",
    "4 #a <ada> tea 2",
    "3 #a <ada> tea 3",
    "2 #b <ann> cake or tea?",
    "1 ada -> you: more tea",
  ]);
  screen.type("/search 4\r");
  await screen.shows('── around result 4 for "tea" in #a ──');
  screen.type("/find 1\r");
  await screen.shows('── around result 1 for "tea" with ada ──');
  screen.type("/history ada\r");
  await screen.shows("── 1 earlier message with ada ──");
  await ada.send("PRIVMSG #a :ann: tea?");
  await ada.heard();
  screen.type("ann is my name\r");
  await screen.shows("<ann> ann is my name");
  screen.type("/mentions\r");
  await screen.shows('── 1 result for "ann" in all your rooms ──');
  screen.type("/find from:ann\r");
  await screen.shows('── 2 results for "from:ann" in all your rooms ──');
  screen.type("/find from:ann nothing\r");
  await screen.shows('no message in your rooms has "from:ann nothing"');
});

Deno.test("one line says that a server has no history or no search", async () => {
  await using setup = await setUp();
  const { screen } = setup;
  screen.type(PAGE_UP);
  await screen.shows("this server keeps no history that");
  screen.type("/search tea\r");
  await screen.shows("this server cannot search messages");
  screen.type("/more\r");
});

Deno.test("a line for the day precedes the first message after midnight", async () => {
  await using setup = await setUp(new Screen(), ALL_CAPS);
  const { screen, peer, clock } = setup;
  await peer.send(":bob!u@h PRIVMSG #a :before");
  await sync(setup, "first");
  clock.turn(DAY);
  await peer.send(":bob!u@h PRIVMSG #a :after");
  await screen.shows("<bob> after");
  const lines = everything(screen);
  const at = lines.indexOf("<bob> after");
  assert(/^── \d{4}-\d\d-\d\d ──$/.test(lines[at - 1] ?? ""), lines.join("\n"));
});

Deno.test("a message that was edited before the client came is shown as edited", async () => {
  await using room = await inRoom(1);
  const { screen, server } = room;
  const eve = await server.register("eve", { join: "#a", caps: "message-tags" });
  await eve.send("@+draft/reply=gone;+draft/edit=gone PRIVMSG #a :tea, please");
  await eve.send("@+draft/edit=other PRIVMSG #a :cake");
  await screen.shows("<eve> cake");
  screen.type("\f/history today\r");
  const heading = "── 3 messages in #a today ──";
  await screen.shows(heading);
  const said = under(screen, heading).filter((line) => line.includes("<eve>"));
  assertEquals(said.map((line) => line.slice(6)), ["<eve> tea, please (edited)", "<eve> cake"]);
});

Deno.test("/query shows the last messages with a person, once, unless there are none", async () => {
  await using room = await inRoom(1);
  const { screen, ada } = room;
  screen.type("/query bob\r");
  await screen.shows("── bob ──");
  await screen.shows("nobody called bob is here, and there are no earlier messages with them");
  screen.type("/query ada\r");
  await screen.shows("── ada ──");
  screen.type("tea?\r");
  await screen.shows("<ann> tea?");
  await ada.send("PRIVMSG ann :at four");
  await screen.shows("<ada> at four");
  screen.type("/close\r");
  await screen.shows("[bob]");
  screen.type("/query ada and cake\r");
  const heading = "── 2 earlier messages with ada ──";
  await screen.shows(heading);
  await screen.shows("<ann> and cake");
  const [, ...lines] = under(screen, heading).map((line) => line.slice(6));
  assertEquals(lines.slice(0, 2), ["<ann> tea?", "<ada> at four"]);
  screen.type("\x1b1");
  await screen.shows("[#a]");
  screen.type("/query ada\r");
  await screen.shows("[ada]");
  screen.type("/query bob\r");
  await screen.shows("[bob]");
  const { all } = screen;
  assertEquals(all.filter((line) => line === heading).length, 1);
  assert(!all.some((line) => line.includes("nothing earlier")), all.join("\n"));
});
