import { assert, assertEquals, assertThrows } from "@std/assert";
import { casefold } from "../../../protocol.ts";
import type { Event, ModeChange } from "../../../server/events/events.ts";
import type { Actor } from "../../../server/events/actor.ts";
import { CHANNEL_MODES } from "../../../server/state/modes.ts";
import { INVITATION_LIMIT } from "../../../server/state/mutable_state.ts";
import { apply } from "../../../server/kinds/kinds.ts";
import { Network } from "../../../server/state/network.ts";
import type { Channel, User } from "../../../server/state/state.ts";
import { Random } from "../../support/random.ts";

/** An event without the fields that every event has. */
type BareEvent = Event extends infer E ? E extends Event ? Omit<E, "id" | "time" | "by"> : never
  : never;

/** A network that records the audience of each event. */
class Stage {
  readonly audiences: string[] = [];
  readonly network = new Network(apply);
  time = 1000;

  /** Connects a user. */
  connect(nick: string, id: number): void {
    const by = { id, nick, mask: `${nick}!u@h` };
    this.apply(by, { type: "Connected", username: "u", host: "h", realname: "r" });
  }

  /** Applies an event caused by `nick`. */
  does(nick: string, event: BareEvent): void {
    this.apply(this.user(nick).actor, event);
  }

  apply(by: Actor, event: BareEvent): void {
    const audience = this.network.apply({ ...event, by, id: "e", time: this.time });
    const nicks = audience.map(({ actor }) => actor.nick).sort();
    this.audiences.push(`${event.type}: ${nicks.join(" ")}`);
  }

  user(nick: string): User {
    const user = this.network.user(nick);
    assert(user, `${nick} is not there`);
    return user;
  }

  channel(name: string): Channel {
    const channel = this.network.channel(name);
    assert(channel, `${name} does not exist`);
    return channel;
  }

  /** Returns the audiences recorded since the last call. */
  takeAudiences(): string[] {
    return this.audiences.splice(0);
  }
}

/** Returns a stage with Ada and Bob in #a, Ada as its operator, and Eve in no channel. */
function meeting(): Stage {
  const stage = new Stage();
  ["ada", "bob", "eve"].forEach((nick, index) => stage.connect(nick, index + 1));
  stage.does("ada", { type: "Joined", channel: "#a", realname: "r", memberModes: "o" });
  stage.does("bob", { type: "Joined", channel: "#A", realname: "r", memberModes: "" });
  stage.takeAudiences();
  return stage;
}

const mode = (...changes: ModeChange[]): BareEvent => ({
  type: "ChannelModesChanged",
  channel: "#a",
  changes,
});

Deno.test("the first JOIN creates a channel, with the name as given", () => {
  const { network } = meeting();
  const channel = network.channel("#A");
  assertEquals([channel?.name, channel?.createdAt], ["#a", 1000]);
  assertEquals([...channel?.flags ?? []], ["n", "t"]);
  const members = Array.from(channel?.members ?? [], ([user, modes]) => [user.actor.nick, modes]);
  assertEquals(members, [["ada", "o"], ["bob", ""]]);
});

Deno.test("a channel ends with its last member, and its modes end with it", () => {
  const stage = meeting();
  stage.does("ada", mode({ add: true, letter: "i" }));
  stage.does("ada", { type: "Parted", channel: "#a", reason: undefined });
  stage.does("bob", { type: "Quit", reason: "" });
  assertEquals(stage.network.channels.size, 0);
  stage.does("eve", { type: "Joined", channel: "#a", realname: "r", memberModes: "o" });
  assert(!stage.channel("#a").flags.has("i"));
});

/** Events caused by Ada, and their audiences. */
const AUDIENCES: readonly [event: BareEvent, nicks: string][] = [
  [{ type: "Joined", channel: "#b", realname: "r", memberModes: "o" }, "ada"],
  [{ type: "Parted", channel: "#a", reason: undefined }, "ada bob"],
  [{ type: "Kicked", channel: "#a", user: 2, nick: "bob", reason: "" }, "ada bob"],
  [{ type: "Quit", reason: "" }, "bob"],
  [{ type: "LoggedIn", account: "ada" }, "ada bob"],
  [{ type: "LoggedOut" }, "ada bob"],
  [{ type: "AccountSaved", account: { name: "ada", createdAt: 0, fingerprints: [] } }, ""],
  [{ type: "NickChanged", nick: "eda" }, "bob eda"],
  [{ type: "TopicChanged", channel: "#a", topic: "t" }, "ada bob"],
  [mode({ add: true, letter: "m" }), "ada bob"],
  [{ type: "UserModesChanged", changes: [{ add: true, letter: "i" }] }, "ada"],
  [{ type: "AwayChanged", message: "gone" }, "bob"],
  [{ type: "RealnameChanged", realname: "Countess" }, "ada bob"],
  [{ type: "AwayShown", channel: "#a", message: "gone" }, "bob"],
  [{ type: "Invited", channel: "#a", user: 3, nick: "eve", until: 5000 }, "eve"],
];

