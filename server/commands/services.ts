/**
 * The services, and their shortcut commands. Older clients use these instead of PRIVMSG, because on
 * a server that does not reserve the nick, a PRIVMSG could reach another user.
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

/** Returns the service called `name`, as `serviceNamed` reads names. */
export function findService({ options }: Context, name: string): Service | undefined {
  const nick = serviceNamed(name, options.name);
  return nick && SERVICES.find((service) => service.nick === nick);
}

/** A user or a service, as commands that look up nicks show it. */
export interface Shown {
  /** The nick. */
  readonly nick: string;
  /** The user name, as in `nick!user@host`. */
  readonly username: string;
  /** The host. */
  readonly host: string;
}

/** Returns a service as commands that look up nicks show it. */
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
