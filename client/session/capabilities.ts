/**
 * Negotiates the IRCv3 capabilities of one connection
 * (https://ircv3.net/specs/extensions/capability-negotiation). Performs no I/O: it returns the
 * messages to send.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import { MULTILINE, type MultilineLimits, multilineLimits } from "./multiline.ts";

/** The capabilities that every session requests. */
const WANTED: ReadonlySet<string> = new Set([
  "account-tag",
  "away-notify",
  "batch",
  "chghost",
  "draft/channel-rename",
  "draft/chathistory",
  "draft/message-redaction",
  "draft/read-marker",
  "draft/webpush",
  MULTILINE,
  "echo-message",
  "labeled-response",
  "message-tags",
  "multi-prefix",
  "server-time",
  "soju.im/search",
  "standard-replies",
  "userhost-in-names",
]);

/** The negotiation of one connection. */
export class Capabilities {
  readonly #wanted: ReadonlySet<string>;
  readonly #enabled = new Set<string>();
  readonly #offered = new Set<string>();
  /** The values of those offered capabilities that have a value. */
  readonly #values = new Map<string, string>();
  #isListed = false;
  #isSettled = false;
  #stsPolicy: string | undefined;

  /** Creates a negotiation that has not begun; it also requests the capabilities in `more`. */
  constructor(more: readonly string[] = []) {
    this.#wanted = WANTED.union(new Set(more));
  }

  /** True once the server has listed all its capabilities. */
  get isListed(): boolean {
    return this.#isListed;
  }

  /** True once the server has answered the first request, so that the negotiation can end. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /**
   * Returns the value of `sts` (https://ircv3.net/specs/extensions/sts) if the server has sent a
   * value since the last call. Clients must not request this capability.
   */
  takeStsPolicy(): string | undefined {
    const stsPolicy = this.#stsPolicy;
    this.#stsPolicy = undefined;
    return stsPolicy;
  }

  /** Returns the value of `name`, perhaps empty, if that capability is enabled. */
  valueOf(name: string): string | undefined {
    return this.#enabled.has(name) ? this.#values.get(name) ?? "" : undefined;
  }

  /** True if the server echoes the client's own messages. */
  get echoes(): boolean {
    return this.#enabled.has("echo-message");
  }

  /** True if messages can have tags, by which they answer other messages and react to them. */
  get tags(): boolean {
    return this.#enabled.has("message-tags");
  }

  /** True if messages can be deleted. */
  get redacts(): boolean {
    return this.#enabled.has("draft/message-redaction");
  }

  /** True if the user's clients share how far the user has read. */
  get marks(): boolean {
    return this.#enabled.has("draft/read-marker");
  }

  /** The limits of a message of several lines; undefined if the server takes no such messages. */
  get multiline(): MultilineLimits | undefined {
    const value = this.#enabled.has("batch") ? this.valueOf(MULTILINE) : undefined;
    return value === undefined ? undefined : multilineLimits(value);
  }

  /** True if responses have the label of the line that they answer. */
  get labels(): boolean {
    return this.#enabled.has("labeled-response") && this.#enabled.has("batch");
  }

  /** True if history can be requested, and told apart from new messages. */
  get keepsHistory(): boolean {
    const needed = ["draft/chathistory", "batch", "message-tags", "server-time"];
    return needed.every((name) => this.#enabled.has(name));
  }

  /** True if the server can search for messages. */
  get searches(): boolean {
    return this.#enabled.has("soju.im/search") && this.#enabled.has("batch");
  }

  /** The first message to send; the server then does not end the registration before CAP END. */
  get opening(): Message {
    return { command: "CAP", params: ["LS", "302"] };
  }

  /** Takes a CAP message; returns the requests to send. */
  receive({ params }: Message): Message[] {
    const [, subcommand = ""] = params;
    const items = (params.at(-1) ?? "").split(" ");
    // A value may follow a name. A hyphen before a name means that the capability is disabled.
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
