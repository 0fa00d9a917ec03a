import { assert, assertEquals } from "@std/assert";
import { parse } from "../../../protocol.ts";
import { joinThree } from "../../support/people.ts";
import { TestServer } from "../../support/server.ts";

// https://ircv3.net/specs/extensions/multiline

const BASE = "batch echo-message labeled-response message-tags";
const CAPS = `${BASE} draft/multiline`;

/** Returns lines with `ID` for each batch reference and message id, which differ between runs. */
function withoutIds(lines: readonly string[]): string[] {
  return lines.map((line) => line.replaceAll(/\b[0-9a-z]{11}\b/g, "ID"));
}

const ADA = ":ada!~ada@127.0.0.1";

Deno.test("a multiline batch is one message, and separate lines for clients without draft/multiline", async () => {
  await using server = await TestServer.start();
  const [ada, bob, eve] = await joinThree(server, CAPS);
  await ada.send(
    "@label=1;+x=y BATCH +b draft/multiline #a",
    "@batch=b PRIVMSG #a :one ",
    "@batch=b PRIVMSG #a :",
    "@batch=b PRIVMSG #a :two ",
    "@batch=b;draft/multiline-concat PRIVMSG #a :and a half",
  );
  assertEquals(await ada.heard(), [], "nothing is sent, nor acknowledged, before the batch ends");
  assertEquals(await bob.heard(), []);
  await ada.send("BATCH -b");
  const rest = [
    `@batch=ID ${ADA} PRIVMSG #a :one `,
    `@batch=ID ${ADA} PRIVMSG #a :`,
    `@batch=ID ${ADA} PRIVMSG #a :two `,
    `@batch=ID;draft/multiline-concat ${ADA} PRIVMSG #a :and a half`,
    `${ADA} BATCH -ID`,
  ];
  assertEquals(withoutIds(await ada.heard()), [
    `@msgid=ID;+x=y;label=1 ${ADA} BATCH +ID draft/multiline #a`,
    ...rest,
  ]);
  assertEquals(withoutIds(await bob.heard()), [
    `@msgid=ID;+x=y ${ADA} BATCH +ID draft/multiline #a`,
    ...rest,
  ]);
  assertEquals(withoutIds(await eve.heard()), [
    `@msgid=ID;+x=y ${ADA} PRIVMSG #a :one `,
    `@+x=y ${ADA} PRIVMSG #a :two `,
    `@+x=y ${ADA} PRIVMSG #a :and a half`,
  ]);
});

Deno.test("without echo-message, a multiline batch gets ACK when it ends", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: "batch labeled-response draft/multiline" });
  await server.register("bob");
  await ada.send("@label=1 BATCH +b draft/multiline bob", "@batch=b NOTICE bob :hi");
  assertEquals(await ada.heard(), []);
  assertEquals(await ada.ask("BATCH -b"), ["@label=1 :chat.test ACK"]);
});

Deno.test("a multiline batch with an error gets one FAIL and is not delivered", async () => {
  await using server = await TestServer.start();
  const [ada, bob] = await joinThree(server, CAPS);
  const line = "@batch=b PRIVMSG #a :x";
  const table: readonly [lines: readonly string[], failure: string][] = [
    [
      ["@batch=b PRIVMSG #b :x"],
      "MULTILINE_INVALID_TARGET #a #b :The lines of a batch must have its target",
    ],
    [["@batch=c PRIVMSG #a :x"], "MULTILINE_INVALID :The open batch has another reference"],
    [
      ["@batch=b JOIN #b"],
      "MULTILINE_INVALID :Only PRIVMSG and NOTICE can be part of a multiline batch",
    ],
    [
      [line, "@batch=b NOTICE #a :x"],
      "MULTILINE_INVALID :The lines of a batch must be all PRIVMSG or all NOTICE",
    ],
    [
      [line, "@batch=b;draft/multiline-concat PRIVMSG #a :"],
      "MULTILINE_INVALID :A blank line cannot have the tag draft/multiline-concat",
    ],
    [["@batch=b PRIVMSG #a :"], "MULTILINE_INVALID :A message needs a line that is not blank"],
    [[], "MULTILINE_INVALID :A message needs a line that is not blank"],
    [
      Array(33).fill(line),
      "MULTILINE_MAX_LINES 32 :A message can be at most 32 lines long: send several",
    ],
    [
      Array(11).fill(`@batch=b PRIVMSG #a :${"x".repeat(400)}`),
      "MULTILINE_MAX_BYTES 4096 :A message can be at most 4096 bytes long: send several",
    ],
  ];
  for (const [lines, failure] of table) {
    await ada.send("@label=1 BATCH +b draft/multiline #a", ...lines, line.replace(":x", ":"));
    await ada.send("BATCH -b");
    assertEquals(await ada.heard(), [`@label=1 :chat.test FAIL BATCH ${failure}`]);
  }
  assertEquals(await bob.heard(), []);
});

