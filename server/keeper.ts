/**
 * What of all that happens is kept, and under which names: the one who hears of each event before it
 * is applied, and gives it to the store. It knows the state, and nothing of clients or databases.
 *
 * @module
 */

import { casefold } from "../protocol.ts";
import type { Actor, Event, Said, Target } from "./events.ts";
import type { Network } from "./network.ts";
import { type Place, placeOfTwo, type Store } from "./store/store.ts";

/** Client-only tags that mean nothing a moment later (https://ircv3.net/specs/client-tags/typing). */
const FLEETING_TAGS: ReadonlySet<string> = new Set(["+typing", "+draft/typing"]);

/** Keeps what is to be kept; see the module. */
export class Keeper {
  readonly #network: Network;
  readonly #store: Store;

  /** Keeps in `store` what happens to `network`. */
  constructor(network: Network, store: Store) {
    this.#network = network;
    this.#store = store;
  }

  /** Takes note of an event that is about to be applied. */
  note(event: Event): void {
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
  const other = network.users.get(to.user)?.actor;
  return placeOfTwo(identityOf(by), other ? identityOf(other) : casefold(to.nick));
}

/** Who somebody is to history: their account, or, without one, this very connection. */
export function identityOf({ id }: Actor): string {
  return `~${id}`;
}

/** Whether the two are the same person to history, at whatever times. */
export function isSame(one: Actor, other: Actor): boolean {
  return identityOf(one) === identityOf(other);
}
