/**
 * The ways in which a measurement's clients can reach a server: what it costs there that they encrypt,
 * or come as web pages do, is what they are for.
 *
 * @module
 */

import { systemClock } from "../clock.ts";
import { dialEncrypted, dialPlain } from "../client/dial.ts";
import type { Socket } from "../client/link.ts";

/** Where a server is to be reached. */
export interface Place {
  /** Where IRC is spoken, on loopback. */
  readonly port: number;
  /** The fingerprint of the server's certificate. */
  readonly fingerprint: string;
}

/** A connection to a server. */
export interface Wire {
  /** Sends lines, each with its end. */
  send(lines: string): Promise<void>;
  /** Closes it. */
  close(): void;
}

/** Connects; each chunk that comes is given to `hear`, until that says that it is enough. */
export type Connect = (place: Place, hear: (chunk: Uint8Array) => boolean) => Promise<Wire>;

const HOST = "127.0.0.1";
const LINE_END = "\r\n";

/** The ways there are. */
export const WIRES = { plain, tls, websocket } as const satisfies Record<string, Connect>;

/** The name of a way. */
export type WireName = keyof typeof WIRES;

async function plain({ port }: Place, hear: (chunk: Uint8Array) => boolean): Promise<Wire> {
  return overSocket(await dialPlain(HOST, port, new AbortController().signal), hear);
}

async function tls(
  { port, fingerprint }: Place,
  hear: (chunk: Uint8Array) => boolean,
): Promise<Wire> {
  const dial = dialEncrypted({ fingerprint }, { clock: systemClock });
  return overSocket(await dial(HOST, port, new AbortController().signal), hear);
}

function overSocket(socket: Socket, hear: (chunk: Uint8Array) => boolean): Wire {
  read(socket, hear);
  return {
    async send(lines) {
      const bytes = new TextEncoder().encode(lines);
      for (let at = 0; at < bytes.length;) at += await socket.write(bytes.subarray(at));
    },
    close: () => socket.close(),
  };
}

async function read(socket: Socket, hear: (chunk: Uint8Array) => boolean): Promise<void> {
  const buffer = new Uint8Array(16 * 1024);
  try {
    for (;;) {
      const count = await socket.read(buffer);
      if (count === null || !hear(buffer.subarray(0, count))) return;
    }
  } catch {
    // Closed by this side.
  }
}

/** A message has no line end of its own: it is heard with the one that it would have elsewhere. */
async function websocket({ port }: Place, hear: (chunk: Uint8Array) => boolean): Promise<Wire> {
  const socket = new WebSocket(`ws://${HOST}:${port}`, ["binary.ircv3.net"]);
  socket.binaryType = "arraybuffer";
  const end = new TextEncoder().encode(LINE_END);
  let wanted = true;
  socket.onmessage = ({ data }) => {
    wanted &&= hear(new Uint8Array(data));
    wanted &&= hear(end);
  };
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  return {
    send(lines) {
      for (const line of lines.split(LINE_END).slice(0, -1)) socket.send(line);
      return Promise.resolve();
    },
    close: () => socket.close(),
  };
}
