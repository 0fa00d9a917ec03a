/**
 * A stream of IRC messages over a WebSocket: each WebSocket message is one line.
 *
 * Source: https://ircv3.net/specs/extensions/websocket
 *
 * @module
 */

import { format, type Message, parse } from "../../protocol.ts";
import { UnreachableError } from "../../shared/errors.ts";
import { proofText } from "../../shared/key_proof.ts";
import { printable } from "../../shared/text.ts";
import type { Dial, MessageStream, StreamReceiver } from "../session/message_stream.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import type { OwnKey } from "./own_key.ts";

/** The time in which a connection must be made and the key proven, in milliseconds. */
const CONNECT_MS = 10_000;

/** The subprotocol in which each message is text. */
const SUBPROTOCOL = "text.ircv3.net";

/**
 * Returns the function that connects to the server from which the page came, and proves that the
 * user has `key`.
 */
export function dialOwnServer(key: OwnKey | undefined): Dial {
  return (_host, _port, signal) => {
    const url = new URL("/", location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url, SUBPROTOCOL);
    const { promise, resolve, reject } = Promise.withResolvers<MessageStream>();
    const fail = () => {
      socket.close();
      reject(new UnreachableError(PAGE_TEXTS.unreachable));
    };
    const timer = setTimeout(fail, CONNECT_MS);
    signal.addEventListener("abort", fail, { once: true });
    socket.addEventListener("error", fail, { once: true });
    const stream = new WebSocketStream(socket);
    const opened = async () => {
      if (key) await stream.prove(key);
      resolve(stream);
    };
    socket.addEventListener("open", () => opened().catch(fail), { once: true });
    return promise.finally(() => {
      clearTimeout(timer);
      signal.removeEventListener("abort", fail);
    });
  };
}

class WebSocketStream implements MessageStream {
  readonly isEncrypted = location.protocol === "https:";
  showsKey = false;
  readonly #socket: WebSocket;
  readonly #ended: PromiseWithResolvers<string> = Promise.withResolvers();
  /** The lines that came before {@linkcode receive}. */
  readonly #early: string[] = [];
  /** Handles each line that arrives; until {@linkcode receive}, most lines are kept for later. */
  #take: (line: string) => void = (line) => void this.#early.push(line);

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      if (typeof data === "string") this.#take(data);
    });
    socket.addEventListener("close", ({ reason }) => {
      this.#ended.resolve(reason === "" ? PAGE_TEXTS.closed : printable(reason));
    });
  }

  /** Proves that the user has `key`; the server may refuse that. */
  async prove(key: OwnKey): Promise<void> {
    const shown = await this.#ask("SHOW", key.shown);
    if (shown?.command !== "KEY") return;
    const [, challenge = ""] = shown.params;
    const signature = await key.sign(
      proofText({ origin: location.origin, key: key.shown, challenge }),
    );
    const answer = await this.#ask("PROVE", signature);
    this.showsKey = answer?.command === "KEY";
  }

  /** Sends KEY; resolves to the answer, or to `undefined` at the end of the connection. */
  #ask(...params: readonly string[]): Promise<Message | undefined> {
    const { promise, resolve } = Promise.withResolvers<Message | undefined>();
    this.#take = (line) => {
      const message = parseLine(line);
      if (message && isAboutKey(message)) resolve(message);
      else this.#early.push(line);
    };
    this.#ended.promise.then(() => resolve(undefined));
    this.send({ command: "KEY", params });
    return promise;
  }

  send(message: Message): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(format(message));
  }

  close(reason: string): void {
    this.#ended.resolve(reason);
    this.#socket.close();
  }

  receive(receiver: StreamReceiver): Promise<string> {
    this.#take = (line) => {
      const message = parseLine(line);
      if (message) receiver.message(message);
      else receiver.invalidLine(printable(line));
    };
    for (const line of this.#early.splice(0)) this.#take(line);
    return this.#ended.promise;
  }
}

/** Returns true if `message` answers KEY: its reply, FAIL, or an error of a server without KEY. */
function isAboutKey({ command, params }: Message): boolean {
  if (command === "KEY") return true;
  return command === "FAIL" ? params[0] === "KEY" : /^4/.test(command) && params[1] === "KEY";
}

/** Returns the message in a line; `undefined` if the line is not a message. */
function parseLine(line: string): Message | undefined {
  try {
    return parse(line);
  } catch {
    return undefined;
  }
}
