/**
 * ACCEPT: makes exceptions to user mode R. A user with this mode gets private messages only from
 * users who are logged in, and from those that ACCEPT names.
 *
 * @module
 */

import type { Command, UserCall } from "../session/command.ts";
import type { UserId } from "../events/actor.ts";
import { requireUser, splitTargets } from "./lookup.ts";

/** Commands of this family. */
export const acceptCommands: readonly Command[] = [
  {
    name: "ACCEPT",
    syntax: "[[-]<nick>{,[-]<nick>}]",
    help: "Lets these users send you private messages despite mode R; -nick undoes it. Without " +
      "parameters, lists them.",
    minParams: 0,
    when: "registered",
    run: accept,
  },
];

function accept(call: UserCall): void {
  const { session, params: [list = "*"] } = call;
  if (list === "*") return sendAccepted(call);
  for (const name of splitTargets(list, "ACCEPT")) session.step(() => acceptOne(call, name));
}

function acceptOne({ context, user }: UserCall, name: string): void {
  const add = !name.startsWith("-");
  const { id } = requireUser(context, add ? name : name.slice(1)).actor;
  context.append({ type: "AcceptChanged", by: user.actor, add, users: [id] });
}

function sendAccepted({ context, session, user }: UserCall): void {
  const nicks = [...user.accepted].flatMap((id) => context.network.users.get(id)?.actor.nick ?? []);
  session.replyList("RPL_ACCEPTLIST", [], nicks);
  session.reply("RPL_ENDOFACCEPT");
}

/** Lets `recipient`, to whom the user sends a private message, reply despite the user's mode R. */
export function acceptReplies({ context, user }: UserCall, recipient: UserId): void {
  if (!user.modes.has("R") || user.accepted.has(recipient)) return;
  context.append({ type: "AcceptChanged", by: user.actor, add: true, users: [recipient] });
}
