import { assert, assertEquals } from "@std/assert";
import { CAPABILITY_NAMES } from "../../../server/irc/capabilities.ts";
import { parse } from "../../../protocol.ts";
import { TestServer } from "../../support/server.ts";

/** The capabilities that a client without version 302 is told of. */
const FOR_OLD_CLIENTS = CAPABILITY_NAMES.filter((name) => !name.endsWith("/webpush"));

/** Returns the items of all lines of an answer to CAP LS or CAP LIST, and the lines' parameters. */
function listed(lines: readonly string[]) {
  const params = lines.map((line) => parse(line)?.params ?? []);
  return { params, items: params.flatMap((each) => (each.at(-1) ?? "").split(" ")) };
}

Deno.test("CAP LS without 302 has no values, even after CAP LS 302", async () => {
  await using server = await TestServer.start();
  const ada = await server.connect();
  const before = listed(await ada.ask("CAP LS"));
  assertEquals(before.items, FOR_OLD_CLIENTS);
  for (const each of before.params) assertEquals(each.length, 3);
  const withValues = listed(await ada.ask("CAP LS 302")).items;
  assert(withValues.some((item) => item.startsWith("sasl=")));
  for (const line of ["CAP LS", "CAP LS 301"]) {
    assertEquals(listed(await ada.ask(line)).items, before.items);
  }
  assert((await ada.ask("CAP REQ -cap-notify"))[0]?.includes(" NAK "), "302 stays in force");
});

Deno.test("CAP LS and LIST without 302 lose no name under the longest names, and have no *", async () => {
  const name = `${"s".repeat(58)}.test`;
  await using server = await TestServer.start({ name });
  const ada = await server.register("n".repeat(32));
  const { items, params } = listed(await ada.ask("CAP LS"));
  assertEquals(items, FOR_OLD_CLIENTS);
  for (const each of params) assertEquals(each.length, 3);
  for (const cap of CAPABILITY_NAMES) await ada.ask(`CAP REQ ${cap}`);
  const list = listed((await ada.ask("CAP LIST")).map((line) => line.replace(/^@\S+ /, "")));
  assertEquals(list.items, [...CAPABILITY_NAMES]);
  for (const each of list.params) assertEquals(each.length, 3);
});
