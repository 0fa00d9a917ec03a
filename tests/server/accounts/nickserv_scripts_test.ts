import { assert, assertEquals } from "@std/assert";
import type { IrcClient } from "../../support/irc_client.ts";
import { serverWithAda } from "../../support/people.ts";
import { TestServer } from "../../support/server.ts";
import { ADA_CERT, connect, registerWith, secureServer } from "../../support/certificate_users.ts";

/** Sends `text` to NickServ; resolves to its notices, without their beginning. */
async function tell(client: IrcClient, text: string, to = "NickServ"): Promise<string[]> {
  return notices(await client.ask(`PRIVMSG ${to} :${text}`));
}

function notices(lines: readonly string[]): string[] {
  const start = /^:NickServ!service@chat\.test NOTICE \S+ :/;
  return lines.filter((line) => start.test(line)).map((line) => line.replace(start, ""));
}

Deno.test("NickServ answers a success with a notice, too", async () => {
  await using server = await serverWithAda();
  const client = await server.register("eve");
  const steps: readonly [text: string, answer: string][] = [
    ["IDENTIFY ada wrong", "Incorrect account or password."],
    ["IDENTIFY ada sesame", "You are now identified for ada."],
    ["IDENTIFY ada sesame", "You are now identified for ada."],
    ["LOGOUT", "You are now logged out."],
  ];
  for (const [text, answer] of steps) assertEquals(await tell(client, text), [answer], text);
  await client.ask("NICK ada");
  assertEquals(await tell(client, "IDENTIFY sesame"), ["You are now identified for ada."]);
});

Deno.test("GHOST disconnects a user who has one's own nick, and the nick's password logs in", async () => {
  await using server = await serverWithAda();
  const lost = await server.register("ada", { login: ["ada", "sesame"] });
  const bob = await server.register("bob");
  assertEquals(await tell(bob, "GHOST ada"), [
    "Access denied: give the password of that nick, too.",
  ]);
  assertEquals(await tell(bob, "GHOST ada wrong"), ["Incorrect account or password."]);
  assertEquals(await lost.heard(), []);
  const lines = await bob.ask("PRIVMSG NickServ :GHOST ada sesame");
  assertEquals(notices(lines), ["The ghost ada was killed."]);
  assert(lines.some((line) => line.includes(" 900 bob ")), lines.join("\n"));
  assert((await lost.untilEnd()).at(-1)?.includes("Disconnected by the owner of the nick (bob)"));
  assertEquals(await bob.ask("NICK ada"), [":bob!~bob@127.0.0.1 NICK ada"]);
  assertEquals(await tell(bob, "GHOST ada"), ["You have the nick ada already."]);
  assertEquals(await tell(bob, "GHOST zoe x"), ["The nick zoe is not registered."]);
  await bob.ask("NICK bob");
  assertEquals(await tell(bob, "GHOST ada"), ["ada is not currently online."]);
});

Deno.test("REGAIN and RECOVER give users their own nick back, whether or not a ghost has it", async () => {
  for (const command of ["REGAIN", "RECOVER"]) {
    await using server = await serverWithAda();
    const lost = await server.register("ada", { login: ["ada", "sesame"] });
    const client = await server.connect();
    await client.send("NICK ada", "USER ada 0 * r");
    await client.until("433");
    await client.send("NICK ada_");
    await client.heard();
    const lines = await client.ask(`NS ${command} ada sesame`);
    assertEquals(notices(lines), ["The ghost ada was killed.", "You now have the nick ada."]);
    assert(lines.includes(":ada_!~ada@127.0.0.1 NICK ada"), lines.join("\n"));
    await lost.untilEnd();
    assertEquals(await tell(client, `${command} ada`), ["You have the nick ada already."]);
    await client.ask("NICK eda");
    assertEquals(await tell(client, `${command} ada`), ["You now have the nick ada."]);
    assertEquals(await tell(client, "RELEASE ada sesame"), ["You have the nick ada already."]);
  }
});

