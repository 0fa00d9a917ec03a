import { assertEquals } from "@std/assert";
import type { IrcClient } from "../../support/irc_client.ts";
import { joinThree } from "../../support/people.ts";
import { TestServer } from "../../support/server.ts";

// https://ircv3.net/specs/extensions/message-redaction

const CAPS = "message-tags echo-message draft/message-redaction labeled-response";

/** Sends a message; returns its msgid. */
async function say(client: IrcClient, line: string): Promise<string> {
  const [echo] = await client.askMessages(line);
  return echo?.tags?.get("msgid") ?? "none";
}

/** Returns the lines that came, without msgid tags. */
async function heard(client: IrcClient): Promise<string[]> {
  return (await client.heard()).map((line) => line.replace(/^@msgid=\S+ /, ""));
}

Deno.test("REDACT by the author reaches the clients with draft/message-redaction", async () => {
  await using server = await TestServer.start();
  const [ada, bob, eve] = await joinThree(server, CAPS);
  const id = await say(bob, "PRIVMSG #a :oops");
  await Promise.all([ada.heard(), eve.heard()]);
  await bob.send(`REDACT #a ${id} :wrong window`);
  const redaction = `:bob!~bob@127.0.0.1 REDACT #a ${id} :wrong window`;
  assertEquals(await heard(bob), [redaction]);
  assertEquals(await heard(ada), [redaction]);
  assertEquals(await eve.heard(), []);
  assertEquals(await bob.ask(`REDACT #a ${id}`), [
    `:chat.test FAIL REDACT UNKNOWN_MSGID #a ${id} :There is no such message, or it is too old`,
  ]);
});

Deno.test("a channel operator can redact others' messages, other members cannot", async () => {
  await using server = await TestServer.start();
  const [ada, bob] = await joinThree(server, CAPS);
  const mine = await say(ada, "@+x=y TAGMSG #a");
  await bob.heard();
  assertEquals(await bob.ask(`@label=1 REDACT #a ${mine}`), [
    `@label=1 :chat.test FAIL REDACT REDACT_FORBIDDEN #a ${mine} :Only the author of a message and the operators of its channel can delete it`,
  ]);
  const theirs = await say(bob, "NOTICE #a :spam");
  await ada.heard();
  await ada.send(`REDACT #a ${theirs}`);
  assertEquals(await heard(ada), [`:ada!~ada@127.0.0.1 REDACT #a ${theirs}`]);
  assertEquals(await heard(bob), [`:ada!~ada@127.0.0.1 REDACT #a ${theirs}`]);
});

Deno.test("a private message can be redacted by its author under the recipient's new nick", async () => {
  await using server = await TestServer.start();
  const [ada, bob, eve] = await joinThree(server, CAPS);
  const id = await say(ada, "PRIVMSG bob :psst");
  assertEquals(await eve.ask(`REDACT bob ${id}`), [":chat.test 421 eve REDACT :Unknown command"]);
  await bob.ask("NICK rob");
  assertEquals(await bob.ask(`REDACT ada ${id}`), [
    `:chat.test FAIL REDACT REDACT_FORBIDDEN ada ${id} :Only the author of a message and the operators of its channel can delete it`,
  ]);
  await ada.heard();
  await ada.send(`REDACT rob ${id} `);
  assertEquals(await heard(ada), [`:ada!~ada@127.0.0.1 REDACT rob ${id}`]);
  assertEquals(await heard(bob), [`:ada!~ada@127.0.0.1 REDACT rob ${id}`]);
});

Deno.test("REDACT does not reveal messages in channels that the user is not in", async () => {
  await using server = await TestServer.start();
  const [ada, bob] = await joinThree(server, CAPS);
  const id = await say(ada, "PRIVMSG #a :x");
  await bob.ask("PART #a");
  for (const [target, message] of [["#a", id], ["#none", "x"], ["nobody", "x"]]) {
    assertEquals(await bob.ask(`REDACT ${target} ${message}`), [
      `:chat.test FAIL REDACT INVALID_TARGET ${target} :There is no such channel or nick, or you are not in that channel`,
    ]);
  }
});
