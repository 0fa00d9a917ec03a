/**
 * The state of the network: who is there, which channels exist and who is in them. It changes by
 * {@linkcode Network.apply} alone, an event at a time; everybody else only reads it. It knows no
 * sockets, no clocks and no lines of text.
 *
 * @module
 */

import type { AccountIndex } from "./state/account_index.ts";
import { membersOfRank, others, peersOf } from "./state/audience.ts";
import { Channels } from "./state/channels.ts";
import type { Recipient } from "./recipient.ts";
import type {
  Event,
  Happening,
  MetadataChanged,
  ModeChange,
  Redacted,
  Renamed,
  Target,
  UserId,
} from "./events.ts";
import { isAccount } from "./state/person.ts";
import { changeMemberModes } from "./state/modes.ts";
import {
  changeAccepted,
  changeChannelMode,
  changeHost,
  changeRank,
  changeTopic,
  forgetInvitation,
  invite,
  type MutableChannel,
  type MutableUser,
  newChannel,
  newUser,
  reachBy,
  restoredChannel,
  setValue,
} from "./state/mutable_state.ts";
import { People } from "./state/people.ts";
import { ReadMarkers } from "./state/read_markers.ts";
import { Registers } from "./state/registers.ts";
import type { ServerBans } from "./state/server_bans.ts";
import type { Account, Channel, Former, User } from "./state/state.ts";
import type { Tokens } from "./state/tokens.ts";
import type { Waiting } from "./state/waiting.ts";
import { Watches } from "./state/watches.ts";

/** Hears of every event, after it was applied, and who is to be told of it. */
export type Observer = (event: Event, audience: readonly User[]) => void;

const NOBODY: readonly User[] = [];

/** Users and channels; see the module. */
export class Network {
  readonly #people = new People();
  readonly #channels = new Channels();
  readonly #registers = new Registers();
  readonly #watches = new Watches();
  readonly #markers = new ReadMarkers();
  readonly #observe: Observer;

  /** An empty network, whose every event `observe` is told of. */
  constructor(observe: Observer) {
    this.#observe = observe;
  }

  /** Which accounts there are. */
  get accounts(): Pick<AccountIndex, "byName" | "with"> {
    return this.#registers.accounts;
  }

  /** All channels, by folded name. */
  get channels(): ReadonlyMap<string, Channel> {
    return this.#channels.byName;
  }

  /** Everybody, in the order of arrival. */
  get users(): ReadonlyMap<UserId, User> {
    return this.#people.byId;
  }

  /** What waits for the owners of accounts. */
  get waiting(): Pick<Waiting, "of"> {
    return this.#registers.waiting;
  }

  /** Who watches which nick. */
  get watches(): Pick<Watches, "watchersOf" | "nicksOf"> {
    return this.#watches;
  }

  /** How far everybody has read. */
  get markers(): Pick<ReadMarkers, "get" | "countOf" | "latestOf"> {
    return this.#markers;
  }

  /** Who may not come. */
  get serverBans(): Pick<ServerBans, "all" | "get" | "ofAddress" | "ofMask"> {
    return this.#registers.serverBans;
  }

  /** The texts that are worth something. */
  get tokens(): Pick<Tokens, "all" | "get" | "leadingTo"> {
    return this.#registers.tokens;
  }

  /** How many there are, and the most there were at a time. */
  get counts(): { users: number; most: number; invisible: number; operators: number } {
    return {
      users: this.#people.byId.size,
      most: this.#people.most,
      invisible: this.withMode("i").size,
      operators: this.withMode("o").size,
    };
  }

  /** Who goes by `nick`. */
  user(nick: string): User | undefined {
    return this.#people.nicks.get(nick);
  }

  /** Whether somebody, other than `user`, goes by `nick` or by one that looks like it. */
  isTaken(nick: string, user?: User): boolean {
    return this.#people.nicks.isTaken(nick, user);
  }

  /** Who has the user mode `letter`. */
  withMode(letter: string): ReadonlySet<User> {
    return this.#people.byMode.with(letter);
  }

  /** The channel called `name`. */
  channel(name: string): Channel | undefined {
    return this.#channels.get(name);
  }

  /** The account called `name`. */
  account(name: string): Account | undefined {
    return this.#registers.accounts.get(name);
  }

