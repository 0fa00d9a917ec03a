import { assert, assertEquals } from "@std/assert";
import { HeldTurns } from "../../support/held_turns.ts";
import { TestServer } from "../../support/server.ts";

const CAPS = "batch draft/chathistory echo-message message-tags server-time soju.im/search";
/** The commands whose answers are pages of messages. */
const COMMANDS = ["CHATHISTORY LATEST #a * 100", "SEARCH :in=#a;text=message"];

for (const command of COMMANDS) {
  const [name] = command.split(" ");
  Deno.test(`an answer to ${name} that waits leaves out what was deleted, or is out of reach`, async () => {
    await leaveOut(command);
  });
}

/** Checks the answer to a command that shows all messages of `#a`, while it waits for its client. */
async function leaveOut(command: string): Promise<void> {
  const turns = new HeldTurns();
  await using server = await TestServer.start({}, { budgets: turns.budgets });
  const ada = await server.register("ada", { join: "#a", caps: `${CAPS} draft/message-redaction` });
  const eve = await server.register("eve", { join: "#a", caps: `${CAPS} labeled-response` });
  const ids: string[] = [];
  for (let count = 0; count < 60; count++) {
    const said = (await ada.ask(`PRIVMSG #a :message ${count}.`)).join();
    ids.push(/msgid=([^; ]+)/.exec(said)?.[1] ?? "");
  }
  await eve.heard();
  /** Returns the numbers of the messages in a page that waited while `line` happened. */
  const pageDuring = async (line: string) => {
    turns.isHeld = () => true;
    await eve.send(`@label=x ${command}`);
    await server.until(() => turns.isHolding, ada);
    await ada.ask(line);
    turns.release();
    const lines = await eve.heard();
    return lines.flatMap((each) => / :message (\d+)\.$/.exec(each)?.[1] ?? []).map(Number);
  };
  const all = Array.from(ids, (_, index) => index);
  assertEquals(await pageDuring("PING x"), all);
  assertEquals(await pageDuring(`REDACT #a ${ids[50]}`), all.filter((index) => index !== 50));
  const last = (await pageDuring("KICK #a eve")).at(-1) ?? 0;
  assert(last < 40, `${last}`);
}
