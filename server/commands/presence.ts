/**
 * AWAY and SETNAME: users mark themselves as away and change their real name.
 *
 * @module
 */

import { LIMITS } from "../../protocol.ts";
import { byteLength, splitText } from "../../shared/text.ts";
import { updateAway } from "../core/away.ts";
import type { Call, Command, UserCall } from "../session/command.ts";
import { IrcError } from "../irc/replies.ts";
import { silencingChannel } from "../state/permissions.ts";
import { AWAY_TEXTS, SETNAME_TEXTS } from "../texts/people.ts";

/** Commands of this family. */
export const presenceCommands: readonly Command[] = [
  {
    name: "AWAY",
    syntax: "[<message>]",
    help: "Marks you as away; without a message, as back. Others see you as away while all your " +
      "clients are.",
    minParams: 0,
    when: "always",
    run: away,
  },
  {
    name: "SETNAME",
    syntax: "<realname>",
    help: "Changes your real name, which WHOIS shows.",
    minParams: 1,
    when: "registered",
    run: setname,
  },
];

/**
 * Marks the client as away or back (https://modern.ircdocs.horse, "AWAY message"); also before
 * registration (https://ircv3.net/specs/extensions/pre-away).
 */
function away({ context, session, params: [text = ""] }: Call): void {
  const { user } = session;
  if (!user && !session.caps.has("draft/pre-away")) throw new IrcError("ERR_NOTREGISTERED");
  const [cut = ""] = splitText(text, LIMITS.away);
  session.away = cut === "" ? undefined : { message: cut, since: context.clock.now() };
  if (user) updateAway(context, user);
  const silencing = user && session.away && silencingChannel(user);
  if (silencing) session.warn("AWAY", "MESSAGE_HIDDEN", AWAY_TEXTS.mutedWarning(silencing.name));
  session.reply(session.away === undefined ? "RPL_UNAWAY" : "RPL_NOWAWAY");
}

/** Changes the user's real name (https://ircv3.net/specs/extensions/setname). */
function setname({ context, session, user, params: [realname = ""] }: UserCall): void {
  if (realname.trim() === "" || byteLength(realname) > LIMITS.realname) {
    return session.fail("SETNAME", "INVALID_REALNAME", SETNAME_TEXTS.invalid(LIMITS.realname));
  }
  const silencing = silencingChannel(user);
  if (silencing) {
    const text = SETNAME_TEXTS.muted(silencing.name);
    return session.fail("SETNAME", "CANNOT_CHANGE_REALNAME", text);
  }
  context.append({ type: "RealnameChanged", by: user.actor, realname });
}
