/**
 * From an event to what those are told who watch a nick: the numerics of MONITOR, encoded once for all
 * of them. Like `deliver.ts`, it knows no sockets and changes no state.
 *
 * @module
 */

import { casefold, encodeLine } from "../../protocol.ts";
import { cap } from "./capabilities.ts";
import { deliver } from "../deliver.ts";
import type { Event } from "../events.ts";
import type { Network } from "../network.ts";
import { shareChannel } from "../state/permissions.ts";
import { deliverSyncLater } from "./metadata_view.ts";
import type { Hearer } from "../recipient.ts";
import { NUMERICS } from "../replies.ts";
import type { User } from "../state/state.ts";

const EXTENDED_MONITOR = cap("extended-monitor");

/**
 * Tells those who watch a nick that somebody goes by it, or nobody any more; and what else happens to
 * them, to those who asked for that and share no channel in which they are told already.
 *
 * Sources: https://ircv3.net/specs/extensions/monitor, https://ircv3.net/specs/extensions/extended-monitor
 */
export function deliverToWatchers(event: Event, network: Network, server: string): void {
  switch (event.type) {
    case "Connected":
      return tell("RPL_MONONLINE", event.by.nick, event.by.mask);
    case "Quit":
      return tell("RPL_MONOFFLINE", event.by.nick, event.by.nick);
    case "NickChanged": {
      if (casefold(event.nick) === casefold(event.by.nick)) return;
      const { mask = event.nick } = network.user(event.nick)?.actor ?? {};
      tell("RPL_MONOFFLINE", event.by.nick, event.by.nick);
      return tell("RPL_MONONLINE", event.nick, mask);
    }
    case "AwayChanged":
    case "HostChanged":
    case "LoggedIn":
    case "LoggedOut":
    case "RealnameChanged": {
      const author = network.users.get(event.by.id);
      if (author) {
        deliver(event, strangersAmong(network.watches.watchersOf(event.by.nick), author), author);
      }
    }
  }

  /** To all alike: "The server may send `*` instead of the nick". */
  function tell(numeric: "RPL_MONONLINE" | "RPL_MONOFFLINE", nick: string, target: string): void {
    const watchers = network.watches.watchersOf(nick);
    if (watchers.size === 0) return;
    const [command] = NUMERICS[numeric];
    const line = encodeLine({ source: server, command, params: ["*", target] });
    for (const { recipients } of watchers) {
      for (const recipient of recipients) recipient.outbox.push(line);
    }
    if (numeric === "RPL_MONONLINE") deliverSyncLater(watchers, nick, server);
  }
}

function strangersAmong(watchers: ReadonlySet<User>, author: User): Hearer[] {
  return [...watchers].flatMap((watcher) => {
    if (watcher === author || shareChannel(watcher, author)) return [];
    return [{
      recipients: watcher.recipients.filter(({ kind }) => (kind & EXTENDED_MONITOR) !== 0),
    }];
  });
}
