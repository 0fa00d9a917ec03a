/**
 * Keeps the nick that the user last had at each server, and the account that the user's
 * cryptographic key logs in to there. The file can be edited and has one line for each server. The
 * file is only a convenience, so errors in reading and writing it are ignored. Opens no
 * connections.
 *
 * @module
 */

import { isNick } from "../../protocol.ts";
import type { KnownIdentity } from "../session/identity.ts";
import { readWords, replaceFile } from "./folder.ts";

/**
 * The word that stands, in place of an address, for all servers without an entry of their own. The
 * nick of this entry is used only if the user's name on this machine is a common one, such as `pi`.
 */
export const ANY_SERVER = "*";

/** The file. It is read for each lookup, because several clients may run at once. */
export class Identities {
  readonly #path: string;

  /** Uses the file at `path`, which need not exist. */
  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Returns the entry of the server at `address`, `HOST:PORT`; the last one if there are several.
   */
  find(address: string): KnownIdentity | undefined {
    const [, nick = "", account] = readWords(this.#path).findLast(([name]) => name === address) ??
      [];
    return isNick(nick) ? { nick, ...(account && { account }) } : undefined;
  }

  /** Replaces the entry of the server at `address`; the others stay unchanged. */
  keep(address: string, { nick, account = "" }: KnownIdentity): void {
    const before = this.find(address);
    if (before?.nick === nick && (before.account ?? "") === account) return;
    const others = readWords(this.#path).filter(([name]) => name !== address);
    replaceFile(this.#path, [...others, [address, nick, account]]);
  }
}
