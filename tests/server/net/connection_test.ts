import { assertEquals } from "@std/assert";
import { Budgets } from "../../../server/net/budget.ts";
import { Inflow } from "../../../server/net/inflow.ts";
import { Connection } from "../../../server/net/connection.ts";
import type { Socket } from "../../../shared/socket.ts";
import type { Received } from "../../../lines.ts";
import { DEFAULT_LIMITS } from "../../../server/config/options.ts";
import type { OtherProtocol } from "../../../server/net/foreign.ts";
import { refusePlaintext } from "../../../server/net/strict_transport.ts";
import { Tick } from "../../../server/delivery/tick.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const LOCAL = { hostname: "127.0.0.1", port: 7342 };

/** A socket that delivers `text` and then ends. */
class TextSocket implements Socket {
  written = "";
  #text: string | null;

  constructor(text: string) {
    this.#text = text;
  }

  read(into: Uint8Array): Promise<number | null> {
    const text = this.#text;
    this.#text = null;
    if (text === null) return Promise.resolve(null);
    return Promise.resolve(new TextEncoder().encodeInto(text, into).written);
  }

  write(bytes: Uint8Array): Promise<number> {
    this.written += new TextDecoder().decode(bytes);
    return Promise.resolve(bytes.length);
  }

  closeWrite(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {}
}

/** Runs a connection on which `text` arrives; resolves to its lines, refusals and output. */
async function run(text: string, refuse?: (first: Received) => OtherProtocol) {
  const clock = new FakeClock();
  const socket = new TextSocket(text.slice(1));
  const begun = new TextEncoder().encode(text.slice(0, 1));
  const connection = new Connection(
    {
      socket,
      takeUnread: () => begun,
      encrypted: false,
      certificate: undefined,
      pageOrigin: undefined,
      gateway: undefined,
      isWebSocket: false,
      local: LOCAL,
      arrivedAt: clock.moment(),
    },
    {
      clock,
      inflow: new Inflow({ clock }),
      tick: new Tick(() => {}),
      limits: DEFAULT_LIMITS,
      budget: new Budgets({ now: () => 0 }).open(LOCAL.hostname),
      refuse,
    },
  );
  const lines: string[] = [];
  const refused: string[] = [];
  await connection.run({
    received: (found) => lines.push(found.type === "line" ? found.text : found.type),
    refused: (protocol) => refused.push(protocol),
    closed: () => {},
  });
  return { lines, refused, written: socket.written };
}

const ERROR = "ERROR :Remote clients must use TLS (SSL), on the same port, 7342\r\n";

Deno.test("a plaintext client that must encrypt gets one error line, and none of its lines is used", async () => {
  const refuse = refusePlaintext(7342, "chat.test", undefined);
  assertEquals(await run("CAP LS 302\r\nPASS sesame\r\nNICK ada\r\n", refuse), {
    lines: [],
    refused: ["plain text"],
    written: ERROR,
  });
});

Deno.test("CAP LS 302 or later gets the STS policy before the refusal, and other first lines do not", async () => {
  const refuse = refusePlaintext(7342, "chat.test", "port=7342");
  for (const request of ["CAP LS 302", "cap ls 303"]) {
    assertEquals(await run(`${request}\r\nPASS sesame\r\nNICK ada\r\n`, refuse), {
      lines: [],
      refused: ["plain text"],
      written: `:chat.test CAP * LS :sts=port=7342\r\n${ERROR}`,
    });
  }
  for (const other of ["CAP LS", "CAP LS 301", "CAP LIST 302", "NICK ada", "PASS sesame", "CAP"]) {
    assertEquals((await run(`${other}\r\nCAP LS 302\r\n`, refuse)).written, ERROR, other);
  }
});

Deno.test("a client that need not encrypt is accepted, and its first bytes are used", async () => {
  const { lines, refused } = await run("NICK ada\r\nQUIT\r\n");
  assertEquals({ lines, refused }, { lines: ["NICK ada", "QUIT"], refused: [] });
});
