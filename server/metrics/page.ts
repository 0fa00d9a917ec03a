/**
 * Where whoever watches over the server asks how it is: `/health` and `/metrics` by HTTP, at an
 * address of its own. It answers, and nothing can be changed there.
 *
 * @module
 */

import { exposition, type Family, MEDIA_TYPE } from "./exposition.ts";
import type { ListenAddress } from "../config/options.ts";

/** What is asked of the server. */
export interface Watch {
  /** Why it is not well, for people; undefined as long as it is. */
  readonly trouble: string | undefined;
  /** What it tells of itself. */
  readonly families: readonly Family[];
}

/** A running page. */
export interface Page extends ListenAddress {
  /** Answers nobody any more; resolves when that is so. */
  close(): Promise<void>;
}

/** What can be asked. */
const PATHS: ReadonlyMap<string, (watch: Watch) => Response> = new Map([
  ["/health", health],
  ["/metrics", metrics],
]);

/**
 * Answers at `address`; `watch` is looked at for each answer.
 *
 * @throws {Error} as `Deno.serve` does, if it cannot listen there.
 */
export function openPage({ hostname, port }: ListenAddress, watch: Watch): Page {
  const end = new AbortController();
  const options = { hostname, port, signal: end.signal, onListen() {} };
  const server = Deno.serve(options, (request) => answer(request, watch));
  return {
    hostname: server.addr.hostname,
    port: server.addr.port,
    close() {
      end.abort();
      return server.finished;
    },
  };
}

function answer({ method, url }: Request, watch: Watch): Response {
  const answer = PATHS.get(new URL(url).pathname);
  if (!answer) return text("There is /health and /metrics here.", 404);
  if (method !== "GET") return text("Only GET is answered here.", 405, { allow: "GET" });
  return answer(watch);
}

function health({ trouble }: Watch): Response {
  return trouble === undefined ? text("ok", 200) : text(trouble, 503);
}

function metrics({ families }: Watch): Response {
  return new Response(exposition(families), { headers: { "content-type": MEDIA_TYPE } });
}

function text(line: string, status: number, headers: Record<string, string> = {}): Response {
  return new Response(`${line}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", ...headers },
  });
}
