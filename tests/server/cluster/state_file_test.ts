import { assertEquals } from "@std/assert";
import {
  encodeState,
  keepState,
  keptState,
  statePath,
} from "../../../server/cluster/state_file.ts";
import { BEFORE_ALL } from "../../../server/cluster/standing.ts";
import type { Event } from "../../../server/events/events.ts";
import { NO_ID } from "../../../server/events/ids.ts";
import { afterInput } from "../../../shared/turns.ts";
import { TempFolder } from "../../support/temp_folder.ts";

Deno.test("a kept state is read back with all its events", async () => {
  using folder = new TempFolder();
  const by = { id: 0, nick: "chat.test", mask: "chat.test" };
  const events = Array.from({ length: 1000 }, (_, i): Event => {
    return {
      type: "MarkerMoved",
      by,
      id: NO_ID,
      time: i,
      marker: { reader: "ada", target: "\n", upTo: i },
    };
  });
  const known = { seq: 7, epoch: 2, leader: "n1.a", before: "n2.b", lastId: NO_ID };
  const standing = { ...BEFORE_ALL, ...known, users: new Map([["n1.a/0", 1]]) };
  const state = { log: "log", standing, events, certificate: "ab" };
  let isDone = false;
  const encoding = encodeState(state).finally(() => isDone = true);
  // Other work can be done meanwhile.
  await new Promise<void>((resolve) => void afterInput(resolve));
  assertEquals(isDone, false);
  await keepState(folder.path, await encoding);
  const kept = keptState(folder.path);
  assertEquals(kept?.standing, standing);
  assertEquals([kept?.log, kept?.certificate, kept?.events], ["log", "ab", events]);
});

Deno.test("a damaged state file counts as missing", async () => {
  using folder = new TempFolder();
  assertEquals(keptState(folder.path), undefined);
  const bytes = await encodeState({ log: "log", standing: BEFORE_ALL, events: [] });
  await keepState(folder.path, bytes);
  assertEquals(keptState(folder.path)?.log, "log");
  for (const [at] of bytes.entries()) {
    const damaged = bytes.with(at, 0xff);
    Deno.writeFileSync(statePath(folder.path), damaged);
    assertEquals(keptState(folder.path), undefined);
    Deno.writeFileSync(statePath(folder.path), bytes.subarray(0, at));
    assertEquals(keptState(folder.path), undefined);
  }
});
