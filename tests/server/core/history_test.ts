import { assert, assertEquals } from "@std/assert";
import { LIMITS, parse } from "../../../protocol.ts";
import { byteLength } from "../../../shared/text.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { TestServer } from "../../support/server.ts";

const CAPS = "batch draft/chathistory draft/event-playback message-tags server-time soju.im/search";
const LONG_NAME = `#${"n".repeat(LIMITS.channel - 1)}`;
const ADA = "ada!~ada@127.0.0.1";

/** Returns a text that makes a message to `channel` exactly as long as a line may be. */
function fullText(channel: string, start = "", end = ""): string {
  const room = LIMITS.line - byteLength(`:${ADA} PRIVMSG ${channel} :${start}${end}\r\n`);
  return `${start}${"แมว ".repeat(room).slice(0, Math.floor(room / 10) * 4)}${end}`;
}

/**
 * Returns the texts of messages. Each message must fit into a line, and name the channel by its
 * long name.
 */
function texts(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    assert(byteLength(line.replace(/^@\S+ /, "")) <= LIMITS.line - 2, line);
    const message = parse(line);
    if (message?.command !== "PRIVMSG") return [];
    assertEquals(message.params[0], LONG_NAME);
    return [message.params[1] ?? ""];
  });
}

/** Says a long text and a long ACTION in a channel, then gives it a longer name. */
async function sayAndRename(ada: IrcClient): Promise<[text: string, action: string]> {
  const said = fullText("#a");
  const action = fullText("#a", "\x01ACTION ", "\x01");
  await ada.ask(`PRIVMSG #a :${said}`);
  await ada.ask(`PRIVMSG #a :${action}`);
  await ada.ask(`RENAME #a ${LONG_NAME}`);
  return [said, action];
}

const REQUESTS = [`CHATHISTORY LATEST ${LONG_NAME} * 10`, `SEARCH :in=${LONG_NAME}`];

Deno.test("under a longer channel name, a long message in history is whole, in several lines", async () => {
  await using server = await TestServer.start({ plainPort: 0 });
  const ada = await server.register("ada", { caps: `${CAPS} draft/channel-rename`, join: "#a" });
  const [said, action] = await sayAndRename(ada);
  for (const request of REQUESTS) {
    const lines = await ada.ask(request);
    const [one = "", two = "", three = "", four = "", ...rest] = texts(lines);
    assertEquals(rest, []);
    assertEquals(one + two, said);
    assertEquals(
      [three, four].map((text) => /^\x01ACTION (.+)\x01$/.exec(text)?.[1]).join(""),
      action.slice("\x01ACTION ".length, -1),
    );
    const ids = lines.filter((line) => line.includes(" PRIVMSG "))
      .map((line) => parse(line)?.tags?.has("msgid"));
    assertEquals(ids, [true, false, true, false], "the first line has the id");
  }
});

Deno.test("under a longer channel name, draft/multiline joins a long message in history", async () => {
  await using server = await TestServer.start();
  const caps = `${CAPS} draft/channel-rename draft/multiline`;
  const ada = await server.register("ada", { caps, join: "#a" });
  const [said, action] = await sayAndRename(ada);
  for (const request of REQUESTS) {
    const lines = await ada.ask(request);
    const [one = "", two = "", three = "", four = "", ...rest] = texts(lines);
    assertEquals([one + two, three + four, ...rest], [said, action]);
    const isJoined = lines.filter((line) => line.includes(" PRIVMSG "))
      .map((line) => parse(line)?.tags?.has("draft/multiline-concat"));
    assertEquals(isJoined, [false, true, false, true]);
  }
});
