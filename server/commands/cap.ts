/**
 * CAP, by which clients list and request capabilities.
 *
 * Source: https://ircv3.net/specs/extensions/capability-negotiation
 *
 * @module
 */

import { joinInLines } from "../../shared/text.ts";
import { bytesLeft } from "../irc/limits.ts";
import type { Call, Command } from "../session/command.ts";
import { IrcError } from "../irc/replies.ts";
import type { Session } from "../session/session.ts";
import { CAPABILITY_NAMES, Caps, isCapability, VERSION_WITH_VALUES } from "../irc/capabilities.ts";
import { capsWithValues } from "../session/capability_values.ts";
import { isMetadataAware } from "../session/metadata_view.ts";
import { register } from "./connecting.ts";

/** Commands of this family. */
export const capCommands: readonly Command[] = [
  {
    name: "CAP",
    syntax: "<subcommand> [<argument>]",
    help:
      "Lists capabilities (LS, LIST), turns them on or off (REQ), and ends the negotiation (END).",
    minParams: 1,
    when: "always",
    run: negotiate,
  },
];

function negotiate({ session, params: [subcommand = "", argument = ""] }: Call): void {
  const { registration } = session;
  switch (subcommand.toUpperCase()) {
    case "LS":
      registration.negotiating = session.user === undefined;
      if (Number(argument) >= VERSION_WITH_VALUES) {
        session.capVersion = Number(argument);
        session.caps = session.caps.with("cap-notify");
      }
      return sendCapabilities(session, "LS", listedFor(session, argument));
    case "LIST":
      return sendCapabilities(session, "LIST", session.caps.names);
    case "REQ":
      registration.negotiating = session.user === undefined;
      return request(session, argument);
    case "END":
      registration.negotiating = false;
      return register(session);
    default:
      throw new IrcError("ERR_INVALIDCAPCMD", subcommand);
  }
}

/**
 * The capabilities for clients that do not support a list of several lines ("Multiline replies to
 * `CAP LS` and `CAP LIST`"): those listed here fit into one line. The ones for Web Push are left
 * out, because clients that use Web Push support several lines.
 */
const FOR_OLD_CLIENTS: readonly string[] = CAPABILITY_NAMES.filter((name) =>
  !name.endsWith("/webpush")
);

/**
 * Returns the capabilities that CAP LS lists for a client that gives the number `version`, with
 * their values if that version has values.
 */
function listedFor(session: Session, version: string): readonly string[] {
  if (!(Number(version) >= VERSION_WITH_VALUES)) return FOR_OLD_CLIENTS;
  return capsWithValues(session.context.options, session);
}

/**
 * Sends `items` in one or more lines. For clients that support `VERSION_WITH_VALUES`, all lines but
 * the last have a `*` ("Multiline replies to `CAP LS` and `CAP LIST`"). Other clients would take
 * `*` for a capability.
 */
function sendCapabilities(session: Session, subcommand: string, items: readonly string[]): void {
  const knowsStar = session.capVersion >= VERSION_WITH_VALUES;
  const star = knowsStar ? ["*"] : [];
  const lines = joinInLines(items, " ", maxBytesAfter(session, subcommand, ...star));
  const last = Math.max(0, lines.length - 1);
  for (const line of lines.slice(0, last)) {
    session.fromServer("CAP", session.nick, subcommand, ...star, line);
  }
  session.fromServer("CAP", session.nick, subcommand, lines[last] ?? "");
}

/**
 * Makes all changes in `list`, or none of them. The reply contains the server's name, so it may
 * need more lines than the request ("The CAP ACK subcommand").
 */
function request(session: Session, list: string): void {
  const caps = changedCaps(session, list);
  const answer = caps === undefined ? "NAK" : "ACK";
  const maxBytes = maxBytesAfter(session, answer);
  for (const line of joinInLines(list.split(" "), " ", maxBytes)) {
    session.fromServer("CAP", session.nick, answer, line);
  }
  if (caps === undefined) return;
  session.caps = caps;
  if (!isMetadataAware(session)) session.metadata.forget();
}

/** Returns the number of bytes that a CAP line with these parameters leaves for capabilities. */
function maxBytesAfter({ context, nick }: Session, ...params: readonly string[]): number {
  return bytesLeft(context.options.name, "CAP", nick, ...params);
}

/**
 * Returns the client's capabilities after the changes in `list`; `undefined` if one of the changes
 * is impossible.
 */
function changedCaps(session: Session, list: string): Caps | undefined {
  const caps = new Set(session.caps.names);
  for (const item of list.split(" ")) {
    if (item === "") continue;
    const remove = item.startsWith("-");
    const name = remove ? item.slice(1) : item;
    if (!isCapability(name)) return undefined;
    const isFixed = name === "cap-notify" && session.capVersion >= VERSION_WITH_VALUES;
    if (remove && isFixed) return undefined;
    if (remove) caps.delete(name);
    else caps.add(name);
  }
  return Caps.of(caps);
}
