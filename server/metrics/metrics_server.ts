/**
 * Answers monitoring requests: `/health` and `/metrics` by HTTP, at an address of its own. Requests
 * cannot change anything.
 *
 * @module
 */

import { exposition, type Family, MEDIA_TYPE } from "./exposition.ts";
import type { ListenAddress } from "../config/options.ts";
import { HEALTH_TEXTS } from "../texts/server.ts";

/** The state of the server, as far as it is monitored. */
export interface MetricsSource {
  /** The reason why the server is unhealthy, as human-readable text; `undefined` if it is healthy. */
  readonly trouble: string | undefined;
  /** The metrics, with their current values. */
  readonly families: readonly Family[];
}

/** A running server for monitoring. */
export interface MetricsServer extends ListenAddress {
  /** Stops answering; resolves when all requests are done. */
  close(): Promise<void>;
}

/** The paths, and the function that answers each. */
const PATHS: ReadonlyMap<string, (source: MetricsSource) => Response> = new Map([
  ["/health", health],
  ["/metrics", metrics],
]);

/**
 * Starts to answer at this address; each answer is read from `source`.
 *
 * @throws {Error} as `Deno.serve` does, if it cannot listen there.
 */
export function openMetricsServer(
  { hostname, port }: ListenAddress,
  source: MetricsSource,
): MetricsServer {
  const end = new AbortController();
  const options = { hostname, port, signal: end.signal, onListen() {} };
  const server = Deno.serve(options, (request) => answer(request, source));
  return {
    hostname: server.addr.hostname,
    port: server.addr.port,
    close() {
      end.abort();
      return server.finished;
    },
  };
}

function answer({ method, url }: Request, source: MetricsSource): Response {
  const answer = PATHS.get(new URL(url).pathname);
  if (!answer) return text(HEALTH_TEXTS.notFound, 404);
  if (method !== "GET") return text(HEALTH_TEXTS.useGet, 405, { allow: "GET" });
  return answer(source);
}

function health({ trouble }: MetricsSource): Response {
  return trouble === undefined ? text(HEALTH_TEXTS.healthy, 200) : text(trouble, 503);
}

function metrics({ families }: MetricsSource): Response {
  return new Response(exposition(families), { headers: { "content-type": MEDIA_TYPE } });
}

function text(line: string, status: number, headers: Record<string, string> = {}): Response {
  return new Response(`${line}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", ...headers },
  });
}
