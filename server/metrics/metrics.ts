/**
 * What the server counts while it runs, for whoever watches over it: plain numbers, so that counting
 * costs next to nothing. Knows nothing of how they are shown.
 *
 * @module
 */

/** Why somebody was not let in or has gone, by what the server says of it; one of few words. */
const REASONS: readonly (readonly [word: string, said: RegExp])[] = [
  ["banned", /^Banned/],
  ["closed", /^Connection closed/],
  ["error", /^Read error/],
  ["invitation", /^This server is by invitation/],
  ["killed", /^Killed/],
  ["password", /^(?:Password needed|Wrong password)/],
  ["ping_timeout", /^Ping timeout/],
  ["protocol", /^speaks /i],
  ["proxy", /^(?:PROXY header|X-Forwarded-For)/],
  ["quit", /^Quit/],
  ["registration_timeout", /^Registration timed out/],
  ["reset", /^Connection reset/],
  ["send_queue", /^Send queue exceeded/],
  ["shutdown", /^The server is shutting down/],
  ["too_many", /^Too many connections/],
];

/** For what no other word is there. */
const OTHER = "other";

/** Counts by reason, of which there are few, whatever people say. */
export class Tally {
  readonly #counts = new Map([...REASONS.map(([word]) => word), OTHER].map((word) => [word, 0]));

  /** Counts one more; `said` is the reason in words, which may hold what somebody typed. */
  add(said: string): void {
    const [word] = REASONS.find(([, pattern]) => pattern.test(said)) ?? [OTHER];
    this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1);
  }

  /** Every reason and its count. */
  [Symbol.iterator](): Iterator<readonly [reason: string, count: number]> {
    return this.#counts.entries();
  }
}

/** Seconds: what is counted in a {@linkcode Histogram} took no longer than one of these, or more. */
const BOUNDS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1] as const;

/** How long something took, each time. */
export class Histogram {
  readonly #counts: number[] = Array(BOUNDS.length + 1).fill(0);
  /** All of it together, in seconds. */
  sum = 0;

  /** It took so many milliseconds this time. */
  observe(ms: number): void {
    const seconds = ms / 1000;
    let at = 0;
    while (seconds > (BOUNDS[at] ?? Infinity)) at++;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.sum += seconds;
  }

  /** How often it took no longer than each bound, in seconds; the last one is infinite. */
  *cumulative(): Iterable<readonly [bound: number, count: number]> {
    let total = 0;
    for (const [at, count] of this.#counts.entries()) {
      total += count;
      yield [BOUNDS[at] ?? Infinity, total];
    }
  }
}

/** All that is counted. */
export class Metrics {
  /** Connections that were accepted. */
  accepted = 0;
  /** Messages that people said. */
  messages = 0;
  /** How often one of them was put into a client's send queue. */
  deliveries = 0;
  /** Those who were not let in. */
  readonly refused: Tally = new Tally();
  /** Connections that have ended. */
  readonly closed: Tally = new Tally();
  /** One turn: what had happened was kept, and its lines handed to the system. */
  readonly turns: Histogram = new Histogram();
  /** The part of it that kept what had happened. */
  readonly commits: Histogram = new Histogram();
}
