/**
 * Answers monitoring requests: `/health` and `/metrics` by HTTP, at an address of its own. Requests
 * cannot change anything. A connection may send one request within a few seconds, and the number of
 * connections is limited. So the port cannot be used to exhaust the server's memory.
 *
 * @module
 */

import { exposition, type Family, MEDIA_TYPE } from "./exposition.ts";
import type { ListenAddress } from "../config/options.ts";
import { acceptAll, type Listener, type TcpSocket } from "../net/accepting.ts";
import type { Inflow } from "../net/inflow.ts";
import {
  answerTo,
  HEAD_BYTES,
  headLength,
  httpAnswer,
  type HttpRequest,
  httpResponse,
  isRead,
  parseHead,
} from "../net/http.ts";
import { sendLast } from "../net/last_answer.ts";
import type { Guard } from "../../shared/guard.ts";
import type { Log } from "../../shared/log.ts";
import { HEALTH_TEXTS } from "../texts/server.ts";

/** The state of the server, as far as it is monitored. */
export interface MetricsSource {
  /**
   * The reason why the server is unhealthy, as human-readable text; `undefined` if it is healthy.
   */
  readonly trouble: string | undefined;
  /** The metrics, with their current values. */
  readonly families: readonly Family[];
}

/** The parts that a server for monitoring needs. */
export interface MetricsServerParts {
  /** The source of the answers. */
  readonly source: MetricsSource;
  /** The guard of the server. */
  readonly guard: Guard;
  /** The input from the connections. */
  readonly inflow: Pick<Inflow, "deadline">;
  /** The log of the server. */
  readonly log: Log;
}

/** A running server for monitoring. */
export interface MetricsServer extends ListenAddress {
  /**
   * Stops the server and aborts the requests in progress; resolves when all connections are closed.
   */
  close(): Promise<void>;
}

/** The functions that answer requests, by path. */
const PATHS: ReadonlyMap<string, (source: MetricsSource) => Uint8Array> = new Map([
  ["/health", health],
  ["/metrics", metrics],
]);

/** The time limit for a request and its answer, in milliseconds. */
const TIME_LIMIT_MS = 5_000;
/**
 * The largest number of open connections. At the limit, the oldest connection is closed for a new
 * one.
 */
export const MONITOR_LIMIT = 32;
/** The largest size of one read. */
const BUFFER_BYTES = 1024;

/** Starts to answer the connections of `listener`. */
export function startMetricsServer(listener: Listener, parts: MetricsServerParts): MetricsServer {
  return new HttpMetricsServer(listener, parts);
}

class HttpMetricsServer implements MetricsServer {
  readonly hostname: string;
  readonly port: number;
  readonly #listener: Listener;
  readonly #parts: MetricsServerParts;
  /** The open connections, the oldest first. */
  readonly #open = new Set<TcpSocket>();
  /**
   * A promise for each request that is being handled, which resolves at the end of the request.
   */
  readonly #handling = new Set<Promise<void>>();
  readonly #accepting: Promise<void>;
  #closing = false;

  constructor(listener: Listener, parts: MetricsServerParts) {
    ({ hostname: this.hostname, port: this.port } = listener.addr);
    this.#listener = listener;
    this.#parts = parts;
    const { guard, log } = parts;
    const accepting = { guard, log, isClosing: () => this.#closing };
    this.#accepting = acceptAll(listener, accepting, (socket) => this.#take(socket));
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#listener.close();
    for (const socket of this.#open) this.#drop(socket);
    await Promise.all([this.#accepting, ...this.#handling]);
  }

  #take(socket: TcpSocket): void {
    const [oldest] = this.#open.keys();
    if (oldest && this.#open.size >= MONITOR_LIMIT) this.#drop(oldest);
    const cancel = this.#parts.inflow.deadline(TIME_LIMIT_MS, { act: () => this.#drop(socket) });
    this.#open.add(socket);
    // Errors need no report: the peer has reset the connection, or this server has closed it.
    const handling = this.#answer(socket).catch(() => {}).finally(() => {
      cancel();
      this.#drop(socket);
      this.#handling.delete(handling);
    });
    this.#handling.add(handling);
  }

  #drop(socket: TcpSocket): void {
    if (this.#open.delete(socket)) socket.close();
  }

  async #answer(socket: TcpSocket): Promise<void> {
    const head = await readHead(socket);
    if (head === undefined) return;
    await sendLast(socket, this.#answerTo(head));
  }

  #answerTo(head: Uint8Array): Uint8Array {
    const { guard, source } = this.#parts;
    const request = parseHead(head);
    if (!request) return httpAnswer(400, HEALTH_TEXTS.malformed);
    let found = httpAnswer(500, HEALTH_TEXTS.fault);
    try {
      found = answer(request, source);
    } catch (error) {
      guard.report("a monitoring request failed", {}, error);
    }
    return answerTo(request, found);
  }
}

/**
 * Reads the head of a request. Resolves to the first `HEAD_BYTES` bytes if the head is longer, and
 * to `undefined` if the connection ends before the head does.
 */
async function readHead(socket: TcpSocket): Promise<Uint8Array | undefined> {
  const head = new Uint8Array(HEAD_BYTES);
  for (let length = 0; length < head.length;) {
    const count = await socket.read(head.subarray(length, length + BUFFER_BYTES));
    if (count === null) return undefined;
    const end = headLength(head.subarray(0, length + count), length);
    length += count;
    if (end !== undefined) return head.subarray(0, end);
  }
  return head;
}

function answer(request: HttpRequest, source: MetricsSource): Uint8Array {
  const [path = ""] = request.target.split("?");
  const answer = PATHS.get(path);
  if (!answer) return httpAnswer(404, HEALTH_TEXTS.notFound);
  if (!isRead(request)) {
    return httpResponse(405, `${HEALTH_TEXTS.useGet}\n`, { ...TEXT, "Allow": "GET, HEAD" });
  }
  return answer(source);
}

const TEXT = { "Content-Type": "text/plain; charset=utf-8" };

function health({ trouble }: MetricsSource): Uint8Array {
  return trouble === undefined ? httpAnswer(200, HEALTH_TEXTS.healthy) : httpAnswer(503, trouble);
}

function metrics({ families }: MetricsSource): Uint8Array {
  return httpResponse(200, exposition(families), { "Content-Type": MEDIA_TYPE });
}
