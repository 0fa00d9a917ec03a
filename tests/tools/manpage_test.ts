import { assertEquals } from "@std/assert";
import { manPage, PATH } from "../../tools/manpage.ts";

Deno.test("the manual page matches the flags and commands (if not: deno task man)", async () => {
  assertEquals(Deno.readTextFileSync(PATH), await manPage());
});
