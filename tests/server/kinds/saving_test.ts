import { assertEquals } from "@std/assert";
import { Persister } from "../../../server/core/persister.ts";
import type { Unstamped } from "../../../server/events/events.ts";
import { EventIds } from "../../../server/events/ids.ts";
import type { RecordTypes } from "../../../server/events/records.ts";
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

Deno.test("a room that lasts is saved when its record changes, not when users join and leave", () => {
  const saved: string[] = [];
  class Watched extends SqliteStore {
    override keep<Kind extends keyof RecordTypes>(
      kind: Kind,
      key: string,
      record: RecordTypes[Kind] | undefined,
    ): void {
      if (kind === "channel") saved.push(record === undefined ? `${key} ended` : key);
      super.keep(kind, key, record);
    }
  }
  const store = new Watched(":memory:", { durable: false });
  const network = new Network(apply);
  const persister = new Persister(network, store);
  const ids = new EventIds();
  const ada = { id: 1, nick: "ada", mask: "ada!~ada@host", account: "ada" };
  const bob = { id: 2, nick: "bob", mask: "bob!~bob@host" };
  /** Applies events; returns the channels whose records were saved because of each. */
  const saves = (...events: readonly Unstamped[]): string[] => {
    for (const event of events) {
      const stamped = { ...event, id: ids.next(0), time: 0 };
      persister.before(stamped);
      network.apply(stamped);
      persister.after(stamped);
    }
    store.commit();
    return saved.splice(0);
  };
  const room = { channel: "#a", realname: "", memberModes: "" } as const;
  const to = { type: "channel", channel: "#a" } as const;
  const content = { command: "PRIVMSG", to, text: "tea", tags: new Map<string, string>() } as const;
  for (const by of [ada, bob]) {
    saves({ type: "Connected", by, username: "~u", host: "host", realname: "" });
  }
  assertEquals(saves({ type: "Joined", by: ada, ...room, memberModes: "q" }), ["#a"]);
  assertEquals(saves({ type: "Said", by: ada, ...content }), []);
  const parted = { type: "Parted", by: ada, channel: "#a", reason: undefined } as const;
  assertEquals(saves(parted), ["#a"], "the record says from now on that the room was used");
  const [, record] = [...store.records("channel")][0] ?? [];
  assertEquals([record?.unused, record?.ranks], [undefined, { ada: "q" }]);
  const visits = [
    { type: "Joined", by: bob, ...room },
    { type: "Parted", by: bob, channel: "#a", reason: undefined },
  ] as const;
  assertEquals(saves(...visits, ...visits), []);
  assertEquals(saves({ type: "Joined", by: bob, ...room, memberModes: "o" }), ["#a"]);
  assertEquals(saves({ type: "AccountRemoved", by: ada, account: "ada" }), ["#a"]);
  assertEquals(saves({ type: "Quit", by: bob, reason: "" }), ["#a ended"]);
  store.close();
});
