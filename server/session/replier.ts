/**
 * Formats replies to one client: numerics, standard replies and messages of the server. Command
 * handlers decide which to send.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import { joinInLines } from "../../shared/text.ts";
import type { ServeOptions } from "../config/config.ts";
import type { Caps } from "../irc/capabilities.ts";
import { bytesLeft } from "../irc/limits.ts";
import { asMiddle, type Numeric, NUMERICS } from "../irc/replies.ts";

/** The part of a session that replies. */
export abstract class Replier {
  /** The server; its name is the source of all replies. */
  abstract readonly context: { readonly options: Pick<ServeOptions, "name"> };
  /** The capabilities that the client has enabled. */
  abstract readonly caps: Caps;
  /** The nick for replies to the client: `*` while it has no nick. */
  abstract readonly nick: string;

  /** Sends a message to the client. */
  abstract send(message: Message): void;

  /** Replies with a numeric. Adds its text if {@linkcode NUMERICS} has one. */
  reply(numeric: Numeric, ...params: readonly string[]): void {
    const [code, text]: readonly [string, string?] = NUMERICS[numeric];
    const all = text === undefined ? params : [...params, text];
    const last = all.length - 1;
    this.fromServer(code, this.nick, ...all.map((p, i) => i < last ? asMiddle(p) : p));
  }

  /**
   * Replies with a numeric whose last parameter is a list, in as many lines as `words` need; sends
   * nothing if there are no words.
   */
  replyList(
    numeric: Numeric,
    params: readonly string[],
    words: Iterable<string>,
    separator = " ",
  ): void {
    const [code] = NUMERICS[numeric];
    const limit = bytesLeft(this.context.options.name, code, this.nick, ...params);
    for (const line of joinInLines(words, separator, limit)) this.reply(numeric, ...params, line);
  }

  /** Replies with `FAIL`: the command, or its part for one of several targets, was not done. */
  fail(command: string, ...params: readonly string[]): void {
    this.#standardReply("FAIL", command, params);
  }

  /** Replies with `WARN`: a part of the command was not done. */
  warn(command: string, ...params: readonly string[]): void {
    this.#standardReply("WARN", command, params);
  }

  /** Replies with `NOTE`; a client without standard-replies gets its text as a NOTICE. */
  note(command: string, ...params: readonly string[]): void {
    if (this.caps.has("standard-replies")) return this.#standardReply("NOTE", command, params);
    this.fromServer("NOTICE", this.nick, params.at(-1) ?? "");
  }

  /** Sends a standard reply (https://ircv3.net/specs/extensions/standard-replies). */
  #standardReply(type: "FAIL" | "NOTE" | "WARN", command: string, params: readonly string[]): void {
    const last = params.length - 1;
    this.fromServer(type, command, ...params.map((p, i) => i < last ? asMiddle(p) : p));
  }

  /** Sends a message whose source is the server, such as PONG or CAP. */
  fromServer(command: string, ...params: readonly string[]): void {
    this.send({ source: this.context.options.name, command, params });
  }
}
