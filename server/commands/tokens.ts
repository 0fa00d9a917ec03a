/**
 * REDEEM: uses a token, such as an invitation or a code of LINK.
 *
 * No specification has this command.
 *
 * @module
 */

import { redeem } from "../accounts/redeeming.ts";
import type { Command } from "../session/command.ts";

/** Commands of this family. */
export const tokenCommands: readonly Command[] = [
  {
    name: "REDEEM",
    syntax: "<token>",
    help: "Uses a token, for example an invitation. While you connect, PASS <token> does the same.",
    minParams: 1,
    when: "always",
    run: ({ session, params: [token = ""] }) => redeem(session, token),
  },
];
