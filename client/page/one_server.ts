/**
 * The list of servers that the page gives to commands: only the server that it was loaded from.
 *
 * @module
 */

import type { ServerList } from "../commands/command.ts";
import { SERVER_TEXTS } from "../texts/servers.ts";

/** The list with the server of the page. */
export const oneServer: ServerList = {
  describe: () => [location.host],
  namesOf: ({ name }) => [name],
  labelOf: ({ name }) => name,
  show: () => SERVER_TEXTS.cannotConnect,
  connect: () => SERVER_TEXTS.cannotConnect,
  disconnect: () => SERVER_TEXTS.cannotConnect,
};
