import { assert, assertEquals } from "@std/assert";
import { PATH, record } from "../../tools/recording.ts";

// The recorded session has colors, which the client does not show if NO_COLOR is set.
const ignore = Deno.noColor;

Deno.test(
  "the recorded session in the README is what the client shows (if not: deno task record)",
  {
    ignore,
  },
  async () => {
    const picture = await record();
    assertEquals(Deno.readTextFileSync(PATH), picture);
    assert(picture.length < 100_000, "the picture is too large");
  },
);
