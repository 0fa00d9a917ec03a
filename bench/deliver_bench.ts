import { cap, type Caps } from "../server/view/capabilities.ts";
import type { Recipient } from "../server/recipient.ts";
import { deliver } from "../server/deliver.ts";
import type { Event } from "../server/events.ts";
import { Network } from "../server/network.ts";
import { type ByteSink, Outbox } from "../server/outbox.ts";
import { Tick } from "../server/tick.ts";

/** Takes all at once, as a socket does whose reader keeps up. */
const sink: ByteSink = { write: (bytes) => Promise.resolve(bytes.length) };

/** A recipient with an outbox of its own, and nothing behind it. */
function recipient(kind: Caps, tick: Tick): Recipient {
  const outbox = new Outbox(sink, tick, 1024 * 1024, () => {});
  return {
    kind,
    acting: true,
    answering: false,
    encrypted: false,
    lastActive: 0,
    subscriptions: new Set(),
    outbox,
    send() {},
    entered() {},
    close() {},
  };
}

const STAMP = { id: "e", time: 0, by: { id: 0, nick: "n0", mask: "n0!~u@192.0.2.1" } };
const SAID: Event = {
  ...STAMP,
  type: "Said",
  command: "PRIVMSG",
  to: { type: "channel", channel: "#lobby" },
  text: "x".repeat(64),
  tags: new Map(),
};

/** What the members of a room have asked for, and how many bytes a line then is. */
const ROOMS: readonly [what: string, kinds: readonly Caps[]][] = [
  ["of one kind", [0]],
  ["of four kinds", [0, cap("server-time"), cap("message-tags"), cap("echo-message")]],
];

for (const members of [100, 1000]) {
  for (const [what, kinds] of ROOMS) {
    const tick = new Tick();
    const network = new Network((event, audience) =>
      deliver(event, audience, network.users.get(event.by.id))
    );
    for (let id = 0; id < members; id++) {
      const nick = `n${id}`;
      const by = { id, nick, mask: `${nick}!~u@192.0.2.1` };
      const happening = { ...STAMP, by };
      network.apply({
        ...happening,
        type: "Connected",
        username: "~u",
        host: "192.0.2.1",
        realname: "",
      });
      network.apply({
        ...happening,
        type: "Joined",
        channel: "#lobby",
        realname: "r",
        memberModes: "",
      });
      network.attach(id, recipient(kinds[id % kinds.length] ?? 0, tick));
    }
    // Ten lines a turn, so that joining them is part of it, as it is under load.
    Deno.bench(`deliver 10 lines to ${members} members ${what}`, async () => {
      for (let i = 0; i < 10; i++) network.apply(SAID);
      await new Promise((resolve) => setTimeout(resolve, 0));
    });
  }
}
