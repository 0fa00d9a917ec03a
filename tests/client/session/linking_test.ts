import { assertEquals, assertRejects } from "@std/assert";
import { linkBeforehand } from "../../../client/session/linking.ts";
import { UserError } from "../../../shared/errors.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { FakeStream } from "../../support/fake_stream.ts";

/** Begins to redeem a code, up to the welcome of the server. */
async function begin() {
  const stream = Object.assign(new FakeStream(), { showsKey: true });
  const linked = linkBeforehand("ABCD-EFGH", {
    host: "irc.test",
    port: 7342,
    nick: "link-1",
    clock: new FakeClock(),
    dial: () => Promise.resolve(stream),
    signal: new AbortController().signal,
  });
  await stream.expect(/^CAP LS 302$/);
  await stream.expect(/^REDEEM ABCD-EFGH$/);
  await stream.expect(/^NICK link-1$/);
  await stream.expect(/^USER /);
  await stream.say(":irc.test CAP * LS :sasl=EXTERNAL");
  await stream.expect(/^CAP REQ :?sasl$/);
  await stream.say(":irc.test CAP * ACK :sasl");
  // The client says that it returns, so that the server makes no account for its nick.
  await stream.expect(/^AUTHENTICATE EXTERNAL$/);
  await stream.say("AUTHENTICATE +");
  await stream.expect(/^AUTHENTICATE \+$/);
  await stream.say(":irc.test 904 link-1 :Unknown");
  await stream.expect(/^CAP END$/);
  return { stream, linked };
}

/** Welcomes the client, tells it the result, and lets it go. */
async function finish(stream: FakeStream, result: string): Promise<void> {
  await stream.say(":irc.test 001 link-1 :Welcome", result);
  await stream.answerPing();
  await stream.answerPing();
  await stream.expect(/^QUIT$/);
  stream.close("left");
}

Deno.test("a code logs a new browser in to the account, in no room", async () => {
  const { stream, linked } = await begin();
  await finish(stream, ":irc.test 900 link-1 link-1!u@h ada :You are now logged in as ada");
  assertEquals(await linked, { account: "ada" });
});

Deno.test("a code that the server refuses leads to its reason", async () => {
  const { stream, linked } = await begin();
  await finish(stream, ":irc.test FAIL REDEEM TOKEN_EXPIRED :That token has expired");
  assertEquals(await linked, { reason: "That token has expired" });
});

Deno.test("a server that ignores the code leads to a reason, too", async () => {
  const { stream, linked } = await begin();
  await finish(stream, ":irc.test 251 link-1 :There is 1 user");
  assertEquals(await linked, { reason: "the server did not answer" });
});

Deno.test("a server that does not accept the client fails the linking", async () => {
  const { stream, linked } = await begin();
  await stream.say(":irc.test 465 link-1 :You are banned");
  await assertRejects(() => linked, UserError, "You are banned");
});
