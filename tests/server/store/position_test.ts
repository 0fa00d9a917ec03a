import { assert, assertEquals } from "@std/assert";
import { exportHistory } from "../../../server/cli/export.ts";
import { EventIds } from "../../../server/events/ids.ts";
import { Journal } from "../../../server/store/journal.ts";
import { openStore } from "../../../server/store/open.ts";
import { StoreReader } from "../../../server/store/reader.ts";
import { SqliteStore } from "../../../server/store/sqlite.ts";
import { EVERYTHING, type Store } from "../../../server/store/store.ts";
import { said } from "../../support/said.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { lastIn } from "../../support/stored.ts";

const ids = new EventIds();

/** Applies an entry of a log: a message in each of two rooms, a record, and the position. */
function apply(store: Store, seq: number): void {
  store.append("#a", said(`a${seq}`, "#a", ids));
  store.append("#b", said(`b${seq}`, "#a", ids));
  if (seq % 2 === 1) {
    store.keep("account", "ada", { name: "Ada", createdAt: seq, fingerprints: [] });
  }
  store.keep("position", "log", { log: "x", seq });
  store.commit();
}

/** Returns, for each part of an entry, the number of the last entry with this part in the store. */
function parts(store: Store): number[] {
  const last = (key: string) => {
    const [event] = lastIn(store, key, {}, 1, EVERYTHING);
    return event?.type === "Said" ? Number(event.text.slice(1)) : 0;
  };
  const [[, account] = []] = store.records("account");
  const [[, position] = []] = store.records("position");
  return [last("#a"), last("#b"), account?.createdAt ?? 0, position?.seq ?? 0];
}

Deno.test("after a kill at any moment, the position in a store is that of the last entry in it", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/journal`;
  const entries: number[] = [];
  {
    using journal = new Journal(path);
    const store = new SqliteStore(":memory:", { durable: false, journal });
    for (let seq = 1; seq <= 4; seq++) {
      apply(store, seq);
      entries.push(Deno.statSync(path).size);
    }
  }
  const whole = Deno.readFileSync(path);
  for (let end = 0; end <= whole.length; end += 23) {
    Deno.writeFileSync(path, whole.subarray(0, end));
    using journal = new Journal(path);
    const store = new SqliteStore(":memory:", { durable: false, journal });
    const seq = entries.filter((size) => size <= end).length;
    assertEquals(
      parts(store),
      [seq, seq, Math.ceil(seq / 2) * 2 - (seq > 0 ? 1 : 0), seq],
      `${end}`,
    );
    store.close();
  }
});

Deno.test("a change of the position alone does not make a commit write to the database", () => {
  using folder = new TempFolder();
  using journal = new Journal(`${folder.path}/journal`);
  const store = new SqliteStore(`${folder.path}/chat.db`, { durable: false, journal });
  const blocks = () => {
    using reader = new StoreReader(`${folder.path}/chat.db`);
    return [...reader.blocks()].length;
  };
  for (let seq = 2; seq <= 20; seq += 2) apply(store, seq);
  assertEquals(blocks(), 0);
  assertEquals(parts(store), [20, 20, 0, 20]);
  assertEquals(blocks(), 2);
  apply(store, 21);
  assertEquals(blocks(), 4);
  store.close();
});

Deno.test("an export has everything but the position", () => {
  using folder = new TempFolder();
  const store = openStore({ data: folder.path, durable: false, memory: false });
  // Only the journal has the last one.
  for (let seq = 1; seq <= 4; seq++) apply(store, seq);
  const rows: string[] = [];
  const warnings: string[] = [];
  const environment = new Map<string, string>();
  const code = exportHistory(
    ["--data", folder.path],
    { get: (name) => environment.get(name) },
    (lines) => rows.push(...lines.split("\n")),
    (line) => warnings.push(line),
  );
  assertEquals([code, warnings], [0, []]);
  assertEquals(
    rows.map((row) => row.split(" ").at(-1)),
    [..."1234"].flatMap((seq) => [`a${seq}`, `b${seq}`]),
  );
  assert(!rows.join().includes("position"));
  store.close();
});
