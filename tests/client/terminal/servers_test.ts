import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { connect } from "../../../client.ts";
import { connectOptions } from "../../../client/cli/options.ts";
import { UsageError } from "../../../shared/errors.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { ALL_CAPS, FakeServer, type Peer } from "../../support/fake_server.ts";
import { Pipes } from "../../support/pipes.ts";
import { Random } from "../../support/random.ts";
import { Screen } from "../../support/screen.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { everything, shown } from "../../support/window.ts";

/** A client at two servers, `localhost` and `127.0.0.1`, in `#a` of both. */
interface Setup extends AsyncDisposable {
  readonly screen: Screen;
  readonly clock: FakeClock;
  readonly servers: readonly [FakeServer, FakeServer];
  readonly peers: readonly [Peer, Peer];
}

const targetsOf = ([home, other]: readonly [FakeServer, FakeServer]) => [
  `irc://localhost:${home.port}/a`,
  `irc://127.0.0.1:${other.port}/a`,
];

async function setUp(screen = new Screen(80, 16)): Promise<Setup> {
  const servers = [new FakeServer(), new FakeServer()] as const;
  const clock = new FakeClock();
  const options = connectOptions([...targetsOf(servers), "--nick", "ann"], new Map());
  const exitCode = connect(options, { stdio: screen, clock, random: () => 1 });
  const home = await servers[0].acceptInRoom({ caps: ALL_CAPS });
  const other = await servers[1].acceptInRoom({ caps: ALL_CAPS });
  await screen.until((now) => row(now) === ROW);
  return {
    screen,
    clock,
    servers,
    peers: [home, other],
    async [Symbol.asyncDispose]() {
      for (const server of servers) await server[Symbol.asyncDispose]();
      screen.close();
      await exitCode;
      await screen[Symbol.asyncDispose]();
    },
  };
}

const ROW = "1 localhost/#a  2 127.0.0.1/#a";

/** Returns the row of rooms. */
const row = (screen: Screen) => shown(screen).at(-2)?.trim();

/** Waits until the prompt is `label`. */
const prompt = (screen: Screen, label: string) =>
  screen.until((now) => shown(now).at(-1)?.startsWith(`[${label}]`) ?? false);

/** Checks that `peer` gets `text` as its next message. */
async function hears(peer: Peer, text: string): Promise<void> {
  const { tags, params } = await peer.expect(/PRIVMSG /);
  assertEquals(params.at(-1), text);
  await peer.send(`@label=${tags?.get("label")} :ann!u@h PRIVMSG ${params[0]} :${text}`);
}

/** Waits until the client has read everything that `peer` has sent. */
async function taken(peer: Peer): Promise<void> {
  await peer.send("PING :taken");
  await peer.expect(/^PONG :?taken$/);
}

