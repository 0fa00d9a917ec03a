import { assertEquals } from "@std/assert";
import { ALL_CAPS, type Peer } from "../../support/fake_server.ts";
import { type Setup, setUp, started } from "../../support/session.ts";

const NO_LABELS = "echo-message message-tags";

/** The notice of Solanum and ircd-hybrid about a message that they drop. */
const THROTTLED = ":irc.test NOTICE ann :*** Message to #a throttled due to flooding";

Deno.test("with echoes, a labeled response without an echo does not confirm a line", async () => {
  await using setup = setUp();
  const peer = await started(setup, ALL_CAPS);
  for (const text of ["ack", "notice", "batch"]) setup.session.say("#a", text);
  const labels = [];
  for (let i = 0; i < 3; i++) labels.push((await peer.expect(/PRIVMSG/)).tags?.get("label"));
  await peer.send(
    `@label=${labels[0]} :irc.test ACK`,
    `@label=${labels[1]} :irc.test NOTICE ann :Your words displease us`,
    `@label=${labels[2]} :irc.test BATCH +x labeled-response`,
    "@batch=x :irc.test NOTICE ann :Not today",
    ":irc.test BATCH -x",
  );
  const reasons = [];
  for (let i = 0; i < 3; i++) reasons.push((await setup.told.take("refused")).reason);
  assertEquals(reasons, [
    "the server did not confirm it",
    "Your words displease us",
    "Not today",
  ]);
});

Deno.test("a reply of the recipient confirms a line, with its echo or without", async () => {
  await using setup = setUp();
  const peer = await started(setup, ALL_CAPS);
  setup.session.say("bob", "hello");
  const { tags } = await peer.expect(/hello$/);
  await peer.send(
    `@label=${tags?.get("label")} :irc.test BATCH +x labeled-response`,
    "@batch=x :irc.test 301 ann bob :at lunch",
    "@batch=x :ann!u@h PRIVMSG bob :hello",
    ":irc.test BATCH -x",
  );
  assertEquals((await setup.told.take("message")).text, "hello");
  setup.session.say("bob", "again");
  const again = await peer.expect(/again$/);
  await peer.send(`@label=${again.tags?.get("label")} :irc.test 301 ann bob :at lunch`);
  await setup.session.settled(0);
  assertEquals(setup.told.events.filter(({ type }) => type === "refused"), []);
});

Deno.test("without echoes, a labeled notice does not confirm a line", async () => {
  await using setup = setUp();
  const peer = await started(setup, "batch labeled-response");
  setup.session.say("#a", "hello");
  const { tags } = await peer.expect(/hello$/);
  await peer.send(`@label=${tags?.get("label")} :irc.test NOTICE ann :Not today`);
  assertEquals((await setup.told.take("refused")).reason, "Not today");
});

Deno.test("without labels, an echo confirms its line, and a PONG without echo confirms none", async () => {
  await using setup = setUp();
  const peer = await started(setup, NO_LABELS);
  setup.session.say("#a", "one");
  await peer.expect(/one$/);
  const { params: [token] } = await peer.expect(/^PING/);
  setup.session.say("#a", "two");
  await peer.expect(/two$/);
  await peer.send(":ann!u@h PRIVMSG #a :one", `:irc.test PONG irc.test :${token}`);
  assertEquals((await setup.told.take("message")).text, "one");
  await peer.answerPing();
  const { line, reason } = await setup.told.take("refused");
  assertEquals([line?.text, reason], ["two", "the server did not confirm it"]);
});

Deno.test("an echo after the PONG is waited for: a bouncer may answer PING before its server", async () => {
  await using setup = setUp();
  const peer = await started(setup, NO_LABELS);
  setup.session.say("#a", "one");
  await peer.expect(/one$/);
  await peer.answerPing();
  await peer.send("PING :waiting");
  await peer.expect(/^PONG/);
  assertEquals(setup.session.unsettled, 1);
  await peer.send(":ann!u@h PRIVMSG #a :one");
  assertEquals((await setup.told.take("message")).text, "one");
  setup.session.say("#a", "two");
  await peer.expect(/two$/);
  await peer.answerPing();
  await peer.send("PING :waiting");
  await peer.expect(/^PONG/);
  setup.clock.advance(10_000);
  assertEquals((await setup.told.take("refused")).line?.text, "two");
});

Deno.test("an echo without formatting, or a cut echo, confirms its line", async () => {
  await using setup = setUp();
  const peer = await started(setup, NO_LABELS);
  const long = "y".repeat(300);
  for (const text of ["\x02bold\x02 \x0304red\x03", long]) setup.session.say("#a", text);
  await peer.expect(/bold/);
  await peer.expect(/^PING/);
  await peer.expect(/yyy$/);
  await peer.send(":ann!u@h PRIVMSG #a :bold red", `:ann!u@h PRIVMSG #a :${long.slice(0, 290)}`);
  await setup.session.settled(0);
});

Deno.test("if some of several lines were dropped, and it is unknown which, all are reported as uncertain", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  for (const text of ["one", "two", "three"]) setup.session.say("#a", text);
  await peer.expect(/one$/);
  const first = await peer.expect(/^PING/);
  for (const text of [/two$/, /three$/]) await peer.expect(text);
  await peer.send(`:irc.test PONG irc.test :${first.params[0]}`);
  const { params: [token] } = await peer.expect(/^PING/);
  await peer.send(THROTTLED, `:irc.test PONG irc.test :${token}`);
  const lines = [await setup.told.take("unconfirmed"), await setup.told.take("unconfirmed")];
  assertEquals(lines.map(({ line }) => line.text), ["two", "three"]);
  assertEquals(
    lines[0]?.reason,
    "the server did not take 1 of 2 messages, and does not say which: " +
      "*** Message to #a throttled due to flooding",
  );
});

