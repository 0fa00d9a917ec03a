import { assertEquals, assertMatch } from "@std/assert";
import { TestServer } from "../../support/server.ts";

// https://ircv3.net/specs/extensions/chathistory, "`draft/chathistory-end` tag"

const CAPS = "batch draft/chathistory server-time";

/** Requests, each with true if there are no more messages after its page. */
const ENDS: readonly [request: string, isEnd: boolean][] = [
  ["LATEST #a * 3", false],
  ["LATEST #a * 4", true],
  ["LATEST #a * 5", true],
  ["LATEST #a ID1 2", true],
  ["LATEST #a ID1 1", false],
  ["BEFORE #a ID2 1", false],
  ["BEFORE #a ID2 2", true],
  ["BEFORE #a ID0 1", true],
  ["AFTER #a ID1 1", false],
  ["AFTER #a ID1 2", true],
  ["AFTER #a ID3 2", true],
  ["BETWEEN #a ID0 ID3 1", false],
  ["BETWEEN #a ID0 ID3 2", true],
  ["BETWEEN #a ID3 ID0 1", false],
  ["BETWEEN #a ID3 ID0 2", true],
  ["AROUND #a ID2 1", false],
  ["AROUND #a ID2 2", false],
  ["AROUND #a ID2 4", true],
  ["TARGETS timestamp=2020-01-01T00:00:00.000Z timestamp=2090-01-01T00:00:00.000Z 1", false],
  ["TARGETS timestamp=2020-01-01T00:00:00.000Z timestamp=2090-01-01T00:00:00.000Z 2", true],
];

Deno.test("the last page of a history has the tag that says so, for clients that read tags", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", {
    caps: `${CAPS} message-tags echo-message`,
    join: "#a,#b",
  });
  const bob = await server.register("bob", {
    caps: CAPS,
    join: "#a,#b",
  });
  await ada.ask("PRIVMSG #b :1");
  const ids: string[] = [];
  for (const text of ["a", "b", "c", "d"]) {
    server.clock.advance(5);
    const [said] = await ada.askMessages(`PRIVMSG #a :${text}`);
    ids.push(said?.tags?.get("msgid") ?? "");
  }
  server.clock.advance(5);
  for (const [given, isEnd] of ENDS) {
    const request = given.replace(/ID(\d)/g, (_, i) => `msgid=${ids[Number(i)]}`);
    const [start = ""] = await ada.ask(`CHATHISTORY ${request}`);
    assertEquals(start.startsWith("@draft/chathistory-end "), isEnd, `${given}: ${start}`);
    const [untagged = ""] = await bob.ask(`CHATHISTORY ${request}`);
    assertMatch(untagged, /^:chat\.test BATCH/);
  }
});
