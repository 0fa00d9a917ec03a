import { assertEquals } from "@std/assert";
import { makeCertificate } from "../../../shared/certificate.ts";
import { dialEncrypted, dialPlain } from "../../../client/net/dial.ts";
import { UserError } from "../../../shared/errors.ts";
import { Identity } from "../../../server/net/identity.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { FakeServer } from "../../support/fake_server.ts";
import { Recorder } from "../../support/recorder.ts";
import { TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { sessionAt, setUp, started } from "../../support/session.ts";

Deno.test("the session joins the server's lobby if no room is given", async () => {
  await using setup = setUp({});
  const starting = setup.session.start();
  const peer = await setup.server.accept();
  await peer.welcome({ tokens: "LOBBY=#lobby NETWORK=Home" });
  await peer.join("#lobby");
  await starting;
  assertEquals(setup.session.home, "#lobby");
  assertEquals((await setup.told.take("connected")).server, "Home");
});

Deno.test("without a room and a lobby, the session joins nothing and reports it", async () => {
  await using setup = setUp({});
  const starting = setup.session.start();
  await (await setup.server.accept()).welcome();
  await starting;
  await setup.told.take("no-room");
  assertEquals(setup.session.home, undefined);
});

Deno.test("a lost connection is reported, and the session rejoins its rooms", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  setup.session.join("#b", "key");
  await peer.expect(/^JOIN #b key$/);
  await peer.send(":ann!u@h JOIN #b", "ERROR :Going down");
  peer.close();
  const { reason, retry } = await setup.told.take("disconnected");
  assertEquals([reason, retry], ["Going down", 1]);
  setup.clock.advance(1000);
  const next = await setup.server.accept();
  await next.welcome();
  await next.join("#a");
  await next.expect(/^JOIN #b key$/);
  await setup.told.take("connected");
  assertEquals((await setup.told.take("connected")).isFirst, false);
});

Deno.test("the delays between tries grow to a minute", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  await setup.server[Symbol.asyncDispose]();
  peer.close();
  const delays = [(await setup.told.take("disconnected")).retry];
  while (delays.length < 7) {
    setup.clock.advance((delays.at(-1) ?? 0) * 1000);
    const { retry, isSteady } = await setup.told.take("retrying");
    assertEquals(isSteady, retry === 60);
    delays.push(retry);
  }
  assertEquals(delays, [1, 2, 4, 8, 16, 32, 60]);
});

Deno.test("after a lost connection, a server that is down is not reported as a wrong address", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  await setup.server[Symbol.asyncDispose]();
  peer.close();
  const { retry } = await setup.told.take("disconnected");
  setup.clock.advance(retry * 1000);
  const { reason } = await setup.told.take("retrying");
  assertEquals(reason, `nothing is listening on 127.0.0.1:${setup.server.port}`);
});

Deno.test("after several tries, the reason of an outage is reported again only if it changes", async () => {
  const reasons = [...Array(9).fill("no way"), "no host", "no host", "no way"];
  await using server = new FakeServer();
  const told = new Recorder();
  const clock = new FakeClock();
  let isFirst = true;
  const session = sessionAt(server.port, told, {
    clock,
    dial(hostname, port, signal) {
      if (!isFirst) return Promise.reject(new UserError(reasons.shift() ?? "no more"));
      isFirst = false;
      return dialPlain(hostname, port, signal);
    },
  });
  const starting = session.start();
  const peer = await server.accept();
  await peer.welcome();
  await starting;
  peer.close();
  await told.take("disconnected");
  while (reasons.length > 0) {
    clock.advance(60_000);
    await turn();
  }
  const reported = told.events.filter((event) => event.type === "retrying").map(({ reason }) =>
    reason
  );
  assertEquals(reported, [...Array(6).fill("no way"), "no host", "no way"]);
  await session.leave("");
});

