/**
 * REDEEM: what a token is worth goes to who has it.
 *
 * No specification has it.
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
    help: "Redeems a token, such as an invitation; while you connect, PASS <token> does the same.",
    minParams: 1,
    when: "always",
    run: ({ session, params: [token = ""] }) => redeem(session, token),
  },
];
