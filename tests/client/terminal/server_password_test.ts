/** Tests of a server with a password: a user at a terminal is asked for it, and it is not shown. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { connect } from "../../../client.ts";
import { connectOptions } from "../../../client/cli/options.ts";
import { systemClock } from "../../../shared/clock.ts";
import { UserError } from "../../../shared/errors.ts";
import { Screen } from "../../support/screen.ts";
import { TestServer } from "../../support/server.ts";
import { everything, shown } from "../../support/window.ts";

const QUESTION = "password of the server 127.0.0.1:";
const WRONG = "Wrong password";

/** Waits until the question is in the place of the input line, after `count` wrong passwords. */
async function isAsked(screen: Screen, count = 0): Promise<void> {
  await screen.until((now) => now.all.filter((row) => row.includes(WRONG)).length === count);
  await screen.until((now) => shown(now).at(-1) === QUESTION);
}

/** Connects Ada at the terminal; resolves to the exit code. */
function connectAda(server: TestServer, screen: Screen): Promise<number> {
  const options = connectOptions([`127.0.0.1:${server.port}/a`, "--nick", "ada"], new Map());
  return connect(options, { stdio: screen, clock: systemClock });
}

/** The ways to type a password: in one go, and key by key. */
const WAYS: readonly [way: string, type: (screen: Screen, keys: string) => void][] = [
  ["in one go", (screen, keys) => screen.type(keys)],
  ["key by key", (screen, keys) => [...keys].forEach((key) => screen.type(key))],
];

for (const [way, type] of WAYS) {
  Deno.test(`a user at a terminal is asked for the server's password, again if it was wrong, and types it ${way}`, async () => {
    await using server = await TestServer.start({ password: "sesame" });
    await using screen = new Screen();
    const exitCode = connectAda(server, screen);
    await isAsked(screen);
    assert(screen.isRaw);
    type(screen, "simsim\r");
    await isAsked(screen, 1);
    type(screen, "sesame\r");
    await screen.shows("you joined #a");
    screen.type("/quit\r");
    assertEquals(await exitCode, 0);
    const all = screen.all.join("\n");
    assert(!/sesame|simsim|CHAT_PASSWORD/.test(all), all);
  });
}

Deno.test("what the user has typed before the question is not the password, and is there and said afterwards", async () => {
  await using server = await TestServer.start({ password: "sesame" });
  await using screen = new Screen(80, 16);
  const exitCode = connectAda(server, screen);
  screen.type("tea?\rhalf a ");
  await isAsked(screen);
  screen.type("sesame\r");
  await screen.until((now) => shown(now).at(-1) === "[#a] half a");
  screen.type("line\r");
  await screen.until(({ all }) => all.some((line) => line.endsWith("<ada> half a line")));
  const said = everything(screen).flatMap((line) => /<ada> (.*)/.exec(line)?.[1] ?? []);
  assertEquals(said, ["tea?", "half a line"]);
  screen.type("\x04");
  assertEquals(await exitCode, 0);
});

Deno.test("after three wrong passwords the client ends with the server's refusal", async () => {
  await using server = await TestServer.start({ password: "sesame" });
  await using screen = new Screen(100, 16);
  const exitCode = connectAda(server, screen);
  screen.type("tea?\r");
  for (const count of [0, 1, 2]) {
    await isAsked(screen, count);
    screen.type("simsim\r");
  }
  await assertRejects(() => exitCode, UserError, "Check CHAT_PASSWORD");
  await screen.shows("not sent: tea? (there was no connection to 127.0.0.1)");
  assertEquals([screen.isRaw, screen.handlers], [false, 0]);
  assert(!screen.all.join().includes(QUESTION));
});

Deno.test("a user without an invitation is not asked for a password", async () => {
  await using server = await TestServer.start({ inviteOnly: true });
  await using screen = new Screen();
  await assertRejects(
    () => connectAda(server, screen),
    UserError,
    "Ask a member for an invitation",
  );
  assert(!screen.all.join().includes(QUESTION));
});

for (const [way, leave] of [["Ctrl-C", "\x03"], ["the end of the input", undefined]] as const) {
  Deno.test(`${way} at the question for the password ends the client, and says what is not sent`, async () => {
    await using server = await TestServer.start({ password: "sesame" });
    await using screen = new Screen(100, 16);
    const exitCode = connectAda(server, screen);
    screen.type("tea?\r");
    await isAsked(screen);
    if (leave) screen.type(`se${leave}`);
    else screen.close();
    assertEquals(await exitCode, 130);
    await screen.shows("not sent: tea? (there was no connection to 127.0.0.1)");
    assertEquals([screen.isRaw, screen.handlers], [false, 0]);
  });
}
