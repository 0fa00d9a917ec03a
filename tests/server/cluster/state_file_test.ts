import { assertEquals } from "@std/assert";
import {
  encodeState,
  keepState,
  keptState,
  statePath,
} from "../../../server/cluster/state_file.ts";
import { BEFORE_ALL } from "../../../server/cluster/standing.ts";
import { TempFolder } from "../../support/temp_folder.ts";

Deno.test("a file with a state that is damaged counts as none", () => {
  using folder = new TempFolder();
  assertEquals(keptState(folder.path), undefined);
  const bytes = encodeState({ log: "log", standing: BEFORE_ALL, events: [] });
  keepState(folder.path, bytes);
  assertEquals(keptState(folder.path)?.log, "log");
  for (const [at] of bytes.entries()) {
    const damaged = bytes.with(at, 0xff);
    Deno.writeFileSync(statePath(folder.path), damaged);
    assertEquals(keptState(folder.path), undefined);
    Deno.writeFileSync(statePath(folder.path), bytes.subarray(0, at));
    assertEquals(keptState(folder.path), undefined);
  }
});