Deno.test("an event reaches everyone who can see it", () => {
  for (const [event, nicks] of AUDIENCES) {
    const stage = meeting();
    stage.does("ada", event);
    assertEquals(stage.takeAudiences(), [`${event.type}: ${nicks}`]);
  }
});

Deno.test("an event reaches a user once, even if they share several channels", () => {
  const stage = meeting();
  for (const nick of ["ada", "bob", "eve"]) {
    stage.does(nick, { type: "Joined", channel: "#b", realname: "r", memberModes: "" });
  }
  stage.takeAudiences();
  stage.does("ada", { type: "NickChanged", nick: "eda" });
  assertEquals(stage.takeAudiences(), ["NickChanged: bob eda eve"]);
});

Deno.test("a user in no channel sees their own change of nick", () => {
  const stage = meeting();
  stage.does("eve", { type: "NickChanged", nick: "eva" });
  assertEquals(stage.takeAudiences(), ["NickChanged: eva"]);
});

Deno.test("a message reaches a channel, its members of a rank, or one user", () => {
  const stage = meeting();
  const said = { type: "Said", command: "PRIVMSG", text: "hi", tags: new Map() } as const;
  stage.does("ada", { ...said, to: { type: "channel", channel: "#a" } });
  stage.does("ada", { ...said, to: { type: "channel", channel: "#a", rank: "@" } });
  stage.does("ada", { ...said, to: { type: "channel", channel: "#a", rank: "+" } });
  stage.does("bob", mode({ add: true, letter: "v", param: "bob", user: 2 }));
  stage.does("ada", { ...said, to: { type: "channel", channel: "#a", rank: "+" } });
  stage.does("ada", { ...said, to: { type: "user", user: 3, nick: "eve" } });
  assertEquals(stage.takeAudiences(), [
    "Said: ada bob",
    "Said: ada",
    "Said: ada",
    "ChannelModesChanged: ada bob",
    "Said: ada bob",
    "Said: eve",
  ]);
});

Deno.test("a nick is found in upper or lower case, and only while it is in use", () => {
  const stage = meeting();
  assertEquals(stage.network.user("ADA"), stage.user("ada"));
  stage.does("ada", { type: "NickChanged", nick: "Ada" });
  assertEquals(stage.user("ada").actor.mask, "Ada!u@h");
  stage.does("ada", { type: "NickChanged", nick: "eda" });
  assertEquals(stage.network.user("ada"), undefined);
});

Deno.test("the former users of a nick are remembered, the latest first", () => {
  const stage = meeting();
  stage.does("ada", { type: "NickChanged", nick: "eda" });
  stage.time = 2000;
  stage.does("bob", { type: "NickChanged", nick: "ADA" });
  stage.time = 3000;
  stage.does("ada", { type: "Quit", reason: "" });
  assertEquals(stage.network.former("ada").map(({ nick, time }) => [nick, time]), [
    ["ADA", 3000],
    ["ada", 1000],
  ]);
  assertEquals(stage.network.former("eve"), []);
});

Deno.test("a limited number of former users is remembered", () => {
  const stage = new Stage();
  for (let i = 0; i < 5000; i++) {
    stage.connect("ada", i);
    stage.does("ada", { type: "Quit", reason: "" });
  }
  const { length } = stage.network.former("ada");
  assert(length >= 1000 && length <= 2000, `${length} are remembered`);
});

Deno.test("a channel's modes are those set last", () => {
  const stage = meeting();
  const { channel } = stage;
  const set = (add: boolean, letter: string, param?: string) =>
    stage.does("ada", mode({ add, letter, ...(param !== undefined && { param }) }));
  const now = () => {
    const { settings, flags, lists } = channel.call(stage, "#a");
    const bans = [...lists.get("b")?.values() ?? []].map(({ mask, by }) => `${mask} by ${by}`);
    return { settings: Object.fromEntries(settings), flags: [...flags].sort().join(""), bans };
  };
  set(true, "k", "secret");
  set(true, "l", "5");
  set(true, "m");
  set(false, "n");
  set(true, "b", "Eve!*@*");
  set(true, "b", "x!*@*");
  set(false, "b", "eve!*@*");
  assertEquals(now(), {
    settings: { k: "secret", l: "5" },
    flags: "mt",
    bans: ["x!*@* by ada!u@h"],
  });
  set(false, "k", "*");
  set(false, "l");
  set(false, "b", "x!*@*");
  assertEquals(now(), { settings: {}, flags: "mt", bans: [] });
});

