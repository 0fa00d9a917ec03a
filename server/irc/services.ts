/**
 * The names of the services, ChanServ and NickServ. A service is a part of the server that takes
 * commands as private messages to its nick; no user has that nick.
 *
 * @module
 */

/** The nicks of the services. */
export const SERVICE_NICKS = ["ChanServ", "NickServ"] as const;

/** The nick of a service. */
export type ServiceNick = typeof SERVICE_NICKS[number];

/** The user name of the services, as in `nick!user@host`. */
export const SERVICE_USER = "service";

const BY_NAME: ReadonlyMap<string, ServiceNick> = new Map(
  SERVICE_NICKS.map((nick) => [nick.toLowerCase(), nick]),
);
/** Matches a nick that may be a service's, perhaps followed by `@` and the name of a server. */
const NAME = /^([a-z]+serv)(?:@(.*))?$/i;

/**
 * Returns the service that is meant by `name`, the recipient of a message, in upper or lower case:
 * `NickServ`, or `NickServ@irc.example.org` if `server`, the name of this server, is
 * `irc.example.org`. A client that adds the server's name can be sure that no user of another
 * server gets its password.
 */
export function serviceNamed(name: string, server: string): ServiceNick | undefined {
  // Most messages are to channels, and this function runs for each message.
  if (name.startsWith("#")) return undefined;
  const [, nick = "", host = server] = NAME.exec(name) ?? [];
  const isHere = host.toLowerCase() === server.toLowerCase();
  return isHere ? BY_NAME.get(nick.toLowerCase()) : undefined;
}
