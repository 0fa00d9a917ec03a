import { assert, assertEquals } from "@std/assert";
import { parse } from "../protocol.ts";
import { CAPABILITY_NAMES } from "../server/view/capabilities.ts";
import { COMMANDS } from "../server/dispatch.ts";
import { NUMERICS } from "../server/replies.ts";
import type { IrcClient } from "./support/irc_client.ts";
import { TestServer } from "./support/server.ts";
import { Random } from "./support/random.ts";

/** What anybody might put where something else belongs. */
const ODD = [
  "*",
  "0",
  "-1",
  "99999999999999999999",
  ",",
  ",,a,",
  "#lobby",
  "@#lobby",
  "#none,#lobby",
  "#" + "x".repeat(63),
  "bob",
  "chat.test",
  "+o",
  "+ovbklimntxyz-ovbkl",
  "LS",
  "302",
  "REQ",
  "é漢😀",
  "\x01\x02\x03\x1b[2J",
  "!@",
  "x".repeat(400),
];

/** Only the last parameter can be any of these. */
const ODD_AT_THE_END = [...ODD, ":", "::", ": ", ":a b", ":   ", ":-batch echo-message"];

/** Every command with nothing, with each odd parameter, with many pairs, and with more. */
function linesOf(command: string, random: Random): string[] {
  const some = (count: number) => random.list(count, count, () => random.pick(ODD));
  return [
    command,
    ...ODD_AT_THE_END.map((last) => `${command} ${last}`),
    ...ODD.flatMap((first) =>
      random.list(8, 8, () => `${command} ${first} ${random.pick(ODD_AT_THE_END)}`)
    ),
    ...random.list(30, 30, () => [command, ...some(2), random.pick(ODD_AT_THE_END)].join(" ")),
    ...random.list(30, 30, () => [command, ...some(4), random.pick(ODD_AT_THE_END)].join("  ")),
    [command, ...Array(100).fill("a")].join(" "),
  ].filter((line) => new TextEncoder().encode(line).length <= 510);
}

/** Those that end the connection they come on, or may; and KILL, which ends another. */
const LAST_WORDS: ReadonlySet<string> = new Set(["QUIT"]);

/** How far a client has come before it sends odd things. */
const STAGES: readonly [
  stage: string,
  arrive: (client: IrcClient, nick: string) => Promise<void>,
][] = [
  ["who has not registered", () => Promise.resolve()],
  ["a user", async (client, nick) => {
    await client.introduce({ nick, join: "#lobby" });
  }],
  ["a user with all capabilities", async (client, nick) => {
    await client.introduce({
      nick,
      caps: CAPABILITY_NAMES.join(" "),
      join: "#lobby",
    });
  }],
  ["an operator", async (client, nick) => {
    await client.introduce({ nick, join: "#lobby" });
    await client.ask("OPER root secret");
  }],
];

/** What a line can be answered with; 400 would be a mistake of the program. */
const ANSWERS: ReadonlySet<string> = new Set([
  ...Object.entries(NUMERICS).filter(([name]) => name !== "ERR_UNKNOWNERROR")
    .map(([, [code]]) => code),
  ...COMMANDS.keys(),
  ..."ACK ERROR FAIL NOTE WARN".split(" "),
  "710", // RPL_KNOCK, which members are told with
]);

for (const [stage, arrive] of STAGES) {
  Deno.test(`no command with odd parameters confuses the server when sent by ${stage}`, async () => {
    await using server = new TestServer({ operators: [{ name: "root", password: "secret" }] });
    const random = new Random(11);
    await server.register("bob");
    for (const [index, command] of [...COMMANDS.keys(), "FOO", "123", "é"].entries()) {
      if (LAST_WORDS.has(command)) continue;
      const client = await server.connect();
      // Each under another nick, as some are registered.
      await arrive(client, `self${index}`);
      for (const line of linesOf(command, random)) {
        await client.send(line);
        for (const answer of await client.heard()) {
          const command = parse(answer)?.command ?? "";
          assert(ANSWERS.has(command), `${line} was answered with ${answer}`);
        }
      }
      await client.send("QUIT");
      await client.untilEnd();
    }
    assertEquals(server.log.filter(([message]) => message === "a command failed"), []);
  });
}

Deno.test("QUIT with odd parameters ends the connection that it came on, and no other", async () => {
  await using server = new TestServer();
  const bob = await server.register("bob", { join: "#lobby" });
  const random = new Random(12);
  for (const line of linesOf("QUIT", random).slice(0, 60)) {
    const client = await server.register("self", { join: "#lobby" });
    await client.send(line);
    const [last] = (await client.untilEnd()).slice(-1);
    assert(last?.startsWith("ERROR :Quit"), last);
  }
  const heard = await bob.heard();
  assertEquals(heard.filter((line) => line.includes(" QUIT :Quit")).length, 60);
});
