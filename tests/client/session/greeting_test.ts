import { assertEquals } from "@std/assert";
import type { Peer } from "../../support/fake_server.ts";
import type { Recorder } from "../../support/recorder.ts";
import { setUp, started } from "../../support/session.ts";

/** Registers a client with the greeting of common servers, and lets it join `#a`. */
async function greet(peer: Peer, motd: string): Promise<void> {
  await peer.expect(/^CAP LS 302$/);
  await peer.expect(/^NICK ann$/);
  await peer.expect(/^USER /);
  await peer.send(
    ":irc.test 001 ann :Welcome",
    ":irc.test 002 ann :Your host is irc.test",
    ":irc.test 004 ann irc.test 1 i nt",
    ":irc.test 251 ann :There are 3 users on 1 server",
    ":irc.test 252 ann 1 :operator(s) online",
    ":irc.test 265 ann 3 5 :Current local users 3, max 5",
    ":irc.test 375 ann :- irc.test Message of the day -",
    `:irc.test 372 ann :${motd}`,
    ":irc.test 376 ann :End of MOTD",
    ":ann!u@h MODE ann :+i",
    ":irc.test 396 ann cloak :is now your visible host",
  );
  peer.nick = "ann";
  await peer.answerPing();
  await peer.join("#a");
}

/** Removes and returns the texts of all answers until the session has joined. */
async function answersUntilJoin(told: Recorder): Promise<string[]> {
  await told.take("join");
  return told.events.splice(0).flatMap((event) => event.type === "answer" ? [event.text] : []);
}

Deno.test("the message of the day is shown once, and not at each reconnect", async () => {
  await using setup = setUp();
  const { server, session, told, clock } = setup;
  const starting = session.start();
  const first = await server.accept();
  await greet(first, "be kind");
  await starting;
  assertEquals(await answersUntilJoin(told), ["be kind"]);
  first.close();
  await told.take("disconnected");
  clock.advance(1000);
  const second = await server.accept();
  await greet(second, "be kind");
  assertEquals(await answersUntilJoin(told), []);
  session.send("MOTD");
  await second.expect(/^MOTD$/);
  await second.send(":irc.test 372 ann :be kind", ":irc.test 376 ann :End of MOTD");
  assertEquals((await told.take("answer")).text, "be kind");
});

Deno.test("an invitation in the greeting is shown unless the server joins the user to the room", async () => {
  await using setup = setUp();
  const { server, session, told } = setup;
  const starting = session.start();
  const peer = await server.accept();
  await peer.expect(/^CAP LS 302$/);
  await peer.expect(/^NICK ann$/);
  await peer.expect(/^USER /);
  await peer.send(
    ":irc.test 001 ann :Welcome",
    ":irc.test INVITE ann #b",
    ":irc.test INVITE ann #a",
    ":ann!u@h JOIN #a",
  );
  await peer.answerPing();
  await starting;
  assertEquals((await told.take("invite")).room, "#b");
  session.send("PRIVMSG", "#a", "done");
  await told.take("join");
  assertEquals(told.events.filter(({ type }) => type === "invite"), []);
});

/** Lines of a server, and the texts that the client shows for them. */
const ANSWERS: readonly (readonly [lines: readonly string[], texts: readonly string[]])[] = [
  [["221 ann +iw"], ["your modes are +iw"]],
  [["221 ann +"], ["you have no modes"]],
  [["251 ann :There are 3 users"], ["There are 3 users"]],
  [["252 ann 1 :operator(s) online"], ["1 operator(s) online"]],
  [["254 ann 4 :channels formed"], ["4 channels formed"]],
  [["255 ann :I have 3 clients"], ["I have 3 clients"]],
  [["265 ann 3 5 :Current local users 3, max 5"], ["Current local users 3, max 5"]],
  [["396 ann cloak :is now your visible host"], ["your visible host is now cloak"]],
  [["422 ann :MOTD File is missing"], ["no: MOTD File is missing"]],
  [["321 ann Channel :Users Name", "323 ann :End of LIST"], ["the server lists no rooms"]],
  [["322 ann #b 2 :", "323 ann :End of LIST"], ["#b (2)"]],
  [["323 ann :End of LIST"], ["the server lists no rooms"]],
  [["315 ann z* :End of WHO list"], ["no users match z*"]],
  [["352 ann #a u h irc.test bob H :0 Bob", "315 ann #a :End"], ["bob (u@h) in #a"]],
  [["347 ann #a :End"], ["there are no exceptions to invitations in #a"]],
  [["349 ann #a :End"], ["there are no exceptions to bans in #a"]],
  [["366 ann #b :End of NAMES list"], ["no members of #b are visible"]],
  [["353 ann = #b :@bob", "366 ann #b :End of NAMES list"], ["in #b: @bob"]],
  [["365 ann * :End of LINKS"], ["the server lists no servers"]],
  [["302 ann :"], ["none of these users is online"]],
  [["302 ann :bob=+u@h "], ["bob=+u@h"]],
  [["303 ann :"], ["none of these users is online"]],
  [["303 ann :bob eve"], ["online: bob eve"]],
  [["374 ann :End of INFO"], ["the server has no information"]],
  [["PONG irc.test :mine"], ["PONG irc.test mine"]],
  [["CAP ann LIST :batch"], ["CAP ann LIST batch"]],
  [["REGISTER SUCCESS ann :Account registered"], ["REGISTER SUCCESS ann Account registered"]],
];

Deno.test("no answer to a command of the user is dropped, not even an empty list", async () => {
  await using setup = setUp();
  const { told } = setup;
  const peer = await started(setup);
  await told.take("members");
  told.events.length = 0;
  for (const [lines, texts] of ANSWERS) {
    await peer.send(...lines.map((line) => `:irc.test ${line}`), ":irc.test NOTE X Y :done");
    const shown: string[] = [];
    for (;;) {
      const event = await told.next();
      const text = event.type === "answer" ? event.text : event.type;
      if (text === "done") break;
      if (event.type === "refused") shown.push(`no: ${event.reason}`);
      else if (event.type === "members") shown.push(`in ${event.room}: ${event.members.join(" ")}`);
      else shown.push(text);
    }
    assertEquals(shown, [...texts], lines.join("\n"));
  }
});

Deno.test("a change of the user's own modes is shown", async () => {
  await using setup = setUp();
  const { told } = setup;
  const peer = await started(setup);
  await peer.send(":ann!u@h MODE ann :-i");
  assertEquals((await told.take("answer")).text, "people who share no room with you see you now");
});
