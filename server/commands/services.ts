/**
 * NICKSERV and NS: send a command to NickServ. Older clients use them rather than a PRIVMSG, which
 * could reach another user on a server that does not reserve the nick.
 *
 * @module
 */

import type { Command, UserCall } from "../session/command.ts";
import { sayToNickServ } from "../accounts/nickserv.ts";

/** Commands of this family. */
export const serviceCommands: readonly Command[] = ["NICKSERV", "NS"].map((name) => ({
  name,
  syntax: "<command> [<parameters>]",
  help: "Sends a command to NickServ, which manages accounts; HELP lists its commands.",
  minParams: 1,
  when: "registered",
  run: (call: UserCall) => sayToNickServ(call, call.params.join(" ")),
}));
