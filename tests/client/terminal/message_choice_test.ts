// Tests of the choice of a message, which must never come apart from the command that it is for.

import { assert, assertEquals } from "@std/assert";
import { ALL_CAPS, type Peer } from "../../support/fake_server.ts";
import { Screen } from "../../support/screen.ts";
import { type Setup, setUp, shown, sync } from "../../support/window.ts";

const CAPS = `${ALL_CAPS} account-tag draft/message-redaction`;
const UP = "\x1b[A";
const DOWN = "\x1b[B";
const ALT_UP = "\x1b[1;3A";
const ALT_DOWN = "\x1b[1;3B";
const CTRL = {
  A: "\x01",
  E: "\x05",
  G: "\x07",
  N: "\x0e",
  P: "\x10",
  R: "\x12",
  U: "\x15",
  W: "\x17",
  Y: "\x19",
};
/** The keys that choose the message with the id 1. */
const CHOOSE = ALT_UP.repeat(3);

async function join(peer: Peer, room: string): Promise<void> {
  await peer.send(
    `:ann!a@h JOIN ${room}`,
    `:irc.test 353 ann = ${room} :ann`,
    `:irc.test 366 ann ${room} :End`,
  );
}

/** Starts a client in `#a`, where its user has said three things, and in `#b`. */
async function start(): Promise<Setup> {
  const screen = new Screen(80, 24);
  const setup = await setUp(screen, CAPS);
  const { peer } = setup;
  await join(peer, "#b");
  await screen.shows("2 #b");
  await peer.send(
    ...["one", "two", "three"].map((text, i) => `@msgid=${i + 1} :ann!u@h PRIVMSG #a :${text}`),
  );
  await screen.shows("<ann> three");
  return setup;
}

const bottom = (screen: Screen) => shown(screen).slice(-2);

/** Waits until the row above the input line, and the input line, are these. */
async function shows(screen: Screen, row: string, line: string): Promise<void> {
  await screen.until((now) => bottom(now).join("|") === `${row}|${line}`);
}

/** Checks that the client sends nothing before the answer to this PING. */
async function sendsNothing(peer: Peer): Promise<void> {
  await peer.send("PING :nothing");
  await peer.expect(/^PONG :?nothing$/);
}

