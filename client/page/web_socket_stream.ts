/**
 * A stream of messages over a WebSocket, one line in each of its messages.
 *
 * Source: https://ircv3.net/specs/extensions/websocket
 *
 * @module
 */

import { format, type Message, parse } from "../../protocol.ts";
import { UserError } from "../../shared/errors.ts";
import { printable } from "../../shared/text.ts";
import type { Dial, MessageStream, StreamReceiver } from "../session/message_stream.ts";
import { PAGE_TEXTS } from "../texts/page.ts";

/** The time to connect, in milliseconds. */
const CONNECT_MS = 10_000;

/** The subprotocol in which each message is text. */
const SUBPROTOCOL = "text.ircv3.net";

/** Connects to the server of the page, at the address that the page has come from. */
export const dialOwnServer: Dial = (_host, _port, signal): Promise<MessageStream> => {
  const url = new URL("/", location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(url, SUBPROTOCOL);
  const { promise, resolve, reject } = Promise.withResolvers<MessageStream>();
  const fail = () => {
    socket.close();
    reject(new UserError(PAGE_TEXTS.unreachable));
  };
  const timer = setTimeout(fail, CONNECT_MS);
  signal.addEventListener("abort", fail, { once: true });
  socket.addEventListener("error", fail, { once: true });
  socket.addEventListener("open", () => resolve(new WebSocketStream(socket)), { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", fail);
  });
};

class WebSocketStream implements MessageStream {
  readonly isEncrypted = location.protocol === "https:";
  readonly #socket: WebSocket;
  readonly #ended: PromiseWithResolvers<string> = Promise.withResolvers();

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("close", ({ reason }) => {
      this.#ended.resolve(reason === "" ? PAGE_TEXTS.closed : printable(reason));
    });
  }

  send(message: Message): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(format(message));
  }

  close(reason: string): void {
    this.#ended.resolve(reason);
    this.#socket.close();
  }

  receive(receiver: StreamReceiver): Promise<string> {
    this.#socket.addEventListener("message", ({ data }) => {
      if (typeof data !== "string") return;
      const message = parseLine(data);
      if (message) receiver.message(message);
      else receiver.invalidLine(printable(data));
    });
    return this.#ended.promise;
  }
}

/** Returns the message in a line; `undefined` if the line is not a message. */
function parseLine(line: string): Message | undefined {
  try {
    return parse(line);
  } catch {
    return undefined;
  }
}
