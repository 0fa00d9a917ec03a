/**
 * Texts about uploading files.
 *
 * @module
 */

/** Texts of `/upload`, and of the page when it uploads. */
export const UPLOAD_TEXTS = {
  failed: (name: string, reason: string) => `${name} was not uploaded: ${reason}`,
  noToken: "the server did not allow the upload",
  noLocation: "the host for files gives no link",
  notConnected: "there is no connection",
  unreachable: "the server does not answer: check your connection, and try again",
  stalled: "the server took nothing more of it for a minute: check your connection, and try again",
  noAnswer: "the server got it, but did not answer for five minutes: try again later",
  notFile: "it is not a file",
  notHere: "files are uploaded with the button beside the field, or dropped on the page",
  notTaken: "this server takes no files",
  status: (status: number) => `the host for files answers with status ${status}`,
  unencrypted: "the server's address for files is not encrypted",
  uploading: (name: string) => `Uploading ${name} …`,
} as const;
