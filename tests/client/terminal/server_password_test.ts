/** Tests of a server with a password: a user at a terminal is asked for it, and it is not shown. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { connect } from "../../../client.ts";
import { connectOptions } from "../../../client/cli/options.ts";
import { systemClock } from "../../../shared/clock.ts";
import { UserError } from "../../../shared/errors.ts";
import { Screen } from "../../support/screen.ts";
import { TestServer } from "../../support/server.ts";

const QUESTION = "password of the server 127.0.0.1:";

/** Returns how often the screen has shown the question. */
function questions(screen: Screen): number {
  return screen.all.filter((row) => row.startsWith(QUESTION)).length;
}

/** Connects Ada at the terminal; resolves to the exit code. */
function connectAda(server: TestServer, screen: Screen): Promise<number> {
  const options = connectOptions([`127.0.0.1:${server.port}/a`, "--nick", "ada"], new Map());
  return connect(options, { stdio: screen, clock: systemClock });
}

Deno.test("a user at a terminal is asked for the server's password, again if it was wrong", async () => {
  await using server = await TestServer.start({ password: "sesame" });
  await using screen = new Screen();
  const exitCode = connectAda(server, screen);
  await screen.shows(QUESTION);
  assert(screen.isRaw);
  screen.type("simsim\r");
  await screen.until(() => questions(screen) === 2);
  screen.type("sesame\r");
  await screen.shows("you joined #a");
  screen.type("/quit\r");
  assertEquals(await exitCode, 0);
  const shown = screen.all.join("\n");
  assert(!/sesame|simsim|CHAT_PASSWORD/.test(shown), shown);
});

Deno.test("after three wrong passwords the client ends with the server's refusal", async () => {
  await using server = await TestServer.start({ password: "sesame" });
  await using screen = new Screen();
  const exitCode = connectAda(server, screen);
  for (const count of [1, 2, 3]) {
    await screen.until(() => questions(screen) === count);
    screen.type("simsim\r");
  }
  await assertRejects(() => exitCode, UserError, "Check CHAT_PASSWORD");
  assertEquals([questions(screen), screen.isRaw, screen.handlers], [3, false, 0]);
});

Deno.test("a user without an invitation is not asked for a password", async () => {
  await using server = await TestServer.start({ inviteOnly: true });
  await using screen = new Screen();
  await assertRejects(
    () => connectAda(server, screen),
    UserError,
    "Ask a member for an invitation",
  );
  assertEquals(questions(screen), 0);
});

Deno.test("a user who gives no password ends the client as Ctrl-C does", async () => {
  await using server = await TestServer.start({ password: "sesame" });
  await using screen = new Screen();
  const exitCode = connectAda(server, screen);
  await screen.shows(QUESTION);
  screen.type("\x03");
  assertEquals(await exitCode, 130);
});
