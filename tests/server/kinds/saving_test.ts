import { assertEquals } from "@std/assert";
import { Persister } from "../../../server/core/persister.ts";
import type { Unstamped } from "../../../server/events/events.ts";
import { EventIds } from "../../../server/events/ids.ts";
import { apply } from "../../../server/kinds/kinds.ts";
import { Network } from "../../../server/state/network.ts";
import { SqliteStore } from "../../../server/store/sqlite.ts";

Deno.test("the record of a user who stays follows from the events alone, not from connected clients", () => {
  const store = new SqliteStore(":memory:", { durable: false });
  const network = new Network(apply);
  const persister = new Persister(network, store);
  const ids = new EventIds();
  const by = { id: 1, nick: "ada", mask: "ada!~ada@host", account: "ada" };
  /** Applies an event; returns the channels of the users who stay. */
  const staying = (event: Unstamped): string[][] => {
    const stamped = { ...event, id: ids.next(0), time: 0 };
    persister.before(stamped);
    network.apply(stamped);
    persister.after(stamped);
    store.commit();
    return Array.from(
      store.records("presence"),
      ([, { channels }]) => channels.map(([name]) => name),
    );
  };
  const joined = { type: "Joined", by, realname: "Ada", memberModes: "" } as const;
  assertEquals(
    staying({ type: "Connected", by, username: "~ada", host: "host", realname: "Ada" }),
    [],
  );
  assertEquals(staying({ ...joined, channel: "#a" }), []);
  assertEquals(staying({ type: "AwayChanged", by, message: "tea" }), []);
  assertEquals(staying({ type: "Stayed", by }), [["#a"]]);
  assertEquals(staying({ type: "AwayChanged", by, message: "away" }), [["#a"]]);
  assertEquals(staying({ type: "Returned", by }), []);
  store.close();
});
