/**
 * The names of the services: nicks without a user, which take commands in messages.
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
/** A name that may name a service, perhaps followed by `@` and the name of a server. */
const NAME = /^([a-z]+serv)(?:@(.*))?$/i;

/**
 * Returns the service called `name`: its nick, or its nick with the name of this server, `server`.
 * Clients use the latter to make sure that no user of another server gets their password.
 */
export function serviceNamed(name: string, server: string): ServiceNick | undefined {
  // Most names are those of channels, and this is asked for each message.
  if (name.startsWith("#")) return undefined;
  const [, nick = "", host = server] = NAME.exec(name) ?? [];
  const isHere = host.toLowerCase() === server.toLowerCase();
  return isHere ? BY_NAME.get(nick.toLowerCase()) : undefined;
}
