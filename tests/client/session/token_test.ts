import { assertEquals, assertMatch } from "@std/assert";
import { connect } from "../../../client.ts";
import { Token } from "../../../client/session/token.ts";
import { parse } from "../../../protocol.ts";
import { hello } from "../../support/client_user.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { BreakableSocket } from "../../support/breakable_socket.ts";
import { Recorder } from "../../support/recorder.ts";
import { TestServer } from "../../support/server.ts";
import { sessionAt } from "../../support/session.ts";

const USED = ":irc.test FAIL REDEEM TOKEN_USED :That token has already been used: ask for another";

/** Returns the warning that `line` causes, if it refuses `token`. */
function warningFor(token: Token, line: string): string | undefined {
  const message = parse(line);
  return message && token.refusedBy(message);
}

Deno.test("a token is sent at every connection until it is refused", () => {
  const token = new Token("abc");
  const given = { command: "REDEEM", params: ["abc"] };
  assertEquals(token.redeem(), given);
  assertEquals(warningFor(token, ":irc.test FAIL REDEEM RATE_LIMITED :Try again"), undefined);
  assertEquals(warningFor(token, ":irc.test FAIL REDEEM ACCOUNT_REQUIRED :Log in"), undefined);
  assertEquals(token.redeem(), given);
  assertEquals(
    warningFor(token, USED),
    "That token has already been used: ask for another. You are connected without the token. " +
      "If you have already used it, nothing is wrong, and you can leave out token=…",
  );
  assertEquals(token.redeem(), undefined);
});

Deno.test("a refusal after the token was answered, or of something else, does not refuse the token", () => {
  const token = new Token("abc");
  assertEquals(warningFor(token, USED), undefined);
  token.redeem();
  assertEquals(warningFor(token, ":irc.test FAIL LINK INVALID_TOKEN :No"), undefined);
  assertEquals(warningFor(token, ":irc.test NOTE REDEEM TOKEN_USED :No"), undefined);
  token.settle();
  assertEquals(warningFor(token, USED), undefined);
  assertEquals(token.redeem()?.params, ["abc"]);
});

Deno.test("an invalid token is reported once, however often the connection breaks", async () => {
  await using server = await TestServer.start();
  const told = new Recorder();
  const clock = new FakeClock();
  let socket: BreakableSocket | undefined;
  const session = sessionAt(server.port, told, {
    token: new Token("nothing"),
    room: "#a",
    clock,
    dial: async (hostname, port, signal) =>
      socket = new BreakableSocket(await Deno.connect({ hostname, port, signal })),
  });
  await session.start();
  const { text } = await told.take("warning");
  assertMatch(text, /^This server has no such token, .*You are connected without the token/);
  await told.take("connected");
  await told.take("members");
  socket?.break();
  await told.take("disconnected");
  clock.advance(60_000);
  await told.take("connected");
  await told.take("members");
  session.link("typo");
  assertMatch((await told.take("refused")).reason, /^This server has no such token, .*another$/);
  assertEquals(told.events.filter(({ type }) => type === "warning"), []);
  await session.leave("");
});

Deno.test("a wrong code after a valid token is reported as the code's error", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const [, text = ""] = /token=([\w-]+)/.exec((await ada.ask("INVITATION #a")).join()) ?? [];
  const told = new Recorder();
  const session = sessionAt(server.port, told, { token: new Token(text) });
  await session.start();
  await told.take("join");
  session.link("typo");
  assertMatch((await told.take("refused")).reason, /^This server has no such token, .*another$/);
  await session.leave("");
});

Deno.test("in a pipe, an invalid token is reported and does not fail", async () => {
  await using server = await TestServer.start();
  const stdio = hello();
  const options = {
    host: "127.0.0.1",
    port: server.port,
    nick: "ann",
    room: "#a",
    token: "nothing",
  };
  const parts = { stdio, clock: new FakeClock() };
  assertEquals(await connect({ ...options, follow: false, json: false }, parts), 0);
  assertMatch(stdio.err.text, /^chat: This server has no such token, .*\n$/);
});
