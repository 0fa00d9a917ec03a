/**
 * The user's cryptographic key at this server. The browser makes the key at the first visit, keeps
 * it, and lets no script read its private part, which can only sign. It takes the place of the
 * certificate that `chat connect` shows.
 *
 * Source: https://www.w3.org/TR/WebCryptoAPI/
 *
 * @module
 */

import { openDatabase, resultOf } from "./database.ts";

/** The name of the database. */
const DATABASE = "chat";
/** The name of its only store. */
const STORE = "keys";
/** The name of the user's key in the store. */
const NAME = "own";

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };

/** The user's cryptographic key, as the page can use it. */
export interface OwnKey {
  /** The public key, a SubjectPublicKeyInfo in base64. */
  readonly shown: string;
  /** Returns the signature of `text`, in base64. */
  sign(text: string): Promise<string>;
}

/**
 * Returns the user's key; makes it if there is none. Returns `undefined` if the browser cannot keep
 * a key: the page came neither over https nor from the same machine, or there is no storage.
 */
export async function ownKey(): Promise<OwnKey | undefined> {
  if (!isSecureContext) return undefined;
  try {
    const database = await openDatabase(DATABASE, STORE);
    try {
      return await asOwnKey(await keptPair(database) ?? await makePair(database));
    } finally {
      database.close();
    }
  } catch {
    // A private window may have no storage, or none for keys.
    return undefined;
  }
}

async function asOwnKey({ privateKey, publicKey }: CryptoKeyPair): Promise<OwnKey> {
  const exported = await crypto.subtle.exportKey("spki", publicKey);
  return {
    shown: new Uint8Array(exported).toBase64(),
    async sign(text) {
      const bytes = new TextEncoder().encode(text);
      return new Uint8Array(await crypto.subtle.sign(SIGNATURE, privateKey, bytes)).toBase64();
    },
  };
}

/** Makes a key and keeps it. If another window has kept a key meanwhile, returns that key. */
async function makePair(database: IDBDatabase): Promise<CryptoKeyPair> {
  const made = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
  const store = database.transaction(STORE, "readwrite").objectStore(STORE);
  const other: unknown = await resultOf(store.get(NAME));
  if (isPair(other)) return other;
  // If there is a value, it is damaged.
  await resultOf(store.put(made, NAME));
  const kept = await keptPair(database);
  if (!kept) throw new Error("the browser has not kept the key");
  return kept;
}

async function keptPair(database: IDBDatabase): Promise<CryptoKeyPair | undefined> {
  const store = database.transaction(STORE).objectStore(STORE);
  const found: unknown = await resultOf(store.get(NAME));
  return isPair(found) ? found : undefined;
}

function isPair(found: unknown): found is CryptoKeyPair {
  if (typeof found !== "object" || found === null) return false;
  return "privateKey" in found && found.privateKey instanceof CryptoKey &&
    "publicKey" in found && found.publicKey instanceof CryptoKey;
}
