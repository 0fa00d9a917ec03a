/**
 * The costliest inputs of each command that the limits allow. A command without a row fails a test.
 *
 * @module
 */

import { confirmationCode } from "../../server/accounts/removing.ts";
import { LIMITS } from "../../protocol.ts";
import { byteLength } from "../../shared/text.ts";
import { TARGET_LIMITS } from "../../server/irc/limits.ts";
import { METADATA_LIMITS } from "../../server/state/metadata.ts";
import { accountOf, costlyMask, CROWDED_ROOMS, OWNED_ROOM, TALK_ROOM } from "./state.ts";
import { FORMER_NICK, type WorstInput } from "./world.ts";

/**
 * The keys of a subscription: the base point of P-256 (SEC 2, section 2.4.2), and a secret of
 * zeros.
 */
const PUSH_KEYS = "p256dh=" + Uint8Array.fromHex(
  "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e" +
    "162bce33576b315ececbb6406837bf51f5",
).toBase64({ alphabet: "base64url", omitPadding: true }) + ";auth=AAAAAAAAAAAAAAAAAAAAAA";

/** The largest number of bytes in a line without its line end. */
const LINE_BYTES = LIMITS.line - 2;
const BIG = CROWDED_ROOMS[0] ?? "";
const ALL_BIG = CROWDED_ROOMS.join(",");

/** Returns `start` followed by as many items as fit into a line, at most `limit`. */
function filled(
  start: string,
  item: (index: number) => string,
  separator = ",",
  limit = 500,
): string {
  let line = start + item(0);
  for (let index = 1; index < limit; index++) {
    const longer = line + separator + item(index);
    if (byteLength(longer) > LINE_BYTES) break;
    line = longer;
  }
  return line;
}

/** Returns `start`, followed by text to the end of the line. */
function stretched(start: string, text = "x"): string {
  return (start + text.repeat(LINE_BYTES)).slice(0, LINE_BYTES);
}

const nick = (index: number): string => `u${index}`;
const letter = (index: number): string => String.fromCodePoint(0x4e00 + index);
const manyStars = "*a".repeat(200);

/** The input with which the costs of all others are compared. */
export const REFERENCE: WorstInput = { role: "guest", line: "PRIVMSG member :tea?" };

/** A public key on P-256. */
const PUBLIC_KEY =
  "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp" +
  "/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==";

const SERVICE_NAMES = { chanserv: ["CHANSERV", "CS"], nickserv: ["NICKSERV", "NS"] } as const;

