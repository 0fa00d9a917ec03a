/**
 * The mistakes that a simulation can be given on purpose, to show that it finds them.
 *
 * @module
 */

/** Mistakes in the protocol of the log; all absent in the correct version. */
export interface Mistakes {
  /** Appends name no expected last entry, so the log refuses none. */
  readonly noFencing?: true;
  /** Edges show answers when they arrive, and not at their positions. */
  readonly answersNotHeld?: true;
  /**
   * Answers that come before the first event of their turn are shown before the log has the turn, though
   * they may follow from it: a client that quits is forgotten before it has quit.
   */
  readonly answersAhead?: true;
  /** Edges do not wait for the answers that belong before an entry. */
  readonly answersNotCounted?: true;
  /**
   * A leader shows what it has decided before the log has acknowledged it, while its lease seems valid
   * by a clock that does not count the time in which the process was stopped.
   */
  readonly trustsItself?: true;
  /** A node applies the entries that come, and does not ask for those that are missing. */
  readonly gapsNotFilled?: true;
  /** A leader performs an input once more if it is sent again. */
  readonly inputsRepeated?: true;
  /**
   * A new leader performs inputs before it knows all clients, though what one client does may have to be
   * shown to any other.
   */
  readonly decidesEarly?: true;
  /** A node that the log has refused does not ask for the entries that it lacks. */
  readonly refusalsIgnored?: true;
  /** An append that was not acknowledged in time is sent again as a new entry. */
  readonly appendsRepeated?: true;
}
