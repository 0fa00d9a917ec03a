import { assert, assertEquals } from "@std/assert";
import { TestServer } from "../../support/server.ts";

// https://ircv3.net/specs/extensions/extended-isupport

Deno.test("ISUPPORT repeats the RPL_ISUPPORT lines of the welcome", async () => {
  await using server = await TestServer.start();
  const ada = await server.connect();
  const lines = (await ada.introduce({})).filter((line) => line.includes(" 005 "));
  assert(lines.length > 0);
  assertEquals(await ada.ask("ISUPPORT"), lines);
});

Deno.test("with draft/extended-isupport, ISUPPORT works before registration and returns a batch", async () => {
  await using server = await TestServer.start();
  const ada = await server.connect();
  assertEquals(await ada.ask("ISUPPORT"), [":chat.test 451 * :You have not registered"]);
  await ada.ask("CAP REQ :draft/extended-isupport");
  const unbatched = await ada.ask("ISUPPORT");
  assert(unbatched.every((line) => line.startsWith(":chat.test 005 * ")), unbatched.join());
  await ada.ask("CAP REQ :batch labeled-response");
  assertEquals(await ada.ask("@label=1 ISUPPORT"), [
    "@label=1 :chat.test BATCH +r0 draft/isupport",
    ...unbatched.map((line) => `@batch=r0 ${line}`),
    ":chat.test BATCH -r0",
  ]);
});

Deno.test("with batch alone, ISUPPORT returns lines without a batch", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: "batch" });
  const lines = await ada.ask("ISUPPORT");
  assert(lines.every((line) => line.startsWith(":chat.test 005 ada ")), lines.join());
});

Deno.test("the batch of ISUPPORT is part of the welcome and of a labeled VERSION", async () => {
  await using server = await TestServer.start();
  const ada = await server.connect();
  const greeting = await ada.introduce({ caps: "batch labeled-response draft/extended-isupport" });
  const batched = greeting.filter((line) => line.includes(" 005 "));
  assert(batched.length > 0 && batched.every((line) => line.startsWith("@batch=r0 ")));
  const [start, version, open, ...rest] = await ada.ask("@label=1 VERSION");
  assertEquals(start, "@label=1 :chat.test BATCH +r2 labeled-response");
  assert(version?.startsWith("@batch=r2 :chat.test 351 "), version);
  assertEquals(open, "@batch=r2 :chat.test BATCH +r1 draft/isupport");
  assertEquals(rest.slice(-2), ["@batch=r2 :chat.test BATCH -r1", ":chat.test BATCH -r2"]);
  assert(rest.slice(0, -2).every((line) => line.startsWith("@batch=r1 :chat.test 005 ")));
});
