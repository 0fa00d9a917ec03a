/**
 * The user's own key, by which servers recognise them when they come again: made on first use and
 * kept for them alone, in one file with the certificate that shows it, as irssi and WeeChat take it
 * too. Knows nothing of connections.
 *
 * @module
 */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { dirname } from "node:path";
import { type Certificate, makeCertificate } from "../../shared/certificate.ts";
import { UserError } from "../../shared/errors.ts";
import { printable } from "../../shared/text.ts";

/** Ten years: whoever is recognised by a certificate had better keep it. */
const DAYS = 3650;

/** A private key, and the certificate that shows it; both in PEM. */
export type KeyPair = Pick<Certificate, "key" | "cert">;

/** There is no key, and none could be kept: one can do without, but is not recognised. */
export class NoKeyError extends UserError {
  /** As shown where nothing else says what kind of error it is. */
  override name = "NoKeyError";
}

/**
 * The key and its certificate that are in the file at `path`; where it is not there, both are made
 * and kept in it.
 *
 * @throws {NoKeyError} if the file is not there and cannot be written.
 * @throws {UserError} if it cannot be used.
 */
export async function loadOrMakeKey(path: string): Promise<KeyPair> {
  const kept = read(path);
  if (kept !== undefined) return kept;
  // Nothing in it says who the user is.
  const { key, cert } = await makeCertificate({ names: [], days: DAYS });
  keep(path, key + cert);
  const made = read(path);
  if (made === undefined) throw unusable("read", path, "it is gone again");
  return made;
}

function read(path: string): KeyPair | undefined {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    const { NotFound, NotADirectory } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotADirectory) return undefined;
    throw unusable("read", path, reason(error));
  }
  const pair = { key: block(text, "(?:EC |RSA )?PRIVATE KEY"), cert: block(text, "CERTIFICATE") };
  if (belongTogether(pair)) return pair;
  throw unusable("used", path, "it does not hold a private key and its certificate in PEM");
}

/** The first block of PEM with that label (RFC 7468). */
function block(text: string, label: string): string {
  return new RegExp(`-----BEGIN (${label})-----[^-]+-----END \\1-----\n?`).exec(text)?.[0] ?? "";
}

function belongTogether({ key, cert }: KeyPair): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

/** Puts `text` into a file, whole or not at all; one that another client has made meanwhile stays. */
function keep(path: string, text: string): void {
  const draft = `${path}.${crypto.randomUUID()}`;
  try {
    Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    Deno.writeTextFileSync(draft, text, { createNew: true, mode: 0o600 });
    try {
      Deno.linkSync(draft, path);
    } finally {
      Deno.removeSync(draft);
    }
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return;
    throw new NoKeyError(
      `no key could be made by which servers recognise you, as ${path} cannot be written ` +
        `(${reason(error)}): mend that, or set XDG_CONFIG_HOME to another folder`,
    );
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? printable(error.message) : "it failed";
}

function unusable(how: string, path: string, reason: string): UserError {
  return new UserError(
    `${path}, the key by which servers recognise you, cannot be ${how} (${reason}): ` +
      "mend that, or set XDG_CONFIG_HOME to another folder",
  );
}
