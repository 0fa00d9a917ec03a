/**
 * Texts of BATCH.
 *
 * @module
 */

/** Texts about batches that clients send. */
export const BATCH_TEXTS = {
  invalidReference: "Give + or -, then a reference of 1 to 64 letters, digits and hyphens",
  alreadyOpen: "A batch is open already; end it first",
  unknownType: (type: string) =>
    `Only batches of type ${type} are accepted, and only with the capabilities batch and ${type}`,
  noTarget: "A multiline batch needs a target",
  notOpen: "No batch with this reference is open",
  noneOpen: "No batch is open; begin one with BATCH",
  otherOpen: "The open batch has another reference",
} as const;
