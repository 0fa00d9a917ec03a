/**
 * The parts of the door for uploaded files that all its answers share.
 *
 * @module
 */

import type { Context } from "../core/context.ts";
import type { Arrival } from "../net/arrival.ts";
import { httpResponse, type HttpStatus } from "../net/http.ts";
import type { Page } from "../net/page.ts";
import type { UploadFolder } from "../uploads/folder.ts";
import type { FileKeeper } from "./file_keeper.ts";

/** The parts of the door. */
export interface FileDoorParts {
  /** The shared parts of the server. */
  readonly context: Context;
  /** The folder of the files. */
  readonly folder: UploadFolder;
  /** The part of the server that keeps the files. */
  readonly keeper: FileKeeper;
  /** The page for browsers, which may upload; absent if the server has none. */
  readonly page: Page | undefined;
}

/** The connection of a request. */
export type FileVisit = Pick<
  Arrival,
  "socket" | "unread" | "address" | "encrypted" | "certificate" | "local"
>;

/**
 * The fields of every answer. Even a file that a browser takes for a page can do no harm: it runs
 * no scripts, has no origin, and loads nothing from other sites. No other site can show or read it.
 *
 * Sources: https://www.w3.org/TR/CSP3/, https://fetch.spec.whatwg.org, "X-Content-Type-Options"
 */
export const SAFE: Readonly<Record<string, string>> = {
  "Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self'; " +
    "style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/** The fields of an answer with a human-readable sentence. */
export const TEXT: Readonly<Record<string, string>> = {
  ...SAFE,
  "Content-Type": "text/plain; charset=utf-8",
  "Cache-Control": "no-store",
};

/** The error for a request that is refused. */
export class HttpError extends Error {
  /** The name of the class. */
  override readonly name = "HttpError";
  readonly #status: HttpStatus;
  readonly #fields: Readonly<Record<string, string>>;

  /** Refuses a request with a sentence, and perhaps with further fields. */
  constructor(
    status: HttpStatus,
    sentence: string,
    fields: Readonly<Record<string, string>> = {},
  ) {
    super(sentence);
    this.#status = status;
    this.#fields = fields;
  }

  /** Returns this refusal with further fields. */
  with(fields: Readonly<Record<string, string>>): HttpError {
    return new HttpError(this.#status, this.message, { ...this.#fields, ...fields });
  }

  /** The answer. */
  get answer(): Uint8Array {
    return httpResponse(this.#status, `${this.message}\n`, { ...TEXT, ...this.#fields });
  }
}
