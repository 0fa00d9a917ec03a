// Tests of the private conversations that are there again after a restart of the client.

import { assert, assertEquals } from "@std/assert";
import { connect } from "../../../client.ts";
import { connectOptions } from "../../../client/cli/options.ts";
import { Closed } from "../../../client/session/closed.ts";
import { makeCertificate } from "../../../shared/certificate.ts";
import { Identity } from "../../../server/net/identity.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { Screen } from "../../support/screen.ts";
import { TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { shown } from "../../support/window.ts";

const SERVER = await makeCertificate({ names: ["localhost"], days: 1 });

/** Runs `act` in a client of the user ada, whose files are in `folder`. */
async function visit(
  server: TestServer,
  folder: TempFolder,
  act: (screen: Screen) => Promise<void>,
): Promise<void> {
  await using screen = new Screen(80, 24);
  const environment = new Map([["XDG_CONFIG_HOME", folder.path], ["LOGNAME", "root"]]);
  const url = `chat://127.0.0.1:${server.port}/a`;
  const options = connectOptions([url, "--nick", "ada"], environment);
  const exitCode = connect(options, { stdio: screen, clock: server.clock });
  await screen.shows("in #a:");
  await act(screen);
  screen.type("\x15/quit\r");
  await exitCode;
}

const row = (screen: Screen) => shown(screen).at(-2)?.trim();

Deno.test("private conversations are in the row again after a restart, behind the rooms, until they are closed", async () => {
  await using server = await TestServer.start({}, {
    identity: new Identity(SERVER),
    clock: new FakeClock(Date.now()),
  });
  using folder = new TempFolder();
  const jur = await server.register("Jür");
  await visit(server, folder, async (screen) => {
    screen.type("/join b\r");
    await screen.shows("in #b:");
    screen.type("/msg Jür hello\r");
    await screen.shows("-> Jür: hello");
    jur.send("PRIVMSG ada :hi ada");
    await screen.until((now) => row(now)?.includes("3 Jür") ?? false);
    screen.type("/go Jür\r");
    await screen.shows("<Jür> hi ada");
  });
  await visit(server, folder, async (screen) => {
    await screen.until((now) => row(now) === "1 #a  2 #b  3 Jür");
    assertEquals(shown(screen).at(-1), "[#a]");
    screen.type("/go Jür\r");
    await screen.shows("<Jür> hi ada");
    await screen.shows("<ada> hello");
    screen.type("/close\r");
    await screen.until((now) => !row(now)?.includes("Jür"));
  });
  await visit(server, folder, async (screen) => {
    await screen.until((now) => row(now) === "1 #a  2 #b");
    server.clock.advance(1000);
    jur.send("PRIVMSG ada :again");
    await screen.until((now) => row(now)?.includes("3 Jür 1") ?? false);
  });
  await visit(server, folder, async (screen) => {
    await screen.until((now) => row(now)?.startsWith("1 #a  2 #b  3 Jür") ?? false);
  });
});

Deno.test("a closed conversation stays closed when the person gets another nick", () => {
  let kept: readonly string[] = [];
  const store = { read: () => kept, keep: (words: readonly string[]) => kept = words };
  const closed = new Closed((nick) => nick.toLowerCase(), store);
  closed.add("rob", 500);
  closed.add("Bob", 1000);
  closed.rename("eve", "bob");
  closed.rename("bob", "Rob");
  assert(closed.has("rob", 1000) && !closed.has("rob", 1001) && !closed.has("bob", 0));
  assertEquals(kept, ["Rob", new Date(1000).toISOString()]);
});

Deno.test("a closed conversation stays closed until it has a newer message, and the list is bounded", () => {
  let kept: readonly string[] = ["damaged"];
  const store = { read: () => kept, keep: (words: readonly string[]) => kept = words };
  const closed = new Closed((nick) => nick.toLowerCase(), store);
  closed.add("Bob", 1000);
  assert(closed.has("bob", 1000) && !closed.has("bob", 1001) && !closed.has("eve", 0));
  closed.add("bob", 2000);
  assert(closed.has("Bob", 2000));
  for (let i = 0; i < 500; i++) closed.add(`n${i}`, 1000);
  assertEquals(kept.length, 1000);
  assert(!closed.has("bob", 2000) && closed.has("n0", 1000));
});
