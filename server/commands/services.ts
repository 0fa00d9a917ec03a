/**
 * The services, ChanServ and NickServ, and the commands CHANSERV, CS, NICKSERV and NS, which send a
 * text to a service: `NS HELP` does the same as `PRIVMSG NickServ HELP`. Older clients use these
 * commands instead of PRIVMSG, because a server without services might let a user have the nick
 * NickServ, and a PRIVMSG with a password would reach that user.
 *
 * @module
 */

import { nickServ } from "../accounts/nickserv.ts";
import { sayToService, type Service } from "../accounts/service.ts";
import { SERVICE_USER, serviceNamed } from "../irc/services.ts";
import type { Context } from "../core/context.ts";
import type { Command, UserCall } from "../session/command.ts";
import { chanServ } from "./chanserv.ts";

const SERVICES: readonly Service[] = [chanServ, nickServ];

/**
 * Returns the service that the nick `name` means, in upper or lower case, with or without `@` and
 * the name of this server; `undefined` if it means no service.
 */
export function findService({ options }: Context, name: string): Service | undefined {
  const nick = serviceNamed(name, options.name);
  return nick && SERVICES.find((service) => service.nick === nick);
}

/** A service in the form of a user, for commands that look up nicks, such as MONITOR and WHOIS. */
export interface Shown {
  /** The nick. */
  readonly nick: string;
  /** The user name, as in `nick!user@host`. */
  readonly username: string;
  /** The host. */
  readonly host: string;
}

/** Returns the properties with which a service is shown like a user. */
export function shownService({ options }: Context, { nick }: Service): Shown {
  return { nick, username: SERVICE_USER, host: options.name };
}

/** Commands of this family. */
export const serviceCommands: readonly Command[] = [
  shortcut("CHANSERV", chanServ, "manages channels"),
  shortcut("CS", chanServ, "manages channels"),
  shortcut("NICKSERV", nickServ, "manages accounts"),
  shortcut("NS", nickServ, "manages accounts"),
];

function shortcut(name: string, service: Service, purpose: string): Command {
  return {
    name,
    syntax: "<command> [<parameters>]",
    help: `Sends a command to ${service.nick}, which ${purpose}; HELP lists its commands.`,
    minParams: 1,
    when: "registered",
    run: (call: UserCall) => sayToService(service, call, call.params.join(" ")),
  };
}
