/**
 * Connects the clients of a measurement to a server by plain TCP, TLS or WebSocket, so that the
 * cost of each can be measured.
 *
 * @module
 */

import { systemClock } from "../shared/clock.ts";
import { dialEncrypted, dialPlain } from "../client/net/dial.ts";
import type { Socket } from "../client/net/socket_stream.ts";

/** The address of a server. */
export interface ServerAddress {
  /** The port for IRC, on loopback. */
  readonly port: number;
  /** The fingerprint of the server's certificate. */
  readonly fingerprint: string;
}

/** A connection to a server. */
export interface Wire {
  /** Sends lines, each with its line end. */
  send(lines: string): Promise<void>;
  /** Closes the connection. */
  close(): void;
}

/**
 * A function that connects, and passes each received chunk to `receive` until `receive` returns
 * false.
 */
export type Connect = (
  address: ServerAddress,
  receive: (chunk: Uint8Array) => boolean,
) => Promise<Wire>;

const HOST = "127.0.0.1";
const LINE_END = "\r\n";

/** The transports, by name. */
export const WIRES = { plain, tls, websocket } as const satisfies Record<string, Connect>;

/** The name of a transport. */
export type WireName = keyof typeof WIRES;

async function plain(
  { port }: ServerAddress,
  receive: (chunk: Uint8Array) => boolean,
): Promise<Wire> {
  return overSocket(await dialPlain(HOST, port, new AbortController().signal), receive);
}

async function tls(
  { port, fingerprint }: ServerAddress,
  receive: (chunk: Uint8Array) => boolean,
): Promise<Wire> {
  const dial = dialEncrypted({ fingerprint }, { clock: systemClock });
  return overSocket(await dial(HOST, port, new AbortController().signal), receive);
}

function overSocket(socket: Socket, receive: (chunk: Uint8Array) => boolean): Wire {
  read(socket, receive);
  return {
    async send(lines) {
      const bytes = new TextEncoder().encode(lines);
      for (let at = 0; at < bytes.length;) at += await socket.write(bytes.subarray(at));
    },
    close: () => socket.close(),
  };
}

async function read(socket: Socket, receive: (chunk: Uint8Array) => boolean): Promise<void> {
  const buffer = new Uint8Array(16 * 1024);
  try {
    for (;;) {
      const count = await socket.read(buffer);
      if (count === null || !receive(buffer.subarray(0, count))) return;
    }
  } catch {
    // This client has closed the connection.
  }
}

/**
 * Connects by WebSocket. Its messages have no line ends, so `receive` gets one after each message.
 */
async function websocket(
  { port }: ServerAddress,
  receive: (chunk: Uint8Array) => boolean,
): Promise<Wire> {
  const socket = new WebSocket(`ws://${HOST}:${port}`, ["binary.ircv3.net"]);
  socket.binaryType = "arraybuffer";
  const end = new TextEncoder().encode(LINE_END);
  let goesOn = true;
  socket.onmessage = ({ data }) => {
    goesOn &&= receive(new Uint8Array(data));
    goesOn &&= receive(end);
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