/** Lets pending promises resolve. */
async function turn(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

Deno.test("a room that cannot be joined is reported, with every message queued for it", async () => {
  await using setup = setUp();
  const starting = setup.session.start();
  const peer = await setup.server.accept();
  await peer.welcome();
  await starting;
  setup.session.say("#A", "hello");
  await peer.expect(/^JOIN #a$/);
  await peer.send(":irc.test 473 ann #a :Cannot join channel (+i)");
  const { room, reason } = await setup.told.take("room-refused");
  assertEquals([room, reason], ["#a", "#a can only be joined with an invitation"]);
  assertEquals((await setup.told.take("refused")).line?.text, "hello");
  await setup.session.settled(0);
});

Deno.test("leaving sends QUIT and leaves no timer behind", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  const left = setup.session.leave("bye all");
  await peer.expect(/^QUIT :bye all$/);
  peer.close();
  await left;
  assertEquals(setup.clock.pending, 0);
});

Deno.test("random messages from a server never make the session throw", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  let seed = 5;
  const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % below;
  const words = ["#a", "ann", "op", ":", "+o-v", "*", "=", "x y", "\x01", "\x01ACTION", "@", "é"];
  const commands =
    "JOIN PART KICK NICK MODE TOPIC INVITE QUIT PRIVMSG NOTICE BATCH CAP FAIL PONG AWAY"
      .split(" ");
  const sources = [
    "",
    ":ann!u@h ",
    ":op!u@h ",
    ":irc.test ",
    ":@ ",
    "@label=1;batch=q;time=x :a!b@c ",
  ];
  for (let i = 0; i < 2000; i++) {
    const command = random(3) ? commands[random(commands.length)] : String(100 + random(900));
    const params = Array.from({ length: random(5) }, () => words[random(words.length)]).join(" ");
    await peer.send(`${sources[random(sources.length)]}${command} ${params}`);
  }
  await peer.send(":irc.test NOTE X Y :the end");
  while ((await setup.told.take("answer")).text !== "the end");
});

Deno.test("leaving during a reconnect does not wait for a silent server", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  peer.close();
  await setup.told.take("disconnected");
  setup.clock.advance(1000);
  const next = await setup.server.accept();
  await next.expect(/^CAP LS/);
  await setup.session.leave("");
  assertEquals(setup.clock.pending, 0);
});

Deno.test("leaving between two tries ends at once", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  peer.close();
  await setup.told.take("disconnected");
  await setup.session.leave("");
  assertEquals(setup.clock.pending, 0);
});

Deno.test("a room left while disconnected is not rejoined", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  peer.close();
  await setup.told.take("disconnected");
  setup.session.part("#a", "");
  assertEquals((await setup.told.take("part")).own, true);
  setup.clock.advance(1000);
  const next = await setup.server.accept();
  await next.welcome();
  await next.send("PING :nothing joined");
  await next.expect(/^PONG/);
});

Deno.test("the actions of others do not change the rooms to rejoin", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  await peer.send(
    ":bob!u@h JOIN #b",
    ":bob!u@h PART #a",
    ":bob!u@h KICK #a eve :out",
    ":bob!u@h NICK zoe",
    ":irc.test NOTE X Y :done",
  );
  await setup.told.take("answer");
  peer.close();
  await setup.told.take("disconnected");
  setup.clock.advance(1000);
  const next = await setup.server.acceptInRoom();
  assertEquals(next.nick, "ann");
  await next.send("PING :no other room");
  await next.expect(/^PONG/);
});

Deno.test("a reconnect asks for the wanted nick again, not for its replacement", async () => {
  await using setup = setUp();
  const starting = setup.session.start();
  const peer = await setup.server.accept();
  await peer.welcome({ nick: "ann1" });
  await starting;
  peer.close();
  await setup.told.take("disconnected");
  setup.clock.advance(1000);
  const next = await setup.server.accept();
  await next.expect(/^CAP LS/);
  await next.expect(/^NICK ann$/);
});

Deno.test("a refused code changes nothing", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  await peer.send(":irc.test 900 ann ann!u@h zoe :You are now logged in as zoe");
  await setup.told.take("answer");
  assertEquals(setup.session.link("WRNG-CODE"), true);
  await peer.expect(/^REDEEM WRNG-CODE$/);
  await peer.answerPing();
  await peer.send("PING :still here");
  await peer.expect(/^PONG/);
  peer.close();
  await setup.told.take("disconnected");
  assertEquals(setup.session.link("RGHT-CODE"), false);
  assertEquals(setup.told.events.some(({ type }) => type === "returning"), false);
});

