/**
 * Loads the user's cryptographic key, by which servers recognize the user. The key is made on first
 * use and kept in one file with its certificate, readable by the user only. irssi and WeeChat can
 * also use that file. Does not know connections.
 *
 * @module
 */

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { dirname } from "node:path";
import { type Certificate, makeCertificate } from "../../shared/certificate.ts";
import { UserError } from "../../shared/errors.ts";
import { removeFile } from "../../shared/files.ts";
import { unacceptedKind } from "../../shared/key_kinds.ts";
import { FILE_TEXTS, type FileAction } from "../texts/net.ts";
import { reasonOf } from "./folder.ts";

/**
 * The lifetime of a certificate in days. It is ten years, because servers recognize the user by the
 * certificate, and would not recognize them by a new one.
 */
const DAYS = 3650;

/** A private key and its certificate, both in PEM. */
export type KeyPair = Pick<Certificate, "key" | "cert">;

/**
 * The error if there was no key, and the new one could not be saved. The client can connect without
 * a key, but servers then do not recognize the user.
 */
export class NoKeyError extends UserError {
  /** The error's name, as stack traces show it. */
  override name = "NoKeyError";
}

/**
 * Returns the key and the certificate in the file at `path`. If the file does not exist, makes both
 * and saves them there.
 *
 * @throws {NoKeyError} if the file does not exist and cannot be written.
 * @throws {UserError} if the file cannot be used.
 */
export async function loadOrMakeKey(path: string): Promise<KeyPair> {
  const kept = read(path);
  if (kept !== undefined) return kept;
  // The certificate contains no personal data.
  const { key, cert } = await makeCertificate({ names: [], days: DAYS });
  save(path, key + cert);
  const made = read(path);
  if (made === undefined) throw unusable("read", path, FILE_TEXTS.keyRemoved);
  return made;
}

function read(path: string): KeyPair | undefined {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    const { NotFound, NotADirectory } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotADirectory) return undefined;
    throw unusable("read", path, reasonOf(error));
  }
  const pair = {
    key: pemBlock(text, "(?:EC |RSA )?PRIVATE KEY"),
    cert: pemBlock(text, "CERTIFICATE"),
  };
  const key = keyOf(pair);
  if (key === undefined) throw unusable("use", path, FILE_TEXTS.notAKey);
  const kind = unacceptedKind(key);
  if (kind !== undefined) throw unusable("use", path, FILE_TEXTS.unacceptedKey(kind));
  return pair;
}

/** Returns the first PEM block with that label (RFC 7468), or an empty string. */
function pemBlock(text: string, label: string): string {
  return new RegExp(`-----BEGIN (${label})-----[^-]+-----END \\1-----\n?`).exec(text)?.[0] ?? "";
}

/**
 * Returns the private key of a pair; `undefined` if it is not a key, or does not belong to the
 * certificate.
 */
function keyOf({ key, cert }: KeyPair): KeyObject | undefined {
  try {
    const secret = createPrivateKey(key);
    return new X509Certificate(cert).checkPrivateKey(secret) ? secret : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Writes a file, completely or not at all. If another client has written the file meanwhile, that
 * file stays, and this function does nothing.
 */
function save(path: string, text: string): void {
  const draft = `${path}.${crypto.randomUUID()}`;
  try {
    Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    try {
      Deno.writeTextFileSync(draft, text, { createNew: true, mode: 0o600 });
      Deno.linkSync(draft, path);
    } finally {
      removeFile(draft);
    }
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return;
    throw new NoKeyError(FILE_TEXTS.keyNotSaved(path, reasonOf(error)));
  }
}

function unusable(action: FileAction, path: string, reason: string): UserError {
  return new UserError(FILE_TEXTS.key(path, action, reason));
}
