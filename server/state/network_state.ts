/**
 * The state of the network, in the form that can be changed. Only the event kinds (`server/kinds/`)
 * change it, each when its event is applied; all other code reads it through {@linkcode Network}.
 *
 * @module
 */

import type { Target, UserId } from "../events/actor.ts";
import { AccountIndex } from "./account_index.ts";
import { addressed } from "./audience.ts";
import { Channels } from "./channels.ts";
import type { MutableChannel, MutableUser } from "./mutable_state.ts";
import { People } from "./people.ts";
import { PushSubscriptions } from "./push_subscriptions.ts";
import { ReadMarkers } from "./read_markers.ts";
import { ServerBans } from "./server_bans.ts";
import type { User } from "./state.ts";
import { Tokens } from "./tokens.ts";
import { Uploads } from "./uploads.ts";
import { Waiting } from "./waiting.ts";

/** The audience of an event that no user sees. */
export const NOBODY: readonly User[] = [];

/** Everything that events change. */
export class NetworkState {
  /** The users. */
  readonly people: People = new People();
  /** The channels. */
  readonly channels: Channels = new Channels();
  /** The read markers. */
  readonly markers: ReadMarkers = new ReadMarkers();
  /** The subscriptions to messages by Web Push. */
  readonly pushes: PushSubscriptions = new PushSubscriptions();
  /** The accounts. */
  readonly accounts: AccountIndex = new AccountIndex();
  /** The bans from the server. */
  readonly serverBans: ServerBans = new ServerBans();
  /** The tokens. */
  readonly tokens: Tokens = new Tokens();
  /** The uploaded files. */
  readonly uploads: Uploads = new Uploads();
  /** The messages that wait for owners of accounts. */
  readonly waiting: Waiting = new Waiting();

  /**
   * Returns the user with this id.
   * @throws {Error} if there is none: an event was wrong.
   */
  user(id: UserId): MutableUser {
    const user = this.people.byId.get(id);
    if (!user) throw new Error(`an event names user ${id}, who is not connected`);
    return user;
  }

  /**
   * Returns the channel called `name`.
   * @throws {Error} if there is none: an event was wrong.
   */
  channel(name: string): MutableChannel {
    const channel = this.channels.get(name);
    if (!channel) throw new Error("an event names a channel that does not exist");
    return channel;
  }

  /** Returns the users that a message to `to` reaches: none if its recipient is offline. */
  audienceOf(to: Target): readonly User[] {
    if (to.type === "account") return NOBODY;
    if (to.type === "user") return [this.user(to.user)];
    return addressed(this.channel(to.channel), to.rank);
  }
}
