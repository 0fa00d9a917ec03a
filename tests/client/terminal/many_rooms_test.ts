import { assert } from "@std/assert";
import { processorTime } from "../../support/processor_time.ts";
import { setUp } from "../../support/window.ts";

Deno.test("the row of rooms has at most twenty cells of a name", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  await peer.send(":ann!u@h JOIN #部屋部屋部屋部屋部屋部屋");
  await screen.until(({ rows }) => rows.some((row) => row.endsWith(" 2 #部屋部屋部屋部屋部…")));
});

Deno.test("a server that puts the user into ten thousand rooms freezes nothing", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  const spent = processorTime();
  const joins = Array.from({ length: 10_000 }, (_, i) => `:ann!u@h JOIN #room${i}`);
  await peer.send(...joins, ":irc.test NOTE X Y :all there");
  await screen.shows("all there");
  screen.type("typed");
  await screen.until(({ rows }) => rows.some((row) => row.endsWith("] typed")));
  const ms = spent();
  assert(ms < 3000, `${ms} ms`);
});
