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
  /** Reads on after {@linkcode WireUser.receive} has returned false. */
  readOn(): void;
  /** Closes the connection. */
  close(): void;
}

/** The part of a client that uses a connection. */
export interface WireUser {
  /** Takes a received chunk; returns true to get more now. */
  receive(chunk: Uint8Array): boolean;
  /** Called when either side has closed the connection. */
  ended(): void;
}

/** A function that connects a client. */
export type Connect = (address: ServerAddress, user: WireUser) => Promise<Wire>;

const HOST = "127.0.0.1";
const LINE_END = "\r\n";

/** The transports, by name. */
export const WIRES = { plain, tls, websocket } as const satisfies Record<string, Connect>;

/** The name of a transport. */
export type WireName = keyof typeof WIRES;

async function plain({ port }: ServerAddress, user: WireUser): Promise<Wire> {
  return overSocket(await dialPlain(HOST, port, new AbortController().signal), user);
}

async function tls({ port, fingerprint }: ServerAddress, user: WireUser): Promise<Wire> {
  const dial = dialEncrypted({ fingerprint }, { clock: systemClock });
  return overSocket(await dial(HOST, port, new AbortController().signal), user);
}

function overSocket(socket: Socket, user: WireUser): Wire {
  let isReading = false;
  const readOn = async () => {
    if (isReading) return;
    isReading = true;
    await read(socket, user);
    isReading = false;
  };
  readOn();
  return {
    readOn,
    async send(lines) {
      const bytes = new TextEncoder().encode(lines);
      for (let at = 0; at < bytes.length;) at += await socket.write(bytes.subarray(at));
    },
    close: () => socket.close(),
  };
}

async function read(socket: Socket, user: WireUser): Promise<void> {
  const buffer = new Uint8Array(16 * 1024);
  for (;;) {
    // A read of a connection that was closed or reset fails.
    const count = await socket.read(buffer).catch(() => null);
    if (count === null) return user.ended();
    if (!user.receive(buffer.subarray(0, count))) return;
  }
}

/**
 * Connects by WebSocket, which cannot stop reading. Its messages have no line ends, so `user` gets
 * one after each message.
 */
async function websocket({ port }: ServerAddress, user: WireUser): Promise<Wire> {
  const socket = new WebSocket(`ws://${HOST}:${port}`, ["binary.ircv3.net"]);
  socket.binaryType = "arraybuffer";
  const end = new TextEncoder().encode(LINE_END);
  socket.onmessage = ({ data }) => {
    user.receive(new Uint8Array(data));
    user.receive(end);
  };
  socket.onclose = () => user.ended();
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  return {
    send(lines) {
      for (const line of lines.split(LINE_END).slice(0, -1)) socket.send(line);
      return Promise.resolve();
    },
    readOn() {},
    close: () => socket.close(),
  };
}
