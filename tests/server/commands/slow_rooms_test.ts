import { assert, assertEquals } from "@std/assert";
import { SPEAKER_LIMIT, Speakers } from "../../../server/state/speakers.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { serverWithAda } from "../../support/people.ts";
import { TestServer } from "../../support/server.ts";

const CAPS = "message-tags batch draft/multiline echo-message";
const refused = (seconds: string) =>
  `:chat.test 404 bob #a :This channel is slow (+W): you can speak again in ${seconds}`;

/** Starts a server; Ada is an operator of `#a`, which is slow, and Bob a member. */
async function serverWithSlowRoom() {
  const server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { join: "#a", caps: CAPS });
  await ada.ask("MODE #a +W 10");
  await Promise.all([ada.heard(), bob.heard()]);
  return { server, ada, bob };
}

/** Returns the texts and refusals that follow `lines`. */
async function said(client: IrcClient, ...lines: string[]): Promise<string[]> {
  const heard: string[] = [];
  for (const line of lines) heard.push(...await client.ask(line));
  return heard.map((line) => line.replace(/^(?:@\S+ )?:bob!\S+ /, "").replace(/ :(?=\w+$)/, " "));
}

Deno.test("in a slow room, a member waits between two messages, and is told for how long", async () => {
  const { server, bob } = await serverWithSlowRoom();
  await using _ = server;
  assertEquals(await said(bob, "PRIVMSG #a one", "PRIVMSG #a two"), [
    "PRIVMSG #a one",
    refused("10 seconds"),
  ]);
  server.clock.advance(8_500);
  assertEquals(await said(bob, "PRIVMSG @#a two"), [refused("2 seconds")]);
  server.clock.advance(1000);
  assertEquals(await said(bob, "PRIVMSG #a two"), [refused("1 second")]);
  assertEquals(await said(bob, "NOTICE #a two"), []);
  server.clock.advance(500);
  assertEquals(await said(bob, "NOTICE #a two", "PRIVMSG #a x"), [
    "NOTICE #a two",
    refused("10 seconds"),
  ]);
});

Deno.test("leaving and joining a slow room again does not shorten the wait, nor does setting back the clock lengthen it", async () => {
  const { server, bob } = await serverWithSlowRoom();
  await using _ = server;
  await said(bob, "PRIVMSG #a one", "PART #a", "JOIN #a");
  assertEquals(await said(bob, "PRIVMSG #a two"), [refused("10 seconds")]);
  server.clock.turn(-60_000);
  assertEquals(await said(bob, "PRIVMSG #a two"), ["PRIVMSG #a two"]);
});

Deno.test("logging in or out does not shorten the wait, nor does connecting again with an account", async () => {
  await using server = await serverWithAda();
  const zoe = await server.register("zoe", { join: "#a" });
  await zoe.ask("MODE #a +W 10");
  const login = { login: ["ada", "sesame"], join: "#a", caps: CAPS } as const;
  const ada = await server.register("ada", login);
  const refusal = refused("10 seconds").replaceAll("bob", "ada");
  assert((await ada.ask("PRIVMSG #a one"))[0]?.endsWith(" PRIVMSG #a :one"));
  await ada.ask("NS LOGOUT");
  assertEquals(await ada.ask("PRIVMSG #a two"), [refusal]);
  server.clock.advance(10_000);
  assert((await ada.ask("PRIVMSG #a two"))[0]?.endsWith(" PRIVMSG #a :two"));
  await ada.ask("NS IDENTIFY ada sesame");
  assertEquals(await ada.ask("PRIVMSG #a three"), [refusal]);
  server.clock.advance(10_000);
  assert((await ada.ask("PRIVMSG #a three"))[0]?.endsWith(" PRIVMSG #a :three"));
  await ada.send("QUIT");
  await ada.untilEnd();
  const again = await server.register("ada", login);
  assertEquals(await again.ask("PRIVMSG #a four"), [refusal]);
});

