import { assert, assertEquals } from "@std/assert";
import type { Actor } from "../../../server/events/actor.ts";
import type { Event, Unstamped } from "../../../server/events/events.ts";
import { EventIds } from "../../../server/events/ids.ts";
import { apply } from "../../../server/kinds/kinds.ts";
import { Network } from "../../../server/state/network.ts";
import { linesOf, rebuilt } from "../../support/network_graph.ts";

/** An event without the fields that every event has. */
type Bare = Event extends infer E ? E extends Event ? Omit<E, "id" | "time" | "by"> : never : never;

const SERVER: Actor = { id: 0, nick: "chat.test", mask: "chat.test" };

/** A network to which events are applied, one in each second. */
class Stage {
  readonly network = new Network(apply);
  readonly #ids = new EventIds();
  #time = 1000;

  /** Applies events of the server. */
  serverDoes(...events: readonly Bare[]): void {
    for (const event of events) this.#apply({ ...event, by: SERVER });
  }

  /** Applies events of a user. */
  does(nick: string, ...events: readonly Bare[]): void {
    for (const event of events) {
      const user = this.network.user(nick);
      assert(user, `there is no ${nick}`);
      this.#apply({ ...event, by: user.actor });
    }
  }

  connect(nick: string, id: number, isPlain = false): void {
    const by = { id, nick, mask: `${nick}!u@cloak` };
    const address = `192.0.2.${id}`;
    const plain = isPlain && { plain: true };
    const user = { username: "u", host: "cloak", realname: `the ${nick}` };
    this.#apply({ type: "Connected", by, ...user, address, ...plain });
  }

  #apply(event: Unstamped): void {
    this.#time += 1000;
    const stamp = { id: this.#ids.next(this.#time), time: this.#time };
    this.network.apply({ ...event, ...stamp });
  }
}

const NEW = { realname: "r", memberModes: "" };
const mode = (channel: string, letter: string, param?: string, rest = {}): Bare => ({
  type: "ChannelModesChanged",
  channel,
  changes: [{ add: true, letter, ...(param !== undefined && { param }), ...rest }],
});
const userMode = (letter: string): Bare => ({
  type: "UserModesChanged",
  changes: [{ add: true, letter }],
});
const said = { type: "Said", command: "PRIVMSG", text: "hi", tags: new Map() } as const;

/** Returns a network in which everything has a value that a new network does not have. */
function full(): Stage {
  const stage = new Stage();
  setRecords(stage);
  for (const [i, nick] of ["ada", "bob", "eve", "dan", "gil", "nc"].entries()) {
    stage.connect(nick, i + 1, nick === "nc");
  }
  // Neither accounts nor modes are given in the order in which the users have connected.
  for (const nick of ["eve", "ada"]) stage.does(nick, { type: "LoggedIn", account: "ada" });
  for (const nick of ["gil", "dan", "ada"]) stage.does(nick, userMode("i"), userMode("s"));
  setChannels(stage);
  setUsers(stage);
  stage.does("gil", { type: "Quit", reason: "" });
  return stage;
}

/** Sets records of all kinds. */
function setRecords(stage: Stage): void {
  const fingerprints = ["aa", "bb"];
  const owner = { createdAt: 1, startId: "0", fingerprints };
  const worth = { kind: "invitation", maker: "ada" } as const;
  const channel = { name: "#a", createdAt: 0, opens: true };
  const token = { by: "ada", time: 3, uses: 2, usedBy: ["ada"] };
  const ban = { by: "ada", time: 5, reason: "spam" };
  const push = { account: "ada", p256dh: "p", auth: "a" };
  stage.serverDoes(
    { type: "AccountSaved", account: { ...owner, name: "zoe", nicks: ["Zed"], stays: true } },
    { type: "AccountSaved", account: { ...owner, name: "ada", muted: ["#a"], email: "a@b" } },
    { type: "TokenSaved", token: { ...token, hash: "h2", worth, until: 9 } },
    { type: "TokenSaved", token: { ...token, hash: "h1", worth: { ...worth, channel } } },
    { type: "ServerBanSaved", ban: { ...ban, kind: "address", target: "192.0.2.0/24" } },
    { type: "ServerBanSaved", ban: { ...ban, kind: "address", target: "192.0.2.9", until: 7 } },
    { type: "ServerBanSaved", ban: { ...ban, kind: "mask", target: "*!*@b" } },
    { type: "PushSaved", subscription: { ...push, endpoint: "https://b" } },
    { type: "PushSaved", subscription: { ...push, endpoint: "https://a" } },
    { type: "MarkerMoved", marker: { reader: "zoe", target: "#b", upTo: 8 } },
    { type: "MarkerMoved", marker: { reader: "ada", target: "Bob", upTo: 9 } },
    { type: "MarkerMoved", marker: { reader: "~2", target: "#A", upTo: 10 } },
    // The channel that is renamed to #c later removes this marker.
    { type: "MarkerMoved", marker: { reader: "bob", target: "#c", upTo: 11 } },
  );
  for (const [id, messages] of [["u2", ["m1", "m2"]], ["u1", []]] as const) {
    const upload = { id, account: "ada", name: "x.png", mediaType: "image/png", bytes: 5, time: 4 };
    stage.serverDoes({ type: "UploadSaved", upload: { ...upload, messages } });
  }
}