  /** The account that `nick` belongs to. */
  ownerOf(nick: string): Account | undefined {
    return this.#registers.accounts.ownerOf(nick);
  }

  /** Who is logged in to `account`: several, if they are under several nicks. */
  usersOf(account: string): ReadonlySet<User> {
    return this.#people.byAccount.of(account);
  }

  /** Whether `nick` is nobody's: neither in use nor an account's. */
  isFree(nick: string): boolean {
    return !this.isTaken(nick) && this.ownerOf(nick) === undefined;
  }

  /** Those who went by `nick`, the latest first. */
  former(nick: string): Former[] {
    return this.#people.former.of(nick);
  }

  /** From now on, a user is also reached by `recipient`. */
  attach(id: UserId, recipient: Recipient): void {
    const user = this.#user(id);
    reachBy(user, [...user.recipients, recipient]);
  }

  /** A user is no longer reached by `recipient`. */
  detach(id: UserId, recipient: Recipient): void {
    const user = this.#user(id);
    reachBy(user, user.recipients.filter((each) => each !== recipient));
  }

  /** Changes the state by what happened, and tells the observer. */
  apply(event: Event): void {
    this.#observe(event, this.#change(event));
  }

  /** Changes the state; returns who sees it happen. */
  #change(event: Event): readonly User[] {
    switch (event.type) {
      case "Said":
        if (event.to.type === "account") this.#registers.waiting.add(event.to.account, event);
        return this.#audienceOf(event.to);
      case "Redacted":
        return this.#redact(event);
      case "AccountRemoved":
        this.#channels.forgetAccount(event.account);
        this.#markers.forgetAccount(event.account);
        this.#registers.apply(event);
        return NOBODY;
      case "AccountSaved":
      case "ServerBanRemoved":
      case "ServerBanSaved":
      case "TokenRemoved":
      case "TokenSaved":
      case "TokenUsed":
      case "WaitingChanged":
        this.#registers.apply(event);
        return NOBODY;
      case "Connected":
        this.#people.add(newUser(event));
        return NOBODY;
      case "LoggedIn": {
        const user = this.#user(event.by.id);
        this.#markers.forget(event.by);
        this.#people.byAccount.change(user, event.account);
        return peersOf(user);
      }
      case "LoggedOut": {
        const user = this.#user(event.by.id);
        this.#people.byAccount.change(user, undefined);
        return peersOf(user);
      }
      case "Quit":
        return this.#quit(event);
      case "NickChanged":
        return this.#rename(event, event.nick);
      case "Joined":
        return this.#join(event, event.channel, event.memberModes);
      case "Parted":
        return this.#leave(event.by.id, event.channel);
      case "Kicked":
        return this.#leave(event.user, event.channel);
      case "TopicChanged": {
        const channel = this.#channel(event.channel);
        changeTopic(channel, event);
        return channel.members.everybody;
      }
      case "ChannelModesChanged": {
        const channel = this.#channel(event.channel);
        for (const change of event.changes) this.#changeChannelMode(channel, change, event);
        return channel.members.everybody;
      }
      case "UserModesChanged": {
        const user = this.#user(event.by.id);
        for (const { add, letter } of event.changes) this.#people.byMode.change(user, letter, add);
        return [user];
      }
      case "AwayChanged": {
        const user = this.#user(event.by.id);
        user.away = event.message;
        return others(peersOf(user), user);
      }
      case "AwayShown":
      case "InvitationShown":
        return others(this.#channel(event.channel).members.everybody, this.users.get(event.by.id));
      case "HostChanged": {
        const user = this.#user(event.by.id);
        changeHost(user, event);
        return peersOf(user);
      }
      case "RealnameChanged": {
        const user = this.#user(event.by.id);
        user.realname = event.realname;
        return peersOf(user);
      }
      case "Renamed":
        return this.#renameChannel(event);
      case "WatchChanged":
        this.#watches.change(this.#user(event.by.id), event.nicks, event.add);
        return NOBODY;
      case "AcceptChanged":
        changeAccepted(this.#user(event.by.id), event);
        return NOBODY;
      case "Invited": {
        const user = this.#user(event.user);
        invite(user, this.#channel(event.channel), event);
        return [user];
      }
      case "Knocked": {
        const channel = this.#channel(event.channel);
        channel.knockedAt = event.time;
        return membersOfRank(channel.members, "%");
      }
      case "MetadataChanged":
        return this.#changeMetadata(event);
      case "MarkerMoved":
        this.#markers.set(event.marker);
        return this.#whoAre(event.marker.reader);
      case "Announced":
        return [...this.withMode(event.mode)];
      case "OperatorAdded":
      case "Returned":
      case "Stayed":
        return NOBODY;
      case "ChannelRestored":
        this.#channels.add(restoredChannel(event.channel));
        return NOBODY;
    }
  }

  /** Told to who sees what happens to its target or watches it, but not to who does it. */
  #changeMetadata({ by, target, key, value }: MetadataChanged): readonly User[] {
    const { metadata } = target.type === "user"
      ? this.#user(target.user)
      : this.#channel(target.channel);
    setValue(metadata, key, value);
    const audience = target.type === "user"
      ? [
        ...new Set([...peersOf(this.#user(target.user)), ...this.#watches.watchersOf(target.nick)]),
      ]
      : this.#channel(target.channel).members.everybody;
    return others(audience, this.#people.byId.get(by.id));
  }

  /** Told to all who heard it and, as KICK is, to who does it. */
  #redact({ by, to }: Redacted): readonly User[] {
    return [...new Set(this.#audienceOf(to)).add(this.#user(by.id))];
  }

  #audienceOf(to: Target): readonly User[] {
    if (to.type === "account") return NOBODY;
    if (to.type === "user") return [this.#user(to.user)];
    const { members } = this.#channel(to.channel);
    return to.rank === undefined ? members.everybody : membersOfRank(members, to.rank);
  }

  /** Those who are that to history. */
  #whoAre(identity: string): readonly User[] {
    if (isAccount(identity)) return [...this.usersOf(identity)];
    const guest = this.#people.byId.get(Number(identity.slice(1)));
    return guest ? [guest] : NOBODY;
  }

  #quit(event: Happening): readonly User[] {
    const user = this.#user(event.by.id);
    const audience = others(peersOf(user), user);
    reachBy(user, []);
    this.#watches.forget(user);
    this.#markers.forget(user.actor);
    for (const channel of user.channels) this.#channels.leave(user, channel);
    for (const channel of user.invitations.keys()) channel.invited.delete(user);
    this.#people.remove(user, event.time);
    return audience;
  }

  #rename(event: Happening, nick: string): readonly User[] {
    const user = this.#user(event.by.id);
    this.#people.rename(user, nick, event.time);
    return peersOf(user);
  }

  #join(event: Happening, name: string, memberModes: string): readonly User[] {
    const user = this.#user(event.by.id);
    const channel = this.#channels.get(name) ?? newChannel(name, event.time);
    this.#channels.add(channel);
    if (memberModes === "") channel.members.set(user, "");
    else changeRank(channel, user, memberModes);
    channel.arrivals.set(user, event.id);
    forgetInvitation(user, channel);
    user.channels.add(channel);
    return channel.members.everybody;
  }

  #renameChannel({ channel: from, name, time }: Renamed): readonly User[] {
    const channel = this.#channel(from);
    this.#channels.rename(channel, name, time);
    this.#registers.tokens.rename(from, name);
    return channel.members.everybody;
  }

  #leave(id: UserId, name: string): readonly User[] {
    const user = this.#user(id);
    const channel = this.#channel(name);
    const audience = channel.members.everybody;
    this.#channels.leave(user, channel);
    return audience;
  }

  #changeChannelMode(channel: MutableChannel, change: ModeChange, event: Happening): void {
    const { add, letter, user: id } = change;
    if (id === undefined) return changeChannelMode(channel, change, event);
    const user = this.#user(id);
    const memberModes = channel.members.get(user) ?? "";
    changeRank(channel, user, changeMemberModes(memberModes, letter, add));
  }

  #user(id: UserId): MutableUser {
    const user = this.#people.byId.get(id);
    if (!user) throw new Error(`an event names user ${id}, who is not there`);
    return user;
  }

  #channel(name: string): MutableChannel {
    const channel = this.#channels.get(name);
    if (!channel) throw new Error("an event names a channel that does not exist");
    return channel;
  }
}