/** The inputs by command. */
export const WORST_INPUTS: Readonly<Record<string, readonly WorstInput[]>> = {
  // Registration.
  CAP: [
    { name: "LS", role: "guest", line: "CAP LS 302" },
    { name: "REQ of many", role: "guest", line: filled("CAP REQ :", (i) => `x${i}`, " ") },
  ],
  PASS: [{ role: "guest", line: stretched("PASS :") }],
  WEBIRC: [{ role: "guest", line: stretched("WEBIRC a b c 192.0.2.1 :") }],
  NICK: [
    {
      name: "in rooms with full lists",
      role: "owner",
      before: ["NICK owner"],
      line: (n) => `NICK owner${n}`,
    },
    {
      name: "in rooms with all users",
      role: "member",
      before: ["NICK member"],
      line: (n) => `NICK member${n}`,
    },
  ],
  USER: [{ role: "guest", line: stretched("USER u 0 * :") }],
  PING: [{ role: "guest", line: stretched("PING ") }],
  PONG: [{ role: "guest", line: stretched("PONG ") }],
  QUIT: [{ role: "newcomer", before: [`JOIN ${ALL_BIG}`], line: stretched("QUIT :") }],
  AUTHENTICATE: [{ role: "guest", line: `AUTHENTICATE ${"A".repeat(400)}` }],
  KEY: [
    { name: "SHOW", role: "page", line: `KEY SHOW ${PUBLIC_KEY}` },
    {
      name: "PROVE",
      role: "page",
      before: [`KEY SHOW ${PUBLIC_KEY}`],
      line: `KEY PROVE ${"A".repeat(86)}==`,
      pauseMs: 31_000,
    },
  ],
  // Accounts.
  OWN: [{ role: "owner", line: "OWN LIST" }],
  REGISTER: [{ role: "guest", line: stretched("REGISTER * * :") }],
  VERIFY: [{ role: "guest", line: stretched("VERIFY x ") }],
  REDEEM: [{ role: "guest", line: stretched("REDEEM ") }],
  INVITATION: [
    { name: "LIST", role: "operator", line: "INVITATION LIST" },
    { name: "to a room", role: "owner", line: `INVITATION ${OWNED_ROOM} 1000 365d` },
    { name: "REVOKE", role: "operator", line: "INVITATION REVOKE nothing" },
  ],
  LINK: [
    { role: "owner", line: "LINK" },
    { name: "for another", role: "operator", line: "LINK u1" },
  ],
  UPLOAD: [{ role: "owner", line: "UPLOAD" }],
  ...Object.fromEntries(SERVICE_NAMES.chanserv.map((name) => [name, chanServ(name)])),
  ...Object.fromEntries(SERVICE_NAMES.nickserv.map((name) => [name, nickServ(name)])),
  ACCEPT: [
    { name: "of many", role: "guest", line: filled("ACCEPT ", nick, ",", TARGET_LIMITS.ACCEPT) },
    { name: "lists", role: "guest", line: "ACCEPT *" },
  ],
  // Rooms.
  JOIN: [
    {
      name: "of many new rooms",
      role: "guest",
      before: ["JOIN 0"],
      line: (n) => filled("JOIN ", (i) => `#${letter(i)}${n}`, ",", 80),
    },
    {
      name: "by an account",
      role: "founder",
      before: ["JOIN 0"],
      line: (n) => filled("JOIN ", (i) => `#${letter(i)}o${n}`, ",", 90),
    },
    { name: "of rooms with all users", role: "guest", before: ["JOIN 0"], line: `JOIN ${ALL_BIG}` },
    {
      name: "of rooms with full lists",
      role: "guest",
      before: ["JOIN 0"],
      line: filled("JOIN ", (i) => `#guarded${i}`),
    },
    {
      name: "0",
      role: "guest",
      before: [0, 1].map((part) => filled("JOIN ", (i) => `#l${part}${letter(i)}`, ",", 45)),
      line: "JOIN 0",
    },
  ],
  PART: [{
    role: "guest",
    before: ["JOIN 0", filled("JOIN ", (i) => `#p${i}`, ",", 95)],
    line: filled("PART ", (i) => `#p${i}`, ",", 95),
  }],
  TOPIC: [{ role: "member", line: stretched(`TOPIC ${BIG} :`) }],
  NAMES: [{ role: "guest", line: filled(`NAMES ${ALL_BIG},`, (i) => `#guarded${i}`) }],
  INVITE: [
    { role: "guest", before: [`JOIN ${ALL_BIG},#i`], line: (n) => `INVITE u${n} #i` },
    { name: "lists", role: "owner", line: "INVITE" },
  ],
  KICK: [{
    role: "operator",
    before: [`JOIN ${BIG}`, `MODE ${BIG} +q operator`],
    line: (n) => filled(`KICK ${BIG} `, (i) => nick(40 + n * 8 + i), ",", TARGET_LIMITS.KICK),
  }],
  KNOCK: [{
    role: "guest",
    before: ["JOIN 0"],
    prepare: (world) => world.setMode("#big3", "i"),
    line: stretched("KNOCK #big3 :"),
    pauseMs: 11_000,
  }],
  LIST: [
    { name: "of all", role: "guest", line: "LIST" },
    { name: "with many stars", role: "guest", line: `LIST ${manyStars}b` },
    { name: "with many conditions", role: "guest", line: `LIST ${"*r*r*r*r*r*x,".repeat(7)}T>9` },
  ],
  RENAME: [{
    role: "operator",
    before: ["JOIN #big2", "MODE #big2 +q operator"],
    line: (n) => `RENAME ${n === 0 ? "#big2" : `#renamed${n - 1}`} #renamed${n}`,
    pauseMs: 61_000,
  }],
  MODE: [
    { name: "shows lists", role: "owner", line: `MODE ${OWNED_ROOM} beI` },
    {
      name: "+b in a full list",
      role: "owner",
      line: (n) => filled(`MODE ${OWNED_ROOM} +bbbbbbbbbbbbb `, (i) => `*a*${n}${i}!*@*`, " ", 13),
    },
    {
      name: "-b of entries that are not there",
      role: "owner",
      line: filled(`MODE ${OWNED_ROOM} -bbbbbbbbbbbbb `, (i) => `*a*${i}!*@*`, " ", 13),
    },
    { name: "unknown letters", role: "member", line: stretched("MODE member ", "y") },
    {
      name: "unknown letters of a room",
      role: "owner",
      line: filled(`MODE ${OWNED_ROOM} `, letter, ""),
    },
  ],
  TBAN: [
    {
      name: "of an entry of a full list",
      role: "owner",
      line: (n) => `TBAN ${OWNED_ROOM} ${n + 1}h ${costlyMask(n)}`,
    },
    {
      name: "in a full list",
      role: "owner",
      line: (n) => `TBAN ${OWNED_ROOM} 1h ${costlyMask(5000 + n)}`,
    },
  ],
  // Messages.
  PRIVMSG: [
    { name: "to rooms with all users", role: "member", line: stretched(`PRIVMSG ${ALL_BIG} :`) },
    {
      name: "to absent owners",
      role: "guest",
      line: stretched(filled("PRIVMSG ", nick, ",", 8) + " :"),
    },
  ],
  NOTICE: [{ role: "member", line: stretched(`NOTICE ${ALL_BIG} :`) }],
  TAGMSG: [{ role: "member", line: `@${"+a=b;".repeat(800)} TAGMSG ${ALL_BIG}` }],
  BATCH: [{
    role: "member",
    before: [
      `BATCH +m draft/multiline ${BIG}`,
      ...Array.from({ length: 32 }, () => `@batch=m PRIVMSG ${BIG} :${"x".repeat(120)}`),
    ],
    line: "BATCH -m",
  }],
  REDACT: [{ role: "member", line: stretched(`REDACT ${BIG} 0000000000000000 :`) }],
  CHATHISTORY: [
    { name: "LATEST", role: "member", line: `CHATHISTORY LATEST ${TALK_ROOM} * 100` },
    {
      name: "BETWEEN",
      role: "member",
      line: `CHATHISTORY BETWEEN ${TALK_ROOM} timestamp=2001-01-01T00:00:00.000Z ` +
        "timestamp=2031-01-01T00:00:00.000Z 100",
    },
    {
      name: "TARGETS",
      role: "owner",
      line: "CHATHISTORY TARGETS timestamp=2001-01-01T00:00:00.000Z " +
        "timestamp=2031-01-01T00:00:00.000Z 100",
    },
  ],
  SEARCH: [
    { name: "of common words", role: "member", line: "SEARCH :text=alpha beta;limit=100" },
    { name: "of a phrase that is nowhere", role: "member", line: "SEARCH :text=beta-alpha" },
    { name: "of many words", role: "member", line: filled("SEARCH :text=", (i) => `a${i}`, " ") },
  ],
  MARKREAD: [{
    role: "owner",
    line: (n) => `MARKREAD ${BIG} timestamp=2026-01-01T00:00:00.${100 + n}Z`,
  }],
  WEBPUSH: [{
    role: "owner",
    // A point of P-256, and a secret.
    line: (n) => `WEBPUSH REGISTER https://push.example/${n % 10} ${PUSH_KEYS}`,
  }],
  METADATA: [
    { name: "LIST", role: "member", line: "METADATA #guarded0 LIST" },
    {
      name: "SYNC",
      role: "member",
      before: [0, 1, 2, 3, 4].map((part) =>
        `METADATA * SUB ${Array.from({ length: 10 }, (_, i) => `none${part}${i}`).join(" ")}`
      ),
      line: "METADATA *ALL SYNC",
    },
    { name: "GET", role: "guest", line: filled("METADATA #guarded0 GET ", (i) => `key${i}`, " ") },
    {
      name: "CLEAR",
      role: "guest",
      before: Array.from({ length: METADATA_LIMITS.keys }, (_, i) => `METADATA * SET k${i} v`),
      line: "METADATA * CLEAR",
    },
    { name: "SUB", role: "newcomer", line: filled("METADATA * SUB ", (i) => `k${i}`, " ") },
  ],
  // People.
  MONITOR: [
    { name: "+", role: "guest", before: ["MONITOR C"], line: filled("MONITOR + ", (i) => nick(i)) },
    { name: "S", role: "guest", line: "MONITOR S" },
    { name: "L", role: "guest", line: "MONITOR L" },
  ],
  USERHOST: [{ role: "guest", line: filled("USERHOST ", nick, " ") }],
  USERIP: [{ role: "guest", line: filled("USERIP ", nick, " ") }],
  ISON: [{ role: "guest", line: filled("ISON ", nick, " ") }],
  AWAY: [{ role: "member", line: (n) => stretched(`AWAY :${n}`) }],
  SETNAME: [{ role: "member", line: (n) => `SETNAME :${n}${"x".repeat(140)}` }],
  WHO: [
    { name: "of all", role: "guest", line: "WHO * %tcuihsnfdlaor,1" },
    { name: "with many stars", role: "guest", line: `WHO ${manyStars}b` },
    { name: "of a room", role: "member", line: `WHO ${BIG} %tcuihsnfdlaor,1` },
  ],
  WHOIS: [{ role: "owner", before: ["NICK owner"], line: `WHOIS owner${",owner".repeat(7)}` }],
  WHOWAS: [{ role: "operator", line: `WHOWAS ${FORMER_NICK}` }],
  // The server.
  MOTD: [{ role: "guest", line: `MOTD ${manyStars}` }],
  LUSERS: [{ role: "guest", line: "LUSERS" }],
  VERSION: [{ role: "guest", line: `VERSION *${"?*".repeat(4)}` }],
  TIME: [{ role: "guest", line: `TIME ${manyStars}` }],
  INFO: [{ role: "guest", line: "INFO" }],
  ADMIN: [{ role: "guest", line: "ADMIN" }],
  LINKS: [{ role: "guest", line: `LINKS * ${manyStars}` }],
  STATS: [
    { name: "d", role: "operator", line: "STATS d" },
    { name: "k", role: "operator", line: "STATS k" },
    { name: "m", role: "guest", line: "STATS m" },
  ],
  ISUPPORT: [{ role: "guest", line: "ISUPPORT" }],
  HELP: [{ role: "guest", line: "HELP" }],
  HELPOP: [{ role: "guest", line: "HELPOP" }],
  // Operators of the server.
  OPER: [{ role: "guest", line: stretched("OPER x ") }],
  CHGHOST: [{ role: "operator", line: (n) => `CHGHOST u1 u${n} host${n}.example` }],
  KILL: [{ role: "operator", line: (n) => `KILL u${900 + n} :bye` }],
  REHASH: [{ role: "operator", line: "REHASH" }],
  WALLOPS: [{ role: "operator", line: stretched("WALLOPS :") }],
  DLINE: [{ role: "operator", line: (n) => `DLINE 1d 203.0.113.${n} :bye` }],
  UNDLINE: [{ role: "operator", line: "UNDLINE 198.51.0.1" }],
  KLINE: [{ role: "operator", line: (n) => `KLINE 1d ${costlyMask(5000 + n)} :bye` }],
  UNKLINE: [{ role: "operator", line: (n) => `UNKLINE ${costlyMask(n)}` }],
};

function chanServ(name: string): WorstInput[] {
  return [
    { name: "HELP", role: "guest", line: `${name} HELP` },
    { name: "INFO", role: "guest", line: `${name} INFO #guarded0` },
    {
      name: "OP",
      role: "operator",
      before: [`JOIN ${BIG}`],
      line: filled(`${name} OP ${BIG} `, nick, " ", 8),
    },
  ];
}

function nickServ(name: string): WorstInput[] {
  return [
    { name: "HELP", role: "guest", line: `${name} HELP` },
    { name: "STATUS", role: "guest", line: filled(`${name} STATUS `, nick, " ", 16) },
    { name: "INFO", role: "owner", line: `${name} INFO` },
    { name: "STAY", role: "owner", line: `${name} STAY off` },
    {
      name: "IDENTIFY with messages that waited",
      role: "owner",
      before: [`${name} LOGOUT`],
      prepare: (world) => world.letMessagesWait("owner"),
      line: `${name} IDENTIFY owner password-of-owner`,
    },
    {
      name: "DROP",
      role: "operator",
      line: (n) => `${name} DROP u${800 + n} ${confirmationCode(accountOf(800 + n))}`,
    },
  ];
}
