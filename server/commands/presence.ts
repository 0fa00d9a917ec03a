/**
 * What people say of themselves: AWAY, SETNAME.
 *
 * @module
 */

import { LIMITS } from "../../protocol.ts";
import { byteLength, splitText } from "../../shared/text.ts";
import type { Call, Command, UserCall } from "../session/command.ts";
import { IrcError } from "../irc/replies.ts";

/** Commands of this family. */
export const presenceCommands: readonly Command[] = [
  {
    name: "AWAY",
    syntax: "[<message>]",
    help: "Says that you are away; without a message, that you are back.",
    minParams: 0,
    when: "always",
    run: away,
  },
  {
    name: "SETNAME",
    syntax: "<realname>",
    help: "Changes what WHOIS says of you besides your nick.",
    minParams: 1,
    when: "registered",
    run: setname,
  },
];

/** Modern IRC, "AWAY message"; before registration, https://ircv3.net/specs/extensions/pre-away */
function away({ context, session, params: [text = ""] }: Call): void {
  const { user, registration } = session;
  if (!user && !session.caps.has("draft/pre-away")) throw new IrcError("ERR_NOTREGISTERED");
  const [cut = ""] = splitText(text, LIMITS.away);
  const message = cut === "" ? undefined : cut;
  if (user) context.append({ type: "AwayChanged", by: user.actor, message });
  else registration.away = message;
  session.reply(message === undefined ? "RPL_UNAWAY" : "RPL_NOWAWAY");
}

/** https://ircv3.net/specs/extensions/setname */
function setname({ context, session, user, params: [realname = ""] }: UserCall): void {
  if (realname.trim() === "" || byteLength(realname) > LIMITS.realname) {
    const expected = `A real name is not empty, and at most ${LIMITS.realname} bytes`;
    return session.fail("SETNAME", "INVALID_REALNAME", expected);
  }
  context.append({ type: "RealnameChanged", by: user.actor, realname });
}
