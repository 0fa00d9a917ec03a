/**
 * Which IRCv3 capabilities are in force on one connection, and what to ask for
 * (https://ircv3.net/specs/extensions/capability-negotiation). Pure: it returns what to send.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";

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
  readonly #wanted: ReadonlySet<string>;
  readonly #enabled = new Set<string>();
  readonly #offered = new Set<string>();
  /** What the server says of those that it offers, where it says anything. */
  readonly #values = new Map<string, string>();
  #isListed = false;
  #isSettled = false;
  #stsPolicy: string | undefined;

  /** Nothing is agreed yet; `more` is wanted beside what this client can always make use of. */
  constructor(more: readonly string[] = []) {
    this.#wanted = WANTED.union(new Set(more));
  }

  /** Whether the server has told all that it has. */
  get isListed(): boolean {
    return this.#isListed;
  }

  /** Whether the server has answered what was asked for first: the negotiation can end. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** What the server has said of `sts`, which is not asked for, since this was called last. */
  takeStsPolicy(): string | undefined {
    const stsPolicy = this.#stsPolicy;
    this.#stsPolicy = undefined;
    return stsPolicy;
  }

  /** What the server says of `name`, if that is in force; it may be nothing. */
  valueOf(name: string): string | undefined {
    return this.#enabled.has(name) ? this.#values.get(name) ?? "" : undefined;
  }

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

  /** Takes a CAP message in; returns what to ask for. */
  receive({ params }: Message): Message[] {
    const [, subcommand = ""] = params;
    const items = (params.at(-1) ?? "").split(" ");
    // A name can have a value behind it or, where it is taken back, a hyphen before it.
    const names = items.map((item) => item.replace(/=.*/, ""))
      .filter((name) => this.#wanted.has(name.replace(/^-/, "")));
    switch (subcommand.toUpperCase()) {
      case "LS":
        this.#offer(items);
        if (params[2] === "*") return [];
        this.#isListed = true;
        return this.#request();
      case "NEW":
        this.#offer(items);
        return this.#request();
      case "ACK":
        for (const name of names) {
          if (name.startsWith("-")) this.#enabled.delete(name.slice(1));
          else this.#enabled.add(name);
        }
        this.#isSettled = true;
        return [];
      case "NAK":
        this.#isSettled = true;
        return [];
      case "DEL":
        for (const name of names) this.#enabled.delete(name);
        return [];
      default:
        return [];
    }
  }

  #offer(items: readonly string[]): void {
    for (const item of items) {
      const [, name = "", value] = /^([^=]*)(?:=(.*))?$/.exec(item) ?? [];
      if (name === "sts") this.#stsPolicy = value;
      if (!this.#wanted.has(name)) continue;
      this.#offered.add(name);
      if (value !== undefined) this.#values.set(name, value);
    }
  }

  #request(): Message[] {
    const missing = [...this.#offered].filter((name) => !this.#enabled.has(name));
    this.#offered.clear();
    if (missing.length > 0) return [{ command: "CAP", params: ["REQ", missing.join(" ")] }];
    this.#isSettled = true;
    return [];
  }
}
