import { assertEquals } from "@std/assert";
import { TestServer } from "../../support/server.ts";

const OPERATORS = { operators: [{ name: "root", password: "secret" }] };

Deno.test("USERHOST shows up to five users, with marks for away and for operators", async () => {
  await using server = await TestServer.start(OPERATORS);
  const ada = await server.register("ada");
  const bob = await server.register("bob");
  await bob.ask("AWAY :asleep");
  await bob.ask("OPER root secret");
  assertEquals(await ada.ask("USERHOST ADA zoe bob"), [
    ":chat.test 302 ada :ada=+~ada@127.0.0.1 bob*=-~bob@127.0.0.1",
  ]);
  assertEquals(await ada.ask("USERHOST z z z z z ada"), [":chat.test 302 ada :"]);
  assertEquals(await ada.ask("USERHOST"), [":chat.test 461 ada USERHOST :Not enough parameters"]);
});

Deno.test("USERIP shows addresses to operators and to the user, and the visible host to others", async () => {
  await using server = await TestServer.start(OPERATORS);
  const ada = await server.register("ada");
  const bob = await server.register("bob");
  await bob.ask("OPER root secret");
  await bob.ask("CHGHOST ada ~ada hidden.test");
  await ada.heard();
  const address = ":chat.test 340 ada :ada=+~ada@127.0.0.1 bob*=+~bob@127.0.0.1";
  assertEquals(await ada.ask("USERIP ADA zoe bob"), [address]);
  assertEquals(await bob.ask("USERIP ada"), [":chat.test 340 bob ada=+~ada@127.0.0.1"]);
  const eve = await server.register("eve");
  assertEquals(await eve.ask("USERIP ada"), [":chat.test 340 eve ada=+~ada@hidden.test"]);
  assertEquals(await eve.ask("USERIP zoe"), [":chat.test 340 eve :"]);
  assertEquals(await eve.ask("USERIP"), [":chat.test 461 eve USERIP :Not enough parameters"]);
});

Deno.test("ISON returns the nicks that are in use", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  await server.register("bob");
  assertEquals(await ada.ask("ISON BOB zoe ada"), [":chat.test 303 ada :bob ada"]);
  assertEquals(await ada.ask("ISON :zoe  bob"), [":chat.test 303 ada bob"]);
  assertEquals(await ada.ask("ISON zoe"), [":chat.test 303 ada :"]);
  assertEquals(await ada.ask("ISON"), [":chat.test 461 ada ISON :Not enough parameters"]);
});

Deno.test("USERHOST and ISON split a long reply into lines that fit", async () => {
  await using server = await TestServer.start({ ...OPERATORS, name: `${"x".repeat(58)}.test` });
  const ada = await server.register("a".repeat(32));
  await ada.ask("OPER root secret");
  const nicks = Array.from({ length: 14 }, (_, i) => `n${i}`.padEnd(32, "n"));
  for (const nick of nicks) await server.register(nick);
  const names = async (line: string) => {
    const answer = await ada.askMessages(line);
    return [answer.length, answer.flatMap(({ params }) => params[1]?.split(" ") ?? [])];
  };
  assertEquals(await names(`ISON ${nicks.join(" ")}`), [2, nicks]);
  const five = nicks.slice(0, 5);
  const host = "h".repeat(63);
  for (const nick of five) await ada.ask(`CHGHOST ${nick} u ${host}`);
  assertEquals(await names(`USERHOST ${five.join(" ")}`), [
    2,
    five.map((nick) => `${nick}=+u@${host}`),
  ]);
});
