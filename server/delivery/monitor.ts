/**
 * Notifies users of the nicks that they monitor. A numeric is encoded once for all of them.
 *
 * @module
 */

import { encodeLine } from "../../protocol.ts";
import { deliver } from "./deliver.ts";
import type { Event } from "../events/events.ts";
import type { Presence } from "../kinds/kind.ts";
import { kindOf } from "../kinds/kinds.ts";
import type { Network } from "../state/network.ts";
import type { Reachable } from "../state/recipient.ts";
import { NUMERICS } from "../irc/replies.ts";
import { shareChannel } from "../state/permissions.ts";
import type { User } from "../state/state.ts";
import { deliverSyncLater } from "./metadata.ts";

/**
 * Notifies the users who monitor a nick when it comes into use or goes out of use. Those with
 * extended-monitor also get the other events of its user, unless a shared channel shows them these.
 *
 * Sources: https://ircv3.net/specs/extensions/monitor, https://ircv3.net/specs/extensions/extended-monitor
 */
export function deliverToMonitors(event: Event, network: Network, server: string): void {
  const { monitored } = kindOf(event);
  if (monitored === undefined) return;
  if (monitored !== "line") {
    for (const presence of monitored(event)) tellPresence(presence, network, server);
    return;
  }
  const author = network.users.get(event.by.id);
  if (!author) return;
  deliver(event, strangersAmong(network.monitors.watchersOf(event.by.nick), author), author);
}

/** Sends one line to all: "The server may send `*` instead of the nick". */
function tellPresence({ nick, mask }: Presence, network: Network, server: string): void {
  const watchers = network.monitors.watchersOf(nick);
  if (watchers.size === 0) return;
  const [command] = mask === undefined ? NUMERICS.RPL_MONOFFLINE : NUMERICS.RPL_MONONLINE;
  const line = encodeLine({ source: server, command, params: ["*", mask ?? nick] });
  for (const { recipients } of watchers) {
    for (const recipient of recipients.all) recipient.outbox.push(line);
  }
  if (mask !== undefined) deliverSyncLater(watchers, nick, server);
}

function strangersAmong(watchers: ReadonlySet<User>, author: User): Reachable[] {
  return [...watchers].flatMap((watcher) => {
    if (watcher === author || shareChannel(watcher, author)) return [];
    const all = watcher.recipients.all.filter(({ caps }) => caps.has("extended-monitor"));
    return [{ recipients: { all } }];
  });
}