Deno.test("a topic is stored with its author and time, and an empty one removes it", () => {
  const stage = meeting();
  stage.does("ada", { type: "TopicChanged", channel: "#a", topic: "t" });
  assertEquals(stage.channel("#a").topic, { text: "t", by: "ada!u@h", time: 1000 });
  stage.does("ada", { type: "TopicChanged", channel: "#a", topic: "" });
  assertEquals(stage.channel("#a").topic, undefined);
});

Deno.test("joining a channel uses up the invitation", () => {
  const stage = meeting();
  stage.does("ada", { type: "Invited", channel: "#a", user: 3, nick: "eve", until: 5000 });
  assertEquals([...stage.user("eve").invitations], [[stage.channel("#a"), 5000]]);
  stage.does("eve", { type: "Joined", channel: "#a", realname: "r", memberModes: "" });
  assertEquals(stage.user("eve").invitations.size, 0);
});

Deno.test("an invitation ends with its channel", () => {
  const stage = meeting();
  stage.does("ada", { type: "Invited", channel: "#a", user: 3, nick: "eve", until: 5000 });
  for (const nick of ["ada", "bob"]) {
    stage.does(nick, { type: "Parted", channel: "#a", reason: undefined });
  }
  assertEquals(stage.user("eve").invitations.size, 0);
});

Deno.test("the invitations of a user are limited, and expired ones are dropped first", () => {
  const stage = meeting();
  const invited = { type: "Invited", user: 3, nick: "eve" } as const;
  for (let i = 0; i <= INVITATION_LIMIT; i++) {
    stage.does("ada", { type: "Joined", channel: `#${i}`, realname: "r", memberModes: "o" });
    stage.does("ada", { ...invited, channel: `#${i}`, until: i === 50 ? 2000 : 5000 });
  }
  const has = (name: string) => stage.user("eve").invitations.has(stage.channel(name));
  assertEquals(stage.user("eve").invitations.size, INVITATION_LIMIT);
  assertEquals([has("#0"), has("#1"), has("#50")], [false, true, true]);
  stage.time = 2000;
  stage.does("ada", { ...invited, channel: "#1", until: 6000 });
  assertEquals([has("#1"), has("#50")], [true, false]);
  for (const channel of ["#0", "#50"]) stage.does("ada", { ...invited, channel, until: 6000 });
  assertEquals([has("#1"), has("#2")], [true, false], "the renewed invitation is kept");
  assertConsistent(stage);
});

Deno.test("an event with an unknown user or channel throws", () => {
  const stage = meeting();
  const by = { id: 99, nick: "zoe", mask: "zoe!u@h" };
  assertThrows(() => stage.apply(by, { type: "Quit", reason: "" }), Error, "user 99");
  assertThrows(
    () => stage.does("ada", { type: "TopicChanged", channel: "#z", topic: "" }),
    Error,
    "a channel that does not exist",
  );
});

/** Asserts the invariants of the state. */
function assertConsistent({ network }: Stage): void {
  const users = [...network.users.values()];
  for (const [id, user] of network.users) {
    assertEquals(user.actor.id, id);
    assert(network.user(user.actor.nick) === user, "the user is found by nick");
    assertEquals(user.actor.mask, `${user.actor.nick}!${user.username}@${user.host}`);
    for (const channel of user.channels) {
      assert(channel.members.has(user), "the user is a member of each of their channels");
      assert(network.channel(channel.name) === channel, "the channel exists");
    }
    for (const channel of user.invitations.keys()) {
      assert(network.channel(channel.name) === channel, "the channel of an invitation exists");
      assert(channel.invited.has(user), "the channel has the invited user");
      assert(!channel.members.has(user), "an invited user is not a member");
    }
  }
  for (const [name, channel] of network.channels) {
    assertEquals(name, casefold(channel.name));
    assert(channel.members.size > 0, "no channel is empty");
    for (const user of channel.invited.keys()) {
      assert(network.users.get(user.actor.id) === user, "an invited user exists");
      assert(user.invitations.has(channel), "the user has the invitation");
    }
    for (const [member, modes] of channel.members) {
      assert(network.users.get(member.actor.id) === member, "a member exists");
      assert(member.channels.has(channel), "the member has the channel");
      assert(["", "o", "v", "ov"].includes(modes), modes);
    }
  }
  const { most, ...counts } = network.counts;
  assertEquals(counts, {
    users: users.length,
    invisible: users.filter(({ modes }) => modes.has("i")).length,
    operators: users.filter(({ modes }) => modes.has("o")).length,
  });
  assert(most >= users.length);
}

