/**
 * The options of the client in a terminal.
 *
 * @module
 */

import type { IgnoredStore } from "../session/ignored.ts";
import type { SessionOptions } from "../session/options.ts";
import type { KeptTexts } from "./input_history.ts";
import type { SettingName, SettingStore } from "../commands/settings.ts";

/** The options of the client in a terminal. */
export interface WindowOptions extends SessionOptions {
  /** The place where settings are kept; absent if there is none. */
  readonly settingStore?: SettingStore;
  /** The place where the list of ignored people is kept; absent if there is none. */
  readonly ignoredStore?: IgnoredStore;
  /** The place where submitted texts are kept; absent if there is none. */
  readonly typed?: KeptTexts;
  /** Settings that count until the end of the program. */
  readonly settingsOnce?: Iterable<readonly [SettingName, string]>;
}
