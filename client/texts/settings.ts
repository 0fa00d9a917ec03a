/**
 * The texts of the settings of the client.
 *
 * @module
 */

/** The texts of `/set`. */
export const SETTING_TEXTS = {
  unknown: (name: string) => `there is no setting ${name}: /set lists them`,
  badValue: (name: string, choices: readonly string[]) =>
    `${name} can be ${choices.join(" or ")}: nothing was changed`,
  changed: (name: string, value: string, isKept: boolean) =>
    `${name} is ${value} now, ${isKept ? "and next time" : "but could not be kept for next time"}`,
  setting: (name: string, value: string, choices: readonly string[], help: string) =>
    `${name} ${value.padEnd(8)} ${help} ` +
    `(${choices.length === 0 ? "words, or off" : choices.join(", ")})`,
} as const;
