/**
 * Parses and checks the value of each setting of `chat serve`. Does not know the sources of
 * settings.
 *
 * @module
 */

import { type Address, parseAddress } from "../../shared/address.ts";
import { isChannel } from "../../protocol.ts";
import { byteLength, printable, splitText } from "../../shared/text.ts";
import { type ClusterAddress, parseClusterAddress } from "./cluster_address.ts";
import type { AccountRules, Limits, ListenAddress, Operator } from "./options.ts";
import { isFile, readText } from "../../shared/files.ts";
import { parseRange, type Range } from "../../shared/ip.ts";
import { HISTORY_LIMIT } from "../irc/limits.ts";
import { parseDuration } from "../../shared/durations.ts";
import { type Kind, type KindWithNone, membersOf, text, wholeNumber, yesOrNo } from "./settings.ts";

/** A port to listen on; 0 picks a free one. */
export const port: Kind<number> = wholeNumber(0, 65535);

/** The number of recent messages to show. */
export const replay: Kind<number> = wholeNumber(0, HISTORY_LIMIT);

/** The addresses to listen on: one, or several. */
export const addresses: Kind<readonly ListenAddress[]> = {
  fromFlag: (texts) => texts,
  read(value, where) {
    const texts = Array.isArray(value) ? value : [value];
    const found = texts.map((text) => typeof text === "string" ? listenAddress(text) : undefined);
    const good = found.filter((address) => address !== undefined);
    if (good.length > 0 && good.length === found.length) return good;
    throw where.mustBe(
      "[HOST:]PORT, such as 7342, 127.0.0.1:7342 or [::1]:7342; or a list of these",
    );
  },
};

/** The public address of the server: a name or an IP address, and perhaps a port. */
export const address: Kind<Address> = {
  read(value, where) {
    const address = typeof value === "string" ? parseAddress(value) : undefined;
    const isShort = address && byteLength(address.hostname) <= HOST_BYTES;
    if (isShort && address.port !== 0) return address;
    throw where.mustBe("HOST[:PORT], such as chat.example.org, 192.0.2.7:7342 or [2001:db8::7]");
  },
};

/** The longest host, in bytes: a command that connects to it must fit into one line. */
const HOST_BYTES = 80;

/**
 * Reads an address to listen on. A bare `PORT` uses `host`, by default every address of the
 * machine.
 */
function listenAddress(text: string, host = "0.0.0.0"): ListenAddress | undefined {
  const address = parseAddress(/^\d+$/.test(text) ? `${host}:${text}` : text);
  if (address?.port === undefined) return undefined;
  return { hostname: address.hostname, port: address.port };
}

/** The origins of web pages that may connect: one, or several. */
export const origins: KindWithNone<readonly string[]> = {
  none: [],
  fromFlag: (texts) => texts,
  read(value, where) {
    const texts = Array.isArray(value) ? value : [value];
    const found = texts.map((text) => typeof text === "string" ? originOf(text) : undefined);
    const good = found.filter((origin) => origin !== undefined);
    if (good.length === found.length) return good;
    throw where.mustBe("the origin of a web page, such as https://web.example.org, or *");
  },
};

/**
 * Returns an origin as browsers write it (RFC 6454, section 6.2); `undefined` if `text` is not one.
 */
function originOf(text: string): string | undefined {
  if (text === "*") return text;
  const { origin, href } = URL.parse(text) ?? {};
  return origin !== undefined && href === `${origin}/` ? origin : undefined;
}

/** IP addresses and ranges of them: one, or several. */
export const ranges: KindWithNone<readonly Range[]> = {
  none: [],
  fromFlag: (texts) => texts,
  read(value, where) {
    const texts = Array.isArray(value) ? value : [value];
    const found = texts.map((text) => typeof text === "string" ? parseRange(text) : undefined);
    const good = found.filter((range) => range !== undefined);
    if (good.length === found.length) return good;
    throw where.mustBe("an IP address or a range, such as 127.0.0.1, 10.0.0.0/8 or 2001:db8::/32");
  },
};

/** One address to listen on, on this machine alone unless a host is given. */
export const ownAddress: Kind<ListenAddress> = {
  read(value, where) {
    const address = listenAddress(String(value), "127.0.0.1");
    if (address) return address;
    throw where.mustBe("[HOST:]PORT, such as 9342, 127.0.0.1:9342 or [::1]:9342");
  },
};

/** The path of a folder. */
export const path: Kind<string> = text(
  "the path of a folder",
  (text) => text !== "" && !text.includes("\0"),
);

