/**
 * Queues work that takes long, so that one address or one account cannot keep the others waiting.
 * The next turn goes to the address that has had the fewest turns. If several addresses have had
 * equally few, an account that was used at its address before comes first, then the account that
 * has had the fewest turns. Every second turn is reserved for accounts that were used at their
 * address before, however many others wait. Work that nobody waits for any more is dropped. Does
 * not know the work.
 *
 * @module
 */

/** The origin of a piece of work. */
export interface Applicant {
  /** The address; for IPv6, its network of 64 bits, which counts as one address. */
  readonly address: string;
  /** The folded name of the account; empty if there is none. */
  readonly account: string;
  /** True if the account was used at this address before. */
  readonly isKnown?: boolean;
  /** Returns false once nobody waits for the result, because the client was disconnected. */
  isPresent?(): boolean;
}

/**
 * If at least this many pieces of work wait, an address that has one of them cannot add another.
 */
const LIMIT = 200;
/** The largest number of waiting pieces of all addresses. */
const TOTAL_LIMIT = 1000;

interface Waiting extends Applicant {
  start(): void;
}

/** A queue whose turns are shared by address and account. */
export class FairQueue {
  readonly #concurrency: number;
  #running = 0;
  #waiting: Waiting[] = [];
  /**
   * True if the next turn goes to an account that was used at its address before, if one waits.
   */
  #isForKnown = true;
  /** The turns of each address and each account since the queue was last empty. */
  readonly #turns = new Map<string, number>();
  /** Resolves when no work is in progress; absent unless the queue was closed. */
  #idle: PromiseWithResolvers<void> | undefined;

  /** Runs `concurrency` pieces of work at a time. */
  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  /** Returns true if no more work from `address` should be queued. */
  isFull(address: string): boolean {
    this.#dropUnwanted();
    const { length } = this.#waiting;
    if (length < LIMIT) return false;
    return length >= TOTAL_LIMIT || this.#waiting.some((each) => each.address === address);
  }

  /**
   * Runs `work` when it is the turn of `applicant`. If the applicant is gone by then, the promise
   * never settles.
   */
  async run<T>(applicant: Applicant, work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#concurrency) this.#begin(applicant);
    else await new Promise<void>((start) => this.#waiting.push({ ...applicant, start }));
    try {
      return await work();
    } finally {
      this.#running--;
      this.#next();
    }
  }

  /**
   * Drops the work that waits; its promises never settle. Resolves once the work in progress has
   * ended.
   */
  close(): Promise<void> {
    this.#waiting = [];
    if (this.#running === 0) return Promise.resolve();
    this.#idle ??= Promise.withResolvers();
    return this.#idle.promise;
  }

  #begin({ address, account }: Applicant): void {
    this.#running++;
    for (const key of keysOf(address, account)) this.#turns.set(key, this.#turnsOf(key) + 1);
  }

  #next(): void {
    this.#dropUnwanted();
    const known = this.#isForKnown ? this.#waiting.filter(({ isKnown }) => isKnown) : [];
    const candidates = known.length > 0 ? known : this.#waiting;
    let next = candidates[0];
    if (next === undefined) {
      if (this.#running > 0) return;
      this.#turns.clear();
      return this.#idle?.resolve();
    }
    this.#isForKnown = !this.#isForKnown;
    for (const each of candidates) if (this.#precedes(each, next)) next = each;
    this.#waiting.splice(this.#waiting.indexOf(next), 1);
    this.#begin(next);
    next.start();
  }

  #dropUnwanted(): void {
    this.#waiting = this.#waiting.filter((each) => each.isPresent?.() ?? true);
  }

  /** Returns true if `one` comes before `other`, which has waited longer. */
  #precedes(one: Applicant, other: Applicant): boolean {
    const [address = 0, account = 0] = this.#turnsOfEach(one);
    const [otherAddress = 0, otherAccount = 0] = this.#turnsOfEach(other);
    if (address !== otherAddress) return address < otherAddress;
    if (one.isKnown !== other.isKnown) return one.isKnown === true;
    return account < otherAccount;
  }

  #turnsOfEach({ address, account }: Applicant): number[] {
    return keysOf(address, account).map((key) => this.#turnsOf(key));
  }

  #turnsOf(key: string): number {
    return this.#turns.get(key) ?? 0;
  }
}

function keysOf(address: string, account: string): readonly [string, string] {
  return [`address ${address}`, `account ${account}`];
}
