/**
 * Measures the delivery of a message to the members of a channel, from applying the event to the
 * bytes that each socket gets.
 *
 * @module
 */

import { Caps } from "../server/irc/capabilities.ts";
import { Moment } from "../shared/clock.ts";
import { ALIVE, type Recipient } from "../server/state/recipient.ts";
import { deliver } from "../server/delivery/deliver.ts";
import type { Event } from "../server/events/events.ts";
import { apply } from "../server/kinds/kinds.ts";
import { Network } from "../server/state/network.ts";
import { type ByteSink, Outbox } from "../server/delivery/outbox.ts";
import { Tick } from "../server/delivery/tick.ts";

/** A sink that takes all bytes at once, like a socket with a fast reader. */
const sink: ByteSink = { write: (bytes) => Promise.resolve(bytes.length) };

/** Returns a recipient with an outbox of its own and no connection. */
function recipient(caps: Caps, tick: Tick): Recipient {
  const outbox = new Outbox(sink, tick, 1024 * 1024, () => {});
  return {
    caps,
    acting: true,
    away: undefined,
    answering: false,
    encrypted: false,
    lastActive: new Moment(0),
    subscriptions: new Set(),
    outbox,
    send() {},
    entered() {},
    askIfAlive: () => ALIVE,
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

/** The sets of capabilities of a channel's members, assigned in rotation. */
const ROOMS: readonly [name: string, caps: readonly Caps[]][] = [
  ["with the same capabilities", [Caps.none]],
  ["with four sets of capabilities", [
    Caps.none,
    Caps.of(["server-time"]),
    Caps.of(["message-tags"]),
    Caps.of(["echo-message"]),
  ]],
];

for (const members of [100, 1000]) {
  for (const [name, caps] of ROOMS) {
    const tick = new Tick();
    const network = new Network(apply);
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
      network.users.get(id)?.recipients.add(
        recipient(caps[id % caps.length] ?? Caps.none, tick),
      );
    }
    // Each turn has ten lines, so the benchmark also measures joining lines, as happens under load.
    Deno.bench(`deliver 10 lines to ${members} members ${name}`, async () => {
      for (let i = 0; i < 10; i++) {
        deliver(SAID, network.apply(SAID), network.users.get(SAID.by.id));
      }
      await new Promise((resolve) => setTimeout(resolve, 0));
    });
  }
}
