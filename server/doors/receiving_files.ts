/**
 * Receives files from clients that have an account, within all limits, and stores them.
 *
 * Source: https://soju.im/filehost
 *
 * @module
 */

import { casefold, UPLOAD_PATH } from "../../protocol.ts";
import { reason } from "../../shared/files.ts";
import { formatSize } from "../../shared/sizes.ts";
import type { Context } from "../core/context.ts";
import type { Upload } from "../events/records.ts";
import type { HttpRequest } from "../net/http.ts";
import { BodyError, bodyLength, readBody } from "../net/http_body.ts";
import type { HttpPeer } from "../net/http_peer.ts";
import { PeerGone } from "../net/http_peer.ts";
import { UPLOAD_TEXTS } from "../texts/uploads.ts";
import { FormatError } from "../uploads/byte_reader.ts";
import { type Complete, PlaceError, type UploadFolder } from "../uploads/folder.ts";
import { safeName, statedName } from "../uploads/names.ts";
import { type ByteLimits, type Exceeded, Quota } from "../uploads/quota.ts";
import { type FileDoorParts, type FileVisit, HttpError } from "./file_answers.ts";
import { byteLimits, type FileKeeper } from "./file_keeper.ts";

/** The answer that some clients wait for before they send the body (RFC 9110, section 10.1.1). */
const CONTINUE = new TextEncoder().encode("HTTP/1.1 100 Continue\r\n\r\n");

/** The receiver of files. */
export class FileReceiver {
  readonly #context: Context;
  readonly #folder: UploadFolder;
  readonly #keeper: FileKeeper;
  readonly #quota = new Quota();

  /** Stores files in the folder. */
  constructor({ context, folder, keeper }: Pick<FileDoorParts, "context" | "folder" | "keeper">) {
    this.#context = context;
    this.#folder = folder;
    this.#keeper = keeper;
  }

  /**
   * Receives the file in the body of a request; resolves to its URL.
   *
   * @throws {HttpError} if the file is refused.
   */
  async receive(
    peer: HttpPeer,
    visit: FileVisit,
    request: HttpRequest,
  ): Promise<string> {
    const length = bodyLength(request);
    if (length === undefined) throw new HttpError(411, UPLOAD_TEXTS.lengthRequired);
    const end = this.#quota.begin(visit.address);
    if (!end) throw new HttpError(429, UPLOAD_TEXTS.tooMany, { "Retry-After": "10" });
    try {
      const account = await this.#accountOf(visit, request);
      const createdAt = this.#creationOf(account);
      const upload = await this.#receiveFrom(account, peer, request, length);
      await this.#save(upload, createdAt, request);
      const { bytes, mediaType: type = "unknown" } = upload;
      const { address } = visit;
      this.#context.log.info("file uploaded", { account, address, bytes, type });
      const path = `${UPLOAD_PATH}/${upload.id}/${encodeURIComponent(upload.name)}`;
      return this.#context.connectUrls.fileUrl(visit.local, path);
    } finally {
      end();
    }
  }