/** Sets everything in channels. One user joins them in another order than they were created. */
function setChannels(stage: Stage): void {
  stage.does("bob", { type: "Joined", channel: "#B", ...NEW, memberModes: "o" });
  stage.does("ada", { type: "Joined", channel: "#a", ...NEW, memberModes: "qo" });
  stage.does("ada", { type: "Joined", channel: "#b", ...NEW });
  stage.does("bob", { type: "Joined", channel: "#a", ...NEW }, {
    type: "MetadataChanged",
    target: { type: "channel", channel: "#a" },
    key: "url",
    value: "u",
  });
  stage.does("dan", { type: "Knocked", channel: "#a", mask: "m", text: "" });
  stage.does(
    "ada",
    { type: "TopicChanged", channel: "#a", topic: "tea" },
    mode("#a", "b", "eve!*@*", { until: 99 }),
    mode("#b", "b", "*!*@z", { until: 50 }),
    mode("#a", "e", "Zed!*@*"),
    mode("#a", "v", "bob", { user: 2 }),
    mode("#a", "k", "key"),
    mode("#a", "W", "60"),
    mode("#a", "i"),
    { ...said, to: { type: "channel", channel: "#a" } },
    { type: "Renamed", channel: "#a", name: "#c", reason: "" },
    { type: "Renamed", channel: "#b", name: "#a", reason: "" },
    { type: "Renamed", channel: "#a", name: "#d", reason: "" },
  );
  // Two channels had the name #x, and the later one has ended.
  for (const name of ["#y", "#z"]) {
    stage.does("eve", { type: "Joined", channel: "#x", ...NEW });
    stage.does("eve", { type: "Renamed", channel: "#x", name, reason: "" });
  }
  stage.does("eve", { type: "Parted", channel: "#z", reason: undefined });
  for (const channel of ["#d", "#c"]) {
    const opens = channel === "#d";
    const invitation = { channel, until: 90_000, opens, user: 4, nick: "dan" };
    stage.does("ada", { type: "Invited", ...invitation });
  }
}

/** Sets everything in users. */
function setUsers(stage: Stage): void {
  const target = { type: "user", user: 1, nick: "ada" } as const;
  stage.does(
    "ada",
    { type: "MetadataChanged", target, key: "10", value: "ten" },
    { type: "MetadataChanged", target, key: "9", value: "nine" },
    { type: "UserModesChanged", changes: [{ add: true, letter: "o" }], byPassword: true },
    userMode("B"),
    { type: "AcceptChanged", add: true, users: [3, 2] },
    { type: "RealnameChanged", realname: "Countess" },
    { type: "HostChanged", username: "al", host: "b" },
    { type: "AwayChanged", message: "tea" },
    { type: "Stayed" },
    { ...said, to: { type: "account", account: "Zoe" } },
    { type: "NickChanged", nick: "Ada" },
  );
}

Deno.test("a rebuilt network has the same state in all fields, down to the private ones", async () => {
  const { network } = full();
  assertEquals(await linesOf(rebuilt(network)), await linesOf(network));
});

Deno.test("the network that is compared lacks nothing that a network can have", async () => {
  const bare = new Stage();
  bare.connect("bob", 2);
  bare.does("bob", { type: "Joined", channel: "#d", ...NEW });
  const texts = textsByField(await linesOf(full().network));
  const missing = (await linesOf(bare.network)).filter((line) => {
    const [field, text] = fieldAndText(line);
    return !CONSTANT.test(field) && !isClass(text) &&
      texts.get(field)?.values().every((each) => each === text);
  });
  assertEquals(missing, []);
});

/** Matches the fields that are the same in all networks, and the elements of collections. */
const CONSTANT = /^$|^\.#apply$|^\.ranks\.#counts$|\]$/;

/** Returns true if the text is that of an object whose fields follow. */
function isClass(text: string): boolean {
  return /^[A-Z]\w*$/.test(text);
}

/** Returns the texts that each field has in any user and channel. */
function textsByField(lines: readonly string[]): Map<string, Set<string>> {
  const texts = new Map<string, Set<string>>();
  for (const line of lines) {
    const [field, text] = fieldAndText(line);
    texts.set(field, (texts.get(field) ?? new Set()).add(text));
  }
  return texts;
}

function fieldAndText(line: string): [field: string, text: string] {
  const [, field = "", text = ""] = /^(?:user \d+|channel [^.: ]+)?([^: ]*):? ?(.*)$/.exec(line) ??
    [];
  return [field, text];
}
