import { assert, assertEquals, assertMatch } from "@std/assert";
import { parse } from "../../../protocol.ts";
import { HeldTurns } from "../../support/held_turns.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { TestServer } from "../../support/server.ts";

/** The number of waiting messages: too many for one slice of an answer. */
const COUNT = 400;

const OPERATOR = { name: "root", password: "secret" };

/** A server on which `COUNT` messages of Bob wait for the account of Ada. */
class Waiting implements AsyncDisposable {
  readonly turns: HeldTurns;
  readonly server: TestServer;
  readonly sent = Array.from({ length: COUNT }, (_, i) => `message ${i}`);

  private constructor(server: TestServer, turns: HeldTurns) {
    this.server = server;
    this.turns = turns;
  }

  static async begin(): Promise<Waiting> {
    const turns = new HeldTurns();
    const { budgets } = turns;
    return new Waiting(await TestServer.start({ operators: [OPERATOR] }, { budgets }), turns);
  }

  /** Has Bob send the messages; returns Bob's client. */
  async leaveMessages(): Promise<IrcClient> {
    const ada = await this.server.register("ada");
    await ada.ask("REGISTER * * sesame");
    await ada.send("QUIT");
    await ada.untilEnd();
    const bob = await this.server.register("bob");
    await bob.ask("OPER root secret");
    await bob.send(...this.sent.map((text) => `PRIVMSG ada :${text}`));
    await bob.heard();
    return bob;
  }

  /** Logs in as Ada, who gets the first slice of the messages; returns Ada and these messages. */
  async logInForOneSlice(bob: IrcClient): Promise<{ ada: IrcClient; first: string[] }> {
    this.turns.isHeld = () => this.server.server.counts.users === 2;
    const ada = await this.server.connect();
    await ada.send("CAP REQ sasl", "AUTHENTICATE PLAIN", "AUTHENTICATE AGFkYQBzZXNhbWU=");
    await ada.send("CAP END", "NICK ada", "USER ada 0 * :Ada");
    await ada.until("422");
    await bob.ask("PRIVMSG ada :the mark");
    const first = await this.#readUntil(ada, "the mark");
    assert(first.length > 0 && first.length < COUNT, `one slice has ${first.length} messages`);
    return { ada, first };
  }

  async #readUntil(client: IrcClient, end: string): Promise<string[]> {
    const texts: string[] = [];
    for (let text = ""; text !== end;) {
      const { params } = await client.until("PRIVMSG");
      text = textOf(params);
      if (text !== end) texts.push(text);
    }
    return texts;
  }

  /** Logs in as Ada; returns the messages that wait. */
  async logIn(): Promise<string[]> {
    const ada = await this.server.connect();
    const lines = await ada.introduce({ login: ["ada", "sesame"] });
    const messages = lines.flatMap((line) => parse(line) ?? []);
    return messages.filter(({ command }) => command === "PRIVMSG").map(({ params }) =>
      textOf(params)
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}

/** Returns the text of a message, without the time that precedes the text of a waiting message. */
function textOf([, text = ""]: readonly string[]): string {
  return text.replace(/^\[.*UTC\] /, "");
}

Deno.test("a client that is killed while it gets its waiting messages gets exactly the rest at its next login", async () => {
  await using waiting = await Waiting.begin();
  const bob = await waiting.leaveMessages();
  const { ada, first } = await waiting.logInForOneSlice(bob);
  await bob.ask("KILL ada");
  await ada.untilEnd();
  waiting.turns.release();
  assertEquals([...first, ...await waiting.logIn()], waiting.sent);
});

Deno.test("messages in the send queue of a connection that breaks wait for the next login", async () => {
  await using waiting = await Waiting.begin();
  const { server, turns } = waiting;
  const bob = await waiting.leaveMessages();
  const { ada, first } = await waiting.logInForOneSlice(bob);
  // The server notices the break only when it sends.
  await ada.close();
  turns.release();
  await server.until(() => server.server.counts.users === 1, bob);
  const rest = await waiting.logIn();
  // The operating system may have taken the lines of one more slice before the break.
  assert(rest.length > 0 && rest.length <= COUNT - first.length);
  assertEquals(rest, waiting.sent.slice(-rest.length));
});

Deno.test("messages that waited come after the answer to a login, and only the answer has its label", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  await ada.ask("REGISTER * * sesame");
  await ada.send("QUIT");
  await ada.untilEnd();
  const bob = await server.register("bob");
  await bob.ask("PRIVMSG ada :tea?");
  const zoe = await server.register("zoe", { caps: "labeled-response batch server-time" });
  const answer = await zoe.ask("@label=x NS IDENTIFY ada sesame");
  assertMatch(answer[0] ?? "", /^@label=x \S+ BATCH \+(\w+) labeled-response$/);
  assertMatch(answer[2] ?? "", /^@batch=\S+ \S+ NOTICE zoe :You are now identified for ada\.$/);
  assertMatch(answer[3] ?? "", / BATCH -/);
  assertMatch(answer[4] ?? "", /^@time=\S+ :bob!\S+ PRIVMSG zoe :tea\?$/);
  assertEquals(answer.length, 5);
});
