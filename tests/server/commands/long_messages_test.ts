import { assert, assertEquals } from "@std/assert";
import { LIMITS, parse } from "../../../protocol.ts";
import { byteLength } from "../../../shared/text.ts";
import { TestServer } from "../../support/server.ts";

const ADA = "ada!~ada@127.0.0.1";
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

Deno.test("a text that does not fit after the sender's mask comes whole, in two lines", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: "echo-message", join: "#a" });
  const bob = await server.register("bob", { caps: "message-tags", join: "#a" });
  await bob.heard();
  for (const target of ["#a", "@#a", "bob"]) {
    await ada.ask("MODE #a +o bob");
    for (const command of ["PRIVMSG", "NOTICE"]) {
      await bob.heard();
      const text = fullText(command, target);
      const echo = textsOf(await ada.ask(`${command} ${target} :${text}`), command);
      const heard = await bob.heard();
      assertEquals(textsOf(heard, command), echo, `${command} ${target}`);
      assertEquals([echo.length, echo.join("")], [2, text]);
      assertEquals(heard.map((line) => parse(line)?.tags?.has("msgid") ?? false), [
        true,
        false,
      ]);
      const room = LIMITS.line - byteLength(`:${ADA} ${command} ${target} :\r\n`);
      assertEquals(await ada.ask(`${command} ${target} :${"x".repeat(room)}`), [
        `:${ADA} ${command} ${target} :${"x".repeat(room)}`,
      ]);
    }
  }
});

Deno.test("each line of a long ACTION is an ACTION", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  await bob.heard();
  const action = fullText("PRIVMSG", "#a", "\x01ACTION ", "\x01");
  assertEquals(await ada.ask(`PRIVMSG #a :${action}`), []);
  const parts = textsOf(await bob.heard(), "PRIVMSG");
  assertEquals(parts.length, 2);
  const texts = parts.map((part) => /^\x01ACTION (.+)\x01$/.exec(part)?.[1]);
  assertEquals(texts.join(""), action.slice("\x01ACTION ".length, -1));
});

Deno.test("draft/multiline joins a text that does not fit, even for its sender", async () => {
  await using server = await TestServer.start();
  const caps = "batch draft/multiline echo-message labeled-response";
  const ada = await server.register("ada", { caps, join: "#a" });
  const bob = await server.register("bob", { caps, join: "#a" });
  await bob.heard();
  const text = fullText("PRIVMSG", "#a");
  const echo = await ada.ask(`@label=1 PRIVMSG #a :${text}`);
  assert(/^@label=1 :ada!\S+ BATCH \+\S+ draft\/multiline #a$/.test(echo[0] ?? ""), echo[0]);
  for (const lines of [echo, await bob.heard()]) {
    assertEquals(textsOf(lines, "PRIVMSG").join(""), text);
    assertEquals(lines.map((line) => parse(line)?.tags?.has("draft/multiline-concat") ?? false), [
      false,
      false,
      true,
      false,
    ]);
  }
});

Deno.test("a text that does not fit is one message of the history", async () => {
  await using server = await TestServer.start();
  const caps = "batch draft/chathistory draft/multiline message-tags server-time";
  const ada = await server.register("ada", { caps, join: "#a" });
  const text = fullText("PRIVMSG", "#a");
  await ada.ask(`PRIVMSG #a :${text}`);
  await ada.ask("PRIVMSG #a :next");
  const lines = await ada.ask("CHATHISTORY LATEST #a * 10");
  const [one = "", two = "", next] = textsOf(lines, "PRIVMSG");
  assertEquals([one + two, next], [text, "next"]);
});

Deno.test("a long text is whole for each of several targets, and for an absent user", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const bob = await server.register("bob", { caps: "setname" });
  await bob.ask("NS REGISTER sesame");
  const eve = await server.register("eve", { caps: "server-time" });
  const text = fullText("PRIVMSG", "bob,eve");
  await ada.ask(`PRIVMSG bob,eve :${text}`);
  for (const client of [bob, eve]) {
    assertEquals(textsOf(await client.heard(), "PRIVMSG").join(""), text);
  }
  await bob.send("QUIT");
  await bob.untilEnd();
  const missed = fullText("PRIVMSG", "bob");
  await ada.ask(`PRIVMSG bob :${missed}`);
  const back = await server.connect();
  const lines = await back.introduce({ nick: "bob", login: ["bob", "sesame"] });
  const stamp = "[2026-01-01 00:00 UTC] ";
  assertEquals(textsOf(lines, "PRIVMSG").join("").replaceAll(stamp, ""), missed);
});

Deno.test("a waiting message is whole under a nick longer than the account", async () => {
  await using server = await TestServer.start();
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

Deno.test("a client without capabilities gets what fits of a private message, and its sender is told", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const bob = await server.register("bob");
  for (const command of ["PRIVMSG", "NOTICE"]) {
    const text = fullText(command, "bob", "x");
    const told = await ada.ask(`${command} bob :${text}`);
    const [part = "", ...more] = textsOf(await bob.heard(), command);
    const bytes = byteLength(part);
    assert(text.startsWith(part) && bytes >= LIMITS.line - 40, part);
    assertEquals(more, []);
    const words =
      `Only the first ${bytes} bytes of your message reached bob: no more fit; send shorter lines`;
    assertEquals(told, [`:chat.test NOTICE ada :${words}`]);
    await ada.ask("CAP REQ standard-replies");
    const note = [`:chat.test NOTE ${command} MESSAGE_CUT bob ${bytes} :${words}`];
    assertEquals(await ada.ask(`${command} bob :${text}`), note);
    await ada.ask("CAP REQ -standard-replies");
    await bob.heard();
  }
  await ada.ask("CAP REQ :batch draft/chathistory");
  const history = await ada.ask("CHATHISTORY LATEST bob * 1");
  assertEquals(textsOf(history, "NOTICE").join(""), fullText("NOTICE", "bob", "x"));
});

Deno.test("a CTCP message that does not fit after the sender's mask comes whole after the sender's nick", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: "echo-message", join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  await bob.heard();
  for (const target of ["#a", "@#a", "bob"]) {
    await ada.ask("MODE #a +o bob");
    for (const command of ["PRIVMSG", "NOTICE"]) {
      await bob.heard();
      const nickRoom = LIMITS.line - byteLength(`:ada ${command} ${target} :\r\n`);
      const text = `\x01PING ${"é".repeat(10)}`.padEnd(nickRoom - 11, "x") + "\x01";
      const whole = [`:ada ${command} ${target} :${text}`];
      assertEquals(await ada.ask(`${command} ${target} :${text}`), whole, target);
      assertEquals(await bob.heard(), whole);
    }
  }
});