Deno.test("the state is consistent after any sequence of events", () => {
  const random = new Random(10);
  const names = ["#a", "#b", "#C"];
  for (let run = 0; run < 30; run++) {
    const stage = new Stage();
    for (let step = 0; step < 200; step++) {
      step % 3 === 0 && stage.network.users.size < 6
        ? stage.connect(`n${run}x${step}`, step)
        : applyRandom(stage, random, names, step);
      assertConsistent(stage);
    }
    for (const { actor } of [...stage.network.users.values()]) {
      stage.apply(actor, { type: "Quit", reason: "" });
      assertConsistent(stage);
    }
    assertEquals([stage.network.channels.size, stage.network.users.size], [0, 0]);
  }
});

/** Applies a random event of those that are possible. */
function applyRandom(stage: Stage, random: Random, names: readonly string[], step: number): void {
  const users = [...stage.network.users.values()];
  if (users.length === 0) return;
  const user = random.pick(users);
  const other = random.pick(users);
  const add = random.below(2) === 0;
  const outside = names.filter((name) => !stage.network.channel(name)?.members.has(user));
  const inside = [...user.channels];
  const events: BareEvent[] = [
    { type: "UserModesChanged", changes: [{ add, letter: random.pick(["i", "o"]) }] },
    { type: "NickChanged", nick: random.pick([`m${step}`, user.actor.nick.toUpperCase()]) },
    { type: "AwayChanged", message: add ? "gone" : undefined },
    ...outside.map((channel): BareEvent => ({
      type: "Joined",
      channel,
      realname: "r",
      memberModes: add ? "o" : "",
    })),
    ...inside.flatMap(({ name: channel, members }): BareEvent[] => [
      { type: "Parted", channel, reason: undefined },
      { type: "TopicChanged", channel, topic: add ? "t" : "" },
      { type: "ChannelModesChanged", channel, changes: [randomMode(random, members, add)] },
      ...members.has(other)
        ? [kick(channel, other)]
        : [invite(channel, other, add ? stage.time : Infinity)],
    ]),
    ...random.below(6) === 0 ? [{ type: "Quit", reason: "" } as const] : [],
  ];
  stage.does(user.actor.nick, random.pick(events));
}

function kick(channel: string, { actor: { id, nick } }: User): BareEvent {
  return { type: "Kicked", channel, user: id, nick, reason: "" };
}

function invite(channel: string, { actor: { id, nick } }: User, until: number): BareEvent {
  return { type: "Invited", channel, user: id, nick, until };
}

function randomMode(random: Random, members: Channel["members"], add: boolean): ModeChange {
  const { actor: { id, nick } } = random.pick([...members.keys()]);
  return random.pick<ModeChange>([
    { add, letter: random.pick(["o", "v"]), param: nick, user: id },
    { add, letter: random.pick([...CHANNEL_MODES.keys()]), param: "1" },
  ]);
}

Deno.test("a user's events carry the account until they log out", () => {
  const stage = meeting();
  stage.does("ada", { type: "LoggedIn", account: "Ada" });
  assertEquals(stage.user("ada").actor.account, "Ada");
  stage.does("ada", { type: "NickChanged", nick: "eda" });
  assertEquals(stage.user("eda").actor.account, "Ada");
  stage.does("eda", { type: "LoggedOut" });
  assertEquals("account" in stage.user("eda").actor, false);
});

Deno.test("an account is found by its name in upper or lower case, as it was last saved", () => {
  const stage = meeting();
  const { network } = stage;
  const saved = (email: string): void =>
    stage.apply({ id: 0, nick: "s", mask: "s" }, {
      type: "AccountSaved",
      account: { name: "Ada", createdAt: 0, fingerprints: [], email },
    });
  saved("a@example.org");
  saved("b@example.org");
  assertEquals(stage.audiences.length, 2);
  assertEquals([...network.accounts.byName.keys()], ["ada"]);
  assertEquals(network.account("ADA")?.email, "b@example.org");
});
