import { assert, assertEquals } from "@std/assert";
import { readMessage } from "../../../server/cluster/encoding.ts";
import type { Message } from "../../../server/cluster/messages.ts";
import { piecesOf } from "../../../server/cluster/splitting.ts";

Deno.test("a server with very many clients divides the message that it is alive into several", () => {
  const received = Array.from({ length: 1000 }, (_, i): [string, number] => [`n1.a/${i}`, i]);
  const full = ["n1.a/7"];
  const message: Message = {
    ...{ type: "alive", life: "n1.a", epoch: 1, full, saved: 3, requests: [] },
    received: new Map(received),
  };
  const pieces = piecesOf(message, 4000).map((bytes) => readMessage(bytes ?? new Uint8Array()));
  assert(pieces.length > 1);
  const parts = pieces.map((piece) => piece?.type === "alive" ? piece : undefined);
  assertEquals(parts.flatMap((part) => [...part?.received ?? []]), received);
  for (const part of parts) assertEquals(part?.full, full);
});

Deno.test("a message that is too large and cannot be divided has no bytes", () => {
  assertEquals(piecesOf({ type: "welcome", life: "n".repeat(100), epoch: 1 }, 50), [undefined]);
});
