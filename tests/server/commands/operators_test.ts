import { assert, assertEquals } from "@std/assert";
import { TRIES, TRY_SECONDS } from "../../../server/auth/logins.ts";
import { UserError } from "../../../shared/errors.ts";
import { testOptions, TestServer } from "../../support/server.ts";

const OPERATORS = {
  operators: [{ name: "root", password: "secret" }, { name: "eve", password: "päss" }],
};
const ADA = "ada!~ada@127.0.0.1";

Deno.test("OPER with the right name and password makes an operator, and MODE -o ends it", async () => {
  await using server = await TestServer.start(OPERATORS);
  const ada = await server.register("ada");
  const welcome = ":chat.test 381 ada :You are now an IRC operator";
  assertEquals(await ada.ask("OPER eve päss"), [`:${ADA} MODE ada +o`, welcome]);
  assertEquals(await ada.ask("OPER root secret"), [welcome]);
  assertEquals(await ada.ask("MODE ada"), [":chat.test 221 ada +o"]);
  assertEquals(await ada.ask("MODE ada -o"), [`:${ADA} MODE ada -o`]);
  assertEquals(await ada.ask("KILL ada"), [
    ":chat.test 481 ada :Permission denied - you're not an IRC operator",
  ]);
});

Deno.test("OPER with a wrong name or password is refused and logged without the password", async () => {
  await using server = await TestServer.start(OPERATORS);
  const ada = await server.register("ada");
  server.log.splice(0);
  for (
    const given of ["root wrong", "root :", "nobody secret", "eve secret", "ROOT secret"]
  ) {
    assertEquals(await ada.ask(`OPER ${given}`), [
      ":chat.test 464 ada :Wrong operator name or password",
    ]);
  }
  assertEquals(await ada.ask("OPER root"), [":chat.test 461 ada OPER :Not enough parameters"]);
  assertEquals(new Set(server.log.map(([message]) => message)), new Set(["OPER refused"]));
  assert(!/secret|wrong|päss/.test(JSON.stringify(server.log)));
});

Deno.test("after too many wrong passwords, OPER refuses the right password until the limit ends", async () => {
  await using server = await TestServer.start(OPERATORS);
  const ada = await server.register("ada");
  for (let i = 0; i < TRIES; i++) await ada.ask(`OPER root wrong${i}`);
  server.log.splice(0);
  assertEquals(await ada.ask("OPER root secret"), [
    ":chat.test 464 ada :Too many wrong passwords; try again in a minute",
  ]);
  assertEquals(server.log, [
    ["OPER refused", { nick: "ada", address: "127.0.0.1", reason: "too often" }],
  ]);
  server.clock.advance(TRY_SECONDS * 1000);
  assertEquals((await ada.ask("OPER root secret")).length, 2);
});

Deno.test("KILL disconnects a user, and members of their channels see the reason", async () => {
  await using server = await TestServer.start(OPERATORS);
  const ada = await server.register("ada");
  await ada.ask("OPER root secret");
  for (const [comment, reason] of [["", "Killed (ada)"], [" :spam", "Killed (ada (spam))"]]) {
    const bob = await server.register("bob", { join: "#a" });
    const eve = await server.register("eve", { join: "#a" });
    await bob.heard();
    assertEquals(await ada.ask(`KILL BOB${comment}`), []);
    assertEquals(await bob.untilEnd(), [`ERROR :${reason}`]);
    assertEquals(await eve.heard(), [`:bob!~bob@127.0.0.1 QUIT :${reason}`]);
    await eve.ask("NICK gone" + reason?.length);
  }
  assertEquals(await ada.ask("KILL bob"), [":chat.test 401 ada bob :No such nick or channel"]);
  assertEquals(await ada.ask("KILL"), [":chat.test 461 ada KILL :Not enough parameters"]);
});

Deno.test("an operator can KILL themselves", async () => {
  await using server = await TestServer.start(OPERATORS);
  const ada = await server.register("ada");
  await ada.ask("OPER root secret");
  await ada.send("KILL ada");
  assertEquals(await ada.untilEnd(), ["ERROR :Killed (ada)"]);
});

Deno.test("KILL by a user that is no operator is refused", async () => {
  await using server = await TestServer.start(OPERATORS);
  const ada = await server.register("ada");
  await server.register("bob");
  for (const line of ["KILL bob :x", "KILL"]) {
    assertEquals(await ada.ask(line), [
      ":chat.test 481 ada :Permission denied - you're not an IRC operator",
    ]);
  }
  assertEquals(await ada.ask("ISON bob"), [":chat.test 303 ada bob"]);
});

Deno.test("the log contains no messages and no passwords", async () => {
  await using server = await TestServer.start({ ...OPERATORS, password: "sesame", plainPort: 0 });
  const ada = await server.register("ada", { password: "sesame", join: "#a" });
  const bob = await server.register("bob", { password: "sesame" });
  for (const line of ["OPER root secret", "PRIVMSG #a :whisper", "PRIVMSG bob :whisper"]) {
    await ada.ask(line);
  }
  for (
    const line of ["TOPIC #a :whisper", "AWAY :whisper", "MODE #a +k key", "KILL bob :whisper"]
  ) {
    await ada.ask(line);
  }
  await bob.untilEnd();
  assert(server.log.length > 0);
  assert(!/sesame|secret|key/.test(JSON.stringify(server.log)), JSON.stringify(server.log));
});

