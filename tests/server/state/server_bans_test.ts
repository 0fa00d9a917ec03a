import { assertEquals } from "@std/assert";
import { ServerBans } from "../../../server/state/server_bans.ts";
import type { BanKey } from "../../../server/events/records.ts";
import { Random } from "../../support/random.ts";
import { addressBits, parseRange } from "../../../shared/ip.ts";

const STAMP = { by: "ada", time: 0, reason: "" };

Deno.test("random ranges that are banned and unbanned match the same addresses as a simple model", () => {
  const random = new Random(5);
  const byte = () => random.below(4);
  const bans = new ServerBans();
  const model = new Map<string, BanKey>();
  for (let i = 0; i < 2000; i++) {
    const written = `10.0.${byte()}.${byte()}/${24 + random.below(9)}`;
    const target = parseRange(written)?.text ?? "";
    const key: BanKey = { kind: "address", target };
    if (random.below(2) === 0) {
      bans.save({ ...key, ...STAMP });
      model.set(target, key);
    } else {
      bans.remove(key);
      model.delete(target);
    }
    const address = `10.0.${byte()}.${byte()}`;
    const bits = addressBits(address) ?? "";
    const banned = [...model.keys()].some((range) =>
      bits.startsWith(parseRange(range)?.bits ?? "?")
    );
    assertEquals(bans.ofAddress(address, 1) !== undefined, banned, address);
    assertEquals(bans.all("address").length, model.size);
  }
});

Deno.test("a ban of the same mask in another case replaces the first", () => {
  const bans = new ServerBans();
  bans.save({ kind: "mask", target: "Eve!*@*", ...STAMP });
  bans.save({ kind: "mask", target: "eve!*@*", ...STAMP, reason: "again" });
  assertEquals(bans.all("mask").map(({ reason }) => reason), ["again"]);
  bans.remove({ kind: "mask", target: "EVE!*@*" });
  assertEquals(bans.ofUser({ mask: "eve!e@h", address: "h" }, 1), undefined);
});
