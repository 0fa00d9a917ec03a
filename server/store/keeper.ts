/**
 * What of all that happens is kept, and under which names: the one who hears of each event before it
 * is applied, and gives it to the store. It knows the state, and nothing of clients or databases.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Actor, Event, Said, Target } from "../events.ts";
import type { Network } from "../network.ts";
import { identityOf, isAccount } from "../state/person.ts";
import { favours } from "../state/channels.ts";
import { isRestricted } from "../state/permissions.ts";
import { forgetAccount } from "./forgetting.ts";
import { keepChannel, keepRecords } from "./records.ts";
import { StandardError } from "../replies.ts";
import type { Channel } from "../state/state.ts";
import { type Place, placeOfTwo, type Store } from "./store.ts";

/** Client-only tags that mean nothing a moment later (https://ircv3.net/specs/client-tags/typing). */
const FLEETING_TAGS: ReadonlySet<string> = new Set(["+typing", "+draft/typing"]);

const NONE: readonly Channel[] = [];

/** Keeps what is to be kept; see the module. */
export class Keeper {
  readonly #network: Network;
  readonly #store: Store;
  #touched: readonly Channel[] = NONE;

  /** Keeps in `store` what happens to `network`. */
  constructor(network: Network, store: Store) {
    this.#network = network;
    this.#store = store;
  }

  /**
   * Takes note of an event that is about to be applied.
   *
   * @throws {StandardError} if it must not happen without being kept, and nothing can be kept.
   */
  before(event: Event): void {
    if (this.#store.trouble !== undefined) assertNeedsNoKeeping(event);
    this.#note(event);
    this.#touched = this.#touchedBy(event);
  }

  /** Keeps what has become of all that the event changed, now that it has been applied. */
  after(event: Event): void {
    for (const channel of this.#touched) this.#keepOrEnd(channel);
    keepRecords(event, this.#network, this.#store);
  }

  /** The channels that may end: of which the last member is about to leave, or an owner to be none. */
  #touchedBy(event: Event): readonly Channel[] {
    switch (event.type) {
      case "AccountRemoved": {
        const channels = [...this.#network.channels.values()];
        return channels.filter((channel) => favours(channel, event.account));
      }
      case "Parted":
      case "Kicked": {
        const channel = this.#network.channel(event.channel);
        return channel?.members.size === 1 ? [channel] : [];
      }
      case "Quit": {
        const channels = this.#network.users.get(event.by.id)?.channels ?? [];
        return [...channels].filter(({ members }) => members.size === 1);
      }
      default:
        return NONE;
    }
  }

  #keepOrEnd(channel: Channel): void {
    const key = casefold(channel.name);
    if (this.#network.channels.has(key)) return keepChannel(channel, this.#store);
    this.#store.keep("channel", key, undefined);
    // What was not for everybody is not for who makes a room of that name anew, either.
    if (isRestricted(channel)) this.#store.move(placeOfChannel(channel.name), undefined);
  }

  #note(event: Event): void {
    switch (event.type) {
      case "Said":
        if (isWorthKeeping(event)) {
          this.#store.append(placeOf(event.by, event.to, this.#network), event);
        }
        return;
      case "Joined":
      case "Parted":
      case "Kicked":
      case "TopicChanged":
      case "ChannelModesChanged":
        return this.#append(event.channel, event);
      case "Quit":
      case "NickChanged": {
        const channels = this.#network.users.get(event.by.id)?.channels ?? [];
        for (const { name } of channels) this.#append(name, event);
        return;
      }
      case "AccountRemoved":
        return forgetAccount(event.account, this.#network, this.#store);
      case "Redacted":
        return this.#store.replace(
          placeOf(event.by, event.to, this.#network),
          event.message,
          undefined,
        );
      case "Renamed":
        return this.#store.move(placeOfChannel(event.channel), placeOfChannel(event.name));
    }
  }

  /** While messages cannot be kept, what else happens is not either: it would fill the memory. */
  #append(channel: string, event: Event): void {
    if (this.#store.trouble === undefined) this.#store.append(placeOfChannel(channel), event);
  }
}

/** Whatever else happens goes on while nothing can be kept, and history does not have it. */
function assertNeedsNoKeeping(event: Event): void {
  switch (event.type) {
    case "Said":
      if (isWorthKeeping(event)) throw cannotKeep(event.command, nameOf(event.to));
      return;
    case "Redacted":
      throw cannotKeep("REDACT", nameOf(event.to));
    case "Renamed":
      throw cannotKeep("RENAME", event.channel);
    case "AccountSaved":
      throw cannotKeep("REGISTER", event.account.name);
    case "AccountRemoved":
      throw cannotKeep("DROP", event.account);
    case "TokenSaved":
    case "TokenUsed":
      throw cannotKeep("REDEEM", "*");
  }
}

/** The code is that of draft/account-registration, "Errors". */
function cannotKeep(command: string, about: string): StandardError {
  const why = "Not done: the server has nowhere to keep it right now; try again in a minute";
  return new StandardError(command, "TEMPORARILY_UNAVAILABLE", about, why);
}

function nameOf(to: Target): string {
  if (to.type === "channel") return to.channel;
  return to.type === "account" ? to.account : to.nick;
}

function isWorthKeeping({ command, tags }: Said): boolean {
  return command !== "TAGMSG" || [...tags.keys()].some((name) => !FLEETING_TAGS.has(name));
}

/** Where the history of a channel is. */
export function placeOfChannel(name: string): Place {
  return casefold(name);
}

/** Where the history is of what `by` says to `to`; what only members of a rank hear has its own. */
export function placeOf(by: Actor, to: Target, network: Network): Place {
  if (to.type === "channel") return (to.rank ?? "") + placeOfChannel(to.channel);
  if (to.type === "account") return placeOfTwo(identityOf(by), casefold(to.account));
  const other = network.users.get(to.user)?.actor;
  return placeOfTwo(identityOf(by), other ? identityOf(other) : casefold(to.nick));
}

/** What somebody is called who is that to history; `undefined` if nobody goes by it any more. */
export function nickOf(identity: string, network: Network): string | undefined {
  if (isAccount(identity)) return network.account(identity)?.name;
  return network.users.get(Number(identity.slice(1)))?.actor.nick;
}
