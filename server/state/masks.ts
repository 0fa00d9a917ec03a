/**
 * Masks: patterns that match users by `nick!user@host`, such as `*!*@192.0.2.*` or
 * `*!*@192.0.2.0/24`. Gives masks their full form, finds faults in them, and matches them with
 * users.
 *
 * Source: Modern IRC (https://modern.ircdocs.horse, "Wildcard Expressions").
 *
 * @module
 */

import { addressBits, asParameter, parseRange, type Range } from "../../shared/ip.ts";
import { MASK_TEXTS } from "../texts/bans.ts";
import { codePoints, Pattern } from "./wildcards.ts";

/**
 * The prefix of masks that only mute, as in `m:*!*@192.0.2.*`: a ban with it lets users join, but
 * not speak.
 */
export const MUTE_MASK = "m";
/**
 * The prefix of masks that match the names of accounts, as in `a:ada`
 * (https://ircv3.net/specs/extensions/account-extban).
 */
export const ACCOUNT_MASK = "a";

/**
 * The letters that, followed by a colon, change the meaning of a mask (Modern IRC, "EXTBAN
 * Parameter").
 */
export const EXTENDED_MASKS: string = ACCOUNT_MASK + MUTE_MASK;

const EXTENDED = new RegExp(`^((?:[${EXTENDED_MASKS}]:)*)(.*)$`, "s");

/**
 * The prefixes that users may write before a mask, each with the prefix of this server that has the
 * same meaning. Most of them are the prefixes of other IRC servers, which many users know.
 */
const FOREIGN_PREFIXES: ReadonlyMap<string, string> = new Map([
  ...[ACCOUNT_MASK, "$a", "~a", "account", "~account", "R"].map((name) =>
    [name, ACCOUNT_MASK] as const
  ),
  ...[MUTE_MASK, "mute", "~mute", "quiet", "~quiet", "~q"].map((name) =>
    [name, MUTE_MASK] as const
  ),
]);

/**
 * The end of every cloak, which is a host that users see instead of an address; see
 * `server/core/cloaks.ts`.
 */
export const CLOAK_END = ".ip";

/** A mask and its prefixes. */
export interface SplitMask {
  /** True if it has the prefix {@linkcode MUTE_MASK}. */
  readonly mutes: boolean;
  /** True if it has the prefix {@linkcode ACCOUNT_MASK}. */
  readonly ofAccounts: boolean;
  /** The mask without its prefixes. */
  readonly mask: string;
}

/** Splits a mask into its prefixes, of which there may be several, and the rest. */
export function splitMask(extended: string): SplitMask {
  const [, letters = "", mask = ""] = EXTENDED.exec(extended) ?? [];
  return { mutes: letters.includes(MUTE_MASK), ofAccounts: letters.includes(ACCOUNT_MASK), mask };
}

/**
 * Returns a mask in its full form: `nick` becomes `nick!*@*`, `user@host` becomes `*!user@host`,
 * and `192.0.2.7` becomes `*!*@192.0.2.7`. All spellings of one address or range become the same,
 * and so do all spellings of a prefix.
 */
export function fullMask(given: string): string {
  const { mutes, ofAccounts, mask } = splitMask(withOwnPrefixes(given));
  return (mutes ? `${MUTE_MASK}:` : "") +
    (ofAccounts ? `${ACCOUNT_MASK}:${mask || "*"}` : fullPlainMask(mask));
}

/** Returns a mask with the prefixes of other servers replaced by this server's prefixes. */
export function withOwnPrefixes(given: string): string {
  // The `a:` of the address `a::1` is not a prefix.
  if (parseRange(given)) return fullPlainMask(given);
  if (given === "$a") return `${ACCOUNT_MASK}:*`;
  const [, name = "", rest = ""] = /^([$~]?[a-z]+):(.*)$/is.exec(given) ?? [];
  const own = FOREIGN_PREFIXES.get(name);
  return own === undefined ? given : `${own}:${withOwnPrefixes(rest)}`;
}

/** Matches text that can only be a host: it has a dot, or looks like an IPv6 address. */
const HOST_ALONE = /^(?:(?=[^.]*\.)[^!@:]*|(?=[^:]*:)[\da-f:.*?/]*)$/i;

