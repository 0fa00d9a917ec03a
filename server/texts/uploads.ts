/**
 * Texts about uploaded files: the answers to HTTP requests, and to UPLOAD.
 *
 * @module
 */

/** The answers to HTTP requests for files. */
export const UPLOAD_TEXTS = {
  accountFull: "Your files have reached the limit of one account: delete messages with older files",
  busy: "The server is checking too many logins right now: try again in a minute",
  cannotStore: "The server cannot store the file right now: try again in a minute",
  damagedPicture:
    "This picture is damaged, so the place where it was taken cannot be removed from it",
  diskFull:
    "The server's disk is nearly full, and the rest is for messages: ask the server's operator",
  elsewhere:
    "No running server of the cluster has this file now: try again in a minute. The server " +
    "to which it was uploaded may be down",
  endedEarly: "The file was not received completely",
  fault: "Internal server error; the server's log has the details",
  full: "The files of all users have reached the limit of this server",
  keepsPlace:
    "Pictures of this kind (HEIC, AVIF, TIFF, JPEG XL, raw) can contain the place where they were " +
    "taken, which the server cannot remove: convert this one to JPEG or PNG",
  leaderless:
    "The servers cannot reach each other right now, so files are not accepted: try again " +
    "in a minute",
  lengthRequired: "The request does not say how long the file is",
  loginRequired: "Log in with the name and the password of your account, or with a token of UPLOAD",
  methods: "Use POST to upload a file, GET to read one",
  notFound: "There is no such file: it was deleted, or never existed",
  otherOrigin: "Web pages from this origin may not upload: ask the server's operator",
  tooLarge: (size: string) => `The file is too large: at most ${size}`,
  tooMany: "Too many uploads at a time: wait until another one is complete",
  useTls: "Remote clients must use TLS: upload to https:// instead of http://",
  wrongRange: "The file has no such range",
} as const;

/** The answers to UPLOAD. */
export const UPLOAD_COMMAND_TEXTS = {
  accountRequired: "Only users with an account can upload files: log in first, or register an " +
    "account with REGISTER * * PASSWORD",
  off: "This server takes no files",
  token: (url: string, minutes: number) =>
    `Upload one file to ${url} within ${minutes} minutes, with this token as HTTP Bearer`,
} as const;