Deno.test("WALLOPS reaches only users with mode +w", async () => {
  await using server = await TestServer.start(OPERATORS);
  const ada = await server.register("ada", { caps: "echo-message" });
  const bob = await server.register("bob");
  const eve = await server.register("eve");
  assertEquals(await bob.ask("MODE bob +w"), [":bob!~bob@127.0.0.1 MODE bob +w"]);
  assertEquals(await ada.ask("WALLOPS :tea?"), [
    ":chat.test 481 ada :Permission denied - you're not an IRC operator",
  ]);
  await ada.ask("OPER root secret");
  assertEquals(await ada.ask("WALLOPS :tea?"), []);
  assertEquals(await bob.heard(), [`:${ADA} WALLOPS :tea?`]);
  assertEquals(await eve.heard(), []);
  assertEquals(await ada.ask("WALLOPS :"), [":chat.test 461 ada WALLOPS :Not enough parameters"]);
});

Deno.test("operators with mode +s get a notice of each connection, KILL and refusal", async () => {
  await using server = await TestServer.start(OPERATORS);
  const ada = await server.register("ada");
  await ada.ask("OPER root secret");
  await ada.ask("MODE ada +s");
  const bob = await server.register("bob");
  const notice = ":chat.test NOTICE * :*** ";
  assertEquals(await ada.heard(), [`${notice}Connected: bob!~bob@127.0.0.1`]);
  assertEquals(await ada.ask("KILL bob :spam"), [
    `${notice}Killed: bob!~bob@127.0.0.1 by ada: spam`,
  ]);
  await bob.untilEnd();
  const refused = await server.connect();
  await refused.send("POST / HTTP/1.1");
  await refused.untilEnd();
  assertEquals(await ada.heard(), [`${notice}Refused 127.0.0.1: The client speaks HTTP`]);
});

Deno.test("user mode +s is for operators only, and -o removes it", async () => {
  await using server = await TestServer.start(OPERATORS);
  const ada = await server.register("ada");
  assertEquals(await ada.ask("MODE ada +s"), []);
  await ada.ask("OPER root secret");
  await ada.ask("MODE ada +s");
  assertEquals(await ada.ask("MODE ada -o"), [`:${ADA} MODE ada -os`]);
  await server.register("bob");
  assertEquals(await ada.heard(), []);
});

Deno.test("notices to operators are limited in rate", async () => {
  await using server = await TestServer.start(OPERATORS);
  const ada = await server.register("ada");
  await ada.ask("OPER root secret");
  await ada.ask("MODE ada +s");
  for (let i = 0; i < 60; i++) {
    const client = await server.connect();
    await client.send("QUIT");
    await client.untilEnd();
  }
  assertEquals((await ada.heard()).length, 50);
  server.clock.advance(1000);
  await server.register("bob");
  assertEquals((await ada.heard()).length, 1);
});

Deno.test("REHASH reloads the message of the day, the operators and the limits", async () => {
  const config = "chat.json";
  const reloaded = testOptions({
    motd: ["tea is ready"],
    operators: [{ name: "new", password: "secret" }],
    limits: { connectionsPerAddress: 2 },
  });
  await using server = await TestServer.start({ ...OPERATORS, config }, { reload: () => reloaded });
  const ada = await server.register("ada");
  assertEquals(await ada.ask("REHASH"), [
    ":chat.test 481 ada :Permission denied - you're not an IRC operator",
  ]);
  await ada.ask("OPER root secret");
  const [reloading] = await ada.ask("REHASH");
  assertEquals(reloading, ":chat.test 382 ada chat.json :Reloading the configuration file");
  assertEquals((await ada.ask("MOTD"))[1], ":chat.test 372 ada :- tea is ready");
  const bob = await server.register("bob");
  assertEquals((await bob.ask("OPER root secret"))[0]?.split(" ")[1], "464");
  assertEquals((await bob.ask("OPER new secret")).at(-1)?.split(" ")[1], "381");
  const third = await server.connect();
  assertEquals(await third.untilEnd(), ["ERROR :Too many connections from your address"]);
});

Deno.test("REHASH changes nothing if the file is wrong or there is none", async () => {
  const reload = () => {
    throw new UserError("chat.json, line 1, column 2: bad");
  };
  await using server = await TestServer.start({ ...OPERATORS, motd: ["old"] }, { reload });
  await using withoutFile = await TestServer.start(OPERATORS);
  const ada = await server.register("ada", { caps: "standard-replies" });
  await ada.ask("OPER root secret");
  assertEquals(await ada.ask("REHASH"), [
    ":chat.test FAIL REHASH CONFIG_BAD :Nothing has changed: chat.json, line 1, column 2: bad",
  ]);
  assertEquals((await ada.ask("MOTD"))[1], ":chat.test 372 ada :- old");
  const bob = await withoutFile.register("bob");
  await bob.ask("OPER root secret");
  assertEquals(await bob.ask("REHASH"), [
    ":chat.test NOTICE bob :Nothing has changed: the server has no configuration file: start it with --config",
  ]);
});
