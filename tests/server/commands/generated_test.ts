import { assert, assertEquals } from "@std/assert";
import { parse } from "../../../protocol.ts";
import { CAPABILITY_NAMES } from "../../../server/irc/capabilities.ts";
import { COMMANDS } from "../../../server/commands/dispatch.ts";
import { NUMERICS } from "../../../server/irc/replies.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { TestServer } from "../../support/server.ts";
import { Random } from "../../support/random.ts";

/** Unexpected values for any parameter. */
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

/** Unexpected values that only the last parameter can have. */
const ODD_AT_THE_END = [...ODD, ":", "::", ": ", ":a b", ":   ", ":-batch echo-message"];

/** Returns lines with `command` and no parameter, each odd one, many pairs, and many more. */
function linesOf(command: string, random: Random): string[] {
  const pickSome = (count: number) => random.list(count, count, () => random.pick(ODD));
  return [
    command,
    ...ODD_AT_THE_END.map((last) => `${command} ${last}`),
    ...ODD.flatMap((first) =>
      random.list(8, 8, () => `${command} ${first} ${random.pick(ODD_AT_THE_END)}`)
    ),
    ...random.list(30, 30, () => [command, ...pickSome(2), random.pick(ODD_AT_THE_END)].join(" ")),
    ...random.list(30, 30, () => [command, ...pickSome(4), random.pick(ODD_AT_THE_END)].join("  ")),
    [command, ...Array(100).fill("a")].join(" "),
  ].filter((line) => new TextEncoder().encode(line).length <= 510);
}

/** The commands that end the connection; they have a test of their own. */
const CLOSING: ReadonlySet<string> = new Set(["QUIT", "WEBIRC"]);

/** The states in which a client sends odd lines. */
const STAGES: readonly [
  stage: string,
  enter: (client: IrcClient, nick: string) => Promise<void>,
][] = [
  ["a client that has not registered", () => Promise.resolve()],
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

/** The commands and numerics of replies; ERR_UNKNOWNERROR (400) would be a bug of the server. */
const ANSWERS: ReadonlySet<string> = new Set([
  ...Object.entries(NUMERICS).filter(([name]) => name !== "ERR_UNKNOWNERROR")
    .map(([, [code]]) => code),
  ...COMMANDS.keys(),
  ..."ACK ERROR FAIL NOTE WARN".split(" "),
  "710", // RPL_KNOCK, which members get
]);

for (const [stage, enter] of STAGES) {
  Deno.test(`commands with odd parameters from ${stage} get known replies`, async () => {
    await using server = await TestServer.start({
      operators: [{ name: "root", password: "secret" }],
    });
    const random = new Random(11);
    await server.register("bob");
    for (const [index, command] of [...COMMANDS.keys(), "FOO", "123", "é"].entries()) {
      if (CLOSING.has(command)) continue;
      const client = await server.connect();
      // Each client has a nick of its own, because some clients register an account for their nick.
      await enter(client, `self${index}`);
      for (const line of linesOf(command, random)) {
        // A nick that is in use is refused at once if its user has been silent for a moment.
        if (command === "NICK" && /bob/i.test(line)) server.clock.advance(1001);
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

Deno.test("QUIT with odd parameters ends its own connection and no other", async () => {
  await using server = await TestServer.start();
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
