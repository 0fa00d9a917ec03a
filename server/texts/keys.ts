/**
 * Texts of KEY.
 *
 * @module
 */

/** Texts about the keys that pages show. */
export const KEY_TEXTS = {
  pageOnly: "Only this server's own page can show a key here, over https or on the server's " +
    "machine; other clients present a certificate over TLS",
  invalidKey:
    "The key must be a public key on P-256: its SubjectPublicKeyInfo, 91 bytes, in base64",
  noChallenge: "There is no challenge to sign: begin with KEY SHOW and your public key",
  invalidSignature:
    "That is not a signature of the challenge with that key: begin again with KEY SHOW",
  already: "You have proved a key already",
  tooManyTries: "Too many wrong attempts: wait half a minute",
  usage: "Write KEY SHOW and your public key, then KEY PROVE and your signature of the challenge",
} as const;