Deno.test("after a code logs the user in under another nick, the session reconnects at once", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  setup.session.link("RGHT-CODE");
  await peer.expect(/^REDEEM RGHT-CODE$/);
  await peer.send(":irc.test 900 ann ann!u@h zoe :You are now logged in as zoe");
  await peer.answerPing();
  assertEquals((await setup.told.take("returning")).nick, "zoe");
  await peer.send(":irc.test NOTICE ann :The nick zoe is yours, but in use on another connection");
  await peer.expect(/^QUIT$/);
  peer.close();
  const next = await setup.server.acceptInRoom();
  assertEquals(next.nick, "zoe");
  await setup.told.take("connected");
  await setup.told.take("connected");
  const texts = setup.told.events.flatMap((event) => "text" in event ? [event.text] : []);
  assertEquals(texts.filter((text) => text.includes("in use")), []);
  next.close();
  assertEquals((await setup.told.take("disconnected")).retry, 1);
});

Deno.test("after a code logs the user in under the account's nick, the session stays connected", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  setup.session.link("RGHT-CODE");
  await peer.expect(/^REDEEM/);
  await peer.send(":irc.test 900 ann ann!u@h Ann :You are now logged in as Ann");
  await peer.answerPing();
  await peer.send("PING :still here");
  await peer.expect(/^PONG/);
});

Deno.test("a session that the server puts into a room reports that it is connected, and catches up there", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  await ada.ask("REGISTER * * sesame");
  const bob = await server.register("bob", { join: "#a" });
  await bob.ask("PRIVMSG #a :before");
  const told = new Recorder();
  const login = { account: "ada", password: "sesame" };
  const session = sessionAt(server.port, told, { nick: "ada", login, room: "#b", history: 20 });
  await session.start();
  assertEquals((await told.take("join")).room, "#a");
  assertEquals((await told.take("message")).text, "before");
  assertEquals(told.events[0]?.type, "connected");
  await told.take("connected");
  assertEquals((await told.take("join")).room, "#b");
  await session.leave("");
});

Deno.test("a code makes a session the same user in the same rooms", async () => {
  using folder = new TempFolder();
  const { fingerprint, ...pair } = await makeCertificate({ names: ["localhost"], days: 1 });
  await using server = await TestServer.start({}, {
    identity: new Identity({ fingerprint, ...pair }),
  });
  const desk = await server.encrypted(await makeCertificate({ names: [], days: 1 }));
  desk.read();
  await desk.introduce({ nick: "ada", join: "#a" });
  const [, code = ""] = /\/link (\S+)/.exec((await desk.ask("LINK")).join()) ?? [];
  const told = new Recorder();
  const clock = new FakeClock(Date.now());
  const session = sessionAt(server.port, told, {
    nick: "zoe",
    room: "#b",
    clock,
    dial: dialEncrypted({ fingerprint, folder: folder.path }, { clock }),
  });
  await session.start();
  assertEquals((await told.take("connected")).nick, "zoe");
  session.link(code);
  assertEquals((await told.take("connected")).nick, "ada");
  for (const room of ["#b", "#a", "#b"]) assertEquals((await told.take("join")).room, room);
  await session.leave("");
  assertEquals((await desk.askMessages("NAMES #a"))[0]?.params[3], "~ada");
});

Deno.test("the server's own reason for a refusal is shown if it is not the usual one", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  const REASONS: readonly [line: string, reason: string][] = [
    [
      "470 ann #b ##b :Forwarding to another channel",
      "#b forwards to ##b (Forwarding to another channel)",
    ],
    ["471 ann #b :Cannot join channel (+l) -- Channel is full, try later", "#b is full"],
    ["471 ann #b :Registered users only", "#b: Registered users only"],
    [
      "471 ann #b :Cannot join channel (+z) -- SSL connections only",
      "#b: Cannot join channel -- SSL connections only",
    ],
    ["474 ann #b :Cannot join channel (+b)", "you are banned from #b"],
    ["474 ann #b :Your host is blocked", "#b: Your host is blocked"],
    [
      "482 ann #b :You must be a channel half-operator",
      "#b: You must be a channel half-operator",
    ],
    ["482 ann #b :You're not a channel operator", "only operators of #b may do that"],
    ["403 ann #b :Channel names have at most 50 bytes", "#b: Channel names have at most 50 bytes"],
    ["401 ann bob :No such nick/channel", "there is no user bob"],
    ["443 ann bob #a :is already on channel", "bob is in #a already"],
  ];
  for (const [line, reason] of REASONS) {
    await peer.send(`:irc.test ${line}`);
    assertEquals((await setup.told.take("refused")).reason, reason, line);
  }
});
