/**
 * The door of IRC: connects sessions to the commands, and to the functions that run when a client
 * joins a channel, logs in or leaves.
 *
 * @module
 */

import { SERVER_LIMITS } from "../../lines.ts";
import { redeemHeld } from "../accounts/redeeming.ts";
import { stayOrQuit } from "../accounts/staying.ts";
import { deliverWaiting } from "../accounts/waiting.ts";
import { receive } from "../commands/dispatch.ts";
import { LAYERS } from "../net/layers.ts";
import { showReconfigured } from "../session/reconfigured.ts";
import { Session, type SessionHooks } from "../session/session.ts";
import type { Steps } from "../session/slices.ts";
import type { Channel, User } from "../state/state.ts";
import { namesSteps, sendNames, sendTopic } from "../session/channel_view.ts";
import { replay } from "../session/history_view.ts";
import { sendMarkerOnJoin } from "../session/markers_view.ts";
import { syncOnJoin } from "../session/metadata_view.ts";
import type { ConnectionFacts, ConnectionHandler, Door } from "./door.ts";
import type { Connection } from "../net/connection.ts";

const HOOKS: SessionHooks = {
  entered: showChannel,
  left: stayOrQuit,
  loggedIn(session) {
    deliverWaiting(session);
    session.step(() => redeemHeld(session));
  },
  reconfigured: showReconfigured,
};

function hooksWith(hasLeft: () => void): SessionHooks {
  return {
    ...HOOKS,
    left(context, user, reason) {
      hasLeft();
      stayOrQuit(context, user, reason);
    },
  };
}

/** A client of IRC: its session, and the functions that handle its lines. */
export interface IrcClient extends ConnectionHandler {
  /** The session. */
  readonly session: Session;
}

/**
 * Opens a session on a connection. `hasLeft` is called after its client has left, before the user
 * quits or stays.
 */
export function openIrc(
  connection: Connection,
  { context, host, sts }: ConnectionFacts,
  hasLeft?: () => void,
): IrcClient {
  const hooks = hasLeft ? hooksWith(hasLeft) : HOOKS;
  const session = new Session(connection, { context, hooks, host, sts });
  return {
    session,
    begin() {},
    received(found) {
      // Lines that arrived before the session was closed may still be delivered.
      if (context.clients.has(session)) receive(session, found);
    },
    leave: (reason) => session.leave(reason),
  };
}

/** The door of IRC. */
export const ircDoor: Door = {
  layers: LAYERS,
  rules: { limits: SERVER_LIMITS },
  open: openIrc,
};

function showChannel(session: Session, user: User, channel: Channel, known: boolean): void {
  // The channel was renamed. All its members are shown the new name in the same turn, so the facts
  // of the channel are sent in slices.
  if (known) return session.answers.sendLater(renamedSteps(session, user, channel));
  sendMarkerOnJoin(session, user, channel.name);
  sendTopic(session, channel);
  // https://ircv3.net/specs/extensions/no-implicit-names
  if (!session.caps.has("no-implicit-names")) sendNames(session, user, channel);
  syncOnJoin(session, channel);
  replay(session, user, channel);
}

/** Returns the steps that show a channel under its new name to a client without channel-rename. */
function* renamedSteps(session: Session, user: User, channel: Channel): Steps {
  if (!channel.members.has(user)) return;
  sendMarkerOnJoin(session, user, channel.name);
  sendTopic(session, channel);
  if (!session.caps.has("no-implicit-names")) yield* namesSteps(session, user, channel);
  syncOnJoin(session, channel);
}
