import { assertEquals } from "@std/assert";
import { PATH, scriptSchema } from "../../tools/script_schema.ts";

Deno.test("the schema of scripts matches the commands and events (if not: deno task man)", () => {
  assertEquals(Deno.readTextFileSync(PATH), scriptSchema());
});