for (
  const [name, away, back] of [["Ctrl-N", CTRL.N, CTRL.P], ["Alt-2", "\x1b2", "\x1b1"]] as const
) {
  Deno.test(`a chosen message and its command come back together after ${name} to another room`, async () => {
    await using setup = await start();
    const { screen, peer } = setup;
    screen.type(`${CHOOSE}d`);
    await shows(screen, " -3 <ann> one", "[#a] /delete");
    screen.type(away);
    await screen.until((now) => shown(now).at(-1) === "[#b]");
    assert(!bottom(screen).join().includes("<ann>"), "the other room has no chosen message");
    screen.type(back);
    await shows(screen, " -3 <ann> one", "[#a] /delete");
    screen.type("\r");
    await peer.expect(/REDACT #a :?1$/);
  });
}

/** The keys that begin a command, the message that it sends, and the id in its tag. */
const COMMANDS: readonly [keys: string, more: string, sent: RegExp, reply?: string][] = [
  ["e", "!", /REDACT #a 1 :?edited$/],
  ["r", "so", /PRIVMSG #a :?so$/, "1"],
  ["+", "👍", /TAGMSG :?#a$/, "1"],
  ["", "d", /REDACT #a :?1$/],
];

Deno.test("an answer, a reaction and an edit find their message after a switch of the room, and so does a key for a message that is only chosen", async () => {
  for (const [keys, more, sent, reply] of COMMANDS) {
    await using setup = await start();
    const { screen, peer } = setup;
    screen.type(`${CHOOSE}${keys}${CTRL.N}`);
    await screen.until((now) => shown(now).at(-1) === "[#b]");
    screen.type(`${CTRL.P}${more}`);
    await screen.until((now) => bottom(now)[0]?.startsWith(" -3 <ann> one") ?? false);
    screen.type("\r");
    const { tags } = await peer.expect(sent);
    assertEquals(tags?.get("+draft/reply"), reply, keys);
  }
});

/** Keys after which Enter must act on the message with the id 1 or, if given, another id. */
const DETOURS: readonly [name: string, keys: string, id?: string][] = [
  ["the history and back", `${CHOOSE}d${UP}${DOWN}`],
  ["a search in the history that is cancelled", `${CHOOSE}d${CTRL.R}hello${CTRL.G}`],
  ["a search that finds nothing", `${CHOOSE}d${CTRL.R}nothing at all\r`],
  ["killing and inserting the command", `${CHOOSE}d${CTRL.U}${CTRL.Y}`],
  ["killing it in two pieces", `${CHOOSE}d${CTRL.E} x${CTRL.W}${CTRL.W}${CTRL.Y}\x7f\x7f`],
  ["a space before the command", `${CHOOSE}d${CTRL.A} `],
  ["another slash for the same command", `${CHOOSE}d${CTRL.A}\x1b[3~/`],
  ["another message", `${CHOOSE}d${ALT_DOWN}`, "2"],
  ["a message that is chosen after the command", `/delete${CHOOSE}`],
  ["the end of the list", `${CHOOSE}d${ALT_DOWN.repeat(5)}`, "3"],
  ["a command that is pasted", `${CHOOSE}\x1b[200~/delete\x1b[201~`],
  ["a switch during a search", `${CHOOSE}d${CTRL.R}hello${CTRL.G}${CTRL.N}${CTRL.P}`],
  ["its row in the same room", `${CHOOSE}d\x1b1`],
];

Deno.test("Enter acts on the message that the row shows, whatever keys the user pressed meanwhile", async () => {
  for (const [name, keys, id = "1"] of DETOURS) {
    await using setup = await start();
    const { screen, peer } = setup;
    screen.type("hello\r");
    const { tags } = await peer.expect(/PRIVMSG #a :hello$/);
    await peer.send(`@label=${tags?.get("label")};msgid=4 :bob!u@h NOTICE #a :hello`);
    await screen.shows("hello");
    screen.type(`${keys}\r`);
    const { command, params } = await peer.expect(/^/);
    assertEquals([command, params[1]], ["REDACT", id], name);
  }
});

Deno.test("a command that Up or Ctrl-R brings back is still about its message, or about none", async () => {
  await using setup = await start();
  const { screen, peer } = setup;
  screen.type(`${CHOOSE}e${CTRL.E}!\r`);
  for (const again of [`${UP}\r`, `${CTRL.R}edit\r\r`]) {
    const { tags } = await peer.expect(/REDACT #a 1 :?edited$/);
    await peer.send(`@label=${tags?.get("label")} :irc.test FAIL REDACT X #a 1 :Too fast`);
    await sync(setup, `refused ${again.length}`);
    screen.type(again);
  }
  await peer.expect(/REDACT #a 1 :?edited$/);
  screen.type("\x1b2");
  await screen.until((now) => shown(now).at(-1) === "[#b]");
  await peer.send("@msgid=9 :ann!u@h PRIVMSG #b :mine");
  await screen.shows("<ann> mine");
  screen.type(UP);
  await shows(screen, " the chosen message is not here any more", "[#b] /edit one!");
  screen.type("\r");
  await screen.shows("the message that you chose is not here any more: nothing was sent");
  await sendsNothing(peer);
});

Deno.test("a command for a message that is deleted meanwhile, or that is no longer kept, hits no other message", async () => {
  await using setup = await start();
  const { screen, peer } = setup;
  screen.type(`${CHOOSE}d`);
  await shows(screen, " -3 <ann> one", "[#a] /delete");
  await peer.send("@msgid=5 :ann!u@h PRIVMSG #a :four");
  await shows(screen, " -4 <ann> one", "[#a] /delete");
  await peer.send(":op!u@h REDACT #a 1");
  await shows(screen, " <ann> one", "[#a] /delete");
  screen.type("\r");
  await screen.shows("that message is deleted: nothing was sent");
  screen.type(`${CHOOSE}d`);
  await shows(screen, " -3 <ann> two", "[#a] /delete");
  await peer.send(
    ...Array.from({ length: 1001 }, (_, i) => `@msgid=n${i} :ann!u@h PRIVMSG #a :n${i}`),
  );
  await shows(screen, " the chosen message is not here any more", "[#a] /delete");
  screen.type("\r");
  await screen.shows("the message that you chose is not here any more: nothing was sent");
  await sendsNothing(peer);
});

for (
  const [name, leave] of [["a kick", ":op!u@h KICK #a ann :no"], [
    "leaving the room from another",
    undefined,
  ]] as const
) {
  Deno.test(`after ${name}, a command for a message of the room hits nothing in another room or after a return`, async () => {
    await using setup = await start();
    const { screen, peer } = setup;
    await peer.send("@msgid=9 :ann!u@h PRIVMSG #b :mine");
    await sync(setup, "mine");
    screen.type(`${CHOOSE}d`);
    await screen.shows("/delete");
    if (leave) {
      await peer.send(leave);
    } else {
      screen.type(`${CTRL.N}/part #a\r`);
      await peer.expect(/PART/);
      await peer.send(":ann!u@h PART #a");
    }
    await screen.until((now) => !bottom(now).join().includes("#a"));
    await screen.shows("[#b]");
    await join(peer, "#a");
    await screen.shows("2 #a");
    for (const room of ["b", "a"]) {
      screen.type(`/go ${room}\r`);
      await screen.shows(`[#${room}]`);
      await peer.send(`@msgid=x${room} :ann!u@h PRIVMSG #${room} :mine`);
      await sync(setup, `in ${room}`);
      screen.type(`${CTRL.R}delete\r`);
      await screen.shows(`[#${room}] /delete`);
      screen.type("\r");
      await screen.until((now) =>
        now.all.filter((line) => line.includes("that you chose is not here")).length ===
          (room === "b" ? 1 : 2)
      );
    }
    await sendsNothing(peer);
  });
}

Deno.test("after a reconnect, a draft still has its chosen message", async () => {
  await using setup = await start();
  const { screen, peer, server, clock } = setup;
  screen.type(`${CHOOSE}d${CTRL.N}`);
  await screen.until((now) => shown(now).at(-1) === "[#b]");
  peer.close();
  await screen.shows("[#b, offline]");
  clock.advance(61_000);
  const next = await server.accept();
  await next.welcome({ caps: CAPS, tokens: "CASEMAPPING=ascii" });
  await next.expect(/^JOIN/);
  await join(next, "#a");
  await join(next, "#b");
  await screen.until((now) => shown(now).at(-1) === "[#b]");
  screen.type(CTRL.P);
  await shows(screen, " -3 <ann> one", "[#a] /delete");
});

Deno.test("an answer that is sent without a connection is to the chosen message", async () => {
  await using setup = await start();
  const { screen, peer, server, clock } = setup;
  await peer.send("@msgid=4 :bob!u@h PRIVMSG #a :four", "@msgid=5 :eve!u@h PRIVMSG #a :five");
  await screen.shows("<eve> five");
  screen.type(`${ALT_UP.repeat(2)}r${CTRL.E}yes`);
  await screen.shows("/reply yes");
  peer.close();
  await screen.shows("[#a, offline]");
  screen.type("\r");
  await screen.shows("yes (on its way)");
  clock.advance(61_000);
  const next = await server.accept();
  await next.welcome({ caps: CAPS, tokens: "CASEMAPPING=ascii" });
  await next.expect(/^JOIN/);
  await join(next, "#a");
  for (;;) {
    const { command, params, tags } = await next.expect(/^/);
    if (command !== "PRIVMSG") continue;
    assertEquals([params[1], tags?.get("+draft/reply")], ["yes", "4"]);
    return;
  }
});

Deno.test("/edit ↑ of another's message says so, and the choice stays for the line", async () => {
  await using setup = await start();
  const { screen, peer } = setup;
  await peer.send("@msgid=4 :bob!u@h PRIVMSG #a :four");
  await screen.shows("<bob> four");
  screen.type(`${ALT_UP}/edit${UP}`);
  await screen.shows("that message is bob's: you can only edit your own");
  await shows(screen, " -1 <bob> four", "[#a] /edit");
});
