import { assertEquals } from "@std/assert";
import { Connection, type Encryption, type Socket } from "../server/connection.ts";
import { plaintext } from "../server/net/foreign.ts";
import { DEFAULT_LIMITS } from "../server/config/options.ts";
import { Tick } from "../server/tick.ts";
import { FakeClock } from "./support/fake_clock.ts";

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

/** Who says `text` on a connection that has to be, or can be, encrypted: what comes of it. */
async function said(text: string, encryption: Encryption) {
  const socket = new Said(text);
  const clock = new FakeClock();
  const parts = { clock, tick: new Tick(() => {}), limits: DEFAULT_LIMITS, encryption };
  const connection = new Connection(socket, parts);
  const lines: string[] = [];
  const refused: string[] = [];
  await connection.run({
    received: (found) => lines.push(found.type === "line" ? found.text : found.type),
    refused: (protocol) => refused.push(protocol),
    closed: () => {},
  });
  return { lines, refused, heard: socket.heard, encrypted: connection.encrypted };
}

const REFUSAL = { refusal: plaintext(7342) };
const never = (): never => {
  throw new Error("nobody began TLS");
};

Deno.test("who has to encrypt and does not is told so in one line, and nothing is taken", async () => {
  assertEquals(
    await said("CAP LS 302\r\nPASS sesame\r\nNICK ada\r\n", { begin: never, ...REFUSAL }),
    {
      lines: [],
      refused: ["plain text"],
      heard: "ERROR :From other machines, connect with TLS (SSL), to this same port 7342\r\n",
      encrypted: false,
    },
  );
});

Deno.test("who need not encrypt is welcome without", async () => {
  const { lines, refused, encrypted } = await said("NICK ada\r\nQUIT\r\n", { begin: never });
  assertEquals({ lines, refused, encrypted }, {
    lines: ["NICK ada", "QUIT"],
    refused: [],
    encrypted: false,
  });
});

Deno.test("who begins with TLS is taken over, with what has been read", async () => {
  let begun = "";
  const begin = (_: Socket, bytes: Uint8Array): Socket => {
    begun = new TextDecoder().decode(bytes);
    return new Said("NICK ada\r\n");
  };
  const { lines, refused, encrypted } = await said("\x16hello", { begin, ...REFUSAL });
  assertEquals({ begun, lines, refused, encrypted }, {
    begun: "\x16hello",
    lines: ["NICK ada"],
    refused: [],
    encrypted: true,
  });
});
