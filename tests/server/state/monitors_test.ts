import { assertEquals } from "@std/assert";
import { apply } from "../../../server/kinds/kinds.ts";
import { Network } from "../../../server/state/network.ts";

Deno.test("a user who quits leaves nothing behind in the MONITOR lists", () => {
  const network = new Network(apply);
  const by = { id: 1, nick: "ada", mask: "ada!u@h" };
  const stamp = { id: "e", time: 0, by };
  network.apply({ ...stamp, type: "Connected", username: "u", host: "h", realname: "" });
  network.apply({ ...stamp, type: "MonitorChanged", add: true, nicks: ["Bob", "eve"] });
  const [ada] = network.users.values();
  assertEquals([...network.monitors.watchersOf("BOB")], ada ? [ada] : []);
  network.apply({ ...stamp, type: "Quit", reason: "" });
  assertEquals(network.monitors.watchersOf("bob").size, 0);
  assertEquals(ada && network.monitors.nicksOf(ada), []);
});
