/**
 * The form of texts about connections that could not be made.
 *
 * @module
 */

/** The reason of a failure, and advice that helps only at the first attempt. */
export type Failure = readonly [reason: string, advice: string];
