/** Tests that read history while its channel is renamed, or its reader leaves or comes back. */

import { assertEquals } from "@std/assert";
import { History, type Scope } from "../../../server/core/history.ts";
import { EventIds } from "../../../server/events/ids.ts";
import { SqliteStore } from "../../../server/store/sqlite.ts";
import { TALK } from "../../../server/store/store.ts";
import { said } from "../../support/said.ts";

const KEY = "#a";
const OPEN: readonly Scope[] = [{ key: KEY, rank: "" }];

/** A stored history, a reader of it, and what the reader may read. */
class Reading implements Disposable {
  readonly #store = new SqliteStore(":memory:", { durable: false });
  readonly #ids = new EventIds();
  readonly target = { name: KEY };
  scopes = OPEN;
  readonly #reading = new History(this.#store, this.target, () => this.scopes)
    .read("first", {}, 100, TALK);

  /** Says `text`, and stores it in a block of its own. */
  say(text: string, key = KEY): string {
    const event = said(text, key, this.#ids);
    this.#store.append(key, event);
    this.#store.find(key, event.id);
    return event.id;
  }

  /** Renames the channel. */
  rename(name: string): void {
    this.#store.move(KEY, name);
    this.target.name = name;
    this.scopes = [{ key: name, rank: "" }];
  }

  /** Takes the next step. */
  step(): void {
    this.#reading.next();
  }

  /** Reads to the end; returns the texts, each with its channel. */
  end(): string[] {
    for (;;) {
      const { done, value } = this.#reading.next();
      if (!done) continue;
      return value.map((event) =>
        event.type === "Said" && event.to.type === "channel"
          ? `${event.to.channel} ${event.text}`
          : event.type
      );
    }
  }

  [Symbol.dispose](): void {
    this.#store.close();
  }
}

Deno.test("a user who leaves while history is read gets nothing of it", () => {
  using reading = new Reading();
  reading.say("one");
  reading.say("two");
  reading.step();
  reading.scopes = [];
  reading.say("secret");
  assertEquals(reading.end(), []);
});

Deno.test("a user who comes back by an invitation gets only what was said after that", () => {
  using reading = new Reading();
  reading.say("one");
  reading.step();
  const since = reading.say("secret");
  reading.scopes = [{ key: KEY, rank: "", since }];
  reading.say("two");
  assertEquals(reading.end(), ["#a two"]);
});

Deno.test("a channel that is renamed while its history is read keeps it, even if another channel gets the name", () => {
  using reading = new Reading();
  reading.say("one");
  reading.step();
  reading.rename("#b");
  reading.say("secret");
  reading.say("two", "#b");
  assertEquals(reading.end(), ["#b one", "#b two"]);
});
