/**
 * Texts about certificates that the server gets from an authority by ACME.
 *
 * @module
 */

/** Texts in the log, in errors and in the findings of `chat doctor`. */
export const ACME_TEXTS = {
  isOfNoUse: (name: string) =>
    `the certificate that the authority gave is not for ${name}, or ends too soon by the clock of ` +
    "this machine: check the clock",
  noReason: "it gave no reason",
  notOffered: "the authority does not verify names by HTTP (http-01): choose another authority",
  notProven: (name: string, reason: string) =>
    `the authority could not verify the name: ${reason}; port 80 of ${name} must lead to this ` +
    "server: add --listen 80, or forward the port",
  problem: (detail: string) => `the authority refused: ${detail}`,
  tookTooLong: "the authority took too long; it may be down",
  unreachable: (directory: string, reason: string) => `cannot reach ${directory}: ${reason}`,
} as const;
