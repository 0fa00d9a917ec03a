/**
 * A room and its members, according to the messages that one client was shown.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";

/** A room that the client is in. */
export class RoomView {
  /** The nicks of the members; `undefined` until the client has been shown a whole list of them. */
  #members: Set<string> | undefined;
  /** The nicks in the list of members that is arriving. */
  #listed: Set<string> | undefined;

  /**
   * Takes a message about the room. If the message contradicts the earlier ones, returns a sentence
   * that says how.
   */
  see(
    nick: string,
    command: string,
    params: readonly string[],
    isOwn: boolean,
  ): string | undefined {
    switch (command) {
      case "353":
        this.#listed ??= new Set();
        for (const each of (params.at(-1) ?? "").split(" ")) this.#listed.add(nickIn(each));
        return;
      case "366":
        return this.#takeList();
      case "JOIN":
        return isOwn ? undefined : this.#add(nick);
      case "PART":
      case "QUIT":
        return this.#remove(nick, command === "QUIT" || isOwn);
      case "KICK":
        return this.#remove(params[1] ?? "", false);
      case "NICK":
        return this.#rename(nick, params[0] ?? "");
    }
    return undefined;
  }

  #takeList(): string | undefined {
    const listed = this.#listed ?? new Set();
    this.#listed = undefined;
    const before = this.#members;
    this.#members = listed;
    if (!before || before.symmetricDifference(listed).size === 0) return undefined;
    return `the list has ${[...listed]} in place of ${[...before]}`;
  }

  #add(nick: string): string | undefined {
    if (!this.#members) return "a join comes before the list";
    if (this.#members.has(casefold(nick))) return `${nick} joins twice`;
    this.#members.add(casefold(nick));
    return undefined;
  }

  #remove(nick: string, mayBeAbsent: boolean): string | undefined {
    if (!this.#members) return mayBeAbsent ? undefined : "a departure comes before the list";
    if (this.#members.delete(casefold(nick)) || mayBeAbsent) return undefined;
    return `${nick} leaves without having joined`;
  }

  #rename(from: string, to: string): string | undefined {
    if (!this.#members?.delete(casefold(from))) return undefined;
    if (this.#members.has(casefold(to))) return `two are called ${to}`;
    this.#members.add(casefold(to));
    return undefined;
  }
}

/** Returns the nick in an item of a list, without the prefixes before it and the mask after it. */
function nickIn(item: string): string {
  return casefold(item.replace(/^[~&@%+]+/, "").split("!", 1)[0] ?? "");
}
