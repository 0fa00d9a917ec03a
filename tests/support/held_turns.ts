import type { Cancel } from "../../shared/clock.ts";
import { Budgets } from "../../server/net/budget.ts";

/** Budgets whose turns a test can hold back, so that an answer stops after its first slice. */
export class HeldTurns {
  /** Returns true while turns are held back. */
  isHeld: () => boolean = () => false;
  /** The budgets for a server. */
  readonly budgets: Budgets;
  #held: (() => void)[] = [];

  constructor() {
    const nextTurn = (action: () => void): Cancel => {
      if (this.isHeld()) {
        this.#held.push(action);
        return () => {};
      }
      const timer = setTimeout(action, 0);
      return () => clearTimeout(timer);
    };
    // The clock stands still, so commands use no time, and no command waits for the next turn.
    this.budgets = new Budgets({ now: () => 0, nextTurn });
  }

  /** True once a turn is held back: an answer has begun and waits. */
  get isHolding(): boolean {
    return this.#held.length > 0;
  }

  /** Runs the turns that were held back, and holds back no more. */
  release(): void {
    this.isHeld = () => false;
    for (const action of this.#held.splice(0)) action();
  }
}
