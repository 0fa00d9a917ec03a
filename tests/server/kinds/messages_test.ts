import { assertEquals } from "@std/assert";
import { TestServer } from "../../support/server.ts";

const CAPS = "batch draft/chathistory message-tags server-time";

/** Returns the commands, targets and texts of lines. */
function said(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/^@\S+ /, "").replace(/^:\S+ /, ""));
}

const FLEETING = [
  "PRIVMSG ada :\x01KEEPALIVE 1767225600.000000\x01",
  "NOTICE ada :1767225600",
  "PRIVMSG ada :PING 1767225600",
  "PRIVMSG ada :LAG",
  "PRIVMSG bob :\x01VERSION\x01",
  "NOTICE bob :\x01VERSION chat\x01",
  "PRIVMSG #a :\x01PING 17\x01",
  "PRIVMSG #a :\x01DCC CHAT",
];

Deno.test("CTCP other than ACTION, and a client's check of its own connection, are delivered and not stored", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS, join: "#a" });
  const bob = await server.register("bob", { caps: CAPS, join: "#a" });
  await ada.heard();
  const answers: string[] = [];
  for (const line of FLEETING) answers.push(...await ada.ask(line));
  assertEquals(said(answers), FLEETING.slice(0, 4));
  assertEquals(said(await bob.heard()), FLEETING.slice(4));
  for (const target of ["ada", "bob", "#a"]) {
    const kept = ["\x01ACTION waves\x01", "ping me later", "\x01action\x01"]
      .map((text) => `PRIVMSG ${target} :${text}`);
    for (const line of kept) await ada.ask(line);
    const page = await ada.ask(`CHATHISTORY LATEST ${target} * 10`);
    assertEquals(said(page.slice(1, -1)), kept);
  }
});

Deno.test("CTCP other than ACTION does not wait for an account that is not connected", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  await ada.ask("REGISTER * * sesame");
  await ada.close();
  const bob = await server.register("bob");
  await server.until(() => server.server.counts.users === 1, bob);
  assertEquals(await bob.ask("PRIVMSG ada :\x01VERSION\x01"), [
    ":chat.test 401 bob ada :No such nick or channel",
  ]);
  assertEquals(await bob.ask("NOTICE ada :\x01VERSION chat\x01"), []);
  await bob.ask("PRIVMSG ada :\x01ACTION waves\x01");
  const again = await server.connect();
  const received = await again.introduce({ nick: "ada", caps: CAPS, login: ["ada", "sesame"] });
  assertEquals(said(received.filter((line) => line.includes("bob!"))), [
    "PRIVMSG ada :\x01ACTION waves\x01",
  ]);
});
