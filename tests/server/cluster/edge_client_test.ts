import { assertEquals, assertMatch } from "@std/assert";
import { EdgeClient } from "../../../server/cluster/edge_client.ts";
import { refusalOf } from "../../../server/cluster/refusing.ts";
import { apply } from "../../../server/kinds/kinds.ts";
import { Network } from "../../../server/state/network.ts";
import { SimulatedConnection } from "../../sim/peer.ts";
import { ORIGIN } from "../../sim/server_parts.ts";

/** The next message of several lines, whose batch has the same reference. */
const NEXT = [
  "BATCH +b draft/multiline #tea",
  "@batch=b PRIVMSG #tea :five",
  "BATCH -b",
] as const;

Deno.test("if a line of a batch is refused, the rest of the batch is, and nothing else", () => {
  const network = new Network(apply);
  const by = { id: 1, nick: "ada", mask: "ada!~ada@host" };
  const details = { username: "~ada", host: "host", realname: "Ada" };
  network.apply({ id: "a", time: 0, type: "Connected", by, ...details });
  const passed: string[] = [];
  const shown: string[] = [];
  let isApart = false;
  const client = new EdgeClient(
    "n1.a/0",
    new SimulatedConnection({ received: (line) => shown.push(line), closed() {} }),
    ORIGIN,
    {
      acting: { client: undefined, isAnswered: false },
      refuse: (line, isLabeled) => isApart ? refusalOf("s", line, isLabeled) : undefined,
      pass: ({ input }) => passed.push(input.type === "line" ? textOf(input.found) : input.type),
    },
  );
  client.user = network.users.get(1);
  const send = (text: string) => client.received({ type: "line", text });
  send("BATCH +b draft/multiline #tea");
  send("@batch=b PRIVMSG #tea :one");
  isApart = true;
  send("@batch=b PRIVMSG #tea :two");
  isApart = false;
  send("@batch=b PRIVMSG #tea :three");
  send("BATCH -b");
  send("PRIVMSG #tea :four");
  for (const text of NEXT) send(text);
  assertEquals(passed, [
    "BATCH +b draft/multiline #tea",
    "@batch=b PRIVMSG #tea :one",
    "PRIVMSG #tea :four",
    ...NEXT,
  ]);
  assertEquals(shown.length, 3);
  for (const line of shown) assertMatch(line, /^:s FAIL PRIVMSG TEMPORARILY_UNAVAILABLE :/);
});

function textOf(found: object): string {
  return "text" in found ? String(found.text) : "";
}
