import { assertEquals } from "@std/assert";
import { bold, colored, dim } from "../../../client/terminal/paint.ts";

Deno.test("a mark is repeated after an inner mark whose end would also end it", () => {
  assertEquals(dim(`a ${bold("b")} c`), "\x1b[2ma \x1b[1mb\x1b[2m c\x1b[22m");
  assertEquals(colored(67)("ada"), "\x1b[38;5;67mada\x1b[39m");
});