/** The answer of InspIRCd's filter to a message that it blocks. */
const FILTERED = ":irc.test 404 ann #a :Cannot send to channel (your message was filtered)";

/**
 * Says `texts` in #a at a server without labels; resolves after the PING that follows the last
 * line.
 */
async function sayTogether(
  setup: Setup,
  peer: Peer,
  texts: string[],
  isEchoed = false,
): Promise<string> {
  setup.session.say("#a", "first");
  await peer.expect(/first$/);
  const { params: [first] } = await peer.expect(/^PING/);
  for (const text of texts) setup.session.say("#a", text);
  for (const text of texts) await peer.expect(new RegExp(`${text}$`));
  if (isEchoed) await peer.send(":ann!u@h PRIVMSG #a :first");
  await peer.send(`:irc.test PONG irc.test :${first}`);
  return (await peer.expect(/^PING/)).params[0] ?? "";
}

Deno.test("a refusal that may belong to one of several lines names none of them", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  const token = await sayTogether(setup, peer, ["one", "two", "three"]);
  await peer.send(FILTERED, `:irc.test PONG irc.test :${token}`);
  const lines = [];
  for (let i = 0; i < 3; i++) lines.push(await setup.told.take("unconfirmed"));
  assertEquals(lines.map(({ line }) => line.text), ["one", "two", "three"]);
  assertEquals(
    lines[0]?.reason,
    "the server did not take 1 of 3 messages, and does not say which: " +
      "#a: Cannot send to channel (your message was filtered)",
  );
  assertEquals(setup.told.events.filter(({ type }) => type === "refused"), []);
});

Deno.test("as many refusals as lines refuse all of them", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  const token = await sayTogether(setup, peer, ["one", "two"]);
  await peer.send(FILTERED, FILTERED, `:irc.test PONG irc.test :${token}`);
  const lines = [await setup.told.take("refused"), await setup.told.take("refused")];
  assertEquals(lines.map(({ line }) => line?.text), ["one", "two"]);
});

Deno.test("a refusal before the PONG belongs to a line before the PING", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  setup.session.say("#a", "one");
  await peer.expect(/one$/);
  const { params: [token] } = await peer.expect(/^PING/);
  setup.session.say("#a", "two");
  await peer.expect(/two$/);
  await peer.send(FILTERED, `:irc.test PONG irc.test :${token}`);
  assertEquals((await setup.told.take("refused")).line?.text, "one");
  await peer.answerPing();
  assertEquals((await setup.told.take("message")).text, "two");
});

Deno.test("a refusal without a target may belong to any line before the PING", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  const token = await sayTogether(setup, peer, ["one", "two"]);
  await peer.send(
    ":irc.test 417 ann :Input line was too long",
    `:irc.test PONG irc.test :${token}`,
  );
  const lines = [await setup.told.take("unconfirmed"), await setup.told.take("unconfirmed")];
  assertEquals(lines.map(({ line }) => line.text), ["one", "two"]);
});

Deno.test("with echoes, a refusal belongs to the line without one", async () => {
  await using setup = setUp();
  const peer = await started(setup, NO_LABELS);
  const token = await sayTogether(setup, peer, ["one", "two", "three"], true);
  const echo = (text: string) => `:ann!u@h PRIVMSG #a :${text}`;
  await peer.send(FILTERED, echo("one"), echo("three"), `:irc.test PONG irc.test :${token}`);
  const { line, reason } = await setup.told.take("refused");
  assertEquals(line?.text, "two");
  assertEquals(reason, "#a: Cannot send to channel (your message was filtered)");
});

Deno.test("with echoes, lines that are all refused are reported at the PONG", async () => {
  await using setup = setUp();
  const peer = await started(setup, NO_LABELS);
  for (const text of ["one", "two"]) setup.session.say("#a", text);
  await peer.expect(/one$/);
  const { params: [first] } = await peer.expect(/^PING/);
  await peer.expect(/two$/);
  await peer.send(FILTERED, `:irc.test PONG irc.test :${first}`, FILTERED);
  await peer.answerPing();
  const lines = [await setup.told.take("refused"), await setup.told.take("refused")];
  assertEquals(lines.map(({ line }) => line?.text), ["one", "two"]);
});

Deno.test("a line that the recipient's filter refuses counts as not delivered", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  setup.session.say("bob", "hello");
  await peer.expect(/hello$/);
  await peer.send(":irc.test 716 ann bob :is in +g mode (server-side ignore)");
  assertEquals((await setup.told.take("refused")).line?.text, "hello");
});

Deno.test("lines that a server does not answer are reported after a minute, although it answers PING", async () => {
  await using setup = setUp();
  const peer = await started(setup, ALL_CAPS);
  setup.session.say("#a", "hello");
  await peer.expect(/hello$/);
  for (let i = 0; i < 2; i++) {
    setup.clock.advance(20_000);
    await peer.answerPing();
    await peer.send("PING :read");
    await peer.expect(/^PONG/);
  }
  setup.clock.advance(20_000);
  const { line, reason } = await setup.told.take("unconfirmed");
  assertEquals([line.text, reason], ["hello", "the server did not answer"]);
  await setup.session.settled(0);
});

Deno.test("the end of a labeled response is not shown", async () => {
  await using setup = setUp();
  const peer = await started(setup, "batch labeled-response");
  setup.told.events.length = 0;
  setup.session.say("bob", "hello");
  const { tags } = await peer.expect(/hello$/);
  await peer.send(
    `@label=${tags?.get("label")} :irc.test BATCH +x labeled-response`,
    ":irc.test BATCH -x",
  );
  await setup.session.settled(0);
  assertEquals(setup.told.events.map(({ type }) => type), ["message"]);
});
