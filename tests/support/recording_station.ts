import type { Life, Message, Reply, Station } from "../../server/cluster/messages.ts";
import { inTime } from "./patience.ts";

/** A message or a reply. */
type Item = Message | Reply;

/** A process of a cluster that only keeps what it gets, and waits for what is still to come. */
export class RecordingStation implements Station {
  readonly items: Item[] = [];
  #wake: () => void = () => {};

  constructor(public life: Life) {}

  received(message: Message): void {
    this.#add(message);
  }

  replied(reply: Reply): void {
    this.#add(reply);
  }

  /** Removes and returns the first item; waits for it if there is none yet. */
  async next(): Promise<Item> {
    for (;;) {
      const item = this.items.shift();
      if (item) return item;
      const more = Promise.withResolvers<void>();
      this.#wake = more.resolve;
      await inTime(more.promise, `a message to ${this.life}`);
    }
  }

  #add(item: Item): void {
    this.items.push(item);
    this.#wake();
  }
}
