/**
 * Notifies clients about the nicks that they monitor. A numeric is encoded once for all of them.
 *
 * @module
 */

import { encodeLine } from "../../protocol.ts";
import { deliver } from "./deliver.ts";
import type { Event } from "../events/events.ts";
import type { Presence } from "../kinds/kind.ts";
import { kindOf } from "../kinds/kinds.ts";
import type { Network } from "../state/network.ts";
import type { Monitors, Watcher } from "../state/monitors.ts";
import type { Reachable } from "../state/recipient.ts";
import { NUMERICS } from "../irc/replies.ts";
import { shareChannel } from "../state/visibility.ts";
import type { User } from "../state/state.ts";
import { deliverSyncLater } from "./metadata.ts";

/**
 * Notifies the clients that monitor a nick when it comes into use or goes out of use. Clients with
 * extended-monitor also get other events of the user with that nick, such as AWAY, unless they
 * share a channel with the user: then they get these events as members.
 *
 * Sources: https://ircv3.net/specs/extensions/monitor,
 * https://ircv3.net/specs/extensions/extended-monitor
 */
export function deliverToMonitors(
  event: Event,
  network: Network,
  monitors: Pick<Monitors, "watchersOf">,
  server: string,
): void {
  const { monitored } = kindOf(event);
  if (monitored === undefined) return;
  if (monitored !== "line") {
    for (const presence of monitored(event)) tellPresence(presence, monitors, server);
    return;
  }
  const watchers = monitors.watchersOf(event.by.nick);
  if (watchers.size === 0) return;
  const author = network.users.get(event.by.id);
  if (author) deliver(event, [strangersAmong(watchers, author)], author);
}

/**
 * Notifies the clients that monitor the nick. All get the same line, with `*` in place of their own
 * nick (https://ircv3.net/specs/extensions/monitor: "The server may send `*` instead of the nick").
 */
function tellPresence(
  { nick, mask }: Presence,
  monitors: Pick<Monitors, "watchersOf">,
  server: string,
): void {
  const watchers = monitors.watchersOf(nick);
  if (watchers.size === 0) return;
  const [command] = mask === undefined ? NUMERICS.RPL_MONOFFLINE : NUMERICS.RPL_MONONLINE;
  const line = encodeLine({ source: server, command, params: ["*", mask ?? nick] });
  for (const { outbox } of watchers) outbox.push(line);
  if (mask !== undefined) deliverSyncLater(watchers, nick, server);
}

function strangersAmong(watchers: ReadonlySet<Watcher>, author: User): Reachable {
  const all = [...watchers].filter(({ caps, user }) =>
    caps.has("extended-monitor") && user && user !== author && !shareChannel(user, author)
  );
  return { recipients: { all } };
}
