/**
 * The door for uploaded files: answers HTTP requests that upload a file or read one. Any client that
 * knows the URL of a file can read it; only users with an account can upload.
 *
 * Source: https://soju.im/filehost
 *
 * @module
 */

import { UPLOAD_PATH } from "../../protocol.ts";
import { Gate } from "../../shared/turns.ts";
import { takesUploads } from "../config/config.ts";
import { answerTo, type HttpRequest, httpResponse, isRead } from "../net/http.ts";
import { HttpPeer, PeerGone } from "../net/http_peer.ts";
import { isWelcome, namesOf, redirectToTls } from "../net/page.ts";
import { UPLOAD_TEXTS } from "../texts/uploads.ts";
import { type FileDoorParts, type FileVisit, HttpError, SAFE, TEXT } from "./file_answers.ts";
import { FileReceiver } from "./receiving_files.ts";
import { sendFile } from "./sending_files.ts";

/**
 * The number of requests whose answers are begun in one turn of the event loop: even refusing a
 * request takes a fraction of a millisecond.
 */
const BEGUN_AT_ONCE = 16;

/** The door. */
export class FileDoor {
  readonly #parts: FileDoorParts;
  readonly #receiver: FileReceiver;
  /** The clients whose requests are being answered. */
  readonly #open = new Set<HttpPeer>();
  readonly #gate = new Gate(BEGUN_AT_ONCE);

  /** Answers requests about the files in the folder. */
  constructor(parts: FileDoorParts) {
    this.#parts = parts;
    this.#receiver = new FileReceiver(parts);
  }

  /** Returns true if the request is about files, and the server takes files. */
  isFor({ target }: HttpRequest): boolean {
    const isPath = target === UPLOAD_PATH || target.startsWith(`${UPLOAD_PATH}/`);
    return isPath && takesUploads(this.#parts.context.options);
  }

  /**
   * Answers a request, and closes the connection. `isPlain` is true if the client must use TLS and
   * does not.
   */
  async answer(visit: FileVisit, request: HttpRequest, isPlain: boolean): Promise<void> {
    const { context } = this.#parts;
    const peer = new HttpPeer({ ...visit, inflow: context.inflow });
    this.#open.add(peer);
    try {
      await this.#answerOrRefuse(peer, visit, request, isPlain);
    } catch (error) {
      if (!(error instanceof PeerGone || peer.isClosed)) throw error;
    } finally {
      this.#open.delete(peer);
      peer.close();
    }
  }

  async #answerOrRefuse(
    peer: HttpPeer,
    visit: FileVisit,
    request: HttpRequest,
    isPlain: boolean,
  ): Promise<void> {
    await this.#gate.pass();
    try {
      if (isPlain) return await this.#refusePlain(peer, request);
      await this.#answer(peer, visit, request);
    } catch (error) {
      if (error instanceof PeerGone || peer.isClosed) return;
      const { address } = visit;
      const isRefused = error instanceof HttpError;
      if (!isRefused) {
        this.#parts.context.fault("a request about a file failed", { address }, error);
      }
      const { answer } = isRefused ? error : new HttpError(500, UPLOAD_TEXTS.fault);
      await peer.finish(answerTo(request, answer));
    }
  }

  async #refusePlain(peer: HttpPeer, request: HttpRequest): Promise<void> {
    if (!isRead(request)) throw new HttpError(403, UPLOAD_TEXTS.useTls);
    await peer.finish(answerTo(request, redirectToTls(request)));
  }

  async #answer(peer: HttpPeer, visit: FileVisit, request: HttpRequest): Promise<void> {
    const { context } = this.#parts;
    if (request.target !== UPLOAD_PATH) return await sendFile(peer, request, this.#parts);
    const shared = this.#sharedWith(request, visit.encrypted);
    if (request.method === "POST") return await this.#receive(peer, visit, request, shared);
    if (request.method !== "OPTIONS") {
      throw new HttpError(405, UPLOAD_TEXTS.methods, { "Allow": "POST, OPTIONS" });
    }
    await peer.finish(httpResponse(204, "", {
      ...SAFE,
      ...shared,
      "Allow": "POST, OPTIONS",
      "Accept-Post": "*/*",
      "Upload-Limit": `maxsize=${context.options.uploadSize}`,
    }));
  }

  /**
   * Receives a file. The web page that has sent the file can read the answer, even if it is a
   * refusal.
   */
  async #receive(
    peer: HttpPeer,
    visit: FileVisit,
    request: HttpRequest,
    shared: Readonly<Record<string, string>>,
  ): Promise<void> {
    try {
      const url = await this.#receiver.receive(peer, visit, request);
      await peer.finish(httpResponse(201, `${url}\n`, { ...TEXT, ...shared, "Location": url }));
    } catch (error) {
      throw error instanceof HttpError ? error.with(shared) : error;
    }
  }

  /**
   * Returns the fields of an answer that allow the web page which sent the request to read the
   * answer (https://fetch.spec.whatwg.org, "CORS protocol").
   *
   * @throws {HttpError} if the page may not upload.
   */
  #sharedWith({ headers }: HttpRequest, encrypted: boolean): Readonly<Record<string, string>> {
    const { context: { options }, page } = this.#parts;
    const { origin } = headers;
    if (origin === undefined) return {};
    const names = namesOf(options);
    if (!isWelcome(headers, encrypted, { origins: options.origins, page, names })) {
      throw new HttpError(403, UPLOAD_TEXTS.otherOrigin);
    }
    return {
      "Access-Control-Allow-Origin": origin,
      "Access-Control-Allow-Methods": "POST",
      "Access-Control-Allow-Headers": "Authorization, Content-Type, Content-Disposition",
      "Access-Control-Expose-Headers": "Location",
      "Vary": "Origin",
    };
  }

  /** Removes from the disk the files that the state does not list. Called ten times a second. */
  tidy(): void {
    this.#parts.keeper.tidy();
  }

  /** Ends all requests. */
  close(): void {
    for (const peer of this.#open) peer.close();
  }
}
