import { assertEquals } from "@std/assert";
import { ALL_CAPS } from "../../support/fake_server.ts";
import { setUp, started } from "../../support/session.ts";

/** The notice of Solanum and ircd-hybrid about a message that they drop. */
const THROTTLED = ":irc.test NOTICE ann :*** Message to #a throttled due to flooding";

Deno.test("a labeled NOTICE does not confirm a line: the line is sent again, after a pause", async () => {
  await using setup = setUp();
  const peer = await started(setup, ALL_CAPS);
  for (const text of ["one", "two"]) setup.session.say("#a", text);
  for (const text of ["one", "two"]) {
    const { tags } = await peer.expect(new RegExp(`${text}$`));
    await peer.send(`@label=${tags?.get("label")} ${THROTTLED}`);
  }
  await peer.send("PING :nothing yet");
  await peer.expect(/^PONG/);
  assertEquals(setup.session.unsettled, 2);
  for (const text of ["one", "two"]) {
    setup.clock.advance(1000);
    const { tags } = await peer.expect(new RegExp(`${text}$`));
    await peer.send(`@label=${tags?.get("label")} :ann!u@h PRIVMSG #a :${text}`);
    assertEquals((await setup.told.take("message")).text, text);
  }
  await setup.session.settled(0);
});

Deno.test("a line that the server drops again and again is refused in the end", async () => {
  await using setup = setUp();
  const peer = await started(setup, ALL_CAPS);
  setup.session.say("#a", "one");
  for (let i = 0; i <= 5; i++) {
    const { tags } = await peer.expect(/one$/);
    await peer.send(`@label=${tags?.get("label")} ${THROTTLED}`, "PING :done");
    await peer.expect(/^PONG/);
    setup.clock.advance(4000);
  }
  const { line, reason } = await setup.told.take("refused");
  assertEquals([line?.text, reason], ["one", "*** Message to #a throttled due to flooding"]);
});

Deno.test("without labels and echoes, a notice of dropped lines does not confirm a line", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  setup.session.say("#a", "one");
  await peer.expect(/one$/);
  await peer.send(THROTTLED);
  await peer.answerPing();
  await peer.send("PING :nothing yet");
  await peer.expect(/^PONG/);
  setup.clock.advance(500);
  await peer.expect(/one$/);
  await peer.answerPing();
  assertEquals((await setup.told.take("message")).text, "one");
});

Deno.test("without the outcome of each line, lines follow slowly after the first few", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  for (let i = 0; i < 6; i++) setup.session.say("#a", String(i));
  await peer.expect(/0$/);
  const { params: [token] } = await peer.expect(/^PING/);
  for (const text of [/1$/, /2$/, /3$/]) await peer.expect(text);
  await peer.send(`:irc.test PONG irc.test :${token}`);
  await peer.answerPing();
  await peer.send("PING :no more");
  await peer.expect(/^PONG/);
  setup.clock.advance(334);
  await peer.expect(/4$/);
});

Deno.test("after Excess Flood, lines follow one by one, more slowly each time", async () => {
  await using setup = setUp();
  let peer = await started(setup, ALL_CAPS);
  for (const pause of [500, 1000]) {
    setup.session.say("#a", "lost");
    await peer.expect(/lost$/);
    await peer.send("ERROR :Closing Link: (Excess Flood)");
    peer.close();
    assertEquals((await setup.told.take("unconfirmed")).line.text, "lost");
    await setup.told.take("disconnected");
    setup.clock.advance(2000);
    peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
    for (const text of ["one", "two"]) setup.session.say("#a", text);
    const { tags } = await peer.expect(/one$/);
    await peer.send(`@label=${tags?.get("label")} :ann!u@h PRIVMSG #a :one`);
    await peer.send("PING :not yet");
    await peer.expect(/^PONG/);
    setup.clock.advance(pause - 1);
    await peer.send("PING :not yet");
    await peer.expect(/^PONG/);
    setup.clock.advance(1);
    const two = await peer.expect(/two$/);
    await peer.send(`@label=${two.tags?.get("label")} :ann!u@h PRIVMSG #a :two`);
    await setup.session.settled(0);
    setup.clock.advance(pause);
  }
});

Deno.test("a line that was shown before its answer is not shown again after it was dropped", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  setup.session.say("#a", "tea?");
  await peer.expect(/tea\?$/);
  await peer.send(THROTTLED, ":bob!u@h PRIVMSG #a :yes");
  await peer.answerPing();
  await peer.send("PING :nothing yet");
  await peer.expect(/^PONG/);
  assertEquals(setup.session.onTheirWay, []);
  setup.clock.advance(500);
  await peer.expect(/tea\?$/);
  await peer.answerPing();
  await setup.session.settled(0);
  const texts = setup.told.events.flatMap((event) => event.type === "message" ? [event.text] : []);
  assertEquals(texts, ["tea?", "yes"]);
});
