import { assert, assertMatch } from "@std/assert";
import type { MessageStream, StreamReceiver } from "../../client/session/message_stream.ts";
import { format, type Message, parse } from "../../protocol.ts";

/** A stream in memory, at the other end of which a test is the server. */
export class FakeStream implements MessageStream {
  readonly #sent: string[] = [];
  #wake: () => void = () => {};
  readonly #receiver = Promise.withResolvers<StreamReceiver>();
  readonly #ended = Promise.withResolvers<string>();

  send(message: Message): void {
    this.#sent.push(format(message));
    this.#wake();
  }

  close(reason: string): void {
    this.#ended.resolve(reason);
    this.#wake();
  }

  receive(receiver: StreamReceiver): Promise<string> {
    this.#receiver.resolve(receiver);
    return this.#ended.promise;
  }

  /** Returns the next line from the client, which must match. */
  async expect(pattern: RegExp): Promise<Message> {
    while (this.#sent.length === 0) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const line = this.#sent.shift() ?? "";
    assertMatch(line, pattern);
    const message = parse(line);
    assert(message);
    return message;
  }

  /** Sends lines to the client. */
  async say(...lines: string[]): Promise<void> {
    const receiver = await this.#receiver.promise;
    for (const line of lines) {
      const message = parse(line);
      assert(message);
      receiver.message(message);
    }
    await receiver.ready();
  }

  /** Answers the next line, which must be a PING. */
  async answerPing(): Promise<void> {
    const { params: [token = ""] } = await this.expect(/^PING /);
    await this.say(`:irc.test PONG irc.test :${token}`);
  }

  /** Lets the client in, and into `#a`. */
  async letIn(): Promise<void> {
    await this.expect(/^CAP LS 302$/);
    await this.expect(/^NICK ann$/);
    await this.expect(/^USER /);
    await this.say(":irc.test CAP * LS :");
    await this.expect(/^CAP END$/);
    await this.say(":irc.test 001 ann :Welcome");
    await this.answerPing();
    await this.expect(/^JOIN #a$/);
    await this.say(
      ":ann!u@h JOIN #a",
      ":irc.test 353 ann = #a :@bob ann",
      ":irc.test 366 ann #a :End",
    );
  }
}
