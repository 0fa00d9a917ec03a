/**
 * The facts about a server that the client remembers from one visit to the next: the user's nick,
 * the rooms, the last read messages, and the ignored people.
 *
 * @module
 */

import { formatAddress } from "../../shared/address.ts";
import { LineOfServer } from "../net/folder.ts";
import { ANY_SERVER, Identities } from "../net/identities.ts";
import { Places } from "../net/places.ts";
import { Positions } from "../net/positions.ts";
import type { IdentityOptions, KnownIdentity } from "../session/identity.ts";
import type { ClosedStore } from "../session/closed.ts";
import type { IgnoredStore } from "../session/ignored.ts";
import type { SessionOptions } from "../session/options.ts";
import type { SilencedStore } from "../session/silenced.ts";
import type { ConnectOptions } from "./options.ts";
import { formatServer } from "./target.ts";
import { isSharedName } from "./user_name.ts";

/**
 * Returns the nick and the account with which a client in a terminal begins, as far as they are
 * known without asking the user. The session saves a later nick and account with `remember`, a
 * function in the result.
 */
export function rememberedIdentity(options: ConnectOptions): IdentityOptions {
  const { folder, login, nick, isNickGuessed } = options;
  if (folder === undefined || login) return { nick };
  const identities = new Identities(`${folder}/identities`);
  const address = addressOf(options);
  const known = identities.find(address);
  const usual = isSharedName(nick) ? identities.find(ANY_SERVER)?.nick : undefined;
  return {
    ...known,
    nick: isNickGuessed ? known?.nick ?? usual ?? nick : nick,
    remember: (identity: KnownIdentity) => identities.keep(address, identity),
  };
}

/** Returns the address under which the user's nick and positions at a server are kept. */
export function addressOf({ host, port }: Pick<ConnectOptions, "host" | "port">): string {
  return formatAddress({ hostname: host.toLowerCase(), port });
}

/**
 * Returns the rooms to join: those that were given, and then those that the user was in at the
 * server before. The session saves its rooms with `rememberRooms`, a function in the result.
 */
export function rememberedRooms(
  options: ConnectOptions,
): Pick<SessionOptions, "rooms" | "rememberRooms"> {
  const { folder, rooms: given = [] } = options;
  if (folder === undefined) return { rooms: given };
  const places = new Places(`${folder}/places`);
  const target = formatServer(options);
  const isGiven = (name: string) => given.some((room) => room.name === name);
  const known = places.roomsAt(target).filter(({ name }) => !isGiven(name));
  return {
    rooms: [...given, ...known],
    rememberRooms: (rooms) => places.keep(target, rooms),
  };
}

/** Returns the stores of positions, ignored people, silenced rooms and persons, and closed conversations. */
export function rememberedPlaces(
  options: ConnectOptions,
): Pick<SessionOptions, "positions"> & {
  readonly ignoredStore?: IgnoredStore;
  readonly silencedStore?: SilencedStore;
  readonly closedStore?: ClosedStore;
} {
  const { folder } = options;
  if (folder === undefined) return {};
  return {
    positions: new Positions(`${folder}/positions`, addressOf(options)),
    silencedStore: new LineOfServer(`${folder}/silenced`, formatServer(options)),
    closedStore: new LineOfServer(`${folder}/closed`, formatServer(options)),
    ignoredStore: new LineOfServer(`${folder}/ignored`, formatServer(options)),
  };
}
