import { assert, assertEquals, assertMatch } from "@std/assert";
import { Moment } from "../../../shared/clock.ts";
import { format, type Message } from "../../../protocol.ts";
import { type Capability, CAPABILITY_NAMES, Caps } from "../../../server/irc/capabilities.ts";
import { ALIVE, type Life, type Recipient } from "../../../server/state/recipient.ts";
import { deliver } from "../../../server/delivery/deliver.ts";
import { render } from "../../../server/delivery/render.ts";
import { apply } from "../../../server/kinds/kinds.ts";
import { formatModes } from "../../../server/kinds/wire.ts";
import type { Event, Said } from "../../../server/events/events.ts";
import { Network } from "../../../server/state/network.ts";
import type { User } from "../../../server/state/state.ts";

/** A recipient that records what it gets. */
class Inbox implements Recipient {
  readonly caps: Caps;
  readonly acting = true;
  readonly away: undefined = undefined;
  readonly answering: boolean;
  readonly encrypted = false;
  readonly lastActive = new Moment(0);
  readonly subscriptions: ReadonlySet<string> = new Set();
  readonly bytes: Uint8Array[] = [];
  readonly messages: Message[] = [];
  readonly entries: string[] = [];

  constructor(caps = Caps.none, answering = false) {
    this.caps = caps;
    this.answering = answering;
  }

  readonly outbox = {
    push: (line: Uint8Array): void => void this.bytes.push(line),
    pushLater: (make: () => Uint8Array): void => void this.bytes.push(make()),
  };

  send(message: Message): void {
    this.messages.push(message);
  }

  entered(name: string): void {
    this.entries.push(name);
  }

  askIfAlive(): Life {
    return ALIVE;
  }

  close(): void {}

  get text(): string {
    return this.bytes.map((line) => new TextDecoder().decode(line)).join("");
  }
}

const ECHO = Caps.of(["echo-message"]);
const TAGGED = Caps.of(["message-tags"]);
const TIME = Date.UTC(2026, 0, 1);
const ADA = { id: 1, nick: "ada", mask: "ada!u@h" };
const STAMP = { id: "e1", time: TIME, by: ADA };

/** Returns users 1 to n, each attached to an inbox. */
function usersWith(...inboxes: Inbox[]): User[] {
  const network = new Network(apply);
  inboxes.forEach((inbox, index) => {
    const nick = index === 0 ? "ada" : `n${index}`;
    const by = { id: index + 1, nick, mask: `${nick}!u@h` };
    const details = { username: "u", host: "h", realname: "" };
    network.apply({ id: "c", time: TIME, type: "Connected", by, ...details });
    network.users.get(by.id)?.recipients.add(inbox);
  });
  return [...network.users.values()];
}

function said(parts: Partial<Said> = {}): Said {
  return {
    ...STAMP,
    type: "Said",
    command: "PRIVMSG",
    to: { type: "channel", channel: "#a" },
    text: "hi",
    tags: new Map(),
    ...parts,
  };
}

/** Every event, and its line for a client without capabilities. */
const LINES: readonly [event: Event, line: string][] = [
  [said(), ":ada!u@h PRIVMSG #a :hi"],
  [said({ command: "NOTICE" }), ":ada!u@h NOTICE #a :hi"],
  [said({ command: "TAGMSG", text: "" }), ":ada!u@h TAGMSG #a"],
  [said({ to: { type: "channel", channel: "#a", rank: "@" } }), ":ada!u@h PRIVMSG @#a :hi"],
  [said({ to: { type: "user", user: 2, nick: "bob" } }), ":ada!u@h PRIVMSG bob :hi"],
  [{ ...STAMP, type: "Quit", reason: "bye" }, ":ada!u@h QUIT :bye"],
  [{ ...STAMP, type: "QuitUnheard", channels: ["#a"], reason: "" }, ":ada!u@h QUIT :"],
  [{ ...STAMP, type: "NickChanged", nick: "eda" }, ":ada!u@h NICK eda"],
  [
    { ...STAMP, type: "Joined", channel: "#a", realname: "r", memberModes: "o" },
    ":ada!u@h JOIN #a",
  ],
  [{ ...STAMP, type: "Parted", channel: "#a", reason: undefined }, ":ada!u@h PART :#a"],
  [{ ...STAMP, type: "Parted", channel: "#a", reason: "x" }, ":ada!u@h PART #a :x"],
  [
    { ...STAMP, type: "Kicked", channel: "#a", user: 2, nick: "bob", reason: "x" },
    ":ada!u@h KICK #a bob :x",
  ],
  [{ ...STAMP, type: "TopicChanged", channel: "#a", topic: "" }, ":ada!u@h TOPIC #a :"],
  [
    {
      ...STAMP,
      type: "ChannelModesChanged",
      channel: "#a",
      changes: [{ add: true, letter: "m" }, { add: true, letter: "o", param: "bob", user: 2 }],
    },
    ":ada!u@h MODE #a +mo bob",
  ],
  [
    { ...STAMP, type: "UserModesChanged", changes: [{ add: false, letter: "i" }] },
    ":ada!u@h MODE ada -i",
  ],
  [{ ...STAMP, type: "LoggedIn", account: "Ada" }, ":ada!u@h ACCOUNT Ada"],
  [{ ...STAMP, type: "LoggedOut" }, ":ada!u@h ACCOUNT *"],
  [{ ...STAMP, type: "AwayChanged", message: "tea" }, ":ada!u@h AWAY tea"],
  [{ ...STAMP, type: "AwayChanged", message: undefined }, ":ada!u@h AWAY"],
  [{ ...STAMP, type: "RealnameChanged", realname: "A L" }, ":ada!u@h SETNAME :A L"],
  [{ ...STAMP, type: "AwayShown", channel: "#a", message: "tea" }, ":ada!u@h AWAY tea"],
  [
    { ...STAMP, type: "Invited", channel: "#a", user: 2, nick: "bob", until: 5000 },
    ":ada!u@h INVITE bob #a",
  ],
];

