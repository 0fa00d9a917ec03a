import { assertEquals, assertMatch } from "@std/assert";
import { parse } from "../../../protocol.ts";
import { TestServer } from "../../support/server.ts";

const CAPS = "batch draft/chathistory message-tags server-time";

Deno.test("messages from before the clock was set back are found up to any time in the future", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS, join: "#a" });
  server.clock.turn(10 * 365 * 86_400_000);
  await ada.ask("PRIVMSG #a :0");
  server.clock.turn(-10 * 365 * 86_400_000);
  await ada.ask("PRIVMSG #a :1");
  const words = async (line: string) =>
    (await ada.askMessages(line)).filter(({ command }) => command === "PRIVMSG")
      .map(({ params }) => params[1]).join("");
  const [now, soon] = [-1000, 86_400_000].map((ms) =>
    `timestamp=${new Date(server.clock.now() + ms).toISOString()}`
  );
  assertEquals(await words(`CHATHISTORY BETWEEN #a ${now} ${soon} 10`), "01");
  assertEquals(await words(`CHATHISTORY BEFORE #a ${soon} 10`), "01");
  assertEquals(await words(`CHATHISTORY BEFORE #a ${now} 10`), "");
  const targets = await ada.ask(`CHATHISTORY TARGETS ${now} ${soon} 10`);
  assertMatch(targets.join(), /CHATHISTORY TARGETS #a /);
});

Deno.test("CHATHISTORY knows every msgid, even that of a line which replaces a newer command", async () => {
  await using server = await TestServer.start({
    operators: [{ name: "root", password: "secret" }],
  });
  const root = await server.register("root", { join: "#a" });
  const bob = await server.register("bob", { caps: CAPS, join: "#a" });
  await root.ask("MODE #a +v bob");
  await root.ask("OPER root secret");
  await bob.heard();
  await root.ask("RENAME #a #b");
  await root.ask("CHGHOST root tea user/root");
  const lines = (await bob.heard()).flatMap((line) => parse(line) ?? []);
  const commands = lines.map(({ command }) => command).filter((command) => /[A-Z]/.test(command));
  assertEquals(commands, ["PART", "JOIN", "QUIT", "JOIN", "MODE"]);
  for (const { tags } of lines) {
    const id = tags?.get("msgid");
    if (id === undefined) continue;
    const [answer] = await bob.ask(`CHATHISTORY AFTER #b msgid=${id} 10`);
    assertMatch(answer ?? "", / BATCH /, id);
  }
});
