import { assert, assertEquals, assertThrows } from "@std/assert";
import { casefold } from "../protocol.ts";
import type { Actor, Event, ModeChange } from "../server/events.ts";
import { CHANNEL_MODES } from "../server/state/modes.ts";
import { INVITATION_LIMIT } from "../server/state/mutable_state.ts";
import { apply } from "../server/kinds/kinds.ts";
import { Network } from "../server/network.ts";
import type { Channel, User } from "../server/state/state.ts";
import { Random } from "./support/random.ts";

/** An event without what is the same for all of them here. */
type Plain = Event extends infer E ? E extends Event ? Omit<E, "id" | "time" | "by"> : never
  : never;

/** A network, and who was told of each event. */
class Stage {
  readonly told: string[] = [];
  readonly network = new Network(apply);
  time = 1000;

  /** Registers somebody. */
  connect(nick: string, id: number): void {
    const by = { id, nick, mask: `${nick}!u@h` };
    this.apply(by, { type: "Connected", username: "u", host: "h", realname: "r" });
  }

  /** Makes something happen that `nick` does. */
  does(nick: string, event: Plain): void {
    this.apply(this.user(nick).actor, event);
  }

  apply(by: Actor, event: Plain): void {
    const audience = this.network.apply({ ...event, by, id: "e", time: this.time });
    const nicks = audience.map(({ actor }) => actor.nick).sort();
    this.told.push(`${event.type}: ${nicks.join(" ")}`);
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

  /** What the next events tell, and to whom. */
  heard(): string[] {
    return this.told.splice(0);
  }
}

/** Ada and Bob in #a, Ada as its operator; Eve in none. */
function meeting(): Stage {
  const stage = new Stage();
  ["ada", "bob", "eve"].forEach((nick, index) => stage.connect(nick, index + 1));
  stage.does("ada", { type: "Joined", channel: "#a", realname: "r", memberModes: "o" });
  stage.does("bob", { type: "Joined", channel: "#A", realname: "r", memberModes: "" });
  stage.heard();
  return stage;
}

const mode = (...changes: ModeChange[]): Plain => ({
  type: "ChannelModesChanged",
  channel: "#a",
  changes,
});

Deno.test("a channel begins with who joins it first, under the name they gave it", () => {
  const { network } = meeting();
  const channel = network.channel("#A");
  assertEquals([channel?.name, channel?.createdAt], ["#a", 1000]);
  assertEquals([...channel?.flags ?? []], ["n", "t"]);
  const members = Array.from(channel?.members ?? [], ([user, modes]) => [user.actor.nick, modes]);
  assertEquals(members, [["ada", "o"], ["bob", ""]]);
});

Deno.test("a channel ends with its last member, and all that was set there with it", () => {
  const stage = meeting();
  stage.does("ada", mode({ add: true, letter: "i" }));
  stage.does("ada", { type: "Parted", channel: "#a", reason: undefined });
  stage.does("bob", { type: "Quit", reason: "" });
  assertEquals(stage.network.channels.size, 0);
  stage.does("eve", { type: "Joined", channel: "#a", realname: "r", memberModes: "o" });
  assert(!stage.channel("#a").flags.has("i"));
});

/** What Ada does, and who is told of it. */
const AUDIENCES: readonly [event: Plain, told: string][] = [
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

Deno.test("those are told of an event who see it happen", () => {
  for (const [event, nicks] of AUDIENCES) {
    const stage = meeting();
    stage.does("ada", event);
    assertEquals(stage.heard(), [`${event.type}: ${nicks}`]);
  }
});

Deno.test("who is in several channels with somebody is told once when they go", () => {
  const stage = meeting();
  for (const nick of ["ada", "bob", "eve"]) {
    stage.does(nick, { type: "Joined", channel: "#b", realname: "r", memberModes: "" });
  }
  stage.heard();
  stage.does("ada", { type: "NickChanged", nick: "eda" });
  assertEquals(stage.heard(), ["NickChanged: bob eda eve"]);
});

Deno.test("who is in no channel sees their own change of nick", () => {
  const stage = meeting();
  stage.does("eve", { type: "NickChanged", nick: "eva" });
  assertEquals(stage.heard(), ["NickChanged: eva"]);
});

Deno.test("what is said goes to a channel, to its members of a rank, or to one user", () => {
  const stage = meeting();
  const said = { type: "Said", command: "PRIVMSG", text: "hi", tags: new Map() } as const;
  stage.does("ada", { ...said, to: { type: "channel", channel: "#a" } });
  stage.does("ada", { ...said, to: { type: "channel", channel: "#a", rank: "@" } });
  stage.does("ada", { ...said, to: { type: "channel", channel: "#a", rank: "+" } });
  stage.does("bob", mode({ add: true, letter: "v", param: "bob", user: 2 }));
  stage.does("ada", { ...said, to: { type: "channel", channel: "#a", rank: "+" } });
  stage.does("ada", { ...said, to: { type: "user", user: 3, nick: "eve" } });
  assertEquals(stage.heard(), [
    "Said: ada bob",
    "Said: ada",
    "Said: ada",
    "ChannelModesChanged: ada bob",
    "Said: ada bob",
    "Said: eve",
  ]);
});

Deno.test("a nick is found in either case, and only the one that is in use", () => {
  const stage = meeting();
  assertEquals(stage.network.user("ADA"), stage.user("ada"));
  stage.does("ada", { type: "NickChanged", nick: "Ada" });
  assertEquals(stage.user("ada").actor.mask, "Ada!u@h");
  stage.does("ada", { type: "NickChanged", nick: "eda" });
  assertEquals(stage.network.user("ada"), undefined);
});

Deno.test("who went by a nick is remembered, the latest first", () => {
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

Deno.test("of former users a bounded number is remembered", () => {
  const stage = new Stage();
  for (let i = 0; i < 5000; i++) {
    stage.connect("ada", i);
    stage.does("ada", { type: "Quit", reason: "" });
  }
  const { length } = stage.network.former("ada");
  assert(length >= 1000 && length <= 2000, `${length} are remembered`);
});

Deno.test("a channel's modes are what was last set", () => {
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

Deno.test("a topic is kept with who set it and when, and an empty one is none", () => {
  const stage = meeting();
  stage.does("ada", { type: "TopicChanged", channel: "#a", topic: "t" });
  assertEquals(stage.channel("#a").topic, { text: "t", by: "ada!u@h", time: 1000 });
  stage.does("ada", { type: "TopicChanged", channel: "#a", topic: "" });
  assertEquals(stage.channel("#a").topic, undefined);
});

Deno.test("an invitation ends when it is used", () => {
  const stage = meeting();
  stage.does("ada", { type: "Invited", channel: "#a", user: 3, nick: "eve", until: 5000 });
  assertEquals([...stage.user("eve").invitations], [[stage.channel("#a"), 5000]]);
  stage.does("eve", { type: "Joined", channel: "#a", realname: "r", memberModes: "" });
  assertEquals(stage.user("eve").invitations.size, 0);
});

Deno.test("an invitation ends with the channel it is for", () => {
  const stage = meeting();
  stage.does("ada", { type: "Invited", channel: "#a", user: 3, nick: "eve", until: 5000 });
  for (const nick of ["ada", "bob"]) {
    stage.does(nick, { type: "Parted", channel: "#a", reason: undefined });
  }
  assertEquals(stage.user("eve").invitations.size, 0);
});

Deno.test("nobody has more invitations than the limit, and those that ended give way first", () => {
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
  assertEquals([has("#1"), has("#2")], [true, false], "which was invited to again");
  assertConsistent(stage);
});

Deno.test("an event about nobody, or about no channel, is a mistake of the program", () => {
  const stage = meeting();
  const by = { id: 99, nick: "zoe", mask: "zoe!u@h" };
  assertThrows(() => stage.apply(by, { type: "Quit", reason: "" }), Error, "user 99");
  assertThrows(
    () => stage.does("ada", { type: "TopicChanged", channel: "#z", topic: "" }),
    Error,
    "a channel that does not exist",
  );
});

/** What must hold whatever happened. */
function assertConsistent({ network }: Stage): void {
  const users = [...network.users.values()];
  for (const [id, user] of network.users) {
    assertEquals(user.actor.id, id);
    assert(network.user(user.actor.nick) === user, "found by nick");
    assertEquals(user.actor.mask, `${user.actor.nick}!${user.username}@${user.host}`);
    for (const channel of user.channels) {
      assert(channel.members.has(user), "a member of each channel they are in");
      assert(network.channel(channel.name) === channel, "a channel that is there");
    }
    for (const channel of user.invitations.keys()) {
      assert(network.channel(channel.name) === channel, "invited to a channel that is there");
      assert(channel.invited.has(user), "which knows of it");
      assert(!channel.members.has(user), "invited and not yet in");
    }
  }
  for (const [name, channel] of network.channels) {
    assertEquals(name, casefold(channel.name));
    assert(channel.members.size > 0, "no channel is empty");
    for (const user of channel.invited) {
      assert(network.users.get(user.actor.id) === user, "who is invited is a user");
      assert(user.invitations.has(channel), "who knows of it");
    }
    for (const [member, modes] of channel.members) {
      assert(network.users.get(member.actor.id) === member, "a member is a user");
      assert(member.channels.has(channel), "who knows of it");
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

Deno.test("whatever happens, in whatever order, the state is consistent", () => {
  const random = new Random(10);
  const names = ["#a", "#b", "#C"];
  for (let run = 0; run < 30; run++) {
    const stage = new Stage();
    for (let step = 0; step < 200; step++) {
      step % 3 === 0 && stage.network.users.size < 6
        ? stage.connect(`n${run}x${step}`, step)
        : happen(stage, random, names, step);
      assertConsistent(stage);
    }
    for (const { actor } of [...stage.network.users.values()]) {
      stage.apply(actor, { type: "Quit", reason: "" });
      assertConsistent(stage);
    }
    assertEquals([stage.network.channels.size, stage.network.users.size], [0, 0]);
  }
});

/** Makes one thing happen, of those that can. */
function happen(stage: Stage, random: Random, names: readonly string[], step: number): void {
  const users = [...stage.network.users.values()];
  if (users.length === 0) return;
  const user = random.pick(users);
  const other = random.pick(users);
  const add = random.below(2) === 0;
  const outside = names.filter((name) => !stage.network.channel(name)?.members.has(user));
  const inside = [...user.channels];
  const events: Plain[] = [
    { type: "UserModesChanged", changes: [{ add, letter: random.pick(["i", "o"]) }] },
    { type: "NickChanged", nick: random.pick([`m${step}`, user.actor.nick.toUpperCase()]) },
    { type: "AwayChanged", message: add ? "gone" : undefined },
    ...outside.map((channel): Plain => ({
      type: "Joined",
      channel,
      realname: "r",
      memberModes: add ? "o" : "",
    })),
    ...inside.flatMap(({ name: channel, members }): Plain[] => [
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

function kick(channel: string, { actor: { id, nick } }: User): Plain {
  return { type: "Kicked", channel, user: id, nick, reason: "" };
}

function invite(channel: string, { actor: { id, nick } }: User, until: number): Plain {
  return { type: "Invited", channel, user: id, nick, until };
}

function randomMode(random: Random, members: Channel["members"], add: boolean): ModeChange {
  const { actor: { id, nick } } = random.pick([...members.keys()]);
  return random.pick<ModeChange>([
    { add, letter: random.pick(["o", "v"]), param: nick, user: id },
    { add, letter: random.pick([...CHANNEL_MODES.keys()]), param: "1" },
  ]);
}

Deno.test("a user's account goes with all that they do, until they log out", () => {
  const stage = meeting();
  stage.does("ada", { type: "LoggedIn", account: "Ada" });
  assertEquals(stage.user("ada").actor.account, "Ada");
  stage.does("ada", { type: "NickChanged", nick: "eda" });
  assertEquals(stage.user("eda").actor.account, "Ada");
  stage.does("eda", { type: "LoggedOut" });
  assertEquals("account" in stage.user("eda").actor, false);
});

Deno.test("an account is found by its name in letters of either case, as it was saved last", () => {
  const stage = meeting();
  const { network } = stage;
  const saved = (email: string): void =>
    stage.apply({ id: 0, nick: "s", mask: "s" }, {
      type: "AccountSaved",
      account: { name: "Ada", createdAt: 0, fingerprints: [], email },
    });
  saved("a@example.org");
  saved("b@example.org");
  assertEquals(stage.told.length, 2);
  assertEquals([...network.accounts.byName.keys()], ["ada"]);
  assertEquals(network.account("ADA")?.email, "b@example.org");
});
