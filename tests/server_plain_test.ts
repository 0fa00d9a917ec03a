import { assert, assertEquals } from "@std/assert";
import type { IrcClient } from "./support/irc_client.ts";
import { TestServer } from "./support/server.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A server with Ada on IRC in its room, and so many people who have only nc. */
async function meeting(count: number) {
  const server = new TestServer({ plainPort: 0 });
  const ada = await server.register("ada", { join: "#lobby" });
  const guests: IrcClient[] = [];
  for (let i = 0; i < count; i++) {
    guests.push(await server.connect(server.plainPort));
    await ada.until("JOIN");
  }
  return { server, ada, guests };
}

/** What Ada hears said next. */
async function said(ada: IrcClient): Promise<string> {
  const { source, params } = await ada.until("PRIVMSG");
  return `${source?.split("!")[0]} in ${params[0]}: ${params[1]}`;
}

Deno.test("a line is said in the room and shown to all but who sent it", async () => {
  const { server, ada, guests: [one, two] } = await meeting(2);
  await using _ = server;
  assert(one && two);
  await one.sendBytes(bytes("hello\nall\r\n\n  \n"));
  await ada.send("PRIVMSG #lobby :hi there");
  assertEquals([await said(ada), await said(ada)], [
    "guest1 in #lobby: hello",
    "guest1 in #lobby: all",
  ]);
  assertEquals(
    [await two.next(), await two.next()].sort(),
    ["guest1: all", "guest1: hello"].sort(),
  );
  await two.sendBytes(bytes("bye\n"));
  assertEquals(await said(ada), "guest2 in #lobby: bye");
  const heard = [await one.next(), await one.next()];
  assertEquals(heard.sort(), ["ada: hi there", "guest2: bye"]);
});

Deno.test("a pause ends what has no line end", async () => {
  const { server, ada, guests: [guest] } = await meeting(1);
  await using _ = server;
  assert(guest);
  const { pending } = server.clock;
  for (const text of ["no line end", "nor here"]) {
    await guest.sendBytes(bytes(text));
    await server.until(() => server.clock.pending > pending, ada);
    server.clock.advance(49);
    assertEquals(await ada.heard(), [], "it may go on yet");
    server.clock.advance(1);
    assertEquals(await said(ada), `guest1 in #lobby: ${text}`);
  }
});

Deno.test("what has begun waits for its line end as long as there is no pause", async () => {
  const { server, ada, guests: [guest] } = await meeting(1);
  await using _ = server;
  assert(guest);
  const { pending } = server.clock;
  await guest.sendBytes(bytes("hel"));
  await server.until(() => server.clock.pending > pending, ada);
  server.clock.advance(40);
  await guest.sendBytes(bytes("lo\n"));
  assertEquals(await said(ada), "guest1 in #lobby: hello");
  assertEquals(server.clock.pending, pending, "and no pause is waited for");
});

Deno.test("the end of input ends what has no line end, too", async () => {
  const { server, ada, guests: [guest] } = await meeting(1);
  await using _ = server;
  assert(guest);
  await guest.sendBytes(bytes("echo -n | nc"));
  await guest.endSending();
  assertEquals(await said(ada), "guest1 in #lobby: echo -n | nc");
  await ada.until("QUIT");
});

Deno.test("a long line is said in several messages, nothing of it lost", async () => {
  const { server, ada, guests: [guest] } = await meeting(1);
  await using _ = server;
  assert(guest);
  const text = "word é漢😀 ".repeat(200);
  await guest.sendBytes(bytes(`${text}\nthe end\n`));
  let heard = "";
  for (let next = await ada.until("PRIVMSG"); next.params[1] !== "the end";) {
    heard += next.params[1];
    next = await ada.until("PRIVMSG");
  }
  assertEquals(heard, text);
});

