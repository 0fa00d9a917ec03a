/**
 * Takes the wanted nick once it is free. Usually, the user's own lost connection still has it,
 * until the server closes that connection. Performs no I/O.
 *
 * @module
 */

import { type Message, nickOf } from "../../protocol.ts";
import { NICK_REFUSALS } from "./replies.ts";

/** The parts of a connection that a watch uses. */
export interface NickWatchParts {
  /** Returns true if two nicks are the same at this server. */
  isSame(one: string, other: string): boolean;
  /** Queues a message. */
  send(message: Message): void;
}

/** The watch for one nick. */
export class NickWatch {
  readonly #wanted: string;
  readonly #parts: NickWatchParts;
  /** True while the server has not answered NICK. */
  #isAsking = false;

  /**
   * Begins. If the server `monitors` nicks, asks it to report when the nick is free. Otherwise, the
   * client notices only the QUIT or NICK of a user with whom it shares a room.
   */
  constructor(wanted: string, monitors: boolean, parts: NickWatchParts) {
    this.#wanted = wanted;
    this.#parts = parts;
    if (monitors) parts.send({ command: "MONITOR", params: ["+", wanted] });
  }

  /**
   * Takes a message, and asks for the nick if the message says that it is free. Returns true if the
   * message answers this watch, and not a command of the user.
   */
  take({ command, source = "", params: [first = "", second = ""] }: Message): boolean {
    if (command === "QUIT" || command === "NICK") {
      if (this.#isWanted(nickOf(source))) this.#ask();
      return false;
    }
    const isOurs = this.#isWanted(nickOf(second));
    // https://ircv3.net/specs/extensions/monitor, RPL_MONONLINE and RPL_MONOFFLINE
    if (command === "731" && isOurs) this.#ask();
    if (command === "730" || command === "731") return isOurs;
    // The server has refused the nick: it belongs to an account, or another user has taken it. The
    // client asks again once the nick is free again.
    if (!this.#isAsking || !NICK_REFUSALS.has(command)) return false;
    this.#isAsking = false;
    return first !== "" && isOurs;
  }

  #ask(): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#parts.send({ command: "NICK", params: [this.#wanted] });
  }

  #isWanted(nick: string): boolean {
    return this.#parts.isSame(nick, this.#wanted);
  }
}
