import { parse } from "../../protocol.ts";
import type { IrcClient } from "./irc_client.ts";
import { marksIn } from "./marks.ts";
import { inTime } from "./patience.ts";

/** Bob, who writes to ann, and records the messages that reach him. */
export class Bob {
  readonly #client: IrcClient;
  /** The ids of his messages, by their texts. */
  readonly #ids = new Map<string, PromiseWithResolvers<string>>();
  #gone = Promise.withResolvers<void>();
  /** The number of times that each of ann's marked messages has arrived. */
  readonly heard = new Map<string, number>();
  /** The marks of ann's messages, by their ids. */
  readonly #marks = new Map<string, string[]>();
  /** The marks of the messages that ann has deleted. */
  readonly deleted = new Set<string>();

  constructor(client: IrcClient) {
    this.#client = client;
    void this.#read();
  }

  /** Sends a message; resolves once the server has it. */
  async say(to: string, text: string): Promise<void> {
    await this.#client.send(`PRIVMSG ${to} :${text}`);
    await this.#idOf(text);
  }

  /** Deletes a message of his. */
  async delete(to: string, text: string): Promise<void> {
    await this.#client.send(`REDACT ${to} ${await this.#idOf(text)}`);
  }

  /** Resolves when ann has left. Must be called before she leaves. */
  gone(): Promise<void> {
    this.#gone = Promise.withResolvers();
    return inTime(this.#gone.promise, "the end of the connection");
  }

  #idOf(text: string): Promise<string> {
    return inTime(this.#pendingId(text).promise, `the echo of ${text}`);
  }

  #pendingId(text: string): PromiseWithResolvers<string> {
    const found = this.#ids.get(text) ?? Promise.withResolvers<string>();
    this.#ids.set(text, found);
    return found;
  }

  async #read(): Promise<void> {
    let annsLast = "";
    for (;;) {
      const line = await this.#client.next().catch(() => "");
      if (line === undefined) return;
      const message = parse(line);
      const isByBob = message?.source?.startsWith("bob!") === true;
      if (message?.command === "QUIT" && !isByBob) this.#gone.resolve();
      if (message?.command === "REDACT") {
        for (const mark of this.#marks.get(message.params[1] ?? "") ?? []) this.deleted.add(mark);
      }
      if (message?.command !== "PRIVMSG") continue;
      const { params: [, text = ""], tags } = message;
      if (!isByBob) {
        // Only the first line of a message has an id.
        annsLast = tags?.get("msgid") ?? annsLast;
        this.#marks.set(annsLast, [...this.#marks.get(annsLast) ?? [], ...marksIn(text)]);
      }
      if (isByBob) this.#pendingId(text).resolve(tags?.get("msgid") ?? "");
      for (const mark of isByBob ? [] : marksIn(text)) {
        this.heard.set(mark, (this.heard.get(mark) ?? 0) + 1);
      }
    }
  }
}
