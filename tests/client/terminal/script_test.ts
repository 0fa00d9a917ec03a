import { assert, assertEquals, assertRejects } from "@std/assert";
import { connect } from "../../../client.ts";
import { EVENT_KEYS, type JsonKey, RESULT_KEYS } from "../../../client/terminal/json.ts";
import { SCRIPT_COMMANDS } from "../../../client/terminal/script_commands.ts";
import { UserError } from "../../../shared/errors.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { ALL_CAPS, FakeServer, type Peer } from "../../support/fake_server.ts";
import { Pipes } from "../../support/pipes.ts";

const CAPS = `${ALL_CAPS} account-tag draft/chathistory draft/message-redaction`;

/** A program that gives commands, and its client. */
class Program implements AsyncDisposable {
  readonly server = new FakeServer();
  readonly pipes = new Pipes();
  readonly clock = new FakeClock();
  readonly exitCode: Promise<number>;

  constructor(options: { readonly follow?: boolean; readonly room?: string } = {}) {
    const parts = { stdio: this.pipes, clock: this.clock, random: () => 1 };
    this.exitCode = connect({ ...this.server.connectOptions, json: true, ...options }, parts);
  }

  /** Gives a command. */
  give(command: Readonly<Record<string, unknown>>): void {
    this.pipes.input(`${JSON.stringify(command)}\n`);
  }

  /** The objects that were printed; each event and result has all keys. */
  get objects(): Record<string, unknown>[] {
    const objects = this.pipes.out.lines.map((line) => JSON.parse(line));
    for (const object of objects) {
      const keys: Readonly<Record<string, JsonKey>> = object.type === "result"
        ? RESULT_KEYS
        : EVENT_KEYS;
      assertEquals(Object.keys(object), Object.keys(keys));
      for (const [key, { types }] of Object.entries(keys)) {
        const value = object[key];
        const type = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
        assert(types.some((each) => each === type), `${key} is ${value}`);
      }
    }
    return objects;
  }

  /** Waits for the result of the command with `ref`; returns its status, its reason and its ids. */
  async result(ref: string): Promise<unknown[]> {
    await this.pipes.out.has(`"result","ref":"${ref}"`);
    const result = this.objects.find((each) => each.type === "result" && each.ref === ref);
    return [result?.status, result?.reason, result?.ids];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    this.pipes.signal("SIGTERM");
    await this.exitCode.catch(() => {});
  }
}

/**
 * Answers the next line with `answer`, under the label of the line; returns the line without its
 * label.
 */
async function answer(peer: Peer, line: RegExp, ...answers: string[]): Promise<string | undefined> {
  const { tags } = await peer.expect(line);
  const [first, ...more] = answers;
  await peer.send(
    ...(first === undefined ? [] : [`@label=${tags?.get("label")};${first}`]),
    ...more,
  );
  return tags?.get("+draft/reply");
}

