/**
 * Texts about the server as a whole: its start, its health, notices to its operators, and the lines
 * that its commands print.
 *
 * @module
 */

/** Texts about the running server. */
export const SERVER_TEXTS = {
  cannotStore: (reason: string) => `Messages cannot be stored, so they are refused: ${reason}`,
  clockLeapt: (by: string, isForward: boolean) =>
    `The clock of the server leapt ${isForward ? "forward" : "back"} by ${by}: check the time. ` +
    (isForward ? "For a day, the leap deletes no messages" : "Messages keep their order"),
  noConfigFile: "the server has no configuration file: start it with --config",
  refused: (address: string, reason: string) => `Refused ${address}: ${reason}`,
  storedAgain: "Messages can be stored again",
  temporarilyUnavailable:
    "Not done: the server cannot store the change right now; try again in a minute",
} as const;

/** Answers to monitoring requests. */
export const HEALTH_TEXTS = {
  cannotStore: (reason: string) => `messages cannot be stored: ${reason}`,
  fault: "Internal server error; the server's log has the details.",
  healthy: "ok",
  malformed: "This is not an HTTP request.",
  notFound: "Not found; ask for /health or /metrics.",
  overloaded: (seconds: string) => `the server is overloaded: it is ${seconds} seconds behind`,
  useGet: "Method not allowed; use GET.",
} as const;

/** Lines that `chat serve` prints. */
export const SERVE_TEXTS = {
  accountsJoinWith: (command: string) => `Users with an account join with: ${command}`,
  friendsJoinWith: (command: string) => `Friends join with: ${command}`,
  joinHere: (command: string) => `To join from this machine, run: ${command}`,
  listening: (address: string) => `Listening on ${address}.`,
  noQrCode: "No QR code: the first address is only for this machine. " +
    "Change that with --listen or --address",
  ownServer: (command: string) => `To own this server, run: ${command}`,
  ownServerOnPage: (url: string) => `Or open: ${url}`,
  page: (url: string) => `In a browser: ${url}`,
  status: (url: string) => `Status: ${url}/health and ${url}/metrics`,
} as const;

/** Lines that `chat operators` prints, and its errors. */
export const OPERATORS_TEXTS = {
  added: (account: string) => `${account} becomes an operator at the next login`,
  entry: (account: string, day: string) => `${account}, since ${day}`,
  noAccount: (name: string) => `there is no account ${name}: its owner must register it first`,
  nickOf: (nick: string, account: string) =>
    `the nick ${nick} belongs to the account ${account}: use that name`,
  notOperator: (name: string) =>
    `${name} is not an operator: chat operators list shows the operators`,
  nothingChanged: (reason: string) => `nothing was changed: ${reason}`,
  notRunning: (data: string) =>
    `the server in ${data} is part of a cluster and does not run: ` +
    "start it, or use the folder of one that runs",
  removed: (account: string) => `${account} is no longer an operator`,
  unconfirmed:
    "the cluster has not made the change yet: it does once this server can reach the one " +
    "that leads; chat operators list shows if it has",
  usage: "use `chat operators add NAME`, `chat operators remove NAME` or `chat operators list`",
} as const;

/** Lines that `chat export` prints, and its errors. */
export const EXPORT_TEXTS = {
  damaged: (path: string, error: string) =>
    `${path} is damaged: ${error}; restore a backup, or export what can still be read`,
  intact: (path: string, checked: string) => `${path} is intact: ${checked}`,
  leftOut: (path: string, block: number) =>
    `block ${block} of ${path} is damaged and left out; restore a backup to have its events again`,
  noHistory: (room: string, nearest: string | undefined) =>
    `there is no history of ${room}` +
    (nearest === undefined ? "" : `; did you mean ${nearest}?`),
  unknownFormat: (formats: string) => `--format must be one of ${formats}`,
  unneededOperand: (operand: string) => `export takes only flags: remove ${operand}`,
} as const;

/** Texts of `chat backup` and `chat restore`. */
export const BACKUP_TEXTS = {
  usage: "backup needs one folder for the copy: chat backup DIR",
  restoreUsage: "restore needs the folder of one copy: chat restore DIR",
  notEmpty: (to: string) => `${to} has files: name a new or empty folder`,
  damaged: (data: string, error: string) =>
    `no copy was made: the database in ${data} is damaged (${error})`,
  failed: (to: string, why: string) => `cannot write the copy to ${to}: ${why}`,
  done: (data: string, to: string, checked: string) =>
    `${data} is copied to ${to} (${checked}). It has the server's key and private messages: protect it`,
  noCopy: (from: string) =>
    `there is no copy in ${from}: name a folder that chat backup has written`,
  inTheWay: (data: string, file: string) =>
    `${data} has a file ${file} already, and nothing was changed: move its files away first, or ` +
    "choose another folder with --data",
  notRestored: (data: string, why: string) => `cannot restore to ${data}: ${why}`,
  restored: (from: string, data: string, start: string, hasKey: boolean) =>
    `${from} is restored to ${data}: start the server with ${start}` +
    (hasKey
      ? ""
      : ". The copy has no key: unless you name one with --tls-key, the server creates another, and clients " +
        "that know it report a changed fingerprint"),
} as const;
