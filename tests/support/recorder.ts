import type { ClientEvent } from "../../client/events.ts";
import type { SessionReceiver } from "../../client/session.ts";
import { inTime } from "./patience.ts";

/** Keeps what a session tells, and waits for what it has not told yet. */
export class Recorder implements SessionReceiver {
  readonly events: ClientEvent[] = [];
  #waiting: (() => void)[] = [];

  event(event: ClientEvent): void {
    this.events.push(event);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  ready(): undefined {}

  /** The first event of `type`, come or still to come; it is then taken out. */
  async take<T extends ClientEvent["type"]>(type: T): Promise<ClientEvent & { type: T }> {
    const isIt = (event: ClientEvent): event is ClientEvent & { type: T } => event.type === type;
    for (;;) {
      const at = this.events.findIndex(isIt);
      const [found] = at < 0 ? [] : this.events.splice(at, 1);
      if (found && isIt(found)) return found;
      const more = new Promise<void>((resolve) => this.#waiting.push(resolve));
      await inTime(more, `any ${type}`);
    }
  }
}
