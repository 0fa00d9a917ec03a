import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { makeCertificate } from "../certificate.ts";
import type { Socket } from "../server/connection.ts";
import { Arrival, type ArrivalParts, arrive, isTooOpen, LAYERS } from "../server/net/arrival.ts";
import { Refused } from "../server/net/foreign.ts";
import { Identity } from "../server/net/identity.ts";
import { FakeClock } from "./support/fake_clock.ts";
import { webRequest } from "./support/web_socket.ts";

const IDENTITY = new Identity(await makeCertificate({ names: ["localhost"], days: 1 }));
const HERE = "127.0.0.1";
const ELSEWHERE = "192.0.2.1";
const LISTENING = { hostname: "192.0.2.7", port: 7342 };

function parts(overrides: Partial<ArrivalParts> = {}): ArrivalParts {
  const clock = new FakeClock();
  return {
    clock,
    identity: IDENTITY,
    allowPlaintext: false,
    origins: [],
    trustedProxies: [],
    admit: () => () => {},
    admitProxy: () => () => {},
    ...overrides,
  };
}

/** A socket on which these pieces come, and then the end. */
function saying(...pieces: readonly string[]): Socket {
  const chunks = pieces.map((piece) => new TextEncoder().encode(piece));
  return {
    read(into) {
      const chunk = chunks.shift();
      if (chunk) into.set(chunk);
      return Promise.resolve(chunk?.length ?? null);
    },
    write: (bytes) => Promise.resolve(bytes.length),
    closeWrite: () => Promise.resolve(),
    close: () => {},
  };
}

Deno.test("lines begin where nothing else does, and nothing of them is lost", async () => {
  for (
    const [pieces, begun] of [
      [["NICK ada\r\n", "more"], "NICK ada\r\n"],
      [["G", "o away"], "Go away"],
      [["GE"], "GE"],
      [["\r\n"], "\r\n"],
      [[], ""],
    ] as const
  ) {
    const arrival = new Arrival(saying(...pieces), HERE, LISTENING, 0);
    await arrive(arrival, LAYERS, parts());
    assertEquals(new TextDecoder().decode(arrival.begun), begun);
  }
});

Deno.test("from other machines, plain text is too open, unless that is allowed", () => {
  const cases: readonly [address: string, encrypted: boolean, overrides: Partial<ArrivalParts>][] =
    [
      [ELSEWHERE, false, {}],
      [ELSEWHERE, true, {}],
      [ELSEWHERE, false, { allowPlaintext: true }],
      [ELSEWHERE, false, { identity: undefined }],
      [HERE, false, {}],
      ["::1", false, {}],
    ];
  assertEquals(
    cases.map(([address, encrypted, overrides]) =>
      isTooOpen({ address, encrypted }, parts(overrides))
    ),
    [true, false, false, false, false, false],
  );
});

Deno.test("from other machines, a WebSocket that is not encrypted is refused", async () => {
  const coming = (overrides: Partial<ArrivalParts>) => {
    const arrival = new Arrival(saying(webRequest({})), ELSEWHERE, LISTENING, 0);
    return arrive(arrival, LAYERS, parts(overrides)).then(() => arrival.close());
  };
  const refused = await assertRejects(() => coming({}), Refused);
  assertEquals(refused.message, "speaks plain text");
  assertMatch(new TextDecoder().decode(refused.answer), /^HTTP\/1\.1 403 .*\r\n\r\nCome by wss:/s);
  await coming({ allowPlaintext: true });
});
