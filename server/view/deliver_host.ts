/**
 * From a changed user name or host to what those are told who do not know CHGHOST. Like `deliver.ts`,
 * it knows no sockets and changes no state.
 *
 * Source: https://ircv3.net/specs/extensions/chghost
 *
 * @module
 */

import { cap } from "./capabilities.ts";
import { deliver } from "../deliver.ts";
import type { Actor, HostChanged } from "../events.ts";
import type { Hearer } from "../recipient.ts";
import { NUMERICS } from "../replies.ts";
import type { User } from "../state/state.ts";

const CHGHOST = cap("chghost");

/** Why somebody seems to go who comes back at once. */
const REASON = "Changing host";

/**
 * "Fallback": to those in `audience` who know no CHGHOST, it is as if `user` had gone and come back. The
 * user is only told how they are seen now.
 */
export function deliverHostFallback(
  event: HostChanged,
  audience: readonly User[],
  user: User,
  server: Actor,
): void {
  const { id, time, by, host } = event;
  const { actor, away, realname } = user;
  const [command, text] = NUMERICS.RPL_VISIBLEHOST;
  for (const recipient of user.recipients) {
    recipient.send({ source: server.mask, command, params: [actor.nick, host, text] });
  }
  const witnesses = new Map(
    audience.flatMap((each) => each === user ? [] : [[each, withoutChghost(each)] as const]),
  );
  deliver(
    { type: "Quit", id: `${id}-quit`, time, by, reason: REASON },
    [...witnesses.values()],
    user,
  );
  for (const { name: channel, members } of user.channels) {
    const seers = [...witnesses].filter(([each]) => members.has(each)).map(([, hearer]) => hearer);
    const memberModes = members.get(user) ?? "";
    const come = { id: `${id}-join`, time, by: actor, channel };
    deliver({ ...come, type: "Joined", realname, memberModes }, seers, user);
    if (memberModes !== "") {
      const changes = [...memberModes].map((letter) => ({ add: true, letter, param: actor.nick }));
      const given = { id: `${id}-mode`, time, by: server, channel, changes };
      deliver({ ...given, type: "ChannelModesChanged" }, seers, user);
    }
    if (away !== undefined) deliver({ ...come, type: "AwayShown", message: away }, seers, user);
  }
}

/** Where somebody is connected without CHGHOST. */
function withoutChghost({ recipients }: User): Hearer {
  return { recipients: recipients.filter(({ kind }) => (kind & CHGHOST) === 0) };
}