function fullPlainMask(mask: string): string {
  if (HOST_ALONE.test(mask)) return `*!*@${fullHost(mask)}`;
  const at = mask.lastIndexOf("@");
  const host = at < 0 ? "*" : fullHost(mask.slice(at + 1)) || "*";
  const rest = at < 0 ? mask : mask.slice(0, at);
  const bang = rest.indexOf("!");
  if (bang >= 0) return `${rest.slice(0, bang) || "*"}!${rest.slice(bang + 1) || "*"}@${host}`;
  return at < 0 ? `${rest || "*"}!*@${host}` : `*!${rest || "*"}@${host}`;
}

/**
 * Returns the canonical form of an address or range. Changes other hosts only a little: removes the
 * `::ffff:` of an IPv4 address with wildcards, and puts `0` before a leading colon, because a
 * parameter cannot begin with a colon.
 */
function fullHost(host: string): string {
  const range = parseRange(host);
  if (range) return range.text;
  return asParameter(host.replace(/^[0:]*:ffff:(?=[\d*?]+\.)/i, ""));
}

const ACCOUNT_PATTERN = /^[\p{L}\p{Nl}\p{M}\p{N}[\]\\^_`{|}*?-]*$/u;
const NICK_PATTERN = ACCOUNT_PATTERN;
const USER_PATTERN = /^[\p{L}\p{M}\p{N}[\]\\^_`{|}.~+*?-]*$/u;
const HOST_PATTERN = /^[\p{L}\p{M}\p{N}*?][\p{L}\p{M}\p{N}.:/_*?-]*$/u;
/** Matches hosts that are probably meant as an address or a range, perhaps with a port. */
const LIKE_ADDRESS =
  /^(?:\d+\.[\d.]*(?:[/:].*)?|[\da-f]*:[\da-f:.]*(?:\/.*)?|(?=.*[.:])[\da-f:.*?]*\/\d+)$/i;

/**
 * Returns a sentence that says why `given` can match no user; `undefined` if it can match users.
 */
export function maskFault(given: string): string | undefined {
  const { ofAccounts, mask } = splitMask(fullMask(given));
  if (ofAccounts) return ACCOUNT_PATTERN.test(mask) ? undefined : MASK_TEXTS.matchesNobody;
  const at = mask.lastIndexOf("@");
  const bang = mask.indexOf("!");
  const [nick, user, host] = [mask.slice(0, bang), mask.slice(bang + 1, at), mask.slice(at + 1)];
  if (/^[$~]|:/.test(nick)) return MASK_TEXTS.unknownPrefix;
  if (LIKE_ADDRESS.test(host) && !parseRange(host)) return MASK_TEXTS.noAddress;
  const isPossible = NICK_PATTERN.test(nick) && USER_PATTERN.test(user) && HOST_PATTERN.test(host);
  return isPossible ? undefined : MASK_TEXTS.matchesNobody;
}

/**
 * Returns the mask to suggest, such as `*!*@*`, if `given` matches all users but was probably not
 * meant to. Returns `undefined` for all other masks.
 */
export function meantInstead(given: string): string | undefined {
  const full = fullMask(given);
  const { mutes, ofAccounts, mask } = splitMask(full);
  const written = splitMask(withOwnPrefixes(given)).mask;
  if (ofAccounts) return written === "" ? full : undefined;
  if (!matchesEveryone(full) || /^\*(?:!\*)?(?:@\*)?$/.test(written)) return undefined;
  const range = parseRange(mask.slice(mask.lastIndexOf("@") + 1));
  if (range && addressBits(written.replace(/^.*@|\/0$/g, ""))?.slice(1).includes("1") === false) {
    return undefined;
  }
  return `${mutes ? `${MUTE_MASK}:` : ""}*!*@${range?.text ?? "*"}`;
}

/** The properties of a user that masks are compared with. */
export interface Subject {
  /** `nick!user@host`, with the host that others see. */
  readonly mask: string;
  /** The address that the user connects from, even if others see another host. */
  readonly address: string;
  /** The account, if the user has one. */
  readonly account?: string | undefined;
}

/**
 * A user, prepared for comparison with any number of masks. Most masks need only some parts of this
 * form, so each part is made when it is first needed.
 */
export class Candidate {
  readonly #subject: Subject;
  #texts: readonly (readonly number[])[] | undefined;
  #who: readonly number[] | undefined;
  #bits: readonly string[] | undefined;

  /** Creates the candidate for a user. */
  constructor(subject: Subject) {
    this.#subject = subject;
  }

  /**
   * The texts that patterns are compared with, as code points: `nick!user@host` with the host that
   * others see and, if the address is another text, also with the address.
   */
  get texts(): readonly (readonly number[])[] {
    const { mask, address } = this.#subject;
    return this.#texts ??= mask.endsWith(`@${address}`)
      ? [codePoints(mask)]
      : [codePoints(mask), codePoints(`${whoOf(mask)}@${address}`)];
  }