Deno.test("each event has its line", () => {
  for (const [event, line] of LINES) {
    assertEquals(format(render(event, Caps.none)), line, event.type);
  }
});

Deno.test("JOIN carries the account and the real name with extended-join", () => {
  const joined: Event = {
    ...STAMP,
    type: "Joined",
    channel: "#a",
    realname: "Ada L",
    memberModes: "",
  };
  const caps = Caps.of(["extended-join"]);
  assertEquals(format(render(joined, caps)), ":ada!u@h JOIN #a * :Ada L");
  const by = { ...STAMP.by, account: "Ada" };
  assertEquals(format(render({ ...joined, by }, caps)), ":ada!u@h JOIN #a Ada :Ada L");
});

Deno.test("a line carries the sender's account, if any, with account-tag", () => {
  const caps = Caps.of(["account-tag"]);
  assertEquals(format(render(said(), caps)), ":ada!u@h PRIVMSG #a :hi");
  const by = { ...STAMP.by, account: "Ada" };
  assertEquals(format(render(said({ by }), caps)), "@account=Ada :ada!u@h PRIVMSG #a :hi");
  assertEquals(format(render(said({ by }), Caps.of(["server-time"]))).includes("account"), false);
});

Deno.test("mode changes are formatted with as few signs as possible", () => {
  assertEquals(
    formatModes([
      { add: true, letter: "o", param: "ada", user: 1 },
      { add: true, letter: "m" },
      { add: false, letter: "k", param: "*" },
      { add: false, letter: "l" },
      { add: true, letter: "b", param: "x!*@*" },
    ]),
    ["+om-kl+b", "ada", "*", "x!*@*"],
  );
  assertEquals(formatModes([]), [""]);
});

Deno.test("each tag goes only to clients with its capability", () => {
  const event = said({ tags: new Map([["+draft/reply", "x"]]) });
  const tags = (...names: Capability[]) =>
    Object.fromEntries(render(event, Caps.of(names)).tags ?? []);
  const time = "2026-01-01T00:00:00.000Z";
  assertEquals(tags(), {});
  assertEquals(tags("server-time"), { time });
  assertEquals(tags("message-tags"), { msgid: "e1", "+draft/reply": "x" });
  assertEquals(tags("message-tags", "server-time"), {
    time,
    msgid: "e1",
    "+draft/reply": "x",
  });
});

Deno.test("a line is encoded once for each set of capabilities", () => {
  const [none, tagged, plain] = [Caps.none, Caps.of(["message-tags"]), Caps.plainText];
  const [ada, ...others] = [none, tagged, none, tagged, none, plain, plain]
    .map((caps) => new Inbox(caps));
  assert(ada);
  const users = usersWith(ada, ...others);
  deliver(said(), users, users[0]);
  const [a, b, c, d, e, f] = others.map(({ bytes }) => bytes[0]);
  assert(a === c && b === d && e === f, "the very same bytes");
  assert(a !== b && b !== e);
  assertEquals(others.map(({ bytes }) => bytes.length), [1, 1, 1, 1, 1, 1]);
  assertEquals(ada.bytes.length + ada.messages.length, 0, "the sender gets nothing");
});

