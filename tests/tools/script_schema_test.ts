import { assert, assertEquals } from "@std/assert";
import { EVENT_KEYS, RESULT_KEYS } from "../../client/terminal/json.ts";
import { SCRIPT_COMMANDS } from "../../client/terminal/script_commands.ts";
import { PATH, scriptSchema } from "../../tools/script_schema.ts";

Deno.test("the schema of scripts matches the commands and events (if not: deno task man)", () => {
  assertEquals(Deno.readTextFileSync(PATH), scriptSchema());
});

Deno.test("the page about bots names each command with its keys, and each key", () => {
  const page = Deno.readTextFileSync("docs/bots.md");
  for (const { name, required, optional = [] } of SCRIPT_COMMANDS) {
    const row = page.split("\n").find((line) => line.startsWith(`| \`${name}\` `)) ?? "";
    for (const key of [...required, ...optional]) {
      assert(row.includes(`\`${key}\``), `${name}: ${key}`);
    }
    assert(row !== "", name);
  }
  for (const key of Object.keys({ ...EVENT_KEYS, ...RESULT_KEYS })) assert(page.includes(key), key);
});
