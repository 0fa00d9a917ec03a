import { assertEquals } from "@std/assert";
import { Connection, type Socket } from "../server/connection.ts";
import type { Received } from "../lines.ts";
import { DEFAULT_LIMITS } from "../server/config/options.ts";
import type { Foreign } from "../server/net/foreign.ts";
import { refusePlaintext } from "../server/net/strict_transport.ts";
import { Tick } from "../server/tick.ts";
import { FakeClock } from "./support/fake_clock.ts";

const HERE = { hostname: "127.0.0.1", port: 7342 };

/** A socket on which `text` comes, and then the end. */
class Said implements Socket {
  heard = "";
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
    this.heard += new TextDecoder().decode(bytes);
    return Promise.resolve(bytes.length);
  }

  closeWrite(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {}
}

/** Who says `text` where that is refused, if it is: what comes of it. */
async function said(text: string, refuse?: (first: Received) => Foreign) {
  const clock = new FakeClock();
  const socket = new Said(text.slice(1));
  const begun = new TextEncoder().encode(text.slice(0, 1));
  const connection = new Connection(
    {
      socket,
      begun,
      encrypted: false,
      certificate: undefined,
      isWebSocket: false,
      local: HERE,
      at: clock.now(),
    },
    { clock, tick: new Tick(() => {}), limits: DEFAULT_LIMITS, refuse },
  );
  const lines: string[] = [];
  const refused: string[] = [];
  await connection.run({
    received: (found) => lines.push(found.type === "line" ? found.text : found.type),
    refused: (protocol) => refused.push(protocol),
    closed: () => {},
  });
  return { lines, refused, heard: socket.heard };
}

const TOLD = "ERROR :From other machines, connect with TLS (SSL), to this same port 7342\r\n";

Deno.test("who has to encrypt and does not is told so in one line, and nothing is taken", async () => {
  const refuse = refusePlaintext(7342, "chat.test", undefined);
  assertEquals(await said("CAP LS 302\r\nPASS sesame\r\nNICK ada\r\n", refuse), {
    lines: [],
    refused: ["plain text"],
    heard: TOLD,
  });
});

Deno.test("a client that asks for the policy is given it before it is refused, and others are not", async () => {
  const refuse = refusePlaintext(7342, "chat.test", "port=7342");
  for (const asking of ["CAP LS 302", "cap ls 303"]) {
    assertEquals(await said(`${asking}\r\nPASS sesame\r\nNICK ada\r\n`, refuse), {
      lines: [],
      refused: ["plain text"],
      heard: `:chat.test CAP * LS :sts=port=7342\r\n${TOLD}`,
    });
  }
  for (const other of ["CAP LS", "CAP LS 301", "CAP LIST 302", "NICK ada", "PASS sesame", "CAP"]) {
    assertEquals((await said(`${other}\r\nCAP LS 302\r\n`, refuse)).heard, TOLD, other);
  }
});

Deno.test("who need not encrypt is welcome without, from what was read first on", async () => {
  const { lines, refused } = await said("NICK ada\r\nQUIT\r\n");
  assertEquals({ lines, refused }, { lines: ["NICK ada", "QUIT"], refused: [] });
});
