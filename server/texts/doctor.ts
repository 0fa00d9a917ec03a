/**
 * Texts that `chat doctor` prints: its findings, and advice for each problem.
 *
 * @module
 */

/** Findings about the settings. */
export const SETTINGS_TEXTS = {
  defaults: "no configuration file: flags and defaults",
  file: (path: string) => `${path} is valid`,
  readable: (path: string) =>
    `other users can read the passwords in ${path}: run chmod 600 ${path}`,
} as const;

/** Findings about the folder of the server. */
export const FOLDER_TEXTS = {
  damaged: (path: string) =>
    `${path} is a copy of data that was damaged: compare it with a backup, then remove it`,
  inMemory: "--memory: nothing is stored",
  missing: (data: string) => `${data} does not exist yet: the first start creates it`,
  noFolder: (data: string) => `${data} is not a folder: choose another with --data`,
  notWritable: (data: string, reason: string) =>
    `files in ${data} cannot be written: ${reason}; as root, give the folder to the server's user ` +
    `with chown -R USER ${data}`,
  readable: (data: string) =>
    `other users can read ${data}, which has private messages and keys: run chmod 700 ${data}`,
  works: (data: string) => `${data} can be written, and other users cannot read it`,
  databaseGone: (data: string, file: string) =>
    `${data} has ${file} but no chat.db: put chat.db back before you start the server, or restore a ` +
    "backup with chat restore",
  notDatabase: (path: string) =>
    `${path} is not a database, or is damaged: move it away and restore a backup with chat restore`,
  notReadable: (path: string, reason: string) => `cannot read ${path}: ${reason}`,
  running: (data: string) => `a server is running on ${data}`,
  notRunning: (data: string) => `no server is running on ${data}`,
} as const;

/** Findings about the space on the disk. */
export const SPACE_TEXTS = {
  enough: (free: string) => `${free} free`,
  little: (free: string) =>
    `only ${free} free: free some space, or limit history with --keep or --keep-size`,
  none: (free: string) =>
    `only ${free} free: the server will refuse messages. Free some space, or choose another folder ` +
    "with --data",
  unknown: (data: string) => `the free space at ${data} cannot be determined`,
} as const;

/** Findings about the certificate. */
export const CERTIFICATE_TEXTS = {
  none: "the first start creates a certificate",
  notYet: (name: string) => `the server gets a certificate for ${name} when it starts`,
  noProofPort: (name: string) =>
    `the authority connects to port 80 of ${name}, and no --listen is on that port: add ` +
    "--listen 80, or forward port 80 to a port of this server",
  notGiven: (name: string, reason: string, again: string) =>
    `the server has no new certificate for ${name}: ${reason}; it tries again after ${again}`,
  works: (cert: string, until: string) =>
    `${cert} and its key belong together, valid until ${until}`,
  expired: (cert: string, until: string) =>
    `${cert} expired on ${until}: renew it; the server reloads the file by itself`,
  soon: (cert: string, until: string) => `${cert} expires on ${until}: renew it soon`,
  early: (cert: string, from: string) =>
    `${cert} is not valid before ${from}: check the clock of this machine, or wait`,
  otherName: (cert: string, name: string, names: string) =>
    `${cert} is not for ${name}, so that clients need its fingerprint and browsers warn: set --name ` +
    `to a name in the certificate, which has ${names}`,
  selfSigned: (cert: string) =>
    `no authority has signed ${cert}, so that clients need its fingerprint and browsers warn: ` +
    "--acme NAME gets a certificate from an authority",
} as const;

/** Findings about the ports. */
export const PORT_TEXTS = {
  free: (where: string) => `${where} is free`,
  own: (where: string) => `${where} is in use, probably by the running server`,
  onlyHere: "other machines cannot reach this server: to let them, choose an address with --listen",
} as const;

/** Findings about the limits of the process. */
export const LIMIT_TEXTS = {
  enough: (count: string) => `${count} files and connections can be open at a time`,
  few: (count: string) =>
    `only ${count} files and connections can be open at a time, one for each client: raise the limit ` +
    "with ulimit -n, or LimitNOFILE= in the systemd unit",
} as const;

/** Findings about the clock. */
export const CLOCK_TEXTS = {
  behind: (time: string, by: string) =>
    `${time} is ${by} before the last write to the database: set the clock, for example with ` +
    "timedatectl set-ntp true",
  wrong: (time: string) =>
    `${time} is before this version of chat was made: set the clock, for example with ` +
    "timedatectl set-ntp true",
} as const;

/** Findings about the log of a cluster. */
export const LOG_TEXTS = {
  none: (name: string) =>
    `NATS has no log called ${name} yet: the first server of the cluster creates it`,
  works: (name: string, entries: string, size: string) =>
    `NATS keeps the log ${name}: ${entries} entries, ${size}`,
  late: (server: string) =>
    `the copy of the log at the NATS server ${server} is not up to date: see whether that server ` +
    "runs, and wait until it has the rest before you stop another one",
  oneCopy: (name: string) =>
    `the log has one copy only, though the NATS servers form a cluster: give it three with nats ` +
    `stream edit ${name} --replicas 3`,
} as const;

/** The last line. */
export const DOCTOR_TEXTS = {
  healthy: "No problems found.",
  problems: (count: number) => `${count} ${count === 1 ? "problem" : "problems"} found.`,
} as const;
