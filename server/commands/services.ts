/**
 * What old clients reach NickServ by, without a PRIVMSG that somebody could take for their own: NS,
 * NICKSERV.
 *
 * @module
 */

import type { Command, UserCall } from "../session/command.ts";
import { sayToNickServ } from "../accounts/nickserv.ts";

/** Commands of this family. */
export const serviceCommands: readonly Command[] = ["NICKSERV", "NS"].map((name) => ({
  name,
  syntax: "<command> [<parameters>]",
  help: "Says something to NickServ, who takes care of accounts; begin with HELP.",
  minParams: 1,
  when: "registered",
  run: (call: UserCall) => sayToNickServ(call, call.params.join(" ")),
}));
