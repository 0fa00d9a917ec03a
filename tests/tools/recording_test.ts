import { assert, assertEquals } from "@std/assert";
import { PATH, record } from "../../tools/recording.ts";

Deno.test(
  "the recorded session in the README is what the client shows (if not: deno task record)",
  async () => {
    const picture = await record();
    assertEquals(Deno.readTextFileSync(PATH), picture);
    assert(picture.length < 100_000, "the picture is too large");
  },
);