Deno.test("a sender gets an echo only with echo-message", () => {
  const [plain, echoing] = [new Inbox(), new Inbox(ECHO)];
  for (const inbox of [plain, echoing]) {
    const users = usersWith(inbox);
    deliver(said(), users, users[0]);
  }
  assertEquals(plain.messages, []);
  assertEquals(echoing.messages.map(format), [":ada!u@h PRIVMSG #a :hi"]);
});

Deno.test("a message to oneself arrives once, and once more with echo-message", () => {
  const to = { type: "user", user: 1, nick: "ada" } as const;
  for (const [caps, echoes] of [[Caps.none, 0], [ECHO, 1]] as const) {
    const ada = new Inbox(caps);
    const users = usersWith(ada);
    deliver(said({ to }), users, users[0]);
    assertEquals([ada.bytes.length, ada.messages.length], [1, echoes]);
  }
});

Deno.test("an event other than a message is part of the reply to the client that causes it", () => {
  const ada = new Inbox(Caps.none, true);
  const bob = new Inbox();
  const users = usersWith(ada, bob);
  deliver(
    { ...STAMP, type: "Joined", channel: "#a", realname: "r", memberModes: "" },
    users,
    users[0],
  );
  assertEquals(ada.messages.map(format), [":ada!u@h JOIN #a"]);
  assertEquals(ada.bytes, []);
  assertEquals(bob.text, ":ada!u@h JOIN #a\r\n");
});

Deno.test("TAGMSG goes only to clients with message-tags", () => {
  const inboxes = [new Inbox(), new Inbox(), new Inbox(TAGGED), new Inbox(Caps.plainText)];
  const users = usersWith(...inboxes);
  deliver(said({ command: "TAGMSG", text: "", tags: new Map([["+a", ""]]) }), users, users[0]);
  assertEquals(inboxes.map(({ text }) => text), [
    "",
    "",
    "@msgid=e1;+a :ada!u@h TAGMSG #a\r\n",
    "",
  ]);
});

Deno.test("a plain client gets messages as text without control characters", () => {
  const shown = (event: Event): string => {
    const inbox = new Inbox(Caps.plainText);
    const users = usersWith(new Inbox(), inbox);
    deliver(event, users, users[0]);
    return inbox.text;
  };
  assertEquals(shown(said()), "ada: hi\n");
  assertEquals(shown(said({ command: "NOTICE" })), "ada: hi\n");
  assertEquals(shown(said({ text: "\x1b[2Jhi\x07\u202e" })), "ada: [2Jhi\n");
  assertEquals(shown(said({ text: "\x01ACTION waves\x1b\x01" })), "* ada waves\n");
  assertEquals(shown(said({ text: "\x01VERSION\x01" })), "");
  for (const [event] of LINES) if (event.type !== "Said") assertEquals(shown(event), "");
});

Deno.test("a user's connection to the network is not delivered", () => {
  const details = { username: "u", host: "h", realname: "" };
  deliver({ ...STAMP, type: "Connected", ...details }, [], undefined);
});

Deno.test("users without a recipient are skipped", () => {
  const network = new Network(apply);
  const details = { username: "u", host: "h", realname: "" };
  network.apply({ ...STAMP, type: "Connected", ...details });
  deliver(
    said({ to: { type: "user", user: 1, nick: "ada" } }),
    [...network.users.values()],
    undefined,
  );
});

const ALL_CAPS = Caps.of(CAPABILITY_NAMES);

Deno.test("every line ends with CR LF", () => {
  for (const [event] of LINES) {
    const inbox = new Inbox(ALL_CAPS);
    const users = usersWith(new Inbox(), inbox);
    deliver(event, users, users[0]);
    assertMatch(inbox.text, /^[^\r\n]+\r\n$/);
  }
});

Deno.test("equal sets of capabilities are one object, and plain clients have a set of their own", () => {
  assert(Caps.of(["batch", "sasl"]) === Caps.of(["sasl", "batch"]));
  assert(Caps.of(["batch"]).with("sasl") === Caps.of(["sasl", "batch"]));
  assert(Caps.of(["batch", "sasl"]).without("sasl") === Caps.of(["batch"]));
  assert(Caps.of(["batch"]).without("batch") === Caps.none);
  assert(Caps.plainText !== Caps.none);
});

Deno.test("a set of capabilities has the capabilities in it, in alphabetical order, and no others", () => {
  assertEquals(ALL_CAPS.names, CAPABILITY_NAMES);
  assert(ALL_CAPS.hasAll(CAPABILITY_NAMES));
  assert(!Caps.of(["batch"]).hasAll(["batch", "sasl"]));
  assert(Caps.plainText.hasAll([]) && !CAPABILITY_NAMES.some((name) => Caps.plainText.has(name)));
});
