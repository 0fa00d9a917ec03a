/**
 * Asks a server for changes, and finds the answer to each by its label
 * (https://ircv3.net/specs/extensions/labeled-response).
 */

import { type Message, parse } from "../../protocol.ts";
import { type Introduction, IrcClient } from "./irc_client.ts";
import type { Change } from "./state_kinds.ts";

/** The capabilities with which all kinds of state can be changed and read. */
const CAPS = "batch draft/channel-rename draft/chathistory draft/message-redaction " +
  "draft/metadata-2 draft/read-marker echo-message labeled-response message-tags standard-replies";

/** A change that the server has not answered. */
interface Open {
  readonly change: Change;
  readonly answered: (isDone: boolean) => void;
}

/** A client that asks for changes. */
export class Asking {
  readonly client: IrcClient;
  readonly #open = new Map<string, Open>();
  /** The unfinished answers: their labels and messages, by the reference of their batch. */
  readonly #batches = new Map<string, { readonly label: string; readonly messages: Message[] }>();
  #count = 0;

  private constructor(client: IrcClient) {
    this.client = client;
  }

  /** Connects and registers a client. */
  static async register(port: number, introduction: Introduction): Promise<Asking> {
    return new Asking(await IrcClient.register(port, { caps: CAPS, ...introduction }));
  }

  /** The number of changes that the server has not answered. */
  get open(): number {
    return this.#open.size;
  }

  /**
   * Returns the line that asks for `change`. Later, `answered` gets true if the server has made the
   * change, and false if not.
   */
  lineOf(change: Change, answered: Open["answered"]): string {
    const label = `${this.#count++}`;
    this.#open.set(label, { change, answered });
    return `@label=${label} ${change.line}`;
  }

  /** Asks for `change`; resolves to true if the server has made the change, and to false if not. */
  async ask(change: Change, answered: Open["answered"]): Promise<boolean> {
    let outcome: boolean | undefined;
    const line = this.lineOf(change, (isDone) => {
      outcome = isDone;
      answered(isDone);
    });
    await this.client.send(line);
    while (outcome === undefined) if (!await this.hear()) return false;
    return outcome;
  }

  /** Takes the next line; resolves to false if the server has closed the connection. */
  async hear(): Promise<boolean> {
    const line = await this.client.next();
    if (line === undefined) return false;
    const message = parse(line);
    if (message) this.#take(message);
    return true;
  }

  #take(message: Message): void {
    const { command, params: [name = ""], tags } = message;
    const label = tags?.get("label");
    if (command === "BATCH" && label !== undefined) {
      this.#batches.set(name.slice(1), { label, messages: [] });
    } else if (command === "BATCH" && name.startsWith("-")) {
      const batch = this.#batches.get(name.slice(1));
      this.#batches.delete(name.slice(1));
      if (batch) this.#answer(batch.label, batch.messages);
    } else if (label !== undefined) {
      this.#answer(label, [message]);
    } else {
      this.#batches.get(tags?.get("batch") ?? "")?.messages.push(message);
    }
  }

  #answer(label: string, messages: readonly Message[]): void {
    const open = this.#open.get(label);
    this.#open.delete(label);
    if (!open) return;
    const isDone = !messages.some(({ command }) => command === "FAIL" || /^[45]/.test(command));
    if (isDone) open.change.done?.(messages);
    open.answered(isDone);
  }
}
