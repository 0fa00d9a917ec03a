/**
 * The text that a client signs to prove that it has a key. Server and page write it in the same
 * form.
 *
 * @module
 */

/** The parts of the text. */
export interface ProofParts {
  /**
   * The origin of the page, such as `https://chat.example.org:7342`. It binds the proof to this
   * server: another server cannot use a proof that it has received.
   */
  readonly origin: string;
  /** The public key, in base64. */
  readonly key: string;
  /** The challenge, which the server makes for one connection and one proof. */
  readonly challenge: string;
}

/**
 * Returns the text to sign. Its first line says what is signed, so that the signature proves
 * nothing else.
 */
export function proofText({ origin, key, challenge }: ProofParts): string {
  return ["chat key proof", origin, key, challenge].join("\n");
}