Deno.test("a client at two servers shows the rooms of both, and sends each line to the one of its room", async () => {
  await using setup = await setUp();
  const { screen, peers: [home, other] } = setup;
  screen.type("tea?\r");
  await hears(home, "tea?");
  screen.type("\x1b2");
  await prompt(screen, "127.0.0.1/#a");
  await screen.shows("── #a, 127.0.0.1 ──");
  screen.type("coffee?\r");
  await hears(other, "coffee?");
  screen.type("/join b\r");
  await other.expect(/^JOIN #b$/);
  await other.send(":ann!u@h JOIN #b", ":irc.test 366 ann #b :End");
  await screen.until((now) => row(now) === `${ROW}  3 #b`);
  screen.type("/go localhost/a\r");
  await prompt(screen, "localhost/#a");
  screen.type("/go b\r");
  await prompt(screen, "#b");
  screen.type("cake?\r");
  await hears(other, "cake?");
  await taken(home);
});

Deno.test("a message in a room of the same name at another server is counted, and not shown", async () => {
  await using setup = await setUp();
  const { screen, peers: [home, other] } = setup;
  await other.send(":bob!u@h PRIVMSG #a :over there");
  await screen.until((now) => row(now) === "1 localhost/#a  2 127.0.0.1/#a 1");
  await home.send(":bob!u@h PRIVMSG #a :here");
  await screen.shows("<bob> here");
  assert(!everything(screen).some((line) => line.includes("over there")));
  screen.type("\x1ba");
  await screen.shows("<bob> over there");
});

Deno.test("text that was typed for one server waits there while the user is at another one", async () => {
  await using setup = await setUp();
  const { screen, peers: [home, other] } = setup;
  screen.type("for home\x1b2");
  await prompt(screen, "127.0.0.1/#a");
  screen.type("for the other\r\x1b1\r");
  await hears(other, "for the other");
  await hears(home, "for home");
});

Deno.test("a command for a chosen message, brought back at another server, hits no message there with the same id", async () => {
  await using setup = await setUp();
  const { screen, peers: [home, other] } = setup;
  for (const peer of [home, other]) await peer.send("@msgid=1 :bob!u@h PRIVMSG #a :tea?");
  await screen.until((now) => row(now) === "1 localhost/#a  2 127.0.0.1/#a 1");
  screen.type("\x1b[1;3A");
  await screen.shows("-1 <bob> tea?");
  screen.type("r\x05yes\r");
  await hears(home, "yes");
  screen.type("\x1b2\x1b[A");
  await screen.shows("[127.0.0.1/#a] /reply yes");
  screen.type("\r");
  await screen.shows("the message that you chose is not here any more: nothing was sent");
  await taken(other);
});

Deno.test("a user who is removed from their only room at a server stays at that server", async () => {
  await using setup = await setUp();
  const { screen, peers: [home, other] } = setup;
  await home.send(":op!u@h KICK #a ann :enough");
  await prompt(screen, "localhost, no room");
  screen.type("secret\r");
  await screen.shows("you are not in a room");
  screen.type("\x1b1");
  await prompt(screen, "#a");
  screen.type("hello\r");
  await hears(other, "hello");
  await taken(home);
});

Deno.test("a lost connection is reported only in the rooms of its server", async () => {
  await using setup = await setUp();
  const { screen, servers: [, server], peers: [home, other], clock } = setup;
  other.close();
  await home.send(":bob!u@h PRIVMSG #a :one");
  await screen.shows("<bob> one");
  clock.advance(1000);
  const again = await server.acceptInRoom({ caps: ALL_CAPS });
  await taken(again);
  await home.send(":bob!u@h PRIVMSG #a :two");
  await screen.shows("<bob> two");
  assert(!everything(screen).some((line) => /connection lost|reconnected/.test(line)));
  screen.type("\x1b2");
  await screen.shows("-- reconnected");
  assert(everything(screen).some((line) => line.startsWith("-- connection lost")));
});

Deno.test("/connect shows another server at once, and only keys and commands lead back", async () => {
  await using setup = await setUp();
  const { screen, peers: [home, other] } = setup;
  await using third = new FakeServer();
  screen.type(`/connect irc://[::ffff:127.0.0.1]:${third.port}/c sesame\r`);
  await prompt(screen, "::ffff:127.0.0.1, connecting");
  const peer = await third.accept();
  await peer.welcome({ caps: ALL_CAPS, password: "sesame" });
  screen.type("half a ");
  await peer.join("#c");
  await prompt(screen, "#c");
  screen.type("line\r");
  await hears(peer, "half a line");
  screen.type("/server\r");
  await screen.shows("* ::ffff:127.0.0.1");
  screen.type("/disconnect\r");
  await peer.expect(/^QUIT/);
  await prompt(screen, "127.0.0.1/#a");
  await screen.shows("you left ::ffff:127.0.0.1");
  await taken(home);
  await taken(other);
});

Deno.test("an error in connecting to a server is shown in the current room, and the server is gone once the user leaves it", async () => {
  await using setup = await setUp();
  const { screen, peers: [home] } = setup;
  const closed = new FakeServer();
  await closed[Symbol.asyncDispose]();
  screen.type(`/connect irc://127.0.0.2:${closed.port}\r`);
  await screen.shows("not connected to 127.0.0.2");
  screen.type("hello?\r");
  await screen.shows("you are not in a room");
  screen.type("/server localhost\r");
  await prompt(screen, "localhost/#a");
  screen.type("/server 127.0.0.2\r");
  await screen.shows("you are at no server 127.0.0.2");
  screen.type("/connect irc://\r");
  await screen.shows("the host is missing");
  await taken(home);
});

Deno.test("a notice about a person at another server gives the number of the buffer, because the nick may exist here, too", async () => {
  await using setup = await setUp();
  const { screen, peers: [home, other] } = setup;
  await home.send(":bob!u@h PRIVMSG ann :from home");
  await screen.shows("bob wrote to you: read and answer with Alt-3 or /query bob");
  await other.send(":bob!u@h PRIVMSG ann :from there");
  await screen.shows("bob wrote to you at 127.0.0.1: read and answer with Alt-4 or /win 4");
  await screen.until((now) =>
    row(now)?.endsWith("3 localhost/bob 1!  4 127.0.0.1/bob 1!") ?? false
  );
  screen.type("/win 4\rhi\r");
  const { params } = await other.expect(/PRIVMSG /);
  assertEquals(params, ["bob", "hi"]);
});

Deno.test("an answer that comes while the user is at another server is under a heading", async () => {
  await using setup = await setUp();
  const { screen, peers: [home] } = setup;
  screen.type("/list\r");
  await home.expect(/^LIST/);
  screen.type("\x1b2");
  await prompt(screen, "127.0.0.1/#a");
  await home.send(
    ":irc.test 321 ann Channel :Users",
    ":irc.test 322 ann #tea 3 :hot",
    ":irc.test 323 ann :End",
  );
  await screen.shows("1 room, with");
  const lines = everything(screen);
  assertEquals(
    lines[lines.findIndex((line) => line.includes("1 room, with")) - 1],
    "── localhost ──",
  );
});

Deno.test("no line goes to a wrong server, whatever happens while the user switches and types", async () => {
  const random = new Random(15);
  await using setup = await setUp(new Screen(100, 20));
  const { screen, peers } = setup;
  const labels = ["localhost/#a", "127.0.0.1/#a"] as const;
  const sent: [string[], string[]] = [[], []];
  for (let step = 0; step < 150; step++) {
    const at = random.pick([0, 1] as const);
    const events = [
      `:bob!u@h PRIVMSG #a :message ${step}`,
      `:bob!u@h PRIVMSG ann :psst ${step}`,
      `:bob!u@h QUIT :bye`,
      `:irc.test NOTE X Y :note ${step}`,
    ];
    await random.pick(peers).send(random.pick(events));
    screen.type(random.below(2) === 0 ? `\x1b${at + 1}` : `/go ${labels[at]}\r`);
    await prompt(screen, labels[at]);
    const text = `line ${step} for ${at}`;
    screen.type(`${text}\r`);
    await hears(peers[at], text);
    sent[at].push(text);
  }
  assert(sent[0].length > 20 && sent[1].length > 20);
  for (const peer of peers) await taken(peer);
});

Deno.test("a pipe takes one server", async () => {
  const options = connectOptions(["irc://localhost/a", "irc://127.0.0.1/a"], new Map());
  await assertRejects(
    () => connect(options, { stdio: new Pipes() }),
    UsageError,
    "several servers",
  );
});

Deno.test("chat connect alone lists the servers where the user was, and takes their numbers", async () => {
  using folder = new TempFolder();
  await using home = new FakeServer();
  await using other = new FakeServer();
  const [first, second] = targetsOf([home, other]).map((target) => target.replace(/\/a$/, ""));
  Deno.mkdirSync(`${folder.path}/chat`);
  Deno.writeTextFileSync(`${folder.path}/chat/places`, `${first} #a\n${second} #a\n`);
  const environment = new Map([["XDG_CONFIG_HOME", folder.path], ["USER", "ann"]]);
  for (const [answer, label] of [["", "#a"], ["2 1", "localhost/#a"]] as const) {
    await using screen = new Screen(80, 20);
    const options = connectOptions([], environment);
    const exit = connect(options, { stdio: screen, clock: new FakeClock(), random: () => 1 });
    await screen.shows("connect to which (Enter for 1");
    assertMatch(everything(screen).join("\n"), /1 +irc:\/\/127.*#a\n +2 +irc:\/\/localhost/);
    screen.type("7\n");
    await screen.shows("type numbers from 1 to 2");
    screen.type(`${answer}\n`);
    const servers = answer === "" ? [other] : [home, other];
    const ends = [];
    for (const server of servers) ends.push(await server.acceptInRoom());
    await prompt(screen, label);
    screen.type("\x04");
    for (const peer of ends) {
      await peer.expect(/^QUIT/);
      peer.close();
    }
    assertEquals(await exit, 0);
  }
});
