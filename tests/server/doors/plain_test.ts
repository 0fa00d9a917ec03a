import { assert, assertEquals } from "@std/assert";
import type { IrcClient } from "../../support/irc_client.ts";
import { TestServer } from "../../support/server.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Returns a server with Ada in its room by IRC, and `count` plain clients. */
async function meeting(count: number) {
  const server = await TestServer.start({ plainPort: 0 });
  const ada = await server.register("ada", { join: "#lobby" });
  const guests: IrcClient[] = [];
  for (let i = 0; i < count; i++) {
    guests.push(await server.connectPlain());
    await ada.until("JOIN");
  }
  return { server, ada, guests };
}

/** Resolves to the next message that Ada gets. */
async function nextMessage(ada: IrcClient): Promise<string> {
  const { source, params } = await ada.until("PRIVMSG");
  return `${source?.split("!")[0]} in ${params[0]}: ${params[1]}`;
}

Deno.test("a client is told its nick and its room at once, even in a room without messages", async () => {
  await using server = await TestServer.start({ plainPort: 0 });
  const guest = await server.connect(server.plainPort);
  assertEquals(
    await guest.next(),
    "You are guest1 in #lobby: what you type goes there, line by line.",
  );
});

Deno.test("a line is sent to the room and shown to everyone but its sender", async () => {
  const { server, ada, guests: [one, two] } = await meeting(2);
  await using _ = server;
  assert(one && two);
  await one.sendBytes(bytes("hello\nall\r\n\n  \n"));
  assertEquals([await nextMessage(ada), await nextMessage(ada)], [
    "guest1 in #lobby: hello",
    "guest1 in #lobby: all",
  ]);
  assertEquals(
    [await two.next(), await two.next()].sort(),
    ["guest1: all", "guest1: hello"].sort(),
  );
  await ada.send("PRIVMSG #lobby :hi there");
  await two.sendBytes(bytes("bye\n"));
  assertEquals(await nextMessage(ada), "guest2 in #lobby: bye");
  const heard = [await one.next(), await one.next()];
  assertEquals(heard.sort(), ["ada: hi there", "guest2: bye"]);
});

Deno.test("a pause ends a line without a line end", async () => {
  const { server, ada, guests: [guest] } = await meeting(1);
  await using _ = server;
  assert(guest);
  const { pending } = server.clock;
  for (const text of ["no line end", "nor here"]) {
    await guest.sendBytes(bytes(text));
    await server.until(() => server.clock.pending > pending, ada);
    server.clock.advance(49);
    assertEquals(await ada.heard(), [], "the line may still continue");
    server.clock.advance(1);
    assertEquals(await nextMessage(ada), `guest1 in #lobby: ${text}`);
  }
});

Deno.test("a partial line waits for its end until there is a pause", async () => {
  const { server, ada, guests: [guest] } = await meeting(1);
  await using _ = server;
  assert(guest);
  const { pending } = server.clock;
  await guest.sendBytes(bytes("hel"));
  await server.until(() => server.clock.pending > pending, ada);
  server.clock.advance(40);
  await guest.sendBytes(bytes("lo\n"));
  assertEquals(await nextMessage(ada), "guest1 in #lobby: hello");
  assertEquals(server.clock.pending, pending, "no timer remains");
});

Deno.test("the end of input ends a line without a line end, too", async () => {
  const { server, ada, guests: [guest] } = await meeting(1);
  await using _ = server;
  assert(guest);
  await guest.sendBytes(bytes("echo -n | nc"));
  await guest.endSending();
  assertEquals(await nextMessage(ada), "guest1 in #lobby: echo -n | nc");
  await ada.until("QUIT");
});

