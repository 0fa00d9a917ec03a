/**
 * The features that a server announces in `RPL_ISUPPORT` (005): how names compare, what channel
 * names begin with, which modes have a parameter. Performs no I/O.
 *
 * @module
 */

import { casefold, LOBBY_TOKEN } from "../../protocol.ts";
import type { ModeChange } from "../texts/modes.ts";

/**
 * The channel modes that have a parameter (https://modern.ircdocs.horse, "CHANMODES Parameter").
 */
interface ChannelModes {
  /** Types A and B: always a parameter. */
  readonly always: string;
  /** Type C: a parameter only when set. */
  readonly whenSet: string;
}

/** The channel modes of RFC 1459, by their types. */
const RFC_MODES = "b,k,l,imnpst";

/** The largest number of messages to request in one page of history. */
const MAX_HISTORY_PAGE = 100;

/** The features of one server. Until its first 005, it has the features of RFC 1459. */
export class Isupport {
  readonly #tokens = new Map<string, string>();

  /** Adds the tokens of one 005, without the client's nick and the text at the end. */
  add(tokens: readonly string[]): void {
    for (const token of tokens) {
      const [name = "", value = ""] = splitOnce(token, "=");
      if (name.startsWith("-")) this.#tokens.delete(name.slice(1));
      // Real servers have a few dozen tokens; the limit bounds the memory.
      else if (this.#tokens.size < 200) this.#tokens.set(name, unescape(value));
    }
  }

  /** The name of the network. */
  get network(): string | undefined {
    return this.#tokens.get("NETWORK");
  }

  /** The server's default room. */
  get lobby(): string | undefined {
    const lobby = this.#tokens.get(LOBBY_TOKEN);
    return lobby !== undefined && this.isRoom(lobby) ? lobby : undefined;
  }

  /** The URL to which the server proposes to upload files (https://soju.im/filehost). */
  get filehost(): string | undefined {
    return this.#tokens.get("soju.im/FILEHOST");
  }

  /**
   * The server's public key for Web Push (RFC 8292), in base64url; absent if it pushes no messages.
   */
  get pushKey(): string | undefined {
    return this.#tokens.get("VAPID");
  }

  /**
   * True if the server can report that a nick is used or free
   * (https://ircv3.net/specs/extensions/monitor).
   */
  get monitors(): boolean {
    return this.#tokens.has("MONITOR");
  }

  /** The number of messages to request in one page of history. */
  get historyPage(): number {
    // 0 means no limit (https://ircv3.net/specs/extensions/chathistory, "ISUPPORT tokens").
    return Math.min(Number(this.#tokens.get("CHATHISTORY")) || MAX_HISTORY_PAGE, MAX_HISTORY_PAGE);
  }

  /** The characters with which the names of rooms begin. */
  get roomTypes(): string {
    return this.#tokens.get("CHANTYPES") ?? "#&";
  }

  /** Returns true if `target` is a room, not a nick. */
  isRoom(target: string): boolean {
    return target.length > 1 && this.roomTypes.includes(target.charAt(0));
  }

  /** Returns `name` with a room's prefix added if it has none, so that users need not type it. */
  toRoom(name: string): string {
    return this.isRoom(name) ? name : `${this.roomTypes.charAt(0) || "#"}${name}`;
  }

  /**
   * Returns the room of a target such as `@#room`, which means only some members of the room
   * (https://modern.ircdocs.horse, "STATUSMSG Parameter").
   */
  withoutStatus(target: string): string {
    const status = this.#tokens.get("STATUSMSG") ?? "";
    let length = 0;
    // Some servers repeat all prefixes that were given, as in `@+#room`.
    while (length < target.length && status.includes(target.charAt(length))) length++;
    while (length > 0 && !this.isRoom(target.slice(length))) length--;
    return target.slice(length);
  }

  /**
   * Returns the form in which names are compared (https://modern.ircdocs.horse, "CASEMAPPING
   * Parameter").
   */
  fold(name: string): string {
    const folded = casefold(name);
    if (!RFC1459_SIGNS.test(folded)) return folded;
    switch (this.#tokens.get("CASEMAPPING") ?? "rfc1459") {
      case "rfc1459":
        return folded.replace(/[[\]\\~]/g, (sign) => RFC1459[sign] ?? sign);
      case "rfc1459-strict":
        return folded.replace(/[[\]\\]/g, (sign) => RFC1459[sign] ?? sign);
      default:
        return folded;
    }
  }

  /** Returns true if two names are the same for the server. */
  isSame(a: string, b: string): boolean {
    return a === b || this.fold(a) === this.fold(b);
  }

  /** The modes of members and their prefixes, the highest first: `["o", "@"]`. */
  get memberModes(): ReadonlyMap<string, string> {
    const [, modes = "", prefixes = ""] =
      /^\(([^)]*)\)(.*)$/.exec(this.#tokens.get("PREFIX") ?? "(ov)@+") ?? [];
    return new Map([...modes].map((mode, i) => [mode, prefixes.charAt(i)]));
  }

  /** Splits an entry of `RPL_NAMREPLY` (353) into the nick and its prefixes; drops the host. */
  toMember(entry: string): { readonly nick: string; readonly prefixes: string } {
    const known = [...this.memberModes.values()].join("");
    let length = 0;
    while (length < entry.length && known.includes(entry.charAt(length))) length++;
    const [nick = ""] = splitOnce(entry.slice(length), "!");
    return { nick, prefixes: entry.slice(0, length) };
  }

  /**
   * Returns the list mode and the parameter that mute the users who match `mask`. The mode is `q`
   * if the server has that list; otherwise it is a ban with a prefix (https://modern.ircdocs.horse,
   * "EXTBAN Parameter"). Returns undefined if the server has neither.
   */
  mute(mask: string): { readonly letter: string; readonly param: string } | undefined {
    const [lists = ""] = (this.#tokens.get("CHANMODES") ?? "").split(",");
    if (lists.includes("q") && !this.memberModes.has("q")) return { letter: "q", param: mask };
    const [prefix = "", kinds = ""] = splitOnce(this.#tokens.get("EXTBAN") ?? "", ",");
    const kind = ["m", "q"].find((each) => kinds.includes(each));
    return kind === undefined ? undefined : { letter: "b", param: `${prefix}${kind}:${mask}` };
  }

  /** Returns the prefixes that members get or lose by a MODE. */
  memberChanges(
    modes: string,
    params: readonly string[],
  ): { readonly nick: string; readonly prefix: string; readonly has: boolean }[] {
    const prefixes = this.memberModes;
    return this.changes(modes, params).flatMap(({ letter, param, has }) => {
      const prefix = prefixes.get(letter);
      return prefix === undefined || param === undefined ? [] : [{ nick: param, prefix, has }];
    });
  }

  /**
   * Returns the key that a room has after a MODE, as an object without `key` if the MODE removes
   * the key. Returns `undefined` if the key stays or is not shown.
   */
  keyChange(modes: string, params: readonly string[]): { readonly key?: string } | undefined {
    const change = this.changes(modes, params).findLast(({ letter }) => letter === "k");
    if (change?.has === false) return {};
    // Some servers show the key as an asterisk.
    return change?.param === undefined || change.param === "*" ? undefined : { key: change.param };
  }

  /** Returns true if the server has the channel mode `letter`. */
  hasMode(letter: string): boolean {
    return (this.#tokens.get("CHANMODES") ?? RFC_MODES).replaceAll(",", "").includes(letter);
  }

  /**
   * Returns true if `letter` is a channel mode of the server that has a parameter only when it is
   * set.
   */
  hasLimit(letter: string): boolean {
    return this.#channelModes.whenSet.includes(letter);
  }

  /**
   * Returns the changes in a MODE, each with its parameter; `isMe` returns true for the user's
   * nick.
   */
  changes(
    modes: string,
    params: readonly string[],
    isMe: (nick: string) => boolean = () => false,
  ): ModeChange[] {
    const prefixes = this.memberModes;
    const { always, whenSet } = this.#channelModes;
    const changes: ModeChange[] = [];
    let has = true;
    let next = 0;
    for (const letter of modes) {
      if (letter === "+" || letter === "-") {
        has = letter === "+";
        continue;
      }
      const prefix = prefixes.get(letter);
      const hasParam = prefix !== undefined || always.includes(letter) ||
        (has && whenSet.includes(letter));
      const param = hasParam ? params[next++] : undefined;
      changes.push({
        letter,
        has,
        ...(param !== undefined && { param }),
        ...(prefix !== undefined && { prefix }),
        ...(prefix !== undefined && param !== undefined && isMe(param) && { own: true } as const),
      });
    }
    return changes;
  }

  get #channelModes(): ChannelModes {
    const [a = "", b = "", c = ""] = (this.#tokens.get("CHANMODES") ?? RFC_MODES).split(",");
    return { always: a + b, whenSet: c };
  }
}

/** Matches the signs that have a lower case in the mapping `rfc1459`; few names contain one. */
const RFC1459_SIGNS = /[[\]\\~]/;

/** The lower case of each such sign. */
const RFC1459: Readonly<Record<string, string>> = { "[": "{", "]": "}", "\\": "|", "~": "^" };

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/**
 * Replaces the bytes written as `\xHH` in a value (https://modern.ircdocs.horse, "RPL_ISUPPORT").
 */
function unescape(value: string): string {
  return value.replace(
    /\\x([0-9A-Fa-f]{2})/g,
    (_, hex: string) => String.fromCharCode(parseInt(hex, 16)),
  );
}
