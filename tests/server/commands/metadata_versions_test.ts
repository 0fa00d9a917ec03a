import { assert, assertEquals } from "@std/assert";
import { METADATA_LIMITS } from "../../../server/state/metadata.ts";
import { TestServer } from "../../support/server.ts";

// https://ircv3.net/specs/extensions/metadata: the revision `draft/metadata-2`, beside `draft/metadata-3`.

const EARLIER = "draft/metadata-2 batch";
const LATER = "draft/metadata-3 batch";

Deno.test("CAP LS 302 gives both versions of metadata, with the same limits", async () => {
  await using server = await TestServer.start();
  const ada = await server.connect();
  await ada.send("CAP LS 302");
  let listed = "";
  for (let more = true; more;) {
    const { params } = await ada.expect("CAP");
    more = params[2] === "*";
    listed += ` ${params.at(-1)}`;
  }
  const value = "before-connect,max-subs=50,max-keys=20,max-key-bytes=32,max-value-bytes=300";
  assertEquals(
    listed.split(" ").filter((item) => item.startsWith("draft/metadata")),
    [2, 3].map((version) => `draft/metadata-${version}=${value}`),
  );
});

Deno.test("a subscriber with draft/metadata-2 gets changes as METADATA, one with -3 as numerics", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: EARLIER, join: "#a" });
  const bob = await server.register("bob", { caps: EARLIER, join: "#a" });
  const zoe = await server.register("zoe", { caps: LATER, join: "#a" });
  const both = await server.register("eve", { caps: `${EARLIER} ${LATER}`, join: "#a" });
  for (const client of [ada, bob, zoe, both]) await client.ask("METADATA * SUB url");
  assertEquals(await ada.ask("METADATA * SET url :https://a.example"), [
    ":chat.test 761 ada ada url * https://a.example",
  ]);
  assertEquals(await bob.heard(), [":chat.test METADATA ada url * https://a.example"]);
  for (const client of [zoe, both]) {
    assertEquals((await client.heard()).at(-1), ":chat.test 761 * ada url * https://a.example");
  }
  await ada.ask("METADATA * SET url");
  assertEquals(await bob.heard(), [":chat.test METADATA ada url *"]);
  assertEquals(await zoe.heard(), [":chat.test 766 * ada url :Key not set"]);
});

Deno.test("SYNC, joining and registering send METADATA to a client with draft/metadata-2", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: LATER, join: "#a" });
  await ada.ask("METADATA * SET url x");
  const bob = await server.connect();
  await bob.send(`CAP REQ :${EARLIER}`, "METADATA * SET avatar y", "METADATA * SUB url");
  const welcome = await bob.introduce({ nick: "bob", caps: "server-time" });
  assertEquals(
    welcome.filter((line) => line.includes("METADATA") || line.includes(" metadata ")).map(
      (line) => line.replace(/^@batch=\S+ /, ""),
    ),
    [":chat.test BATCH +r0 metadata bob", ":chat.test METADATA bob avatar * y"],
  );
  const entry = (lines: readonly string[]) =>
    lines.filter((line) => line.includes("METADATA")).map((line) => line.replace(/^@\S+ /, ""));
  assertEquals(entry(await bob.ask("JOIN #a")), [":chat.test METADATA ada url * x"]);
  assertEquals(entry(await bob.ask("METADATA #a SYNC")), [":chat.test METADATA ada url * x"]);
  assertEquals(
    (await bob.ask("METADATA ada GET url"))[1]?.replace(/^@\S+ /, ""),
    ":chat.test 761 bob ada url * x",
  );
});

Deno.test("faults have the codes of the client's version", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: EARLIER });
  const key = "A key can be at most 32 bytes long and contain only a-z, 0-9, _, ., / and -";
  const fails: [line: string, answer: string][] = [
    ["METADATA * SET $a b", `KEY_INVALID $a :${key}`],
    [`METADATA * SET a ${"é".repeat(151)}`, "VALUE_INVALID :A value can be at most 300 bytes long"],
    ["METADATA * SET a", "KEY_NOT_SET ada a :Key not set"],
    ["METADATA * UNSUB $a", `KEY_INVALID $a :${key}`],
  ];
  for (const [line, answer] of fails) {
    assertEquals(await ada.ask(line), [`:chat.test FAIL METADATA ${answer}`]);
  }
  const unknown = await ada.ask("METADATA * MAKE a");
  assert(unknown[0]?.startsWith(":chat.test FAIL METADATA SUBCOMMAND_INVALID MAKE :"), unknown[0]);
  const keys = Array.from({ length: METADATA_LIMITS.subscriptions + 1 }, (_, i) => `k${i}`);
  const [last = ""] = (await ada.ask(`METADATA * SUB ${keys.join(" ")}`)).slice(-1);
  assert(last.startsWith(":chat.test FAIL METADATA TOO_MANY_SUBS k50 :"), last);
  for (let i = 0; i < METADATA_LIMITS.keys; i++) await ada.ask(`METADATA * SET k${i} v`);
  const full = await ada.ask("METADATA * SET more v");
  assert(full[0]?.startsWith(":chat.test FAIL METADATA LIMIT_REACHED ada :"), full[0]);
  let limited = "";
  for (let i = 0; i < 60 && !limited.includes("FAIL"); i++) {
    limited = (await ada.ask("METADATA * SET k0 w"))[0] ?? "";
  }
  assertEquals(
    limited,
    ":chat.test FAIL METADATA RATE_LIMITED * k0 1 :Too many requests; try again later",
  );
});
