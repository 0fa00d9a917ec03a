/**
 * Makes the tokens of `RPL_ISUPPORT` (005), by which the server tells clients its features and
 * limits. The tokens are made from the tables and limits that the code itself uses.
 *
 * Source: Modern IRC (https://modern.ircdocs.horse, "Feature Advertisement").
 *
 * @module
 */

import { LIMITS, LOBBY_TOKEN } from "../../protocol.ts";
import { joinInLines } from "../../shared/text.ts";
import { type ServeOptions, takesUploads } from "../config/config.ts";
import { ACCOUNT_MASK, EXTENDED_MASKS } from "../state/masks.ts";
import { channelModes, MEMBER_MODES } from "../state/modes.ts";
import { CHANNEL_LIMIT } from "../state/permissions.ts";
import type { Session } from "./session.ts";
import { ACCEPT_LIMIT } from "../state/mutable_state.ts";
import { MONITOR_LIMIT } from "../state/monitors.ts";
import { NUMERICS } from "../irc/replies.ts";
import { bytesLeft, HISTORY_LIMIT, LIST_LIMIT, MODES_LIMIT, TARGET_LIMITS } from "../irc/limits.ts";

/** The largest number of tokens in a line. A message has at most fifteen parameters. */
const TOKENS_PER_LINE = 12;

/**
 * Returns the value of a token, with the characters that it cannot contain escaped (Modern IRC,
 * "RPL_ISUPPORT").
 */
function escaped(value: string): string {
  return value.replaceAll("\\", "\\x5C").replaceAll("=", "\\x3D");
}

/** Values of tokens that do not come from the options. */
export interface OwnValues {
  /** The URL to which the client uploads files. */
  readonly uploadUrl?: string;
  /** The public key for Web Push. */
  readonly pushKey?: string;
}

/** Returns the values of tokens that do not come from the options, for the client of `session`. */
export function ownValues({ context, local, encrypted }: Session): OwnValues {
  const uploadUrl = context.connectUrls.uploadUrl(local, encrypted);
  return { uploadUrl, pushKey: context.pushes.publicKey };
}

/** Returns the tokens, in alphabetical order. */
export function isupportTokens(
  options: ServeOptions,
  { uploadUrl: url, pushKey }: OwnValues = {},
): string[] {
  const hosts = url !== undefined && takesUploads(options) ? [escaped(url)] : [];
  const kinds = (["list", "setting", "limit", "flag"] as const).map(channelModes);
  const letters = MEMBER_MODES.map(({ letter }) => letter).join("");
  const prefixes = MEMBER_MODES.map(({ prefix }) => prefix).join("");
  const targets = Object.entries(TARGET_LIMITS).map(([name, limit]) => `${name}:${limit}`);
  return [
    `ACCEPT=${ACCEPT_LIMIT}`,
    `ACCOUNTEXTBAN=${ACCOUNT_MASK}`,
    `AWAYLEN=${LIMITS.away}`,
    "BOT=B",
    "CASEMAPPING=ascii",
    `CHANLIMIT=#:${CHANNEL_LIMIT}`,
    `CHANMODES=${kinds.join(",")}`,
    `CHANNELLEN=${LIMITS.channel}`,
    "CHANTYPES=#",
    `CHATHISTORY=${HISTORY_LIMIT}`,
    "ELIST=CMNTU",
    "EXCEPTS=e",
    `EXTBAN=,${EXTENDED_MASKS}`,
    "INVEX=I",
    `KICKLEN=${LIMITS.kick}`,
    "KNOCK",
    `${LOBBY_TOKEN}=${options.room}`,
    `MAXLIST=${[...channelModes("list")].map((letter) => `${letter}:${LIST_LIMIT}`).join(",")}`,
    `MODES=${MODES_LIMIT}`,
    `MONITOR=${MONITOR_LIMIT}`,
    "MSGREFTYPES=msgid,timestamp",
    `NAMELEN=${LIMITS.realname}`,
    `NETWORK=${options.network}`,
    `NICKLEN=${LIMITS.nick}`,
    `PREFIX=(${letters})${prefixes}`,
    // A client that sends too fast is read more slowly, not disconnected.
    "SAFERATE",
    `STATUSMSG=${prefixes}`,
    `TARGMAX=${targets.join(",")}`,
    `TOPICLEN=${LIMITS.topic}`,
    "USERIP",
    `USERLEN=${LIMITS.user}`,
    "UTF8ONLY",
    // https://ircv3.net/specs/extensions/webpush, "ISUPPORT token"
    ...(pushKey === undefined ? [] : [`VAPID=${pushKey}`]),
    "WHOX",
    // https://ircv3.net/specs/extensions/account-registration, "ISUPPORT token"
    ...(options.inviteOnly ? ["draft/ACCOUNTREQUIRED"] : []),
    // The URL for uploads, under the name in a draft
    // (https://github.com/progval/ircv3-specifications, filehost).
    ...hosts.map((host) => `draft/FILEHOST=${host}`),
    // https://ircv3.net/specs/extensions/network-icon
    ...(options.icon === undefined ? [] : [`draft/ICON=${escaped(options.icon)}`]),
    // The same URL under the name of https://soju.im/filehost.
    ...hosts.map((host) => `soju.im/FILEHOST=${host}`),
  ];
}

/**
 * Sends the tokens. A client with extended-isupport gets them in one batch
 * (https://ircv3.net/specs/extensions/extended-isupport, "`draft/isupport` batch").
 */
export function sendIsupport(session: Session): void {
  if (!session.caps.has("draft/extended-isupport")) return sendTokens(session);
  session.inBatch({ type: "draft/isupport" }, () => sendTokens(session));
}

function sendTokens(session: Session): void {
  const { options } = session.context;
  const tokens = isupportTokens(options, ownValues(session));
  const [code, text] = NUMERICS.RPL_ISUPPORT;
  const { name } = options;
  const maxBytes = bytesLeft(name, code, session.nick, text);
  for (let i = 0; i < tokens.length; i += TOKENS_PER_LINE) {
    const some = tokens.slice(i, i + TOKENS_PER_LINE);
    for (const line of joinInLines(some, " ", maxBytes)) {
      session.reply("RPL_ISUPPORT", ...line.split(" "));
    }
  }
}
