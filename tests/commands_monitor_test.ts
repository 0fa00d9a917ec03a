import { assertEquals } from "@std/assert";
import { parse } from "../protocol.ts";
import { TestServer } from "./support/server.ts";

Deno.test("who watches a nick is told when somebody goes by it, and when nobody does", async () => {
  await using server = new TestServer();
  const ada = await server.register("ada");
  assertEquals(await ada.ask("MONITOR + Bob,ADA"), [
    ":chat.test 730 ada ada!~ada@127.0.0.1",
    ":chat.test 731 ada Bob",
  ]);
  const bob = await server.register("bob");
  await bob.ask("NICK BOB");
  await bob.ask("NICK eve");
  await bob.ask("NICK bob");
  await bob.send("QUIT");
  await bob.untilEnd();
  assertEquals(await ada.heard(), [
    ":chat.test 730 * bob!~bob@127.0.0.1",
    ":chat.test 731 * BOB",
    ":chat.test 730 * bob!~bob@127.0.0.1",
    ":chat.test 731 * bob",
  ]);
});

Deno.test("the list is shown, asked about, shortened and cleared", async () => {
  await using server = new TestServer();
  const ada = await server.register("ada");
  await server.register("bob");
  await ada.ask("MONITOR + bob,Zoe");
  const end = ":chat.test 733 ada :End of MONITOR list";
  assertEquals(await ada.ask("MONITOR L"), [":chat.test 732 ada bob,Zoe", end]);
  assertEquals(await ada.ask("monitor s"), [
    ":chat.test 730 ada bob!~bob@127.0.0.1",
    ":chat.test 731 ada Zoe",
  ]);
  assertEquals(await ada.ask("MONITOR + ZOE"), [], "who is watched already is not added again");
  assertEquals(await ada.ask("MONITOR - zoe,nobody"), []);
  assertEquals(await ada.ask("MONITOR L"), [":chat.test 732 ada bob", end]);
  assertEquals(await ada.ask("MONITOR C"), []);
  assertEquals(await ada.ask("MONITOR L"), [end]);
  await server.register("zoe");
  assertEquals(await ada.heard(), []);
});

Deno.test("what is no nick cannot be watched, nor more nicks than there may be", async () => {
  await using server = new TestServer();
  const ada = await server.register("ada");
  assertEquals(await ada.ask("MONITOR + *!~bob@127.0.0.1"), [
    ":chat.test 432 ada *!~bob@127.0.0.1 :A nickname begins with a letter or one of []\\^_`{|}",
  ]);
  assertEquals(await ada.ask("MONITOR ?"), [
    ":chat.test FAIL MONITOR INVALID_PARAMS ? :MONITOR is followed by +, -, C, L or S",
  ]);
  const nicks = Array.from({ length: 102 }, (_, i) => `n${i}`.padEnd(32, "x"));
  for (let i = 0; i < nicks.length; i += 10) {
    await ada.send(`MONITOR + ${nicks.slice(i, i + 10).join(",")}`);
  }
  assertEquals(
    (await ada.heard()).at(-1),
    `:chat.test 734 ada 100 ${nicks.slice(100).join(",")} ` +
      ":Monitor list is full; take somebody off with MONITOR -",
  );
  const lines = await ada.ask("MONITOR L");
  const listed = lines.slice(0, -1).flatMap((line) => parse(line)?.params[1]?.split(",") ?? []);
  assertEquals(listed, nicks.slice(0, 100));
});

Deno.test("who asked for extended-monitor hears what else happens to those they watch, once", async () => {
  await using server = new TestServer();
  const caps = "extended-monitor away-notify setname";
  const ada = await server.register("ada", { caps });
  const near = await server.register("near", { caps, join: "#a" });
  const plain = await server.register("plain", { caps: "away-notify setname" });
  const half = await server.register("half", { caps: "extended-monitor" });
  const bob = await server.register("bob", { caps: "away-notify", join: "#a" });
  for (const client of [ada, near, plain, half]) await client.ask("MONITOR + bob");
  await bob.ask("AWAY tea");
  await bob.ask("SETNAME Robert");
  const heard = [":bob!~bob@127.0.0.1 AWAY tea", ":bob!~bob@127.0.0.1 SETNAME Robert"];
  assertEquals([await ada.heard(), await near.heard()], [heard, heard]);
  assertEquals([await plain.heard(), await half.heard()], [[], []]);
});
