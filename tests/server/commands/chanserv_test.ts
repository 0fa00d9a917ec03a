import { assert, assertEquals } from "@std/assert";
import type { IrcClient } from "../../support/irc_client.ts";
import { serverWithAda } from "../../support/people.ts";
import { TestServer } from "../../support/server.ts";

/** Sends `text` to ChanServ; resolves to its answers, without the common beginning. */
async function tell(client: IrcClient, text: string): Promise<string[]> {
  return (await client.ask(`PRIVMSG ChanServ :${text}`)).map((line) =>
    line.replace(/^:ChanServ!service@chat\.test NOTICE \S+ :/, "")
  );
}

const OTHER_OPERATOR = "You're not a channel operator.";

Deno.test("REGISTER makes an operator with an account the owner, and DROP ends that", async () => {
  await using server = await serverWithAda();
  const ada = await server.register("ada_", { join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  await ada.heard();
  assertEquals(await tell(bob, "REGISTER #a"), ["Log in first, with /msg NickServ IDENTIFY."]);
  assertEquals(await tell(ada, "INFO #a"), ["#a isn't registered."]);
  await ada.ask("NS IDENTIFY ada sesame");
  assertEquals(await tell(ada, "register #A"), [
    ":chat.test MODE #a +q ada_",
    "#a is now registered to ada, who is its owner.",
  ]);
  assertEquals(await tell(ada, "REGISTER #a"), ["#a is already registered."]);
  assertEquals(await tell(bob, "INFO #a"), [
    "#a was created on 2026-01-01 and is registered to ada.",
  ]);
  assertEquals(await tell(bob, "DROP #a"), ["Only the owner of #a can do that."]);
  assertEquals(await tell(ada, "DROP #a"), [
    ":ada_!~ada_@127.0.0.1 MODE #a -q ada_",
    "You do not own #a any more.",
  ]);
  assertEquals(await tell(ada, "DROP #a"), ["#a isn't registered."]);
});

Deno.test("REGISTER needs a channel that exists and the rank of an operator", async () => {
  await using server = await serverWithAda();
  await server.register("bob", { join: "#a" });
  const ada = await server.register("ada", { login: ["ada", "sesame"], join: "#a" });
  assertEquals(await tell(ada, "REGISTER #a"), [OTHER_OPERATOR]);
  assertEquals(await tell(ada, "REGISTER #b"), ["No such channel."]);
  assertEquals(await tell(ada, "REGISTER"), ["Usage: REGISTER <channel>"]);
});

Deno.test("OP and DEOP change operators as MODE does", async () => {
  await using server = await serverWithAda();
  const ada = await server.register("ada", { login: ["ada", "sesame"], join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  await ada.heard();
  const mode = ":ada!~ada@127.0.0.1 MODE #a";
  assertEquals(await tell(bob, "OP #a"), [OTHER_OPERATOR]);
  assertEquals(await tell(bob, "DEOP #a ada"), [OTHER_OPERATOR]);
  assertEquals(await tell(ada, "OP #a bob"), [`${mode} +o bob`, "bob is now opped on #a."]);
  assertEquals(await tell(ada, "OP #a bob"), ["bob is already opped on #a."]);
  assertEquals(await tell(ada, "DEOP #a bob"), [`${mode} -o bob`, "bob is now deopped on #a."]);
  assertEquals(await tell(ada, "OP #a zoe bob"), [
    "No such nick or channel.",
    `${mode} +o bob`,
    "bob is now opped on #a.",
  ]);
  await tell(ada, "DEOP #a bob");
  assertEquals(await tell(ada, "DEOP #a bob"), ["bob is not opped on #a."]);
  assertEquals(await tell(ada, "DEOP #a"), [`${mode} -o ada`, "ada is now deopped on #a."]);
  assertEquals(await tell(ada, "OP #a"), [`${mode} +o ada`, "ada is now opped on #a."]);
});

Deno.test("TOPIC sets the topic for users who may set it", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob");
  assertEquals(await tell(ada, "TOPIC #a tea at four"), [
    ":ada!~ada@127.0.0.1 TOPIC #a :tea at four",
    "#a has the new topic.",
  ]);
  assertEquals(await tell(bob, "TOPIC #a no tea"), ["You're not on that channel."]);
});

Deno.test("ChanServ does not show secret channels, and nobody can take its nick", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  await ada.ask("MODE #a +s");
  const bob = await server.register("bob");
  for (const command of ["INFO", "OP", "DROP", "REGISTER"]) {
    assertEquals(await tell(bob, `${command} #a`), ["No such channel."]);
  }
  assert((await bob.ask("NICK chanserv"))[0]?.includes(" 433 "));
  assertEquals((await bob.ask("WHOIS ChanServ")).length, 3);
});

Deno.test("HELP lists every command of ChanServ, and CS and CHANSERV reach it", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const help = await tell(ada, "HELP");
  assertEquals(help.map((line) => /^[A-Z]+/.exec(line)?.[0]), [
    "DEOP",
    "DROP",
    "HELP",
    "INFO",
    "OP",
    "REGISTER",
    "TOPIC",
  ]);
  for (const command of ["CS help", "CHANSERV :help me"]) {
    assertEquals((await ada.ask(command)).length, help.length);
  }
});
