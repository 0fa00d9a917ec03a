/**
 * Shows events to clients that lack the capability for them, by older commands with the same
 * meaning. The lines of these commands have no `msgid`, because they are in no history.
 *
 * @module
 */

import { casefold, encodeLine } from "../../protocol.ts";
import { inSlices } from "../../shared/turns.ts";
import { Caps } from "../irc/capabilities.ts";
import { concat } from "../../lines.ts";
import { deliver } from "./deliver.ts";
import type { AwayChanged, Event, HostChanged, Joined, Parted, Renamed } from "../events/events.ts";
import type { Actor } from "../events/actor.ts";
import { NO_ID } from "../events/ids.ts";
import type { Reachable } from "../state/recipient.ts";
import { NUMERICS } from "../irc/replies.ts";
import { SESSION_TEXTS } from "../texts/session.ts";
import type { User } from "../state/state.ts";
import { isFor, render } from "./render.ts";

/**
 * Tells a user's own clients that the user is away or back. Leaves out the client whose command
 * caused this, because that client gets the reply to its command.
 */
export function deliverAway({ message }: AwayChanged, user: User, server: string): void {
  const [command, text] = message === undefined ? NUMERICS.RPL_UNAWAY : NUMERICS.RPL_NOWAWAY;
  for (const recipient of user.recipients.all) {
    if (recipient.acting) continue;
    recipient.send({ source: server, command, params: [user.actor.nick, text] });
  }
}

/**
 * Shows a renamed channel to clients without channel-rename, as PART and JOIN. A change of case
 * alone is not shown (https://ircv3.net/specs/extensions/channel-rename, "Fallback"). The lines
 * name the client's own user, so each client needs lines of its own; they are made only when they
 * are written.
 */
export function deliverRenamed(event: Renamed, audience: readonly User[]): void {
  const { channel, name, reason } = event;
  for (const { actor: by, realname, recipients } of audience) {
    const unaware = recipients.all.filter(({ caps }) => isShownAsJoin(event, caps));
    if (unaware.length === 0) continue;
    const happening = { id: NO_ID, by, time: event.time };
    const left: Parted = {
      ...happening,
      type: "Parted",
      channel,
      reason: reason === "" ? undefined : reason,
    };
    const joined: Joined = {
      ...happening,
      type: "Joined",
      channel: name,
      realname,
      memberModes: "",
    };
    for (const recipient of unaware) {
      const { caps } = recipient;
      if (caps === Caps.plainText) continue;
      if (recipient.answering) {
        for (const each of [left, joined]) recipient.send(render(each, caps));
      } else recipient.outbox.pushLater(() => encodeLines([left, joined], caps));
    }
  }
}

/**
 * Shows the topic, the members and the like of a renamed channel, in slices, to the clients for
 * which {@linkcode deliverRenamed} makes lines. Does nothing for other events. Needs the sessions
 * of the clients: in a cluster, the leader has them.
 */
export function enterRenamed(event: Event, audience: readonly User[]): void {
  if (event.type !== "Renamed") return;
  const unaware = audience.flatMap(({ recipients }) =>
    recipients.all.filter(({ caps }) => isShownAsJoin(event, caps))
  );
  inSlices(unaware, (recipient) => recipient.entered(event.name, true));
}

function isShownAsJoin(event: Renamed, caps: Caps): boolean {
  return casefold(event.channel) !== casefold(event.name) && !isFor(event, caps);
}

function encodeLines(events: readonly Event[], caps: Caps): Uint8Array {
  return concat(events.map((event) => encodeLine(render(event, caps))));
}

/**
 * Shows a changed user name or host to clients of `audience` without chghost, as if `user` had left
 * and come back. The user's own clients are not shown that, but get the new host in a numeric
 * (https://ircv3.net/specs/extensions/chghost, "Fallback when the `chghost` capability has not been
 * negotiated").
 */
export function deliverHostChanged(
  event: HostChanged,
  audience: readonly User[],
  user: User,
  server: Actor,
): void {
  const { time, by, host } = event;
  const { actor, away, realname } = user;
  const [command, text] = NUMERICS.RPL_VISIBLEHOST;
  for (const recipient of user.recipients.all) {
    recipient.send({ source: server.mask, command, params: [actor.nick, host, text] });
  }
  const witnesses = new Map(
    audience.flatMap((each) => each === user ? [] : [[each, withoutChghost(each)] as const]),
  );
  deliver(
    { type: "Quit", id: NO_ID, time, by, reason: SESSION_TEXTS.changingHost },
    [...witnesses.values()],
    user,
  );
  for (const { name: channel, members } of user.channels) {
    const seers = [...witnesses].filter(([each]) => members.has(each)).map(([, seer]) => seer);
    const memberModes = members.get(user) ?? "";
    const come = { id: NO_ID, time, by: actor, channel };
    deliver({ ...come, type: "Joined", realname, memberModes }, seers, user);
    if (memberModes !== "") {
      const changes = [...memberModes].map((letter) => ({ add: true, letter, param: actor.nick }));
      const given = { id: NO_ID, time, by: server, channel, changes };
      deliver({ ...given, type: "ChannelModesChanged" }, seers, user);
    }
    if (away !== undefined) deliver({ ...come, type: "AwayShown", message: away }, seers, user);
  }
}

/** Returns those clients of a user that lack chghost. */
function withoutChghost({ recipients }: User): Reachable {
  return { recipients: { all: recipients.all.filter(({ caps }) => !caps.has("chghost")) } };
}
