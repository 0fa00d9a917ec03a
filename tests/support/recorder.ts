import type { ClientEvent } from "../../client/session/events.ts";
import type { SessionReceiver } from "../../client/session/events.ts";
import { inTime } from "./patience.ts";

/** A receiver that keeps a session's events, and waits for those still to come. */
export class Recorder implements SessionReceiver {
  readonly events: ClientEvent[] = [];
  #waiting: (() => void)[] = [];

  event(event: ClientEvent): void {
    this.events.push(event);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  ready(): undefined {}

  /** Removes and returns the first event; waits for it if there is none yet. */
  async next(): Promise<ClientEvent> {
    for (;;) {
      const first = this.events.shift();
      if (first) return first;
      const more = new Promise<void>((resolve) => this.#waiting.push(resolve));
      await inTime(more, "an event");
    }
  }

  /** Removes and returns the first event of `type`; waits for it if there is none yet. */
  async take<T extends ClientEvent["type"]>(type: T): Promise<ClientEvent & { type: T }> {
    const matches = (event: ClientEvent): event is ClientEvent & { type: T } => event.type === type;
    for (;;) {
      const at = this.events.findIndex(matches);
      const [found] = at < 0 ? [] : this.events.splice(at, 1);
      if (found && matches(found)) return found;
      const more = new Promise<void>((resolve) => this.#waiting.push(resolve));
      await inTime(more, `an event "${type}"`);
    }
  }
}
