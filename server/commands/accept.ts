/**
 * ACCEPT: whom a user hears in private although they are not logged in, which user mode R would keep
 * them from.
 *
 * @module
 */

import type { Command, UserCall } from "../session/command.ts";
import type { UserId } from "../events/actor.ts";
import { targets, theUser } from "./lookup.ts";

/** Commands of this family. */
export const acceptCommands: readonly Command[] = [
  {
    name: "ACCEPT",
    syntax: "[[-]<nick>{,[-]<nick>}]",
    help: "With user mode R, hears these people all the same, or (-) no more; alone, lists them.",
    minParams: 0,
    when: "registered",
    run: accept,
  },
];

function accept(call: UserCall): void {
  const { session, params: [list = "*"] } = call;
  if (list === "*") return sendAccepted(call);
  for (const name of targets(list, "ACCEPT")) session.afterwards(() => acceptOne(call, name));
}

function acceptOne({ context, user }: UserCall, name: string): void {
  const add = !name.startsWith("-");
  const { id } = theUser(context, add ? name : name.slice(1)).actor;
  context.append({ type: "AcceptChanged", by: user.actor, add, users: [id] });
}

function sendAccepted({ context, session, user }: UserCall): void {
  const nicks = [...user.accepted].flatMap((id) => context.network.users.get(id)?.actor.nick ?? []);
  session.replyList("RPL_ACCEPTLIST", [], nicks);
  session.reply("RPL_ENDOFACCEPT");
}

/** Who says something in private to somebody wants to hear what they answer. */
export function acceptAnswers({ context, user }: UserCall, hearer: UserId): void {
  if (!user.modes.has("R") || user.accepted.has(hearer)) return;
  context.append({ type: "AcceptChanged", by: user.actor, add: true, users: [hearer] });
}
