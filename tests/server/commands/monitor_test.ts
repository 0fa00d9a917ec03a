import { assertEquals } from "@std/assert";
import { parse } from "../../../protocol.ts";
import { TestServer } from "../../support/server.ts";

Deno.test("MONITOR reports when a nick comes into use and when it goes out of use", async () => {
  await using server = await TestServer.start();
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

Deno.test("MONITOR L, S, - and C list, query, shorten and clear the list", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  await server.register("bob");
  await ada.ask("MONITOR + bob,Zoe");
  const end = ":chat.test 733 ada :End of MONITOR list";
  assertEquals(await ada.ask("MONITOR L"), [":chat.test 732 ada bob,Zoe", end]);
  assertEquals(await ada.ask("monitor s"), [
    ":chat.test 730 ada bob!~bob@127.0.0.1",
    ":chat.test 731 ada Zoe",
  ]);
  assertEquals(await ada.ask("MONITOR + ZOE,bob,BOB"), [
    ":chat.test 730 ada bob!~bob@127.0.0.1",
    ":chat.test 731 ada ZOE",
  ], "a nick that is monitored already is answered, too, and not added twice");
  assertEquals(await ada.ask("MONITOR - zoe,nobody"), []);
  assertEquals(await ada.ask("MONITOR L"), [":chat.test 732 ada bob", end]);
  assertEquals(await ada.ask("MONITOR C"), []);
  assertEquals(await ada.ask("MONITOR L"), [end]);
  await server.register("zoe");
  assertEquals(await ada.heard(), []);
});

Deno.test("MONITOR refuses invalid nicks, and nicks over its limit", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  assertEquals(await ada.ask("MONITOR + *!~bob@127.0.0.1"), [
    ":chat.test 432 ada *!~bob@127.0.0.1 :A nick must begin with a letter or one of []\\^_`{|}",
  ]);
  assertEquals(await ada.ask("MONITOR ?"), [
    ":chat.test FAIL MONITOR INVALID_PARAMS ? :MONITOR takes +, -, C, L or S",
  ]);
  const nicks = Array.from({ length: 102 }, (_, i) => `n${i}`.padEnd(32, "x"));
  for (let i = 0; i < nicks.length; i += 10) {
    await ada.send(`MONITOR + ${nicks.slice(i, i + 10).join(",")}`);
  }
  assertEquals(
    (await ada.heard()).at(-1),
    `:chat.test 734 ada 100 ${nicks.slice(100).join(",")} ` +
      ":Monitor list is full; remove a nick with MONITOR -",
  );
  const lines = await ada.ask("MONITOR L");
  const listed = lines.slice(0, -1).flatMap((line) => parse(line)?.params[1]?.split(",") ?? []);
  assertEquals(listed, nicks.slice(0, 100));
});

Deno.test("extended-monitor reports further events of monitored users, once", async () => {
  await using server = await TestServer.start();
  const caps = "extended-monitor away-notify setname";
  const ada = await server.register("ada", { caps });
  const sharing = await server.register("near", { caps, join: "#a" });
  const withoutMonitor = await server.register("plain", { caps: "away-notify setname" });
  const withoutEvents = await server.register("half", { caps: "extended-monitor" });
  const bob = await server.register("bob", { caps: "away-notify", join: "#a" });
  for (const client of [ada, sharing, withoutMonitor, withoutEvents]) {
    await client.ask("MONITOR + bob");
  }
  await bob.ask("AWAY tea");
  await bob.ask("SETNAME Robert");
  const heard = [":bob!~bob@127.0.0.1 AWAY tea", ":bob!~bob@127.0.0.1 SETNAME Robert"];
  assertEquals([await ada.heard(), await sharing.heard()], [heard, heard]);
  assertEquals([await withoutMonitor.heard(), await withoutEvents.heard()], [[], []]);
});

Deno.test("each client of a user has a MONITOR list of its own, which ends with its connection", async () => {
  await using server = await TestServer.start();
  const desk = await server.register("ada");
  for (const line of ["REGISTER * * sesame", "PRIVMSG NickServ :STAY on"]) await desk.ask(line);
  const login = ["ada", "sesame"] as const;
  const phone = await server.register("ada", { login });
  const offline = [":chat.test 731 ada zed"];
  assertEquals(await desk.ask("MONITOR + zed"), offline);
  assertEquals(await phone.ask("MONITOR + zed"), offline);
  await phone.ask("MONITOR C");
  const zed = await server.register("zed");
  const online = [":chat.test 730 * zed!~zed@127.0.0.1"];
  assertEquals([await desk.heard(), await phone.heard()], [online, []]);
  assertEquals(await phone.ask("MONITOR + zed"), [":chat.test 730 ada zed!~zed@127.0.0.1"]);
  for (const client of [desk, phone]) await client.close();
  await server.until(() => server.server.counts.connections === 1, zed);
  const back = await server.register("ada", { login });
  assertEquals(await back.ask("MONITOR L"), [":chat.test 733 ada :End of MONITOR list"]);
  await back.ask("PRIVMSG NickServ :STAY off");
});

Deno.test("the events of a monitored nick go to the client that monitors it, not to the user's other clients", async () => {
  await using server = await TestServer.start();
  const caps = "extended-monitor away-notify batch draft/metadata-3";
  const desk = await server.register("ada", { caps });
  await desk.ask("REGISTER * * sesame");
  const phone = await server.register("ada", { caps, login: ["ada", "sesame"] });
  const bob = await server.register("bob", { caps: "draft/metadata-3" });
  for (const client of [desk, phone]) await client.ask("METADATA * SUB display-name");
  await desk.ask("MONITOR + bob");
  await phone.heard();
  await bob.ask("AWAY :tea");
  await bob.ask("METADATA * SET display-name :Bob");
  assertEquals(await desk.heard(), [
    ":bob!~bob@127.0.0.1 AWAY tea",
    ":chat.test 761 * bob display-name * Bob",
  ]);
  assertEquals(await phone.heard(), []);
});
