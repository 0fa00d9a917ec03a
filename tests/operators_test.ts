import { assertEquals, assertThrows } from "@std/assert";
import { UsageError, UserError } from "../errors.ts";
import { operators } from "../server/config/operators.ts";
import { TestServer } from "./support/server.ts";
import { TempFolder } from "./support/temp_folder.ts";

const NOWHERE = new Map<string, string>();
const NOW = Date.UTC(2026, 0, 2);
const ADA = "ada!~ada@127.0.0.1";

/** What `chat operators` prints for these words, of the server in `folder`. */
function say(folder: TempFolder, line: string): string[] {
  return operators([...line.split(" "), "--data", folder.path], NOWHERE, NOW);
}

/** A server that keeps what happens in `folder`, on which Ada has an account. */
async function serverIn(folder: TempFolder): Promise<TestServer> {
  const server = new TestServer({ memory: false, data: folder.path });
  const ada = await server.register("ada");
  await ada.ask("REGISTER * * sesame");
  await ada.send("QUIT");
  await ada.untilEnd();
  return server;
}

Deno.test("an account is made an operator's while the server runs, and is one at the next login", async () => {
  using folder = new TempFolder();
  await using server = await serverIn(folder);
  assertEquals(say(folder, "list"), []);
  assertEquals(say(folder, "add ADA"), ["ada is an operator from the next login on"]);
  assertEquals(say(folder, "list"), ["ada, since 2026-01-02"]);
  const ada = await server.connect();
  const greeting = await ada.introduce({ nick: "ada", login: ["ada", "sesame"] });
  assertEquals(greeting.slice(-2), [
    `:${ADA} MODE ada +o`,
    ":chat.test 381 ada :You are now an IRC operator",
  ]);
  const eda = await server.register("eda");
  const answer = await eda.ask("NS IDENTIFY ada sesame");
  assertEquals(answer.slice(1), [
    ":eda!~eda@127.0.0.1 MODE eda +o",
    ":chat.test 381 eda :You are now an IRC operator",
  ]);
});

Deno.test("who logs out of an operator's account is none any more, nor who is removed", async () => {
  using folder = new TempFolder();
  await using server = await serverIn(folder);
  say(folder, "add ada");
  const eda = await server.register("eda");
  await eda.ask("NS IDENTIFY ada sesame");
  await eda.ask("MODE eda +s");
  assertEquals((await eda.ask("NS LOGOUT")).slice(1), [":eda!~eda@127.0.0.1 MODE eda -os"]);
  assertEquals(say(folder, "remove ada"), ["ada is no operator any more from the next login on"]);
  assertEquals((await eda.ask("NS IDENTIFY ada sesame")).length, 1);
});

Deno.test("who goes from an operator's account to another is none any more", async () => {
  using folder = new TempFolder();
  await using server = await serverIn(folder);
  say(folder, "add ada");
  const bob = await server.register("bob");
  await bob.ask("REGISTER * * shovel");
  await bob.ask("NS IDENTIFY ada sesame");
  assertEquals((await bob.ask("NS IDENTIFY bob shovel"))[1], ":bob!~bob@127.0.0.1 MODE bob -o");
});

Deno.test("who is an operator by OPER stays one when they log in and out", async () => {
  using folder = new TempFolder();
  await using server = new TestServer({ operators: [{ name: "root", password: "secret" }] });
  const ada = await server.register("ada");
  await ada.ask("REGISTER * * sesame");
  await ada.ask("OPER root secret");
  await ada.ask("NS LOGOUT");
  assertEquals(await ada.ask("MODE ada"), [":chat.test 221 ada +o"]);
  assertThrows(() => say(folder, "list"), UserError, "there is no server's database in");
});

Deno.test("what makes no sense, or cannot be done, is refused with what would be right", async () => {
  using folder = new TempFolder();
  await using _server = await serverIn(folder);
  for (const line of ["", "ad ada", "add", "add ada bob", "list ada", "remove"]) {
    assertThrows(() => say(folder, line), UsageError, "say operators add NAME");
  }
  assertThrows(() => say(folder, "add eve"), UserError, "there is no account eve");
  assertThrows(() => say(folder, "remove ada"), UserError, "ada is no operator");
});
