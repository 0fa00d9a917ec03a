/**
 * The names of the files that belong to a certificate from an authority.
 *
 * @module
 */

/** The paths of the files. */
export interface AcmeFiles {
  /** The folder of these files. */
  readonly folder: string;
  /** The key of the account at the authority. */
  readonly accountKey: string;
  /** The private key and the certificate, in one file so that they are replaced together. */
  readonly pair: string;
  /** The failures since the last success. */
  readonly failures: string;
}

/** Returns the paths in the folder of a server. */
export function acmeFiles(data: string): AcmeFiles {
  const folder = `${data}/acme`;
  return {
    folder,
    accountKey: `${folder}/account.pem`,
    pair: `${folder}/certificate.pem`,
    failures: `${folder}/failures.json`,
  };
}
