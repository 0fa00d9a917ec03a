/**
 * Answers browsers that ask for the page: a chat client for people who have nothing installed. The
 * page has six files, which `tools/page.ts` builds. Every path outside the folder of the files
 * leads to the page, so that a URL can name a room.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { brotliDecompressSync } from "node:zlib";
import { isLoopback } from "../../shared/address.ts";
import { PAGE_TEXTS, PROTOCOL_TEXTS } from "../texts/net.ts";
import { httpAnswer, type HttpRequest, httpResponse } from "./http.ts";

/**
 * The contents of the page's files by their names: compressed with Brotli (RFC 7932), in Base64.
 */
export type PageFiles = Readonly<Record<PageFile, string>>;

/** The names of the page's files. */
export type PageFile =
  | "icon.svg"
  | "index.html"
  | "manifest.webmanifest"
  | "page.css"
  | "page.js"
  | "worker.js";

/** The media types of the files. */
const MEDIA_TYPES: Readonly<Record<PageFile, string>> = {
  "index.html": "text/html; charset=utf-8",
  "manifest.webmanifest": "application/manifest+json",
  "worker.js": "text/javascript; charset=utf-8",
  "page.css": "text/css; charset=utf-8",
  "page.js": "text/javascript; charset=utf-8",
  "icon.svg": "image/svg+xml",
};

/**
 * The folder of all files except the page itself. It cannot be the name of a room, because of the
 * slash at its end.
 */
const FOLDER = "/-/";

/**
 * The fields of every answer. They allow the page to load its own files and to connect to its own
 * server, and nothing else: no inline script, no request to other servers. No other page can embed
 * it.
 *
 * Sources: https://www.w3.org/TR/CSP3/, https://www.w3.org/TR/referrer-policy/
 */
const SAFE: Readonly<Record<string, string>> = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "manifest-src 'self'; worker-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  // The worker lies in the folder of the files, and is for the whole page
  // (https://w3c.github.io/ServiceWorker/, "Path restriction").
  "Service-Worker-Allowed": "/",
  "X-Content-Type-Options": "nosniff",
};

/**
 * The `Cache-Control` of a file whose URL has the file's version: the browser never asks for it
 * again.
 */
const FOR_GOOD = "max-age=31536000, immutable";

/** A file to answer with. */
interface Stored {
  /** The version; see {@linkcode versionOf}. */
  readonly version: string;
  /** The file, compressed with Brotli and uncompressed. */
  readonly bodies: { readonly br: Uint8Array; readonly identity: Uint8Array };
}

/** The page of one server. */
export class Page {
  readonly #load: () => Promise<PageFiles | undefined>;
  #files: PageFiles | undefined;
  readonly #stored = new Map<PageFile, Stored>();

  /**
   * Makes a page whose files are loaded on first use; `load` resolves to `undefined` if they are
   * not built.
   */
  constructor(load: () => Promise<PageFiles | undefined>) {
    this.#load = load;
  }

