import { assertEquals, assertThrows } from "@std/assert";
import { UsageError, UserError } from "../../../shared/errors.ts";
import { operators } from "../../../server/cli/operators.ts";
import { type Overrides, TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const ENVIRONMENT = new Map<string, string>();
const NOW = Date.UTC(2026, 0, 2);
const ADA = "ada!~ada@127.0.0.1";

/** Runs `chat operators` with these arguments for the server in `folder`; returns its output. */
function run(folder: TempFolder, line: string): string[] {
  return operators([...line.split(" "), "--data", folder.path], ENVIRONMENT, NOW);
}

/** Returns a server with its data in `folder`, on which Ada has an account. */
async function serverIn(folder: TempFolder, options: Overrides = {}): Promise<TestServer> {
  const server = await TestServer.start({ memory: false, data: folder.path, ...options });
  const ada = await server.register("ada");
  await ada.ask("REGISTER * * sesame");
  await ada.send("QUIT");
  await ada.untilEnd();
  return server;
}

Deno.test("a user whom the command adds while the server runs is an operator at the next login", async () => {
  using folder = new TempFolder();
  await using server = await serverIn(folder);
  assertEquals(run(folder, "list"), []);
  assertEquals(run(folder, "add ADA"), ["ada becomes an operator at the next login"]);
  assertEquals(run(folder, "list"), ["ada, since 2026-01-02"]);
  const ada = await server.connect();
  const greeting = await ada.introduce({ nick: "ada", login: ["ada", "sesame"] });
  assertEquals(greeting.slice(-2), [
    `:${ADA} MODE ada +o`,
    ":chat.test 381 ada :You are now an IRC operator",
  ]);
  const eda = await server.register("eda");
  const answer = await eda.ask("NS IDENTIFY ada sesame");
  assertEquals(answer.slice(1, 3), [
    ":eda!~eda@127.0.0.1 MODE eda +o",
    ":chat.test 381 eda :You are now an IRC operator",
  ]);
});

Deno.test("logging out of an operator's account, or removing the operator, ends the rights", async () => {
  using folder = new TempFolder();
  await using server = await serverIn(folder);
  run(folder, "add ada");
  const eda = await server.register("eda");
  await eda.ask("NS IDENTIFY ada sesame");
  await eda.ask("MODE eda +s");
  assertEquals((await eda.ask("NS LOGOUT"))[1], ":eda!~eda@127.0.0.1 MODE eda -os");
  assertEquals(run(folder, "remove ada"), ["ada is no longer an operator"]);
  assertEquals((await eda.ask("NS IDENTIFY ada sesame")).length, 2);
});

Deno.test("the rights of a removed operator end within a second, even while they are connected", async () => {
  using folder = new TempFolder();
  await using server = await serverIn(folder);
  run(folder, "add ada");
  const eda = await server.register("eda");
  await eda.ask("NS IDENTIFY ada sesame");
  await eda.ask("MODE eda +s");
  server.clock.advance(1000);
  assertEquals(await eda.ask("MODE eda"), [":chat.test 221 eda +os"]);
  run(folder, "remove ada");
  server.clock.advance(1000);
  assertEquals(await eda.next(), ":eda!~eda@127.0.0.1 MODE eda -os");
  assertEquals(await eda.ask("KILL eda"), [
    ":chat.test 481 eda :Permission denied - you're not an IRC operator",
  ]);
});

Deno.test("a removed operator who logs out, or in to another account, has no rights", async () => {
  using folder = new TempFolder();
  await using server = await serverIn(folder);
  run(folder, "add ada");
  const bob = await server.register("bob");
  await bob.ask("REGISTER * * shovel");
  for (const command of ["NS LOGOUT", "NS IDENTIFY bob shovel"]) {
    run(folder, "add ada");
    await bob.ask("NS IDENTIFY ada sesame");
    run(folder, "remove ada");
    await bob.ask(command);
    assertEquals(await bob.ask("MODE bob"), [":chat.test 221 bob +"]);
  }
});

Deno.test("rights from OPER outlast the account's, whichever came first", async () => {
  using folder = new TempFolder();
  await using server = await serverIn(folder, {
    operators: [{ name: "root", password: "secret" }],
  });
  run(folder, "add ada");
  const eda = await server.register("eda");
  await eda.ask("NS IDENTIFY ada sesame");
  assertEquals(await eda.ask("OPER root secret"), [
    ":chat.test 381 eda :You are now an IRC operator",
  ]);
  await eda.ask("NS LOGOUT");
  assertEquals(await eda.ask("MODE eda"), [":chat.test 221 eda +o"]);
  await eda.ask("NS IDENTIFY ada sesame");
  run(folder, "remove ada");
  server.clock.advance(1000);
  assertEquals(await eda.ask("MODE eda"), [":chat.test 221 eda +o"]);
});

Deno.test("rights that a user has given up come back by their account, and end with it", async () => {
  using folder = new TempFolder();
  await using server = await serverIn(folder, {
    operators: [{ name: "root", password: "secret" }],
  });
  run(folder, "add ada");
  const eda = await server.register("eda");
  await eda.ask("OPER root secret");
  await eda.ask("MODE eda -o");
  await eda.ask("NS IDENTIFY ada sesame");
  assertEquals(await eda.ask("MODE eda"), [":chat.test 221 eda +o"]);
  await eda.ask("NS LOGOUT");
  assertEquals(await eda.ask("MODE eda"), [":chat.test 221 eda +"]);
});

Deno.test("logging in to another account ends the rights of an operator's account", async () => {
  using folder = new TempFolder();
  await using server = await serverIn(folder);
  run(folder, "add ada");
  const bob = await server.register("bob");
  await bob.ask("REGISTER * * shovel");
  await bob.ask("NS IDENTIFY ada sesame");
  assertEquals((await bob.ask("NS IDENTIFY bob shovel"))[1], ":bob!~bob@127.0.0.1 MODE bob -o");
});

Deno.test("an operator by OPER stays an operator through logins and logouts", async () => {
  using folder = new TempFolder();
  await using server = await TestServer.start({
    operators: [{ name: "root", password: "secret" }],
  });
  const ada = await server.register("ada");
  await ada.ask("REGISTER * * sesame");
  await ada.ask("OPER root secret");
  await ada.ask("NS LOGOUT");
  assertEquals(await ada.ask("MODE ada"), [":chat.test 221 ada +o"]);
  assertThrows(() => run(folder, "list"), UserError, "there is no database in");
});

Deno.test("invalid arguments and unknown accounts are refused with the reason", async () => {
  using folder = new TempFolder();
  await using _server = await serverIn(folder);
  for (const line of ["", "ad ada", "add", "add ada bob", "list ada", "remove"]) {
    assertThrows(() => run(folder, line), UsageError, "use `chat operators add NAME`");
  }
  assertThrows(() => run(folder, "add eve"), UserError, "there is no account eve");
  assertThrows(() => run(folder, "remove ada"), UserError, "ada is not an operator");
});
