import { PassThrough } from "node:stream";
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Moment } from "../../../shared/clock.ts";
import { makeCertificate } from "../../../shared/certificate.ts";
import type { Socket } from "../../../shared/socket.ts";
import { Arrival, type ArrivalContext, arrive, mustUseTls } from "../../../server/net/arrival.ts";
import { LAYERS } from "../../../server/net/layers.ts";
import { Refused } from "../../../server/net/foreign.ts";
import { Inflow } from "../../../server/net/inflow.ts";
import { Identity } from "../../../server/net/identity.ts";
import { SealedInput } from "../../../server/net/sealed_input.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { webRequest } from "../../support/web_socket.ts";

const IDENTITY = new Identity(await makeCertificate({ names: ["localhost"], days: 1 }));
const LOCAL = "127.0.0.1";
const REMOTE = "192.0.2.1";
const LISTENING = { hostname: "192.0.2.7", port: 7342 };

function parts(changes: Partial<ArrivalContext> = {}): ArrivalContext {
  const clock = new FakeClock();
  return {
    clock,
    inflow: new Inflow({ clock }),
    sealedInput: new SealedInput(),
    identity: IDENTITY,
    allowPlaintext: false,
    origins: [],
    names: [],
    trustedProxies: [],
    isGatewayPassword: () => false,
    admit: () => () => {},
    admitProxy: () => () => {},
    ...changes,
  };
}

/** Returns a socket that delivers these pieces and then ends. */
function sending(...pieces: readonly string[]): Socket {
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
    release: (begun) => {
      const stream = new PassThrough();
      stream.write(begun);
      return stream;
    },
  };
}

Deno.test("a connection without a known preamble is lines, and no byte of them is lost", async () => {
  for (
    const [pieces, begun] of [
      [["NICK ada\r\n", "more"], "NICK ada\r\n"],
      [["G", "o away"], "Go away"],
      [["GE"], "GE"],
      [["\r\n"], "\r\n"],
      [[], ""],
    ] as const
  ) {
    const arrival = new Arrival(sending(...pieces), LOCAL, LISTENING, new Moment(0));
    await arrive(arrival, LAYERS, parts());
    assertEquals(new TextDecoder().decode(arrival.unread), begun);
  }
});

Deno.test("remote plaintext is too open unless it is allowed", () => {
  const cases: readonly [
    address: string,
    encrypted: boolean,
    changes: Partial<ArrivalContext>,
    isPrivate?: boolean,
  ][] = [
    [REMOTE, false, {}, true],
    [REMOTE, false, {}],
    [REMOTE, true, {}],
    [REMOTE, false, { allowPlaintext: true }],
    [REMOTE, false, { identity: undefined }],
    [LOCAL, false, {}],
    ["::1", false, {}],
  ];
  assertEquals(
    cases.map(([address, encrypted, changes, isPrivate = false]) =>
      mustUseTls({ address, encrypted, isPrivate }, parts(changes))
    ),
    [false, true, false, false, false, false, false],
  );
});

Deno.test("a remote WebSocket without encryption is refused", async () => {
  const connect = (changes: Partial<ArrivalContext>) => {
    const arrival = new Arrival(sending(webRequest({})), REMOTE, LISTENING, new Moment(0));
    return arrive(arrival, LAYERS, parts(changes)).then(() => arrival.close());
  };
  const refused = await assertRejects(() => connect({}), Refused);
  assertEquals(refused.message, "The client speaks plain text");
  assertMatch(
    new TextDecoder().decode(refused.answer),
    /^HTTP\/1\.1 403 .*\r\n\r\nRemote clients must use TLS: /s,
  );
  await connect({ allowPlaintext: true });
});
