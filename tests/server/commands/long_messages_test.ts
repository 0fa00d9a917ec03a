import { assert, assertEquals } from "@std/assert";
import { LIMITS, parse } from "../../../protocol.ts";
import { byteLength } from "../../../shared/text.ts";
import { TestServer } from "../../support/server.ts";

const ADA = "ada!~ada@127.0.0.1";
const TOO_LONG = [
  ":chat.test 417 ada :Input line was too long and was ignored; send shorter lines",
];

/** Returns a text that fills the line in which its sender sends it. */
function fullText(command: string, target: string, start = "", end = ""): string {
  const room = LIMITS.line - byteLength(`${command} ${target} :${start}${end}\r\n`);
  return `${start}${"é".repeat(Math.floor(room / 2))}${"e".repeat(room % 2)}${end}`;
}

/** Returns the texts of the messages in `lines`, each of which must fit. */
function textsOf(lines: readonly string[], command: string): string[] {
  return lines.flatMap((line) => {
    assert(byteLength(line.replace(/^@\S+ /, "")) <= LIMITS.line - 2, line);
    const message = parse(line);
    return message?.command === command ? [message.params[1] ?? ""] : [];
  });
}

Deno.test("a waiting message is whole under a nick longer than the account", async () => {
  await using server = new TestServer();
  const ada = await server.register("ada");
  const bob = await server.register("bob");
  await bob.ask("NS REGISTER sesame");
  await bob.send("QUIT");
  await bob.untilEnd();
  const room = LIMITS.line - byteLength(`:${ADA} PRIVMSG bob :\r\n`);
  const text = "x".repeat(room);
  await ada.ask(`PRIVMSG bob :${text}`);
  const back = await server.connect();
  const caps = "server-time";
  const lines = await back.introduce({ nick: "robert", caps, login: ["bob", "sesame"] });
  assertEquals(textsOf(lines, "PRIVMSG").join(""), text);
});

Deno.test("a message that does not fit with its author's mask is refused, not cut", async () => {
  await using server = new TestServer();
  const ada = await server.register("ada");
  const bob = await server.register("bob");
  for (const command of ["PRIVMSG", "NOTICE"]) {
    for (const text of [fullText(command, "bob"), fullText(command, "bob", "\x01PING ", "\x01")]) {
      assertEquals(await ada.ask(`${command} bob :${text}`), TOO_LONG);
    }
  }
  assertEquals(await bob.heard(), []);
});

Deno.test("a long WALLOPS comes whole, in two lines", async () => {
  await using server = new TestServer({ operators: [{ name: "root", password: "secret" }] });
  const ada = await server.register("ada");
  await ada.ask("OPER root secret");
  const bob = await server.register("bob");
  await bob.ask("MODE bob +w");
  const text = "x".repeat(LIMITS.line - "WALLOPS :\r\n".length);
  assertEquals(await ada.ask(`WALLOPS :${text}`), []);
  const parts = (await bob.heard()).map((line) => parse(line)?.params[0]);
  assertEquals([parts.length, parts.join("")], [2, text]);
});