  /**
   * Returns the time of creation of the account called `name`; `undefined` if there is no such
   * account, or this server of a cluster does not have it yet.
   */
  #creationOf(name: string): number | undefined {
    return this.#context.network.account(name)?.createdAt;
  }

  /** Resolves to the name of the client's account. */
  async #accountOf(
    { address, certificate }: FileVisit,
    { headers: { authorization } }: HttpRequest,
  ): Promise<string> {
    const sender = await this.#keeper.senderOf({ address, certificate, authorization });
    switch (sender.type) {
      case "account":
        return sender.name;
      case "busy":
        throw new HttpError(503, UPLOAD_TEXTS.busy);
      case "leaderless":
        throw leaderless();
      case "unknown":
        throw unknownSender(authorization);
    }
  }

  /** Receives the body into a file within the limits. */
  async #receiveFrom(
    name: string,
    peer: HttpPeer,
    { headers }: HttpRequest,
    length: number | "chunked",
  ): Promise<Upload> {
    const account = casefold(name);
    const limits = byteLimits(this.#context);
    const size = length === "chunked" ? limits.file : length;
    const { uploads } = this.#context.network;
    const release = this.#quota.reserve(account, size, uploads, limits);
    if (typeof release === "string") throw exceeded(release, limits);
    try {
      this.#assertRoom();
      if (headers.expect?.toLowerCase() === "100-continue") await peer.write(CONTINUE);
      peer.allow(size);
      const { id, media, bytes, sha256 } = await this.#store(peer, length, limits);
      const stated = statedName(headers["content-disposition"] ?? "");
      const [kind = "file"] = media?.type.split("/") ?? [];
      return {
        id,
        account,
        name: safeName(stated, kind, media?.endings ?? []),
        ...(media && { mediaType: media.type }),
        bytes,
        sha256,
        time: this.#context.clock.now(),
        messages: [],
      };
    } finally {
      release();
    }
  }

  /**
   * Checks that the disk has room for the uploads in progress.
   *
   * @throws {HttpError} if there is not enough room.
   */
  #assertRoom(): void {
    // A picture is copied at the end, so for a moment it is on the disk twice.
    if (this.#folder.hasRoom(2 * this.#quota.reserved)) return;
    this.#context.log.warn("a file was refused because the disk is nearly full");
    throw new HttpError(507, UPLOAD_TEXTS.diskFull);
  }

  /** Writes the body to the folder. */
  async #store(
    peer: HttpPeer,
    length: number | "chunked",
    limits: ByteLimits,
  ): Promise<Complete> {
    try {
      using draft = await this.#folder.begin();
      let bytes = 0;
      for await (const piece of readBody(length, () => peer.read())) {
        bytes += piece.length;
        if (bytes > limits.file) throw exceeded("file", limits);
        await draft.write(piece);
      }
      return await draft.complete();
    } catch (error) {
      if (error instanceof HttpError || error instanceof PeerGone) throw error;
      if (error instanceof BodyError) throw new HttpError(400, UPLOAD_TEXTS.endedEarly);
      if (error instanceof FormatError) throw new HttpError(415, UPLOAD_TEXTS.damagedPicture);
      if (error instanceof PlaceError) throw new HttpError(415, UPLOAD_TEXTS.keepsPlace);
      if (peer.isClosed) throw new PeerGone();
      this.#context.log.error("a file cannot be stored", { reason: reason(error) });
      throw new HttpError(507, UPLOAD_TEXTS.cannotStore);
    }
  }

  /**
   * Adds the file to the state. Its account was created at the time `createdAt`, if that is known.
   *
   * @throws {HttpError} if the account no longer exists, or the file cannot be kept.
   */
  async #save(
    upload: Upload,
    createdAt: number | undefined,
    { headers: { authorization } }: HttpRequest,
  ): Promise<void> {
    const release = this.#folder.adopt(upload.id);
    try {
      // Meanwhile, the account may have been removed, and another user may have got its name.
      const present = this.#creationOf(upload.account);
      if (present !== (createdAt ?? present)) throw unknownSender(authorization);
      const result = await this.#keeper.save(upload);
      switch (result) {
        case "saved":
          return;
        case "noAccount":
          throw unknownSender(authorization);
        case "cannotStore":
          throw new HttpError(507, UPLOAD_TEXTS.cannotStore);
        case "leaderless":
          throw leaderless();
        default:
          throw exceeded(result, byteLimits(this.#context));
      }
    } finally {
      release();
    }
  }
}

/** Returns the refusal of a client whose account is not known. */
function unknownSender(authorization: string | undefined): HttpError {
  // The page sends Bearer. If the answer named Basic, a browser would ask the user for a password.
  const isPage = authorization?.toLowerCase().startsWith("bearer ");
  const scheme = isPage ? "Bearer" : `Basic realm="chat", charset="UTF-8"`;
  return new HttpError(401, UPLOAD_TEXTS.loginRequired, { "WWW-Authenticate": scheme });
}

function leaderless(): HttpError {
  return new HttpError(503, UPLOAD_TEXTS.leaderless, { "Retry-After": "10" });
}

function exceeded(limit: Exceeded, { file }: ByteLimits): HttpError {
  switch (limit) {
    case "file":
      return new HttpError(413, UPLOAD_TEXTS.tooLarge(formatSize(file)), {
        "Upload-Limit": `maxsize=${file}`,
      });
    case "account":
      return new HttpError(507, UPLOAD_TEXTS.accountFull);
    case "all":
      return new HttpError(507, UPLOAD_TEXTS.full);
  }
}
