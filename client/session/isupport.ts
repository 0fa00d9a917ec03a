/**
 * What a server says of itself in `RPL_ISUPPORT` (005): how names compare, what a channel's name
 * begins with, which modes take a parameter. Pure.
 *
 * @module
 */

import { casefold, LOBBY_TOKEN } from "../../protocol.ts";

/** Which modes of a channel take a parameter (Modern IRC, "CHANMODES Parameter"). */
interface ChannelModes {
  /** Types A and B: always a parameter. */
  readonly always: string;
  /** Type C: a parameter only when set. */
  readonly whenSet: string;
}

/** Messages of history that are asked for at once, where the server allows so many. */
const HISTORY_PAGE = 100;

/** The features that one server announces; until its first 005, those of RFC 1459. */
export class Isupport {
  readonly #tokens = new Map<string, string>();

  /** Takes the tokens of one 005, without the client's nick and the text at the end. */
  add(tokens: readonly string[]): void {
    for (const token of tokens) {
      const [name = "", value = ""] = splitOnce(token, "=");
      if (name.startsWith("-")) this.#tokens.delete(name.slice(1));
      // A token is a dozen letters; a server has a few dozen of them.
      else if (this.#tokens.size < 200) this.#tokens.set(name, unescape(value));
    }
  }

  /** The network's name, for people. */
  get network(): string | undefined {
    return this.#tokens.get("NETWORK");
  }

  /** The room that newcomers are meant to join. */
  get lobby(): string | undefined {
    const lobby = this.#tokens.get(LOBBY_TOKEN);
    return lobby !== undefined && this.isRoom(lobby) ? lobby : undefined;
  }

  /** So many messages of history can be asked for at once. */
  get historyPage(): number {
    // A server without a limit says 0 (chathistory, "ISUPPORT tokens").
    return Math.min(Number(this.#tokens.get("CHATHISTORY")) || HISTORY_PAGE, HISTORY_PAGE);
  }

  /** What the name of a room can begin with. */
  get roomTypes(): string {
    return this.#tokens.get("CHANTYPES") ?? "#&";
  }

  /** Whether `target` is a room, and not a person. */
  isRoom(target: string): boolean {
    return target.length > 1 && this.roomTypes.includes(target.charAt(0));
  }

  /** `name` with a room's prefix where it has none, so that people need not type it. */
  toRoom(name: string): string {
    return this.isRoom(name) ? name : `${this.roomTypes.charAt(0) || "#"}${name}`;
  }

  /** The room a target such as `@#room` is in: a message for some members only ("STATUSMSG"). */
  withoutStatus(target: string): string {
    const status = this.#tokens.get("STATUSMSG") ?? "";
    const rest = target.slice(1);
    return status.includes(target.charAt(0)) && this.isRoom(rest) ? rest : target;
  }

  /** The form under which names compare (Modern IRC, "CASEMAPPING Parameter"). */
  fold(name: string): string {
    const folded = casefold(name);
    switch (this.#tokens.get("CASEMAPPING") ?? "rfc1459") {
      case "rfc1459":
        return folded.replace(/[[\]\\~]/g, (sign) => RFC1459[sign] ?? sign);
      case "rfc1459-strict":
        return folded.replace(/[[\]\\]/g, (sign) => RFC1459[sign] ?? sign);
      default:
        return folded;
    }
  }

  /** Whether two names are one. */
  isSame(a: string, b: string): boolean {
    return this.fold(a) === this.fold(b);
  }

  /** The modes that members can have and their prefixes, highest first: `["o", "@"]`. */
  get memberModes(): ReadonlyMap<string, string> {
    const [, modes = "", prefixes = ""] =
      /^\((.*)\)(.*)$/.exec(this.#tokens.get("PREFIX") ?? "(ov)@+") ?? [];
    return new Map([...modes].map((mode, i) => [mode, prefixes.charAt(i)]));
  }

  /** Takes the prefixes off a member as it stands in `RPL_NAMREPLY` (353), and its host. */
  toMember(entry: string): { readonly nick: string; readonly prefixes: string } {
    const known = [...this.memberModes.values()].join("");
    let length = 0;
    while (length < entry.length && known.includes(entry.charAt(length))) length++;
    const [nick = ""] = splitOnce(entry.slice(length), "!");
    return { nick, prefixes: entry.slice(0, length) };
  }

  /** The changes to members in the parameters of a MODE: which prefix who got or lost. */
  memberChanges(
    modes: string,
    params: readonly string[],
  ): { readonly nick: string; readonly prefix: string; readonly has: boolean }[] {
    const prefixes = this.memberModes;
    const { always, whenSet } = this.#channelModes;
    const changes = [];
    let has = true;
    let next = 0;
    for (const mode of modes) {
      if (mode === "+" || mode === "-") {
        has = mode === "+";
        continue;
      }
      const prefix = prefixes.get(mode);
      const takes = prefix !== undefined || always.includes(mode) ||
        (has && whenSet.includes(mode));
      const param = takes ? params[next++] : undefined;
      if (prefix !== undefined && param !== undefined) changes.push({ nick: param, prefix, has });
    }
    return changes;
  }

  get #channelModes(): ChannelModes {
    const [a = "", b = "", c = ""] = (this.#tokens.get("CHANMODES") ?? "b,k,l,imnpst").split(",");
    return { always: a + b, whenSet: c };
  }
}

/** In this mapping the signs are the upper case of `{}|^`. */
const RFC1459: Readonly<Record<string, string>> = { "[": "{", "]": "}", "\\": "|", "~": "^" };

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** A value may hold bytes as `\xHH` (Modern IRC, "RPL_ISUPPORT"). */
function unescape(value: string): string {
  return value.replace(
    /\\x([0-9A-Fa-f]{2})/g,
    (_, hex: string) => String.fromCharCode(parseInt(hex, 16)),
  );
}
