import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { connect } from "../../../client.ts";
import { connectOptions } from "../../../client/cli/options.ts";
import { UsageError, UserError } from "../../../shared/errors.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { FakeServer, type Peer } from "../../support/fake_server.ts";
import { Pipes } from "../../support/pipes.ts";
import { Screen } from "../../support/screen.ts";

/** Returns a port of this machine that nothing is listening on. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Runs `chat connect` with the flags at this port. */
function connectTo(port: number, flags: readonly string[]) {
  const stdio = new Pipes();
  const clock = new FakeClock();
  const options = connectOptions(
    [`irc://127.0.0.1:${port}/a`, "--nick", "ann", ...flags],
    new Map(),
  );
  const exitCode = connect(options, { stdio, clock, random: () => 1 });
  return { clock, stdio, exitCode };
}

Deno.test("--wait keeps trying until the server is up, and says so", async () => {
  const port = freePort();
  const { clock, stdio, exitCode } = connectTo(port, ["--wait", "5m"]);
  await stdio.err.has("the server is not ready yet (nothing is listening on ");
  await using server = new FakeServer(port);
  clock.advance(5000);
  const peer = await server.acceptInRoom();
  stdio.endInput();
  await peer.expect(/^QUIT/);
  peer.close();
  assertEquals(await exitCode, 0);
  assertEquals(stdio.err.lines.length, 1);
  assert(stdio.err.text.includes("trying again for 5m"), stdio.err.text);
});

/** The first answers of servers that are not ready yet, with what the client says of them. */
const NOT_READY:
  readonly (readonly [what: string, answer: (peer: Peer) => unknown, text: string])[] = [
    [
      "a port that accepts connections, but does not answer yet",
      (peer) => peer.close(),
      "it closed the connection without an answer",
    ],
    [
      "a server of a cluster that cannot reach the others",
      (peer) =>
        peer.send(
          ":irc.test FAIL CAP TEMPORARILY_UNAVAILABLE :Try again soon",
          "ERROR :Try again soon",
        ),
      "did not accept the connection: Try again soon): trying again for 1m",
    ],
  ];

for (const [what, answer, text] of NOT_READY) {
  Deno.test(`--wait also waits for ${what}`, async () => {
    await using server = new FakeServer();
    const { clock, stdio, exitCode } = connectTo(server.port, ["--wait", "1m"]);
    await answer(await server.accept());
    await stdio.err.has(text);
    clock.advance(5000);
    const peer = await server.acceptInRoom();
    stdio.endInput();
    await peer.expect(/^QUIT/);
    peer.close();
    assertEquals(await exitCode, 0);
  });
}

Deno.test("the client says what is wrong, at once without --wait, or else after its time", async () => {
  const port = freePort();
  const { clock, stdio, exitCode } = connectTo(port, ["--wait", "1s"]);
  const failed = assertRejects(() => exitCode, UserError, "nothing is listening on");
  await stdio.err.has("trying again for 1s");
  clock.advance(1000);
  await failed;
  await assertRejects(() => connectTo(port, []).exitCode, UserError, "nothing is listening on");
});

Deno.test("--wait does not try again after a refusal of the server", async () => {
  await using server = new FakeServer();
  const { exitCode } = connectTo(server.port, ["--wait", "5m"]);
  const failed = assertRejects(() => exitCode, UserError, "CHAT_PASSWORD");
  const peer = await server.accept();
  await peer.expect(/^CAP LS 302$/);
  await peer.send(":irc.test 464 * :Password incorrect");
  await failed;
});

Deno.test("a terminal shows that the server is not ready yet", async () => {
  await using screen = new Screen(120, 10);
  const options = connectOptions([`127.0.0.1:${freePort()}`, "--wait", "1s"], new Map());
  const clock = new FakeClock();
  const failed = assertRejects(
    () => connect(options, { stdio: screen, clock, random: () => 1 }),
    UserError,
    "nothing is listening on",
  );
  await screen.shows("the server is not ready yet");
  clock.advance(1000);
  await failed;
});

Deno.test("--wait must be a time", () => {
  for (const wait of ["5", "soon", "-5m", "5m!"]) {
    const parse = () => connectOptions(["host", `--wait=${wait}`], new Map());
    assertThrows(parse, UsageError, "such as 30s");
  }
});
