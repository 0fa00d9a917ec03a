import { assertEquals, assertMatch } from "@std/assert";
import { EdgeClient } from "../../../server/cluster/edge_client.ts";
import type { Input } from "../../../server/cluster/messages.ts";
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

Deno.test("if a line of a batch is refused, so is the rest of the batch, and nothing else", () => {
  const { client, passed, shown, refuse } = connect();
  client("BATCH +b draft/multiline #tea", "@batch=b PRIVMSG #tea :one");
  refuse(() => client("@batch=b PRIVMSG #tea :two"));
  client("@batch=b PRIVMSG #tea :three", "BATCH -b", "PRIVMSG #tea :four", ...NEXT);
  assertEquals(passed, [
    "BATCH +b draft/multiline #tea",
    "@batch=b PRIVMSG #tea :one",
    "torn b",
    "PRIVMSG #tea :four",
    ...NEXT,
  ]);
  assertEquals(shown.length, 3);
  for (const line of shown) assertMatch(line, /^:s FAIL PRIVMSG TEMPORARILY_UNAVAILABLE :/);
});

Deno.test("if the beginning of a batch is refused, the rest is, and a new beginning is not", () => {
  const { client, passed, shown, refuse } = connect();
  refuse(() => client("BATCH +b draft/multiline #tea"));
  client("@batch=b PRIVMSG #tea :one", ...NEXT);
  assertEquals(passed, [...NEXT]);
  assertEquals(shown.length, 2);
});

Deno.test("a newcomer whose line is refused is told so in words and by a code, and disconnected", () => {
  const { client, shown, refuse } = connect({ isNew: true });
  refuse(() => client("CAP LS 302"));
  const text = "The servers cannot reach each other, so nothing was done; please try again soon";
  assertEquals(shown, [`:s FAIL CAP TEMPORARILY_UNAVAILABLE :${text}`, `ERROR :${text}`]);
});

/**
 * Connects a client to an edge: the client of a registered user or, if `isNew`, an unregistered
 * one.
 */
function connect({ isNew = false } = {}) {
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
      pass: ({ input }) => passed.push(textOf(input)),
    },
  );
  if (!isNew) client.user = network.users.get(1);
  return {
    /** The inputs that the edge passes on. */
    passed,
    /** The lines that the client gets. */
    shown,
    /** Lets the client send lines. */
    client(...lines: readonly string[]): void {
      for (const text of lines) client.received({ type: "line", text });
    },
    /** Runs `action` while the edge refuses all lines. */
    refuse(action: () => void): void {
      isApart = true;
      action();
      isApart = false;
    },
  };
}

function textOf(input: Input): string {
  if (input.type === "torn") return `torn ${input.batch}`;
  return input.type === "line" && "text" in input.found ? input.found.text : input.type;
}