  /** Resolves to the response to a request, after which the connection is closed. */
  async answer({ target, headers }: HttpRequest): Promise<Uint8Array> {
    this.#files ??= await this.#load();
    if (!this.#files) return httpAnswer(503, PAGE_TEXTS.notBuilt);
    const [path = "", query] = target.split("?");
    const name = path.startsWith(FOLDER) ? path.slice(FOLDER.length) : "index.html";
    if (!isFile(name)) return httpAnswer(404, PAGE_TEXTS.notFound);
    let stored = this.#stored.get(name);
    if (!stored) this.#stored.set(name, stored = unpacked(this.#files[name]));
    const coding = acceptsBrotli(headers["accept-encoding"]) ? "br" : "identity";
    return httpResponse(200, stored.bodies[coding], {
      ...SAFE,
      "Content-Type": MEDIA_TYPES[name],
      ...(coding === "br" && { "Content-Encoding": coding }),
      "Vary": "Accept-Encoding",
      "Cache-Control": query === stored.version ? FOR_GOOD : "no-cache",
    });
  }
}

/**
 * Returns the version of a file of {@linkcode PageFiles}. In the page, the URL of the file has the
 * version as its query. A file with other contents has another version.
 */
export function versionOf(packed: string): string {
  return createHash("sha256").update(packed).digest("base64url").slice(0, 16);
}

function unpacked(packed: string): Stored {
  const br = Uint8Array.fromBase64(packed);
  return { version: versionOf(packed), bodies: { br, identity: brotliDecompressSync(br) } };
}

/**
 * Returns true if a client with this `Accept-Encoding` accepts Brotli: the field names it, without
 * the weight 0 (RFC 9110, section 12.5.3). Browsers accept it over `https` and at `localhost`.
 */
function acceptsBrotli(accepted = ""): boolean {
  return accepted.split(",").some((each) => /^\s*br\s*(?:;\s*q=(?!0(?:\.0*)?\s*$)|$)/i.test(each));
}

/**
 * Returns the answer for a browser that asks for `target` without encryption where TLS is required:
 * a redirect to the same URL with `https`, or a refusal if the request does not name its host.
 */
export function redirectToTls({ target, headers: { host = "" } }: HttpRequest): Uint8Array {
  if (!/^[\w.:[\]-]+$/.test(host) || !target.startsWith("/")) {
    return httpAnswer(403, PROTOCOL_TEXTS.useWss);
  }
  return httpResponse(308, "", { "Location": `https://${host}${target}` });
}

/** Returns the names under which a server with these options is known. */
export function namesOf(
  { name, address }: { readonly name: string; readonly address?: { readonly hostname: string } },
): string[] {
  return address ? [name, address.hostname] : [name];
}

/** The web pages that may connect. */
export interface Welcome {
  /** The origins of pages elsewhere; `*` stands for all. */
  readonly origins: readonly string[];
  /** The page of this server; absent if it has none. */
  readonly page?: Page | undefined;
  /** The names of this server. */
  readonly names: readonly string[];
}

/**
 * Returns true if the request may open a WebSocket. Browsers send the origin of the page that asks:
 * a page that is not allowed here could act in the name of the user. Other clients send no origin.
 */
export function isWelcome(
  headers: HttpRequest["headers"],
  encrypted: boolean,
  { origins, page, names }: Welcome,
): boolean {
  const { origin } = headers;
  if (origin === undefined || origins.includes("*") || origins.includes(origin)) return true;
  return page !== undefined && isOwnPage(headers, encrypted, names);
}

/**
 * Returns the origin of the page that opens a WebSocket, if the page is this server's own and the
 * connection is encrypted or comes from this machine, so that nobody else can read it.
 */
export function ownOrigin(
  headers: HttpRequest["headers"],
  { address, encrypted }: { readonly address: string; readonly encrypted: boolean },
  { page, names }: Omit<Welcome, "origins">,
): string | undefined {
  const isOwn = page !== undefined && isOwnPage(headers, encrypted, names);
  return isOwn && (encrypted || isLoopback(address)) ? headers.origin : undefined;
}

/**
 * Returns true if a request comes from a page of this server. `names` are the names of the server.
 * A page at another name may belong to an attacker who has pointed that name at this server's
 * address.
 */
export function isOwnPage(
  { host, origin }: HttpRequest["headers"],
  encrypted: boolean,
  names: readonly string[],
): boolean {
  if (host === undefined || origin !== `${encrypted ? "https" : "http"}://${host}`) return false;
  if (!URL.canParse(origin)) return false;
  const { hostname } = new URL(origin);
  return ["localhost", ...names].includes(hostname) || /^[\d.]+$|^\[/.test(hostname);
}

function isFile(name: string): name is PageFile {
  return Object.hasOwn(MEDIA_TYPES, name);
}
