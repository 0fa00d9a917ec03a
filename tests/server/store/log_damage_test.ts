import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Fields } from "../../../shared/log.ts";
import type { Event, Said } from "../../../server/events/events.ts";
import { EventIds } from "../../../server/events/ids.ts";
import { readLog } from "../../../server/store/log_damage.ts";
import { openStore } from "../../../server/store/open.ts";
import { EVERYTHING, type Store } from "../../../server/store/store.ts";
import { exportHistory } from "../../../server/cli/export.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { firstIn } from "../../support/stored.ts";

const ids = new EventIds();

function said(text: string): Said {
  const time = Date.UTC(2026, 10, 23);
  return {
    type: "Said",
    id: ids.next(time),
    time,
    by: { id: 1, nick: "ada", mask: "ada!~ada@192.0.2.1" },
    command: "PRIVMSG",
    to: { type: "channel", channel: "#a" },
    text,
    tags: new Map(),
  };
}

function textsOf(events: readonly Event[]): string {
  return events.flatMap((event) => event.type === "Said" ? event.text : []).join("");
}

/** The folder of a server that was killed before a checkpoint. */
class Killed implements Disposable {
  readonly #folder = new TempFolder();
  readonly data = `${this.#folder.path}/data`;
  readonly log = `${this.data}/chat.db-wal`;
  readonly reports: [string, Fields][] = [];

  constructor() {
    const live = `${this.#folder.path}/live`;
    Deno.mkdirSync(live);
    Deno.mkdirSync(this.data);
    const store = openStore({ data: live, memory: false, durable: false });
    const events = [..."01234"].map(said);
    for (const event of events) {
      store.append("#a", event);
      store.find("#a", "");
    }
    store.replace("#a", events[1]?.id ?? "", undefined);
    store.move("#a", "#b");
    store.append("#a", said("5"));
    store.keep("secret", "x", "tea");
    store.keep("secret", "y", undefined);
    store.commit();
    for (const name of ["chat.db", "chat.db-wal", "journal"]) {
      Deno.copyFileSync(`${live}/${name}`, `${this.data}/${name}`);
    }
    store.close();
  }

  open(): Store {
    const options = { data: this.data, memory: false, durable: false };
    return openStore(options, (...report) => this.reports.push(report));
  }

  flip(at: number): void {
    const bytes = Deno.readFileSync(this.log);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    Deno.writeFileSync(this.log, bytes);
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

Deno.test("damage in the log of the database loses nothing, and is named, kept and repaired", () => {
  // The damaged bytes: in the header, in the header of a frame, and in a page.
  for (const at of [20, 40, 32 + 24 + 100, 32 + (24 + 4096) * 6 + 50]) {
    using killed = new Killed();
    killed.flip(at);
    const store = killed.open();
    assertEquals(textsOf(firstIn(store, "#b", {}, 10, EVERYTHING)), "0234", `${at}`);
    assertEquals(textsOf(firstIn(store, "#a", {}, 10, EVERYTHING)), "5", `${at}`);
    assertEquals([...store.records("secret")], [["x", "tea"]], `${at}`);
    store.close();
    const [[message, { kept = "" } = {}] = [], [restored] = []] = killed.reports;
    assertEquals(message, "a part of the log of the database is damaged and left out");
    assertMatch(String(kept), /chat\.db-wal\.damaged-[0-9a-f]+$/);
    assertEquals(restored, "changes that the database had lost were put back from the journal");
    const again = killed.open();
    assertEquals(killed.reports.length, 2, "it is whole again");
    again.close();
  }
});

Deno.test("without a journal, damage in the log is named, and what it damaged is lost", () => {
  using killed = new Killed();
  killed.flip(32 + (24 + 4096) * 6 + 50);
  Deno.writeTextFileSync(`${killed.data}/journal`, "");
  killed.open().close();
  assertEquals(killed.reports.map(([message]) => message), [
    "a part of the log of the database is damaged and left out",
  ]);
});

Deno.test("the log of a killed server counts as whole, even if an earlier log was longer", () => {
  using killed = new Killed();
  assertEquals(readLog(`${killed.data}/chat.db`).damagedFrom, undefined);
  killed.open().close();
  assertEquals(killed.reports, []);
  using folder = new TempFolder();
  const path = `${folder.path}/x.db`;
  const db = new DatabaseSync(path);
  db.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (a TEXT)");
  for (let i = 0; i < 20; i++) db.exec("INSERT INTO t VALUES (randomblob(3000))");
  db.exec("PRAGMA wal_checkpoint(RESTART); INSERT INTO t VALUES ('x')");
  assertEquals(readLog(path).damagedFrom, undefined);
  assert(Deno.statSync(`${path}-wal`).size > 20 * 4096, "otherwise the test proves nothing");
  db.close();
});

Deno.test("an export with a damaged log has the journal's messages, without removed ones", () => {
  using killed = new Killed();
  killed.flip(32 + (24 + 4096) * 6 + 50);
  const run = (...args: readonly string[]) => {
    const lines: string[] = [];
    const warnings: string[] = [];
    const code = exportHistory(
      ["--data", killed.data, ...args],
      { get: () => undefined },
      (text) => lines.push(text),
      (line) => warnings.push(line),
    );
    return { code, text: lines.join("\n"), warnings };
  };
  const { code, text, warnings } = run();
  assertEquals([code, warnings.length], [1, 1]);
  assertMatch(warnings[0] ?? "", /chat\.db-wal is damaged from byte \d+ on/);
  assertEquals([...text.matchAll(/<ada> (\d)/g)].map(([, digit]) => digit).join(""), "02345");
  const verified = run("--verify");
  assertEquals(verified.code, 1);
  assertMatch(verified.text, /chat\.db-wal is damaged from byte \d+ on/);
});
