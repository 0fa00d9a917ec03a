/**
 * Counts what happens in the running server, for monitoring. The counters are plain numbers, so
 * counting costs next to nothing. The module does not know the format in which the metrics are
 * shown.
 *
 * @module
 */

/**
 * The label for each reason of a refusal or a close, and the pattern of the reason's text. Most
 * texts are in `server/texts/net.ts`.
 */
const REASONS: readonly (readonly [label: string, pattern: RegExp])[] = [
  ["banned", /^Banned/],
  ["closed", /^Connection closed/],
  ["error", /^Read error/],
  ["invitation", /^This server is invitation-only/],
  ["killed", /^Killed/],
  ["password", /^(?:Password required|Wrong password)/],
  ["ping_timeout", /^Ping timeout/],
  ["protocol", /^The client speaks /],
  ["proxy", /^(?:PROXY header|WEBIRC|X-Forwarded-For)/],
  ["quit", /^Quit/],
  ["registration_timeout", /^Registration timed out/],
  ["reset", /^Connection reset/],
  ["send_queue", /^Send queue exceeded/],
  ["shutdown", /^The server is shutting down/],
  ["too_many", /^Too many connections/],
];

/** The label for any other reason. */
const OTHER = "other";

/** Counts by reason. The number of reasons is fixed, whatever texts users send. */
export class Tally {
  readonly #counts = new Map(
    [...REASONS.map(([label]) => label), OTHER].map((label) => [label, 0]),
  );

  /** Adds one to the count of `reason`, a human-readable text that may contain text of a user. */
  add(reason: string): void {
    const [label] = REASONS.find(([, pattern]) => pattern.test(reason)) ?? [OTHER];
    this.#counts.set(label, (this.#counts.get(label) ?? 0) + 1);
  }

  /** Returns the label of every reason, with its count. */
  [Symbol.iterator](): Iterator<readonly [reason: string, count: number]> {
    return this.#counts.entries();
  }
}

/**
 * The upper bounds of the buckets of a {@linkcode Histogram}, in seconds; the last bucket has no
 * bound.
 */
const BOUNDS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1] as const;

/** A histogram of durations. */
export class Histogram {
  readonly #counts: number[] = Array(BOUNDS.length + 1).fill(0);
  /** The sum of all durations, in seconds. */
  sum = 0;

  /** Counts a duration, given in milliseconds. */
  observe(ms: number): void {
    const seconds = ms / 1000;
    let index = 0;
    while (seconds > (BOUNDS[index] ?? Infinity)) index++;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.sum += seconds;
  }

  /**
   * Yields each bound in seconds, with the number of durations up to it; the last bound is
   * infinite.
   */
  *cumulative(): Iterable<readonly [bound: number, count: number]> {
    let total = 0;
    for (const [index, count] of this.#counts.entries()) {
      total += count;
      yield [BOUNDS[index] ?? Infinity, total];
    }
  }
}

/** All counters. */
export class Metrics {
  /** The number of accepted connections. */
  accepted = 0;
  /** The number of messages that users sent. */
  messages = 0;
  /** The number of times that a message was put into a client's send queue. */
  deliveries = 0;
  /** The number of errors of the program itself that were caught. */
  faults = 0;
  /** The refused connections, by reason. */
  readonly refused: Tally = new Tally();
  /** The closed connections, by reason. */
  readonly closed: Tally = new Tally();
  /** The durations of turns, which store events and pass their lines to the operating system. */
  readonly turns: Histogram = new Histogram();
  /** The durations of the part of each turn that stores events. */
  readonly commits: Histogram = new Histogram();
}
