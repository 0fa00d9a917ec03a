/**
 * The settings that users of the page can change.
 *
 * @module
 */

import { type Setting, SETTINGS } from "../commands/settings.ts";
import { PAGE_HELP } from "../texts/page_help.ts";

const { settings: EXPLANATIONS } = PAGE_HELP;

/** The settings, with the page's own help. */
export const pageSettings: readonly Setting[] = SETTINGS.flatMap((setting) => {
  const help = EXPLANATIONS.get(setting.name);
  return help === undefined ? [] : [{ ...setting, help }];
});
