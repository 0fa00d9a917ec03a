/**
 * Which IRCv3 capabilities are in force on one connection, and what to ask for
 * (https://ircv3.net/specs/extensions/capability-negotiation). Pure: it returns what to send.
 *
 * @module
 */

import type { Message } from "../protocol.ts";

/** What this client can make use of. */
const WANTED: ReadonlySet<string> = new Set([
  "batch",
  "chghost",
  "draft/chathistory",
  "echo-message",
  "labeled-response",
  "message-tags",
  "multi-prefix",
  "server-time",
  "soju.im/search",
  "userhost-in-names",
]);

/** The negotiation of one connection. */
export class Capabilities {
  readonly #enabled = new Set<string>();
  readonly #offered = new Set<string>();
  #isOpen = true;

  /** Whether the server echoes what one says. */
  get echoes(): boolean {
    return this.#enabled.has("echo-message");
  }

  /** Whether answers name what they answer. */
  get labels(): boolean {
    return this.#enabled.has("labeled-response") && this.#enabled.has("batch");
  }

  /** Whether what was said before can be asked for, and be told from what is said now. */
  get keepsHistory(): boolean {
    const needed = ["draft/chathistory", "batch", "message-tags", "server-time"];
    return needed.every((name) => this.#enabled.has(name));
  }

  /** Whether the server looks for messages. */
  get searches(): boolean {
    return this.#enabled.has("soju.im/search") && this.#enabled.has("batch");
  }

  /** What to send first; the server then waits with registration until the end is said. */
  get opening(): Message {
    return { command: "CAP", params: ["LS", "302"] };
  }

  /** Takes a CAP message in; returns what to answer. */
  receive({ params }: Message): Message[] {
    const [, subcommand = ""] = params;
    // A name can have a value behind it or, where it is taken back, a hyphen before it.
    const names = (params.at(-1) ?? "").replace(/=\S*/g, "").split(" ")
      .filter((name) => WANTED.has(name.replace(/^-/, "")));
    switch (subcommand.toUpperCase()) {
      case "LS":
        this.#offer(names);
        return params[2] === "*" ? [] : this.#request();
      case "NEW":
        this.#offer(names);
        return this.#request();
      case "ACK":
        for (const name of names) {
          if (name.startsWith("-")) this.#enabled.delete(name.slice(1));
          else this.#enabled.add(name);
        }
        return this.#end();
      case "NAK":
        return this.#end();
      case "DEL":
        for (const name of names) this.#enabled.delete(name);
        return [];
      default:
        return [];
    }
  }

  #offer(names: readonly string[]): void {
    for (const name of names) this.#offered.add(name);
  }

  #request(): Message[] {
    const missing = [...this.#offered].filter((name) => !this.#enabled.has(name));
    this.#offered.clear();
    if (missing.length === 0) return this.#end();
    return [{ command: "CAP", params: ["REQ", missing.join(" ")] }];
  }

  /** Ends the negotiation, which is to be said once. */
  #end(): Message[] {
    if (!this.#isOpen) return [];
    this.#isOpen = false;
    return [{ command: "CAP", params: ["END"] }];
  }
}
