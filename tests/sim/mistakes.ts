/**
 * The mistakes that a simulation can be given on purpose, to show that it finds them.
 *
 * @module
 */

/** Mistakes in the protocol of the log; all absent in the correct version. */
export interface Mistakes {
  /** An append does not name the last entry that it expects, so the log refuses no append. */
  readonly noFencing?: true;
  /** Edges show answers when they arrive, and not at their positions. */
  readonly answersNotHeld?: true;
  /** Edges do not wait for the answers that belong before an entry. */
  readonly answersNotCounted?: true;
  /**
   * A leader shows its decisions before the log has acknowledged them, as long as its lease seems
   * valid. Its clock does not count the time for which the process was stopped.
   */
  readonly trustsItself?: true;
  /** A node applies the entries that come, and does not ask for those that are missing. */
  readonly gapsNotFilled?: true;
  /** A leader performs an input once more if it is sent again. */
  readonly inputsRepeated?: true;
  /** A node that the log has refused does not ask for the entries that it lacks. */
  readonly refusalsIgnored?: true;
  /** A node does not tell a new leader which messages that waited its clients were sent. */
  readonly sentForgotten?: true;
  /** An append that was not acknowledged in time is sent again as a new entry. */
  readonly appendsRepeated?: true;
}