/** The NATS servers of a cluster, and its name. */
export const cluster: Kind<ClusterAddress> = {
  read(value, where) {
    const address = typeof value === "string" ? parseClusterAddress(value) : undefined;
    if (address) return address;
    throw where.mustBe(
      "nats://HOST[:PORT] or tls://HOST[:PORT], or several of these separated by commas, such as " +
        "nats://10.0.0.1:4222,nats://10.0.0.2:4222; with /NAME at the end if several clusters use " +
        "the same NATS servers. CHAT_NATS_USER and CHAT_NATS_PASSWORD are the credentials",
    );
  },
};

/** The name of a server in a cluster. */
export const node: Kind<string> = text(
  "1 to 32 letters, digits and hyphens",
  (text) => /^[A-Za-z0-9-]{1,32}$/.test(text),
);

/** A duration, in milliseconds. */
export const duration: Kind<number> = {
  read(value, where) {
    const ms = typeof value === "string" ? parseDuration(value) : undefined;
    if (ms !== undefined && ms > 0) return ms;
    throw where.mustBe("a duration, such as 90d, 12h or 1y");
  },
};

/** A duration or 0, in milliseconds. */
export const durationOrNone: Kind<number> = {
  read(value, where) {
    const ms = value === 0 || value === "0" ? 0 : parseDuration(String(value));
    if (ms !== undefined) return ms;
    throw where.mustBe("a duration, such as 30d or 1y, or 0");
  },
};

/** The number of bytes in each unit of a size. */
const SIZES: ReadonlyMap<string, number> = new Map([
  ["M", 1024 ** 2],
  ["G", 1024 ** 3],
  ["T", 1024 ** 4],
]);

/** A size, of a file or of the database, in bytes. */
export const size: Kind<number> = {
  read(value, where) {
    const bytes = sizeOf(value);
    if (bytes !== undefined) return bytes;
    throw where.mustBe("a size of at least 1M, such as 500M or 2G");
  },
};

/** A size, in bytes, or `off`, which is 0. */
export const sizeOrOff: Kind<number> = {
  read(value, where) {
    const isOff = value === "off" || value === "0" || value === 0 || value === false;
    const bytes = isOff ? 0 : sizeOf(value);
    if (bytes !== undefined) return bytes;
    throw where.mustBe("a size of at least 1M, such as 500M or 2G, or off");
  },
};

function sizeOf(value: unknown): number | undefined {
  const [, count, unit = ""] = /^([1-9]\d{0,5})([MGT])$/i.exec(String(value)) ?? [];
  const bytes = Number(count) * (SIZES.get(unit.toUpperCase()) ?? NaN);
  return Number.isNaN(bytes) ? undefined : bytes;
}

/** `on` or `off`; in a file also `true` or `false`. */
export const onOrOff: Kind<boolean> = {
  read(value, where) {
    if (value === "on" || value === true) return true;
    if (value === "off" || value === false) return false;
    throw where.mustBe("on or off");
  },
};

/** The path of a file. */
export const file: Kind<string> = text(
  "the path of a file",
  (text) => text !== "" && !text.includes("\0"),
);

/** A password for PASS or OPER: printable, and short enough for a line. */
export const secret: Kind<string> = text(
  "text of 1 to 200 bytes without control characters",
  (text) => text !== "" && byteLength(text) <= 200 && text === printable(text),
);

/** A server's name, which must contain a dot so that clients can tell it from a nick. */
export const serverName: Kind<string> = text(
  "a name of letters, digits and hyphens with a dot in it, such as chat.example.org",
  (text) => text.length <= 63 && /^[a-z\d-]+(?:\.[a-z\d-]+)+$/i.test(text),
);

/** An email address. The domain is not checked. */
export const email: Kind<string> = text(
  "an email address, such as ada@example.org",
  (text) => /^[^\s@,<>?]+@[^\s@,<>?]+$/.test(text) && text === printable(text),
);

/** The URL of a service that is reached by TLS. */
export const httpsUrl: Kind<string> = text(
  "a URL that begins with https://",
  (text) => URL.parse(text)?.protocol === "https:",
);

/** A network's name, which must be a valid value in `RPL_ISUPPORT`. */
export const networkName: Kind<string> = text(
  "a name of 1 to 50 characters without spaces",
  (text) => /^[^\s\p{C}:=][^\s\p{C}=]{0,49}$/u.test(text),
);

/** The longest URL of an image, in bytes: as a token of RPL_ISUPPORT it must fit into a line. */
const URL_BYTES = 250;

