/**
 * Texts about uploading files.
 *
 * @module
 */

/** Texts of `/upload`, and of the page when it uploads. */
export const UPLOAD_TEXTS = {
  failed: (name: string, reason: string) => `${name} was not uploaded: ${reason}`,
  noToken: "the server gives no token for it",
  notConnected: "there is no connection",
  notHere: "files are uploaded with the button beside the field, or dropped on the page",
  notTaken: "this server takes no files",
  unencrypted: "the server's address for files is not encrypted",
  uploading: (name: string) => `Uploading ${name} …`,
} as const;