Deno.test("reactions, members with a voice and other rooms are not slowed", async () => {
  const { server, ada, bob } = await serverWithSlowRoom();
  await using _ = server;
  const react = "@+draft/react=x TAGMSG #a";
  await said(bob, "JOIN #b", react);
  assertEquals(await said(bob, "PRIVMSG #a one"), ["PRIVMSG #a one"]);
  const others = await said(bob, react, react, "PRIVMSG #b x", "PRIVMSG #b y");
  assertEquals([others.length, others.filter((line) => line.includes(" 404 "))], [4, []]);
  assertEquals(await said(bob, "PRIVMSG #a two"), [refused("10 seconds")]);
  assertEquals((await ada.ask("PRIVMSG #a one")).concat(await ada.ask("PRIVMSG #a two")), []);
  await ada.ask("MODE #a +v bob");
  await bob.heard();
  assertEquals(await said(bob, "PRIVMSG #a two", "PRIVMSG #a three"), [
    "PRIVMSG #a two",
    "PRIVMSG #a three",
  ]);
});

Deno.test("a message of several lines counts as one", async () => {
  const { server, bob } = await serverWithSlowRoom();
  await using _ = server;
  const lines = ["BATCH +1 draft/multiline #a", "@batch=1 PRIVMSG #a :a", "@batch=1 PRIVMSG #a :b"];
  const first = await said(bob, ...lines, "BATCH -1");
  assertEquals(first.filter((line) => line.includes("PRIVMSG")).length, 2);
  assertEquals(await said(bob, ...lines, "BATCH -1"), [refused("10 seconds")]);
});

Deno.test("MODE W takes seconds up to six hours, is announced, and ends with MODE -W", async () => {
  const { server, ada, bob } = await serverWithSlowRoom();
  await using _ = server;
  assertEquals((await ada.ask("MODE #a"))[0], ":chat.test 324 ada #a +ntW 10");
  for (const wrong of ["0", "-1", "10s", "21601", "5:20"]) {
    assertEquals(await ada.ask(`MODE #a +W ${wrong}`), [
      `:chat.test 696 ada #a W ${wrong} :The time must be a number of seconds from 1 to 21600`,
    ]);
  }
  assertEquals(await bob.ask("MODE #a -W"), [
    ":chat.test 482 bob #a :You're not a channel operator",
  ]);
  await said(bob, "PRIVMSG #a one");
  await ada.ask("MODE #a -W");
  assertEquals((await bob.heard()).length, 1);
  assertEquals(await said(bob, "PRIVMSG #a two"), ["PRIVMSG #a two"]);
  await ada.ask("MODE #a +W 20");
  assertEquals((await bob.heard()).length, 1);
  assertEquals(await said(bob, "PRIVMSG #a 3", "PRIVMSG #a 4"), [
    "PRIVMSG #a 3",
    refused("20 seconds"),
  ]);
});

Deno.test("a user of the plain port waits in a slow room, too", async () => {
  const server = await TestServer.start({ plainPort: 0 });
  await using _ = server;
  const ada = await server.register("ada", { join: "#lobby" });
  await ada.ask("MODE #lobby +W 10");
  const plain = await server.connectPlain();
  await ada.until("JOIN");
  await plain.send("one", "two");
  let told = await plain.next();
  while (told !== undefined && !told.includes("Not sent")) told = await plain.next();
  assertEquals(told?.includes("you can speak again in 10 seconds"), true, told);
});

Deno.test("a slow room forgets members who may speak again, and remembers a limited number of members", () => {
  const speakers = new Speakers();
  const user = (id: number) => ({ id, nick: `u${id}`, mask: "u!u@h" });
  speakers.spoke(user(1), 1000, 5000);
  speakers.spoke(user(2), 7000, 5000);
  assertEquals([1, 2].map((id) => speakers.lastTime(user(id))), [undefined, 7000]);
  for (let id = 3; id <= SPEAKER_LIMIT + 2; id++) speakers.spoke(user(id), 7000, 5000);
  assertEquals([2, 3].map((id) => speakers.lastTime(user(id))), [undefined, 7000]);
});