Deno.test("a CTCP message that does not even fit after the nick comes in several CTCP messages of its kind", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  const eve = await server.register("eve", { caps: "batch draft/multiline", join: "#a" });
  await Promise.all([bob.heard(), eve.heard()]);
  for (const kind of ["ACTION", "PING", "X-LONG"]) {
    const text = fullText("PRIVMSG", "#a", `\x01${kind} `, "\x01");
    assertEquals(await ada.ask(`PRIVMSG #a :${text}`), []);
    const parts = textsOf(await bob.heard(), "PRIVMSG");
    const texts = parts.map((part) => part.match(`^\x01${kind} (.+)\x01$`)?.[1]);
    assertEquals([texts.length, texts.join("")], [2, text.slice(kind.length + 2, -1)]);
    assertEquals(textsOf(await eve.heard(), "PRIVMSG").join(""), text);
  }
  // The kind of the CTCP message is too long to fit into any part.
  const nameless = fullText("PRIVMSG", "#a", "\x01", "\x01");
  assertEquals(await ada.ask(`PRIVMSG #a :${nameless}`), []);
  assertEquals(textsOf(await bob.heard(), "PRIVMSG").join(""), nameless);
});

Deno.test("a CTCP message to a client without capabilities is cut, and its sender is told", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: "standard-replies" });
  const bob = await server.register("bob");
  for (const kind of ["ACTION", "PING"]) {
    const text = fullText("PRIVMSG", "bob", `\x01${kind} x`, "\x01");
    const told = await ada.ask(`PRIVMSG bob :${text}`);
    const [part = "", ...more] = textsOf(await bob.heard(), "PRIVMSG");
    assert(text.startsWith(part.slice(0, -1)) && part.endsWith("\x01"), part);
    assertEquals(more, []);
    assert(told[0]?.startsWith(":chat.test NOTE PRIVMSG MESSAGE_CUT bob "), told[0]);
  }
});

Deno.test("tags longer than a line come with the first line of a text that does not fit", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: "message-tags echo-message", join: "#a" });
  const bob = await server.register("bob", { caps: "message-tags", join: "#a" });
  const eve = await server.register("eve", {
    caps: "batch draft/multiline message-tags",
    join: "#a",
  });
  const text = fullText("PRIVMSG", "#a");
  for (const [bytes, repeats] of [[1, true], [600, false], [4000, false]] as const) {
    const value = "b".repeat(bytes);
    await Promise.all([bob.heard(), eve.heard()]);
    const echo = await ada.ask(`@+a=${value} PRIVMSG #a :${text}`);
    for (const parts of [echo, await bob.heard()]) {
      assertEquals(textsOf(parts, "PRIVMSG").join(""), text);
      const shown = parts.map((line) => parse(line)?.tags?.get("+a"));
      assertEquals(shown, [value, repeats ? value : undefined]);
    }
    const [open = "", ...lines] = await eve.heard();
    assertEquals([parse(open)?.command, parse(open)?.tags?.get("+a")], ["BATCH", value]);
    assertEquals(textsOf(lines, "PRIVMSG").join(""), text);
  }
});

Deno.test("a line of a multiline batch that does not fit is joined, not refused", async () => {
  await using server = await TestServer.start();
  const caps = "batch draft/multiline labeled-response";
  const ada = await server.register("ada", { caps, join: "#a" });
  const bob = await server.register("bob", { caps, join: "#a" });
  await bob.heard();
  const text = fullText("PRIVMSG", "#a");
  await ada.send(
    "BATCH +x draft/multiline #a",
    `@batch=x PRIVMSG #a :${text}`,
    "@batch=x PRIVMSG #a :end",
  );
  await ada.ask("BATCH -x");
  const lines = (await bob.heard()).filter((line) => parse(line)?.command === "PRIVMSG");
  assertEquals(textsOf(lines.slice(0, 2), "PRIVMSG").join(""), text);
  const joined = lines.map((line) => parse(line)?.tags?.has("draft/multiline-concat"));
  assertEquals([joined, textsOf(lines.slice(2), "PRIVMSG")], [[false, true, false], ["end"]]);
});

Deno.test("a long WALLOPS comes whole, in two lines", async () => {
  await using server = await TestServer.start({
    operators: [{ name: "root", password: "secret" }],
  });
  const ada = await server.register("ada");
  await ada.ask("OPER root secret");
  const bob = await server.register("bob");
  await bob.ask("MODE bob +w");
  const text = "x".repeat(LIMITS.line - "WALLOPS :\r\n".length);
  assertEquals(await ada.ask(`WALLOPS :${text}`), []);
  const parts = (await bob.heard()).map((line) => parse(line)?.params[0]);
  assertEquals([parts.length, parts.join("")], [2, text]);
});
