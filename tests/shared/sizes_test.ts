import { assertEquals } from "@std/assert";
import { formatSize } from "../../shared/sizes.ts";

Deno.test("a size is written in the largest unit that fits, rounded down to one decimal", () => {
  const sizes = [
    [0, "0 bytes"],
    [1023, "1023 bytes"],
    [1024, "1 KiB"],
    [25 * 1024 ** 2, "25 MiB"],
    [25 * 1024 ** 2 - 1, "24.9 MiB"],
    [1.5 * 1024 ** 3, "1.5 GiB"],
    [2048 * 1024 ** 4, "2048 TiB"],
  ] as const;
  for (const [bytes, text] of sizes) assertEquals(formatSize(bytes), text);
});
