/**
 * The settings that the page has.
 *
 * @module
 */

import { type Setting, SETTINGS } from "../commands/settings.ts";
import { PAGE_HELP } from "../texts/page_help.ts";

const { settings: EXPLANATIONS } = PAGE_HELP;

/** The settings, as the page explains them. */
export const pageSettings: readonly Setting[] = SETTINGS.flatMap((setting) => {
  const help = EXPLANATIONS.get(setting.name);
  return help === undefined ? [] : [{ ...setting, help }];
});