/** The URL of an image, encoded so that a token of RPL_ISUPPORT can contain it. */
export const imageUrl: Kind<string> = {
  read(value, where) {
    const { protocol, href = "" } = typeof value === "string" ? URL.parse(value) ?? {} : {};
    const isFetched = protocol === "https:" || protocol === "http:";
    if (isFetched && byteLength(href) <= URL_BYTES) return href;
    throw where.mustBe(
      `the URL of an image, at most ${URL_BYTES} bytes long, such as https://chat.example.org/icon.svg`,
    );
  },
};

/** The name of a channel. The `#` may be left out, because it begins a comment in a shell. */
export const room: Kind<string> = {
  read(value, where) {
    const name = typeof value === "string" && !value.startsWith("#") ? `#${value}` : value;
    if (typeof name === "string" && isChannel(name)) return name;
    throw where.mustBe("the name of a room, without spaces or commas, such as #kitchen");
  },
};

/** The longest line of the message of the day, in bytes: it must fit into an RPL_MOTD. */
const MOTD_LINE_BYTES = 400;

/** Matches text that begins like a path: with a slash or backslash, `~/`, `./`, `../` or `C:\`. */
const PATH_START = /^(?:~|\.{1,2}|[a-z]:)?[\\/]/i;
/** Matches text with a folder in it, or with the ending of a file: `texts/motd`, `welcome.txt`. */
const PATH_PART = /[^./\\](?:[\\/]|\.[a-z]\w{0,3}$)/i;

/** Returns true if `text` can hardly be anything but the path of a file. */
function isPath(text: string): boolean {
  if (/\s/.test(text)) return false;
  const isUrl = text.includes("://", 1);
  return PATH_START.test(text) || (!isUrl && PATH_PART.test(text));
}

/** Lines of text, given as text or as the path of a file. */
export const motd: KindWithNone<readonly string[]> = {
  none: [],
  read(value, where) {
    if (typeof value !== "string") throw where.mustBe("text, or the path of a file with the text");
    if (isPath(value) && !isFile(value)) {
      const name = printable(value);
      throw where.mustBe(
        `text, or the path of a file: there is no file ${name}; if this is the text, put a space ` +
          "after it",
      );
    }
    const text = isFile(value) ? readText(value) : value;
    const lines = text.replaceAll("\0", "").trimEnd().split(/\r\n|\r|\n/);
    if (lines.join("") === "") return [];
    return lines.flatMap((line) => splitText(line, MOTD_LINE_BYTES));
  },
};

/** The name and password of an operator, for OPER. */
export const operator: Kind<Operator> = {
  read(value, where) {
    const members = membersOf(value, where, ["name", "password"]);
    const word = text("a name without spaces", (text) => /^[^\s\p{C}:][^\s\p{C}]*$/u.test(text));
    return {
      name: word.read(members.get("name"), where.member("name")),
      password: secret.read(members.get("password"), where.member("password")),
    };
  },
};

const ACCOUNT_RULES: readonly (keyof AccountRules)[] = ["requireEmail", "beforeConnect"];

/** The rules for accounts; any of them may be left out. */
export const accounts: Kind<Partial<AccountRules>> = {
  read(value, where) {
    const members = membersOf(value, where, ACCOUNT_RULES);
    const found: { -readonly [name in keyof AccountRules]?: boolean } = {};
    for (const name of ACCOUNT_RULES) {
      if (members.has(name)) found[name] = yesOrNo.read(members.get(name), where.member(name));
    }
    return found;
  },
};

/** A day, in seconds: the largest value of the limits that are times. */
const DAY = 86_400;

const LIMIT_KINDS: ReadonlyMap<keyof Limits, Kind<number>> = new Map([
  ["connectionsPerAddress", wholeNumber(1, 1_000_000)],
  ["commandsPerSecond", wholeNumber(1, 1_000_000)],
  ["commandBurst", wholeNumber(1, 1_000_000)],
  // The welcome alone would overflow a smaller queue.
  ["sendQueueBytes", wholeNumber(16 * 1024, 1024 ** 3)],
  ["registrationSeconds", wholeNumber(1, DAY)],
  ["pingSeconds", wholeNumber(1, DAY)],
  ["uploadBytes", wholeNumber(1, 1024 ** 5)],
]);

/** The limits; any of them may be left out. */
export const limits: Kind<Partial<Limits>> = {
  read(value, where) {
    const members = membersOf(value, where, [...LIMIT_KINDS.keys()]);
    const found: { -readonly [name in keyof Limits]?: number } = {};
    for (const [name, kind] of LIMIT_KINDS) {
      if (members.has(name)) found[name] = kind.read(members.get(name), where.member(name));
    }
    return found;
  },
};