Deno.test("a line that is too long or not text is not said, and its sender is told", async () => {
  const { server, ada, guests: [guest] } = await meeting(1);
  await using _ = server;
  assert(guest);
  await guest.sendBytes(bytes(`first\n${"x".repeat(4097)}\n`));
  await guest.sendBytes(Uint8Array.of(0x61, 0xff, 0x0a, 0x61, 0, 0x0a));
  await guest.sendBytes(bytes("last\n"));
  assertEquals([await guest.next(), await guest.next(), await guest.next()], [
    "A line is at most 4096 bytes; this one was not said.",
    "Only UTF-8 text can be said here; this line was not.",
    "Only UTF-8 text can be said here; this line was not.",
  ]);
  assertEquals([await said(ada), await said(ada)], [
    "guest1 in #lobby: first",
    "guest1 in #lobby: last",
  ]);
});

Deno.test("what is said has no control characters, and what is shown neither", async () => {
  const { server, ada, guests: [guest] } = await meeting(1);
  await using _ = server;
  assert(guest);
  await guest.sendBytes(bytes("\x1b[2Jboo\x07\x01ACTION\u202e\n"));
  assertEquals(await said(ada), "guest1 in #lobby: [2JbooACTION");
  await ada.send("PRIVMSG #lobby :\x1b[2Jboo\u202e", "PRIVMSG #lobby :\x01ACTION waves\x01");
  assertEquals([await guest.next(), await guest.next()], ["ada: [2Jboo", "* ada waves"]);
});

Deno.test("who comes, goes and is renamed is not shown; what is said to one is", async () => {
  const { server, ada, guests: [guest] } = await meeting(1);
  await using _ = server;
  assert(guest);
  const bob = await server.register("bob", { join: "#lobby" });
  await bob.ask("NICK bert");
  await bob.ask("PART #lobby");
  await ada.ask("TOPIC #lobby :tea");
  await ada.ask("PRIVMSG guest1 :psst");
  assertEquals(await guest.next(), "ada: psst");
});

Deno.test("the first in the room who speaks IRC runs it, not the first who has only nc", async () => {
  await using server = new TestServer({ plainPort: 0 });
  const guest = await server.connect(server.plainPort);
  const probe = await server.register("probe");
  await server.until(() => server.server.counts.users === 2, probe);
  const names = async (nick: string) => {
    const who = await server.register(nick);
    const lines = await who.ask("JOIN #lobby");
    return lines.find((line) => line.includes(" 353 "))?.split(" :")[1];
  };
  assertEquals(await names("ada"), "guest1 @ada");
  assertEquals(await names("bob"), "guest1 @ada bob");
  await guest.close();
});

Deno.test("guests have the first free names", async () => {
  const { server, ada, guests: [one] } = await meeting(2);
  await using _ = server;
  await one?.close();
  await ada.until("QUIT");
  await server.connect(server.plainPort);
  const { source } = await ada.until("JOIN");
  assertEquals(source, "guest1!~nc@127.0.0.1");
});

Deno.test("who may not speak in the room is told so", async () => {
  const { server, ada, guests: [guest] } = await meeting(1);
  await using _ = server;
  assert(guest);
  await ada.ask("MODE #lobby +m");
  await guest.sendBytes(bytes("hi\n"));
  assertEquals(await guest.next(), "Not said: Only members with voice may speak there (+m).");
  await ada.ask("MODE #lobby +v guest1");
  await guest.sendBytes(bytes("hi\n"));
  assertEquals(await said(ada), "guest1 in #lobby: hi");
  await ada.ask("KICK #lobby guest1");
  await guest.sendBytes(bytes("hi\n"));
  assertEquals(await guest.next(), "Not said: You're not on that channel.");
});

Deno.test("who may not enter the room is told so and sent away", async () => {
  const { server, ada } = await meeting(0);
  await using _ = server;
  await ada.ask("MODE #lobby +i");
  const guest = await server.connect(server.plainPort);
  assertEquals(await guest.untilEnd(), [
    "Closing: Cannot join channel (+i) - you must be invited",
  ]);
});

Deno.test("who only listens may stay", async () => {
  const { server, ada, guests: [guest] } = await meeting(1);
  await using _ = server;
  assert(guest);
  // Ada would be timed out herself, did she not say something now and then.
  for (let i = 0; i < 20; i++) {
    server.clock.advance(60_000);
    await ada.heard();
  }
  await ada.send("PRIVMSG #lobby :still there?");
  assertEquals(await guest.next(), "ada: still there?");
});
