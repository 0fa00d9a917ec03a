import { assertEquals } from "@std/assert";
import { Positions } from "../../../client/net/positions.ts";
import type { Position } from "../../../client/session/reading.ts";
import { TempFolder } from "../../support/temp_folder.ts";

Deno.test("the file keeps the later position of each conversation, and other servers as they are", () => {
  using folder = new TempFolder();
  const path = folder.write("positions", "other.test:1 %23b 2026-01-01T00:00:00.000Z x\nbad %zz\n");
  const positions = new Positions(path, "chat.test:7342");
  const at = (time: number, id: string): Position => ({ time, id });
  positions.keep(new Map([["#a", at(2000, "a%b\t")], ["bob", { time: 1000 }]]));
  new Positions(path, "chat.test:7342").keep(new Map([["#a", at(1000, "old")]]));
  assertEquals([...positions.find()], [["#a", at(2000, "a%b\t")], ["bob", { time: 1000 }]]);
  assertEquals([...new Positions(path, "other.test:1").find().keys()], ["#b"]);
  assertEquals(Deno.readTextFileSync(path).split("\n").length, 5);
});

Deno.test("a position from the future is replaced by the next one", () => {
  using folder = new TempFolder();
  const path = folder.write("positions", "chat.test:7342 %23a 2036-01-01T00:00:00.000Z x\n");
  const now = Date.UTC(2026, 10, 29);
  const positions = new Positions(path, "chat.test:7342", { now: () => now });
  positions.keep(new Map([["#a", { time: now - 1000, id: "y" }]]));
  assertEquals([...positions.find()], [["#a", { time: now - 1000, id: "y" }]]);
});

Deno.test("a file that cannot be used keeps no positions", () => {
  using folder = new TempFolder();
  const positions = new Positions(`${folder.write("file", "")}/positions`, "chat.test:7342");
  positions.keep(new Map([["#a", { time: 1 }]]));
  assertEquals([...positions.find()], []);
});

Deno.test("an id that no command can contain is left out, and a line with an invalid time is not read", () => {
  using folder = new TempFolder();
  const path = folder.write(
    "positions",
    "chat.test:1 %23a 2026-01-01T00:00:00.000Z x%20y\n" +
      "chat.test:1 %23b +200000-01-01T00:00:00.000Z x\nchat.test:1 %23c never x\n",
  );
  const positions = new Positions(path, "chat.test:1");
  assertEquals([...positions.find()], [["#a", { time: Date.UTC(2026, 0) }]]);
});
