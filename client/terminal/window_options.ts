/**
 * The options of the client in a terminal.
 *
 * @module
 */

import type { KeptTexts } from "./input_history.ts";
import type { SettingName, SettingStore } from "../commands/settings.ts";
import type { NetworkOptions } from "./network.ts";
import type { ToServer } from "./servers.ts";

/** The options of the client in a terminal, with the options for the server that it shows first. */
export interface WindowOptions extends NetworkOptions {
  /** The other servers to connect to. */
  readonly others?: readonly NetworkOptions[];
  /** Returns the options for a further server; absent if there can be none. */
  readonly toServer?: ToServer;
  /** The place where settings are kept; absent if there is none. */
  readonly settingStore?: SettingStore;
  /** The place where submitted texts are kept; absent if there is none. */
  readonly typed?: KeptTexts;
  /** Settings that count until the end of the program. */
  readonly settingsOnce?: Iterable<readonly [SettingName, string]>;
}