Deno.test("a multiline message of exactly max-lines and max-bytes is delivered", async () => {
  await using server = await TestServer.start();
  const [ada, bob] = await joinThree(server, CAPS);
  await ada.send("BATCH +b draft/multiline #a", `@batch=b PRIVMSG #a :${"x".repeat(128)}`);
  for (let i = 0; i < 31; i++) await ada.send(`@batch=b PRIVMSG #a :${"x".repeat(127)}`);
  assertEquals((await ada.ask("BATCH -b")).length, 34);
  assertEquals((await bob.heard()).length, 34);
});

Deno.test("a batch of another type or with a wrong reference gets FAIL", async () => {
  await using server = await TestServer.start();
  const [ada, bob, eve] = await joinThree(server, CAPS);
  const reference = "Give + or -, then a reference of 1 to 64 letters, digits and hyphens";
  const type =
    "Only batches of type draft/multiline are accepted, and only with the capabilities " +
    "batch and draft/multiline";
  const table: readonly [sent: string, answer: string][] = [
    ["BATCH b", `INVALID_REFTAG b :${reference}`],
    ["BATCH +b_d", `INVALID_REFTAG +b_d :${reference}`],
    ["BATCH -b", "INVALID_REFTAG b :No batch with this reference is open"],
    ["@batch=b PRIVMSG #a :x", "MULTILINE_INVALID :No batch is open; begin one with BATCH"],
    ["BATCH +c draft/multiline", "MULTILINE_INVALID :A multiline batch needs a target"],
    ["BATCH +b netjoin", `UNKNOWN_TYPE b netjoin :${type}`],
  ];
  for (const [sent, answer] of table) {
    assertEquals(await ada.ask(sent), [`:chat.test FAIL BATCH ${answer}`], sent);
  }
  assertEquals(await ada.ask("@batch=b PRIVMSG #a :x"), [], "lines of a refused batch are ignored");
  assertEquals(await ada.ask("BATCH -b"), []);
  assertEquals(await eve.ask("BATCH +b draft/multiline #a"), [
    `:chat.test FAIL BATCH UNKNOWN_TYPE b draft/multiline :${type}`,
  ]);
  await ada.ask("BATCH +b draft/multiline #a");
  assertEquals(await ada.ask("BATCH +c draft/multiline #a"), [
    ":chat.test FAIL BATCH MULTILINE_INVALID :A batch is open already; end it first",
  ]);
  assertEquals(await bob.heard(), []);
});

Deno.test("a multiline batch from a user who may not speak gets ERR_CANNOTSENDTOCHAN", async () => {
  await using server = await TestServer.start();
  const [ada, bob] = await joinThree(server, CAPS);
  await ada.ask("MODE #a +m");
  await bob.heard();
  await bob.send("@label=1 BATCH +b draft/multiline #a", "@batch=b PRIVMSG #a :x", "BATCH -b");
  const [answer, ...more] = await bob.heard();
  assert(answer?.startsWith("@label=1 :chat.test 404 bob #a :"), answer);
  assertEquals(more, []);
});

Deno.test("clients on the plain port get the lines of a multiline message", async () => {
  await using server = await TestServer.start({ plainPort: 0 });
  const ada = await server.register("ada", { caps: CAPS, join: "#lobby" });
  const plainClient = await server.connectPlain();
  await ada.until("JOIN");
  await ada.send(
    "BATCH +b draft/multiline #lobby",
    "@batch=b PRIVMSG #lobby :one ",
    "@batch=b;draft/multiline-concat PRIVMSG #lobby :line",
    "@batch=b PRIVMSG #lobby :",
    "@batch=b PRIVMSG #lobby :two",
    "BATCH -b",
  );
  assertEquals([await plainClient.next(), await plainClient.next()], ["ada: one line", "ada: two"]);
});

Deno.test("CAP LS 302 gives the limits of draft/multiline, CAP LS does not", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const offered = async (line: string) =>
    (await ada.ask(line)).flatMap((answer) => parse(answer)?.params.at(-1)?.split(" ") ?? []);
  assert((await offered("CAP LS")).includes("draft/multiline"));
  const multiline = "draft/multiline=max-bytes=4096,max-lines=32";
  assert((await offered("CAP LS 302")).includes(multiline));
});

Deno.test("a multiline batch that does not end in time is discarded, with one FAIL", async () => {
  await using server = await TestServer.start();
  const [ada, bob] = await joinThree(server, CAPS);
  await ada.send("@label=1 BATCH +b draft/multiline #a", "@batch=b PRIVMSG #a :one");
  await ada.heard();
  server.clock.advance(29_000);
  assertEquals(await ada.heard(), []);
  server.clock.advance(2_000);
  // It comes once the server has read all input that had come by then.
  assertEquals(
    await ada.next(),
    "@label=1 :chat.test FAIL BATCH TIMEOUT b :The batch was dropped: close a batch within 30 seconds",
  );
  server.clock.advance(31_000);
  await ada.send("@batch=b PRIVMSG #a :two", "BATCH -b");
  assertEquals(await ada.heard(), []);
  assertEquals(await bob.heard(), []);
  await ada.send("BATCH +b draft/multiline #a", "@batch=b PRIVMSG #a :three", "BATCH -b");
  assert((await bob.heard()).some((line) => line.endsWith(" PRIVMSG #a :three")));
});
