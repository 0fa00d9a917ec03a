import { assert, assertEquals } from "@std/assert";
import { TRIES } from "../../../server/auth/logins.ts";
import { type IrcClient, plain } from "../../support/irc_client.ts";
import { TestServer } from "../../support/server.ts";

const NOTICE = ":NickServ!service@chat.test NOTICE";

/** Sends `text` to NickServ; resolves to its answers, without the common beginning. */
async function tell(client: IrcClient, text: string): Promise<string[]> {
  return (await client.ask(`PRIVMSG NickServ :${text}`)).map((line) =>
    line.replace(/^:NickServ!service@chat\.test NOTICE \S+ :/, "")
  );
}

async function leave(client: IrcClient): Promise<void> {
  await client.send("QUIT");
  await client.untilEnd();
}

Deno.test("REGISTER registers a nick, and IDENTIFY logs its owner in later", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  assertEquals(await tell(ada, "register sesame ada@example.org"), [
    "The nick ada is now yours.",
    ":chat.test 900 ada ada!~ada@127.0.0.1 ada :You are now logged in as ada",
  ]);
  await leave(ada);
  const again = await server.register("eda");
  assertEquals(await tell(again, "IDENTIFY ada sesame"), [
    ":chat.test 900 eda eda!~eda@127.0.0.1 ada :You are now logged in as ada",
    "You are now identified for ada.",
  ]);
  assertEquals(await again.ask("NICK ada"), [":eda!~eda@127.0.0.1 NICK ada"]);
});

Deno.test("IDENTIFY gives a user the nick they could not get before", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  await tell(ada, "REGISTER sesame");
  await leave(ada);
  const again = await server.connect();
  await again.send("NICK ada", "USER ada 0 * r");
  await again.expect("433");
  await again.send("NICK ada_");
  await again.heard();
  assertEquals(await tell(again, "IDENTIFY sesame"), [
    ":chat.test 900 ada_ ada_!~ada@127.0.0.1 ada :You are now logged in as ada",
    ":ada_!~ada@127.0.0.1 NICK ada",
    "You are now identified for ada.",
  ]);
});

Deno.test("NickServ explains refusals without revealing which accounts exist", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const table: readonly [text: string, answer: string][] = [
    ["IDENTIFY sesame", "Incorrect account or password."],
    ["IDENTIFY bob sesame", "Incorrect account or password."],
    ["IDENTIFY", "Usage: IDENTIFY [<account>] <password>"],
    ["IDENTIFY a b c", "Usage: IDENTIFY [<account>] <password>"],
    ["REGISTER ada", "Choose a password that is not empty and is not your name."],
    ["REGISTER sesame nowhere", "Give an email address, as in ada@example.org."],
    ["PASSWD a b", "Log in first, with IDENTIFY."],
    ["LOGOUT", "You are not logged in."],
    ["toString", "Unknown command; HELP lists the commands."],
    ["\x01VERSION\x01", "Unknown command; HELP lists the commands."],
  ];
  for (const [text, answer] of table) assertEquals(await tell(ada, text), [answer], text);
});

Deno.test("STAY takes only on or off", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  await tell(ada, "REGISTER sesame");
  for (const choice of ["maybe", "constructor", "__proto__"]) {
    assertEquals(await tell(ada, `STAY ${choice}`), ["Usage: STAY on|off"]);
  }
});

Deno.test("IDENTIFY is refused for a while after too many wrong passwords", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  for (let i = 0; i < TRIES; i++) await tell(ada, "IDENTIFY wrong");
  assertEquals(await tell(ada, "IDENTIFY wrong"), [
    "Too many wrong passwords; try again in a minute.",
  ]);
});

Deno.test("HELP lists every command of NickServ", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const help = await tell(ada, "help");
  assertEquals(help.map((line) => /^[A-Z]+/.exec(line)?.[0]), [
    "ACC",
    "BOT",
    "CERT",
    "DROP",
    "GHOST",
    "HELP",
    "IDENTIFY",
    "INFO",
    "LOGOUT",
    "PASSWD",
    "RECOVER",
    "REGAIN",
    "REGISTER",
    "RELEASE",
    "STATUS",
    "STAY",
    "UNREGISTER",
  ]);
  assertEquals(
    help[9],
    "PASSWD [<old password>] <new password>: Changes the password of your account, or sets its first one.",
  );
  for (const command of ["NS help", "NICKSERV :help me"]) {
    assertEquals((await ada.ask(command)).length, help.length);
  }
});

Deno.test("PASSWD needs the old password", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  await tell(ada, "REGISTER sesame");
  assertEquals(await tell(ada, "PASSWD wrong shovel"), ["Incorrect account or password."]);
  assertEquals(await tell(ada, "PASSWD sesame ada"), [
    "Choose a password that is not empty and is not your name.",
  ]);
  await ada.send("PRIVMSG NickServ :PASSWD sesame shovel", "PING done");
  await ada.until("PONG");
  assertEquals(await tell(ada, "IDENTIFY sesame"), ["Incorrect account or password."]);
  assertEquals((await tell(ada, "IDENTIFY shovel"))[0]?.split(" ")[1], "900");
});

Deno.test("a changed password disconnects the other clients of the account, and a first password does not", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  await tell(ada, "REGISTER sesame");
  const login = ["ada", "sesame"] as const;
  const phone = await server.register("phone", { login });
  const early = await server.connect();
  await early.send("CAP LS 302", "NICK early", "CAP REQ :sasl", "AUTHENTICATE PLAIN");
  await early.send(`AUTHENTICATE ${plain(...login)}`);
  await early.until("903");
  const eve = await server.register("eve");
  await ada.send("PRIVMSG NickServ :PASSWD sesame shovel");
  await ada.until("NOTICE");
  for (const client of [phone, early]) {
    assert((await client.untilEnd()).at(-1)?.includes("The password of your account was changed"));
  }
  assertEquals((await ada.heard()).length, 1);
  assertEquals(await eve.heard(), []);
});

Deno.test("LOGOUT is reported to the user and to members of their channels", async () => {
  await using server = await TestServer.start();
  const bob = await server.register("bob", { join: "#a", caps: "account-notify" });
  const ada = await server.register("ada", { join: "#a" });
  await tell(ada, "REGISTER sesame");
  await bob.heard();
  const [answer] = await tell(ada, "LOGOUT");
  assertEquals(answer, ":chat.test 901 ada ada!~ada@127.0.0.1 :You are now logged out");
  assertEquals(await bob.heard(), [":ada!~ada@127.0.0.1 ACCOUNT *"]);
});

Deno.test("a message to NickServ is echoed with echo-message, and no other user sees it", async () => {
  await using server = await TestServer.start();
  const bob = await server.register("bob");
  const ada = await server.register("ada", { caps: "echo-message" });
  const [echo, answer] = await ada.ask("PRIVMSG nickserv :logout");
  assertEquals(echo, ":ada!~ada@127.0.0.1 PRIVMSG nickserv :logout");
  assertEquals(answer, `${NOTICE} ada :You are not logged in.`);
  assertEquals(await ada.ask("NOTICE NickServ :help"), [
    ":ada!~ada@127.0.0.1 NOTICE NickServ :help",
  ]);
  assertEquals(await bob.heard(), []);
  assert(!JSON.stringify(server.log).includes("logout"));
});
