import { assertEquals } from "@std/assert";
import { manPage, PATH } from "../tools/manpage.ts";

Deno.test("the manual page says what the flags and commands say (if not: deno task man)", () => {
  assertEquals(Deno.readTextFileSync(PATH), manPage());
});
