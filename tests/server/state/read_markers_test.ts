import { assertEquals } from "@std/assert";
import { ReadMarkers } from "../../../server/state/read_markers.ts";
import { SqliteStore } from "../../../server/store/sqlite.ts";
import { TestServer } from "../../support/server.ts";

Deno.test("when a user is forgotten, only the markers of a user without an account are removed", () => {
  const markers = new ReadMarkers();
  markers.set({ reader: "~7", target: "#a", upTo: 1 });
  markers.set({ reader: "ada", target: "#a", upTo: 1 });
  markers.forget({ id: 7, nick: "bob", mask: "bob!~b@h" });
  markers.forget({ id: 8, nick: "ada", mask: "ada!~a@h", account: "Ada" });
  assertEquals([markers.countOf("~7"), markers.countOf("ada")], [0, 1]);
});

Deno.test("only the markers of accounts are stored", async () => {
  const store = new SqliteStore(":memory:", { durable: false });
  await using server = await TestServer.start({}, { store });
  const ada = await server.register("ada", { caps: "draft/read-marker" });
  await ada.ask("MARKREAD #a timestamp=2019-01-04T14:33:26.123Z");
  await ada.ask("REGISTER * * sesame");
  await ada.ask("MARKREAD #B timestamp=2019-01-04T14:33:26.123Z");
  store.commit();
  const upTo = Date.UTC(2019, 0, 4, 14, 33, 26, 123);
  assertEquals([...store.records("marker")], [
    ["ada #b", { reader: "ada", target: "#B", upTo }],
  ]);
});