  /** The code points of `nick!user`. */
  get who(): readonly number[] {
    return this.#who ??= codePoints(whoOf(this.#subject.mask));
  }

  /** The bits of the address. If the host that others see is another address, also its bits. */
  get bits(): readonly string[] {
    const { mask, address } = this.#subject;
    return this.#bits ??= [...new Set([mask.slice(whoOf(mask).length + 1), address])]
      .flatMap((each) => addressBits(each) ?? []);
  }

  /** The account, if the user has one. */
  get account(): string | undefined {
    return this.#subject.account;
  }
}

function whoOf(mask: string): string {
  return mask.slice(0, mask.lastIndexOf("@"));
}

/** A mask, prepared for comparison by {@linkcode prepare}. */
export interface ReadyMask extends SplitMask {
  /** The pattern for the whole mask, or for `nick!user` alone if the host is a range. */
  readonly pattern: Pattern;
  /**
   * The addresses that the host of the mask stands for; `undefined` if the host is a pattern of
   * text, and for a mask of accounts.
   */
  readonly range: Range | undefined;
}

/** Prepares a full mask (see {@linkcode fullMask}) for comparison. */
export function prepare(full: string): ReadyMask {
  const split = splitMask(full);
  const at = split.mask.lastIndexOf("@");
  const range = split.ofAccounts ? undefined : rangeOf(split.mask.slice(at + 1));
  const pattern = new Pattern(range ? split.mask.slice(0, at) : split.mask);
  return { ...split, pattern, range };
}

/**
 * Returns the addresses that a host in a mask stands for; `undefined` if it is a pattern of text.
 */
function rangeOf(host: string): Range | undefined {
  // `2001:0db8:*` is the range `2001:db8::/32`, however the zeros in an address are written.
  const [, groups] = /^((?:[\da-f]{1,4}:){1,7})\*$/i.exec(host) ?? [];
  if (groups === undefined) return parseRange(host);
  return parseRange(`${groups}:/${16 * (groups.split(":").length - 1)}`);
}

/** Returns true if a mask matches a user. */
export function matches({ ofAccounts, pattern, range }: ReadyMask, user: Candidate): boolean {
  if (ofAccounts) {
    return user.account !== undefined && pattern.matches(codePoints(user.account));
  }
  if (range === undefined) return user.texts.some((text) => pattern.matches(text));
  return user.bits.some((each) => each.startsWith(range.bits)) && pattern.matches(user.who);
}

/**
 * Example users: some with IPv4 addresses, some with IPv6, some with cloaks. A mask that matches
 * all examples of one group counts as matching everyone.
 */
const EXAMPLES: readonly (readonly Candidate[])[] = [
  ["192.0.2.1", "10.11.12.13", "203.0.113.254"],
  ["0::1", "2001:db8::ffff", "fe80::1"],
  ["aaaaaa.bbbbbb.cccccc", "z2z2z2.y3y3y3.x4x4x4"].map((labels) => labels + CLOAK_END),
].map((hosts) =>
  hosts.flatMap((host) =>
    ["a!~user", "Z-9!b"].map((who) => new Candidate({ mask: `${who}@${host}`, address: host }))
  )
);

/**
 * Returns true if a full mask matches all users, all users with addresses of one IP version, or all
 * cloaks.
 */
export function matchesEveryone(full: string): boolean {
  const ready = prepare(full);
  return EXAMPLES.some((examples) => examples.every((example) => matches(ready, example)));
}

/** The prepared masks, by the bans and list entries that contain them. */
const PREPARED = new WeakMap<object, ReadyMask>();

/**
 * Returns the prepared form of `full`, the full mask of the ban or list entry `record`. Prepares it
 * only once for each record.
 */
export function preparedMask(record: object, full: string): ReadyMask {
  const known = PREPARED.get(record);
  if (known) return known;
  const ready = prepare(full);
  PREPARED.set(record, ready);
  return ready;
}

/** Returns a function that reports whether a text matches `mask`, regardless of case. */
export function textMatcher(mask: string): (text: string) => boolean {
  const pattern = new Pattern(mask);
  return (text) => pattern.matches(codePoints(text));
}

/** Returns true if `text` matches `mask`. For several texts, use {@linkcode textMatcher}. */
export function matchesMask(mask: string, text: string): boolean {
  return textMatcher(mask)(text);
}