Deno.test("a message has a result with its id, and is printed as the user's own", async () => {
  await using program = new Program();
  program.give({ do: "say", to: "#a", text: "one\ntwo", ref: "s" });
  const peer = await program.server.acceptInRoom({ caps: CAPS });
  await answer(peer, / PRIVMSG #a :one$/, "msgid=m1;account=ann :ann!u@h PRIVMSG #a :one");
  await answer(peer, / PRIVMSG #a :two$/, "msgid=m2;account=ann :ann!u@h PRIVMSG #a :two");
  assertEquals(await program.result("s"), ["done", null, ["m1", "m2"]]);
  const own = program.objects.filter(({ type }) => type === "message");
  assertEquals(own.map(({ own, account, id, text }) => [own, account, id, text]), [
    [true, "ann", "m1", "one"],
    [true, "ann", "m2", "two"],
  ]);
});

Deno.test("a message to a person and its answer are private", async () => {
  await using program = new Program();
  program.give({ do: "say", to: "bob", text: "psst", ref: "p" });
  const peer = await program.server.acceptInRoom({ caps: CAPS });
  await answer(peer, / PRIVMSG bob :psst$/, "msgid=m1 :ann!u@h PRIVMSG bob :psst");
  await peer.send("@msgid=m2;account=bo :bob!u@h PRIVMSG ann :what?");
  await program.pipes.out.has("what?");
  const { room, to, nick, account, mention } = program.objects.find(({ id }) => id === "m2") ?? {};
  assertEquals([room, to, nick, account, mention], [null, "ann", "bob", "bo", true]);
});

Deno.test("a reply, a reaction and a deletion name the message", async () => {
  await using program = new Program();
  program.give({ do: "reply", to: "#a", id: "m0", text: "yes", ref: "y" });
  program.give({ do: "react", to: "#a", id: "m0", text: "👍", ref: "r" });
  program.give({ do: "unreact", to: "#a", id: "m0", text: "👍", ref: "u" });
  program.give({ do: "delete", to: "#a", id: "m1", reason: "wrong", ref: "d" });
  const peer = await program.server.acceptInRoom({ caps: CAPS });
  const replied = await answer(
    peer,
    / PRIVMSG #a :yes$/,
    "msgid=m1;+draft/reply=m0 :ann!u@h PRIVMSG #a :yes",
  );
  const reacted = await answer(
    peer,
    /draft\/react=👍.* TAGMSG #a$/,
    "msgid=m2;+draft/reply=m0;+draft/react=👍 :ann!u@h TAGMSG #a",
  );
  assertEquals([replied, reacted], ["m0", "m0"]);
  await answer(
    peer,
    /draft\/unreact=👍.* TAGMSG #a$/,
    "msgid=m4;+draft/reply=m0;+draft/unreact=👍 :ann!u@h TAGMSG #a",
  );
  await answer(peer, / REDACT #a m1 wrong$/, "msgid=m3 :ann!u@h REDACT #a m1 :wrong");
  assertEquals(await program.result("y"), ["done", null, ["m1"]]);
  assertEquals(await program.result("r"), ["done", null, ["m2"]]);
  assertEquals((await program.result("u"))[0], "done");
  assertEquals((await program.result("d"))[0], "done");
  const events = program.objects.filter(({ reply }) => reply !== null && reply !== undefined);
  assertEquals(events.map(({ type, reply, text }) => [type, reply, text]), [
    ["message", "m0", "yes"],
    ["reaction", "m0", "👍"],
    ["unreaction", "m0", "👍"],
    ["redaction", "m1", "wrong"],
  ]);
});

Deno.test("a command that needs tags or redaction is refused at a server without them, with the reason", async () => {
  await using program = new Program();
  program.give({ do: "react", to: "#a", id: "m0", text: "👍", ref: "r" });
  program.give({ do: "delete", to: "#a", id: "m0", ref: "d" });
  program.give({ do: "history", to: "#a", ref: "h" });
  await program.server.acceptInRoom();
  assertEquals(await program.result("r"), ["refused", "this server takes no reactions", []]);
  assertEquals(await program.result("d"), ["refused", "this server deletes no messages", []]);
  assertEquals((await program.result("h"))[0], "refused");
});

Deno.test("rooms are joined and left; a refusal of one does not end the client", async () => {
  await using program = new Program();
  const peer = await program.server.acceptInRoom({ caps: CAPS });
  program.give({ do: "join", room: "b", ref: "b" });
  await peer.join("#b");
  assertEquals((await program.result("b"))[0], "done");
  program.give({ do: "join", room: "#c", key: "k", ref: "c" });
  await peer.expect(/^JOIN #c k$/);
  await peer.send(":irc.test 475 ann #c :Cannot join channel (+k)");
  assertEquals((await program.result("c"))[0], "refused");
  program.give({ do: "part", room: "#b", reason: "bye", ref: "p" });
  await answer(peer, / PART #b :bye$/, "x=y :ann!u@h PART #b :bye");
  assertEquals((await program.result("p"))[0], "done");
  await peer.send(":op!u@h KICK #a ann :out");
  await program.pipes.out.has('"kick"');
  const { nick, by, own } = program.objects.at(-1) ?? {};
  assertEquals([nick, by, own], ["ann", "op", true]);
  program.give({ do: "say", to: "bob", text: "still here", ref: "s" });
  await answer(peer, / PRIVMSG bob /, ":ann!u@h PRIVMSG bob :still here");
});

Deno.test("the refusal of the first room ends the client", async () => {
  await using program = new Program({ follow: true });
  const refused = assertRejects(() => program.exitCode, UserError, "cannot join #a");
  const peer = await program.server.accept();
  await peer.welcome({ caps: CAPS });
  await peer.expect(/^JOIN #a$/);
  await peer.send(":irc.test 474 ann #a :Cannot join channel (+b)");
  await peer.expect(/^QUIT/);
  peer.close();
  await refused;
});

Deno.test("history is printed as past events with the ref of the command, before its result", async () => {
  await using program = new Program();
  program.give({ do: "history", to: "#a", since: "1h", ref: "h" });
  const peer = await program.server.acceptInRoom({ caps: CAPS });
  await answer(
    peer,
    / CHATHISTORY AFTER #a timestamp=2025-12-31T22:59:59.999Z 100$/,
    "x=y :irc.test BATCH +b chathistory #a",
    "@batch=b;time=2025-12-31T23:30:00.000Z;msgid=m1 :bob!u@h PRIVMSG #a :earlier",
    ":irc.test BATCH -b",
  );
  assertEquals((await program.result("h"))[0], "done");
  const [past, result] = program.objects.slice(-2);
  assertEquals([past?.text, past?.past, past?.ref], ["earlier", true, "h"]);
  assertEquals(result?.type, "result");
});

Deno.test("the replies to an IRC command are answers", async () => {
  await using program = new Program();
  program.give({ do: "raw", line: "WHOIS bob", ref: "w" });
  const peer = await program.server.acceptInRoom({ caps: CAPS });
  await answer(peer, / WHOIS bob$/, "x=y :irc.test 401 ann bob :No such nick");
  assertEquals((await program.result("w"))[0], "refused");
  program.give({ do: "raw", line: "VERSION", ref: "v" });
  await answer(peer, / VERSION$/, "x=y :irc.test 351 ann chat-1 irc.test :fast");
  assertEquals((await program.result("v"))[0], "done");
  assert(program.objects.some(({ type, text }) => type === "answer" && `${text}`.includes("fast")));
});

/** Lines that are not commands, each with a part of the reason. */
const WRONG: readonly (readonly [line: string, reason: string])[] = [
  ["hello", "one JSON object"],
  ['["say"]', "one JSON object"],
  ['{"do":"fly"}', "do must be one of say, "],
  ['{"do":"say","text":"x"}', "say needs the key to"],
  ['{"do":"say","to":"#a","text":7}', "text must be a string"],
  ['{"do":"say","to":"#a","text":"\\n"}', "the text is empty"],
  ['{"do":"say","to":"#a","text":"x","loud":true}', "say has no key loud"],
  ['{"do":"history","to":"#a","limit":-1}', "limit must be a whole number"],
  ['{"do":"history","to":"#a","since":"soon"}', "since must be a time"],
  ['{"do":"join","room":"a,b"}', "no spaces or commas"],
  ['{"do":"part","room":"#a,#b"}', "no spaces or commas"],
  ['{"do":"say","to":"#a,bob","text":"x"}', "#a,bob is not a room or a nick"],
  ['{"do":"react","to":"#a,bob","id":"x","text":"x"}', "#a,bob is not a room or a nick"],
  ['{"do":"raw","line":"1x y"}', "must be an IRC command"],
  ['{"do":"say","to":"#a","text":"x","ref":[]}', "ref must be"],
];

Deno.test("a line that is not a command is refused, no part of it is sent, and the exit code is 1", async () => {
  await using program = new Program();
  program.pipes.input(WRONG.map(([line]) => `${line}\n`).join(""));
  program.pipes.endInput();
  const peer = await program.server.acceptInRoom({ caps: CAPS });
  await peer.expect(/^QUIT/);
  peer.close();
  assertEquals(await program.exitCode, 1);
  const results = program.objects.filter(({ type }) => type === "result");
  assertEquals(results.length, WRONG.length);
  for (const [i, [line, reason]] of WRONG.entries()) {
    assertEquals(results[i]?.status, "refused");
    assert(`${results[i]?.reason}`.includes(reason), `${line}: ${results[i]?.reason}`);
  }
});

Deno.test("open commands are lost with the connection, and commands without a connection wait or are refused", async () => {
  await using program = new Program();
  program.give({ do: "topic", room: "#a", text: "tea", ref: "t" });
  program.give({ do: "say", to: "#a", text: "one", ref: "s" });
  const peer = await program.server.acceptInRoom({ caps: CAPS });
  await peer.expect(/ TOPIC /);
  await peer.expect(/ PRIVMSG /);
  peer.close();
  assertEquals(await program.result("s"), ["lost", "the connection was lost", []]);
  assertEquals(await program.result("t"), ["lost", "the connection was lost", []]);
  await program.pipes.out.has('"disconnected"');
  program.give({ do: "nick", nick: "bob", ref: "n" });
  assertEquals((await program.result("n"))[0], "refused");
  program.give({ do: "say", to: "#a", text: "later", ref: "l" });
  program.clock.advance(1000);
  const next = await program.server.acceptInRoom({ caps: ALL_CAPS });
  await answer(next, / PRIVMSG #a :later$/, "msgid=m2 :ann!u@h PRIVMSG #a :later");
  assertEquals(await program.result("l"), ["done", null, ["m2"]]);
});

Deno.test("no command overtakes a message before it", async () => {
  await using program = new Program();
  program.give({ do: "say", to: "#a", text: "one", ref: "s" });
  program.give({ do: "part", room: "#a", ref: "p" });
  const peer = await program.server.accept();
  await peer.welcome({ caps: CAPS });
  await peer.join("#a");
  await answer(peer, / PRIVMSG #a :one$/, "msgid=m1 :ann!u@h PRIVMSG #a :one");
  await answer(peer, / PART :?#a$/, "x=y :ann!u@h PART #a");
  assertEquals(await program.result("s"), ["done", null, ["m1"]]);
  assertEquals((await program.result("p"))[0], "done");
});

Deno.test("a signal leaves no command without a result", async () => {
  await using program = new Program();
  program.give({ do: "join", room: "#b", ref: "j" });
  program.give({ do: "say", to: "#a", text: "one", ref: "s" });
  const peer = await program.server.acceptInRoom({ caps: CAPS });
  await peer.expect(/^JOIN #b/);
  await peer.expect(/ PRIVMSG /);
  program.pipes.signal("SIGTERM");
  await peer.expect(/^QUIT/);
  peer.close();
  assertEquals(await program.exitCode, 143);
  assertEquals([(await program.result("s"))[0], (await program.result("j"))[0]], ["lost", "lost"]);
});

Deno.test("leave ends the client with its reason, even if it follows", async () => {
  await using program = new Program({ follow: true });
  program.give({ do: "leave", reason: "good night", ref: "l" });
  const peer = await program.server.acceptInRoom({ caps: CAPS });
  await peer.expect(/^QUIT :good night$/);
  peer.close();
  assertEquals(await program.exitCode, 0);
  assertEquals((await program.result("l"))[0], "done");
});

Deno.test("each command has a name of its own, and help that is a sentence", () => {
  assertEquals(new Set(SCRIPT_COMMANDS.map(({ name }) => name)).size, SCRIPT_COMMANDS.length);
  for (const { help } of SCRIPT_COMMANDS) assert(/^[A-Z].*\.$/.test(help), help);
});