Deno.test("a long line is sent in several messages, without loss", async () => {
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

Deno.test("a line that is too long or not UTF-8 is refused with a message to its sender", async () => {
  const { server, ada, guests: [guest] } = await meeting(1);
  await using _ = server;
  assert(guest);
  await guest.sendBytes(bytes(`first\n${"x".repeat(4097)}\n`));
  await guest.sendBytes(Uint8Array.of(0x61, 0xff, 0x0a, 0x61, 0, 0x0a));
  await guest.sendBytes(bytes("last\n"));
  assertEquals([await guest.next(), await guest.next(), await guest.next()], [
    "A line can be at most 4096 bytes long; this one was not sent.",
    "Only UTF-8 text can be sent here; this line was not sent.",
    "Only UTF-8 text can be sent here; this line was not sent.",
  ]);
  assertEquals([await nextMessage(ada), await nextMessage(ada)], [
    "guest1 in #lobby: first",
    "guest1 in #lobby: last",
  ]);
});

Deno.test("control characters are removed from messages in both directions", async () => {
  const { server, ada, guests: [guest] } = await meeting(1);
  await using _ = server;
  assert(guest);
  await guest.sendBytes(bytes("\x1b[2Jboo\x07\x01ACTION\u202e\n"));
  assertEquals(await nextMessage(ada), "guest1 in #lobby: [2JbooACTION");
  await ada.send("PRIVMSG #lobby :\x1b[2Jboo\u202e", "PRIVMSG #lobby :\x01ACTION waves\x01");
  assertEquals([await guest.next(), await guest.next()], ["ada: [2Jboo", "* ada waves"]);
});

Deno.test("joins, parts, nicks and topics are not shown to a plain client; private messages are", async () => {
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

Deno.test("the first IRC client in the room becomes its operator, not the first plain client", async () => {
  await using server = await TestServer.start({ plainPort: 0 });
  const guest = await server.connectPlain();
  const probe = await server.register("probe");
  await server.until(() => server.server.counts.users === 2, probe);
  const names = async (nick: string) => {
    const client = await server.register(nick);
    const lines = await client.ask("JOIN #lobby");
    return lines.find((line) => line.includes(" 353 "))?.split(" :")[1];
  };
  assertEquals(await names("ada"), "guest1 @ada");
  assertEquals(await names("bob"), "guest1 @ada bob");
  await guest.close();
});

Deno.test("plain clients get the first free guest nicks", async () => {
  const { server, ada, guests: [one] } = await meeting(2);
  await using _ = server;
  await one?.close();
  await ada.until("QUIT");
  await server.connectPlain();
  const { source } = await ada.until("JOIN");
  assertEquals(source, "guest1!~nc@127.0.0.1");
});

Deno.test("a plain client that may not speak in the room gets the reason", async () => {
  const { server, ada, guests: [guest] } = await meeting(1);
  await using _ = server;
  assert(guest);
  await ada.ask("MODE #lobby +m");
  await guest.sendBytes(bytes("hi\n"));
  assertEquals(
    await guest.next(),
    "Not sent: Only members with voice can speak in this channel (+m).",
  );
  await ada.ask("MODE #lobby +v guest1");
  await guest.sendBytes(bytes("hi\n"));
  assertEquals(await nextMessage(ada), "guest1 in #lobby: hi");
  await ada.ask("KICK #lobby guest1");
  await guest.sendBytes(bytes("hi\n"));
  assertEquals(await guest.next(), "Not sent: You're not on that channel.");
});

Deno.test("a plain client that may not join the room is closed with the reason", async () => {
  const { server, ada } = await meeting(0);
  await using _ = server;
  await ada.ask("MODE #lobby +i");
  const guest = await server.connect(server.plainPort);
  assertEquals(await guest.untilEnd(), [
    "Disconnected: Cannot join channel (+i) - you must be invited",
  ]);
});

Deno.test("a plain client that only listens stays connected", async () => {
  const { server, ada, guests: [guest] } = await meeting(1);
  await using _ = server;
  assert(guest);
  // Ada's own client has to send something to avoid its timeout.
  for (let i = 0; i < 20; i++) {
    server.clock.advance(60_000);
    await ada.heard();
  }
  await ada.send("PRIVMSG #lobby :still there?");
  assertEquals(await guest.next(), "ada: still there?");
});
