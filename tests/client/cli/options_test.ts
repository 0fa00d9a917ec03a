import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { connect } from "../../../client.ts";
import { connectOptions } from "../../../client/cli/options.ts";
import { UsageError, UserError } from "../../../shared/errors.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { inTime } from "../../support/patience.ts";
import { ADA, serverWithAda } from "../../support/people.ts";
import { Pipes } from "../../support/pipes.ts";
import { Screen } from "../../support/screen.ts";

/** Returns the options of `chat connect HOST:PORT/a --nick ann` with these flags and environment. */
function options(port: number, flags: readonly string[], environment: [string, string][] = []) {
  const target = `127.0.0.1:${port}/a`;
  return connectOptions([target, "--nick", "ann", ...flags], new Map(environment));
}

Deno.test("without a terminal, the password is taken from the environment", async () => {
  await using server = await serverWithAda();
  const pipes = new Pipes();
  pipes.endInput();
  const environment: [string, string][] = [["CHAT_LOGIN_PASSWORD", ADA.password]];
  const given = options(server.port, ["--login", "ada"], environment);
  const exitCode = connect(given, { stdio: pipes, clock: new FakeClock() });
  assertEquals(await inTime(exitCode, "the exit code"), 0);
  const none = options(server.port, ["--login", "ada"]);
  const connecting = connect(none, { stdio: pipes, clock: new FakeClock() });
  await assertRejects(() => connecting, UserError, "set CHAT_LOGIN_PASSWORD");
});

Deno.test("a login by key asks for no password", async () => {
  const stdio = new Pipes();
  const given = options(1, ["--login", "ada", "--sasl", "external"]);
  await assertRejects(
    () => connect(given, { stdio, clock: new FakeClock() }),
    UserError,
    "nothing is listening",
  );
});

Deno.test("a terminal asks for the password and never shows it", async () => {
  await using server = await serverWithAda();
  await using screen = new Screen();
  const given = options(server.port, ["--login", "ada"]);
  const exitCode = connect(given, { stdio: screen, clock: new FakeClock() });
  await screen.shows("password of ada at 127.0.0.1:");
  screen.type(`${ADA.password}\r`);
  await screen.shows("as ann, logged in as ada");
  await screen.until(({ beforeCursor }) => beforeCursor === "[#a] ");
  screen.type("\x04");
  assertEquals(await exitCode, 0);
  assertEquals(screen.all.join("").includes(ADA.password), false);
});

Deno.test("Ctrl-C at the password prompt ends the client before it connects", async () => {
  await using screen = new Screen();
  const exitCode = connect(options(1, ["--login", "ada"]), { stdio: screen });
  await screen.shows("password of ada at 127.0.0.1:");
  screen.type("ses\x03");
  assertEquals(await exitCode, 130);
});

Deno.test("the nick is the account's name unless another is given", () => {
  const nickWith = (...flags: string[]) => connectOptions(["localhost", ...flags], new Map()).nick;
  assertEquals(nickWith("--login", "ada"), "ada");
  assertEquals(nickWith("--login", "ada", "--nick", "bob"), "bob");
  assertEquals(nickWith("--login", "ada@example.org"), "adaexampleorg");
});

const WRONG: readonly (readonly [flags: string[], message: string])[] = [
  [["--login", "ada", "--sasl", "md5"], "--sasl must be one of scram-sha-256, plain, external"],
  [["--sasl", "plain"], "add --login ACCOUNT"],
  [["--login", "a\x07da"], "--login needs the name of an account"],
];

for (const [flags, message] of WRONG) {
  Deno.test(`${JSON.stringify(flags)} is refused`, () => {
    assertThrows(() => connectOptions(["localhost", ...flags], new Map()), UsageError, message);
  });
}