Deno.test("GHOST also ends a user who stays while offline", async () => {
  await using server = await serverWithAda();
  const ada = await server.register("ada", { login: ["ada", "sesame"], join: "#a" });
  await tell(ada, "STAY on");
  await ada.send("QUIT");
  await ada.untilEnd();
  const bob = await server.register("bob");
  assertEquals(await tell(bob, "RELEASE ada sesame"), ["The ghost ada was killed."]);
  assertEquals(await bob.ask("ISON ada"), [":chat.test 303 bob :"]);
  await tell(bob, "STAY off");
});

Deno.test("a client certificate proves the ownership of a nick", async () => {
  await using server = await secureServer();
  const { client: lost } = await registerWith(server, ADA_CERT, { nick: "ada" });
  const back = await connect(server, ADA_CERT);
  await back.introduce({ nick: "tmp" });
  const lines = await back.ask("NS REGAIN ada");
  assert(notices(lines).includes("You now have the nick ada."), lines.join("\n"));
  await lost.untilEnd();
});

Deno.test("INFO shows an account; its e-mail address only to its owner", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  await tell(ada, "REGISTER sesame ada@example.org");
  const shown = ["The account ada was registered on 2026-01-01.", "ada is online."];
  const own = [...shown, "E-mail address: ada@example.org", "Certificates: 0"];
  assertEquals(await tell(ada, "INFO"), own);
  const bob = await server.register("bob");
  assertEquals(await tell(bob, "INFO ada"), shown);
  assertEquals(await tell(bob, "INFO"), ["Log in first, with IDENTIFY."]);
  assertEquals(await tell(bob, "INFO zoe"), ["zoe is not registered."]);
  await ada.send("QUIT");
  await ada.untilEnd();
  assertEquals((await tell(bob, "INFO ada"))[1], "ada is offline.");
});

Deno.test("STATUS and ACC show as a number whether a user owns a nick", async () => {
  await using server = await serverWithAda();
  const ada = await server.register("ada", { login: ["ada", "sesame"] });
  await server.register("bob");
  assertEquals(await tell(ada, "STATUS ada bob zoe"), [
    "STATUS ada 3 ada",
    "STATUS bob 0",
    "STATUS zoe 0",
  ]);
  assertEquals(await tell(ada, "ACC ada"), ["ada ACC 3"]);
  assertEquals(await tell(ada, "ACC bob ada"), ["bob -> ada ACC 1"]);
  assertEquals(await tell(ada, "ACC zoe ada"), ["zoe -> ada ACC 0"]);
  await ada.ask("NS LOGOUT");
  assertEquals(await tell(ada, "STATUS ada"), ["STATUS ada 1"]);
});

Deno.test("NickServ is found by WHOIS, ISON, MONITOR, USERHOST and USERIP", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  assertEquals(await ada.ask("WHOIS nickserv"), [
    ":chat.test 311 ada NickServ service chat.test * :Manages accounts: /msg NickServ HELP",
    ":chat.test 312 ada NickServ chat.test Test",
    ":chat.test 318 ada nickserv :End of WHOIS list",
  ]);
  assertEquals((await ada.ask("WHOIS NickServ NickServ")).length, 3);
  assertEquals(await ada.ask("ISON ada NICKSERV zoe"), [":chat.test 303 ada :ada NickServ"]);
  assertEquals(await ada.ask("MONITOR + NickServ,zoe"), [
    ":chat.test 730 ada NickServ!service@chat.test",
    ":chat.test 731 ada zoe",
  ]);
  assertEquals(await ada.ask("USERHOST NickServ"), [
    ":chat.test 302 ada NickServ=+service@chat.test",
  ]);
  assertEquals(await ada.ask("USERIP NickServ"), [
    ":chat.test 340 ada NickServ=+service@chat.test",
  ]);
});

Deno.test("NickServ takes commands under its nick at this server, and at no other", async () => {
  await using server = await serverWithAda();
  const eve = await server.register("eve");
  assertEquals(await tell(eve, "IDENTIFY ada sesame", "nickserv@chat.test"), [
    "You are now identified for ada.",
  ]);
  for (const name of ["NickServ@example.org", "NickServ@", "nickserv@chat.test@x"]) {
    const lines = await eve.ask(`PRIVMSG ${name} :IDENTIFY ada sesame`);
    assertEquals(lines, [`:chat.test 401 eve ${name} :No such nick or channel`]);
  }
});
