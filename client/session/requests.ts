/**
 * Sends commands and finds the outcome of each: by the label of the response or, without labels, by
 * the refusals that arrive before the answer to a PING. All messages of a connection pass through
 * here. The session gets all of them, except refusals of these commands and the history or NOTE
 * that a command asked for. The state ends with the connection.
 *
 * @module
 */

import { format, FormatError, type Message, nickOf } from "../../protocol.ts";
import type { Cancel, Clock } from "../../shared/clock.ts";
import { SESSION_TEXTS } from "../texts/session.ts";
import type { MessageReceiver } from "./batches.ts";
import type { Capabilities } from "./capabilities.ts";
import type { ServerView } from "./server_view.ts";
import type { Outcome } from "./outcome.ts";
import { isRefusal, NICK_REFUSALS, replyText } from "./replies.ts";

/** The parts of a connection that requests use. */
export interface RequestsParts {
  /** The time. */
  readonly clock: Clock;
  /** The negotiated capabilities. */
  readonly capabilities: Pick<Capabilities, "labels">;
  /** The state of the connection, which compares names. */
  readonly view: Pick<ServerView, "isMe" | "isupport">;
  /** Sends a message. */
  send(message: Message): void;
  /** Calls `action` once the server has answered all messages sent until now. */
  barrier(action: () => void): void;
}

/**
 * Takes the messages that a command asked for: a page of history, or the NOTE that answers it.
 * `isEnd` is as in {@linkcode MessageReceiver.history}.
 */
export type TakePage = (messages: readonly Message[], isEnd?: boolean) => void;

/** A command without an outcome. */
interface Request {
  readonly message: Message;
  readonly takePage: TakePage | undefined;
  readonly settle: (outcome: Outcome) => void;
  readonly cancel: Cancel;
  readonly ids: string[];
  /** The message by which the server refused it. */
  refusal?: Message;
}

/** The time for any answer, in milliseconds. */
const ANSWER = 60_000;

/** The commands of one connection that have no outcome yet. */
export class Requests implements MessageReceiver {
  readonly #parts: RequestsParts;
  readonly #receiver: MessageReceiver;
  /** The open requests by their labels, in the order in which they were sent. */
  readonly #open = new Map<string, Request>();
  #count = 0;

  /** Creates an empty list; messages that answer no request go on to `receiver`. */
  constructor(parts: RequestsParts, receiver: MessageReceiver) {
    this.#parts = parts;
    this.#receiver = receiver;
  }

  /**
   * Sends `message`; resolves to its outcome. `takePage` gets the history or NOTE that answers it.
   */
  send(message: Message, takePage?: TakePage): Promise<Outcome> {
    if (!isWritable(message)) {
      return Promise.resolve({ status: "refused", reason: SESSION_TEXTS.commandUnfit, ids: [] });
    }
    const { clock, capabilities: { labels } } = this.#parts;
    // The labels of the user's lines have no hyphen, so they never equal this one.
    const label = `r-${++this.#count}`;
    const { promise, resolve: settle } = Promise.withResolvers<Outcome>();
    const cancel = clock.after(ANSWER, () => this.#lose(label, SESSION_TEXTS.noAnswer));
    this.#open.set(label, { message, takePage, settle, cancel, ids: [] });
    const tags = new Map(message.tags);
    if (labels) tags.set("label", label);
    this.#parts.send({ ...message, ...(tags.size > 0 && { tags }) });
    if (!labels) this.#parts.barrier(() => this.#conclude(label));
    return promise;
  }

  /** Part of {@linkcode MessageReceiver}. */
  message(message: Message, label: string | undefined): void {
    const labeled = this.#open.get(label ?? "");
    const request = labeled ?? this.#refusedBy(message);
    if (!request) return this.#receiver.message(message, label);
    const { ids, message: { command } } = request;
    const id = message.tags?.get("msgid");
    if (isRefusal(message)) request.refusal ??= message;
    else if (id !== undefined && message.command === command && this.#isOwn(message)) ids.push(id);
    const isNote = message.command === "NOTE" && message.params[0] === command;
    if (isNote && request.takePage) request.takePage([message]);
    else if (!isRefusal(message)) this.#receiver.message(message, label);
    // A response of several messages is a batch, whose messages have no label of their own.
    const isEnd = message.command === "BATCH" || message.tags?.has("label");
    if (labeled && label !== undefined && isEnd) this.#conclude(label);
  }

  /** Part of {@linkcode MessageReceiver}. */
  history(
    room: string,
    messages: readonly Message[],
    label: string | undefined,
    isEnd: boolean | undefined,
  ): void {
    const request = this.#open.get(label ?? "") ?? this.#pageOf(room);
    if (request?.takePage) request.takePage(messages, isEnd);
    else this.#receiver.history(room, messages, label, isEnd);
  }

  /** Part of {@linkcode MessageReceiver}. */
  targets(messages: readonly Message[], isEnd: boolean | undefined): void {
    this.#receiver.targets(messages, isEnd);
  }

  /** Records that the connection is lost, and with it the answers. */
  lost(): void {
    for (const label of [...this.#open.keys()]) this.#lose(label, SESSION_TEXTS.connectionLost);
  }

  #conclude(label: string): void {
    const { refusal, ids = [] } = this.#open.get(label) ?? {};
    if (!refusal) return this.#settle(label, { status: "done", ids });
    this.#settle(label, {
      status: "refused",
      reason: replyText(refusal),
      ids,
      ...(refusal.command === "421" && { isUnknown: true }),
      ...(refusal.command === "482" && { isForOperators: true }),
      ...(refusal.params[1] === "INVALID_TARGET" && { isNoTarget: true }),
    });
  }

  #lose(label: string, reason: string): void {
    this.#settle(label, { status: "lost", reason, ids: [] });
  }

  #settle(label: string, outcome: Outcome): void {
    const request = this.#open.get(label);
    if (!request) return;
    this.#open.delete(label);
    request.cancel();
    request.settle(outcome);
  }

  /** At a server without labels, returns the first request that `message` refuses. */
  #refusedBy(message: Message): Request | undefined {
    if (this.#parts.capabilities.labels || !isRefusal(message)) return undefined;
    const { command, params } = message;
    const { isupport } = this.#parts.view;
    return [...this.#open.values()].find(({ message: sent }) => {
      if (command === "FAIL") return params[0] === sent.command;
      if (sent.command === "NICK") return NICK_REFUSALS.has(command);
      const [to = ""] = sent.params;
      return params.slice(1, -1).some((name) => name === sent.command || isupport.isSame(name, to));
    });
  }

  /** At a server without labels, returns the first request for the history of `room`. */
  #pageOf(room: string): Request | undefined {
    if (this.#parts.capabilities.labels) return undefined;
    const { isupport } = this.#parts.view;
    return [...this.#open.values()].find(({ takePage, message: { params: [, name = ""] } }) =>
      takePage && isupport.isSame(name, room)
    );
  }

  #isOwn({ source = "" }: Message): boolean {
    return this.#parts.view.isMe(nickOf(source));
  }
}

/** Returns true if `message` can be written as one line. */
function isWritable(message: Message): boolean {
  try {
    format(message);
    return true;
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}
