/**
 * How it shows to a client how far its person has read.
 *
 * @module
 */

import { cap } from "./capabilities.ts";
import { markerParams } from "./deliver.ts";
import { identityOf } from "./keeper.ts";
import type { Session } from "./session.ts";
import type { User } from "./state.ts";

const READ_MARKER = cap("draft/read-marker");

/** Tells how far `user` has read in `target` (read-marker, "`MARKREAD` server command"). */
export function sendMarker(session: Session, user: User, target: string): void {
  const upTo = session.context.network.markers.get(identityOf(user.actor), target);
  session.fromServer("MARKREAD", ...markerParams(target, upTo));
}

/** The same for a channel that the user has come into, if the client wants to know. */
export function sendMarkerOnJoin(session: Session, user: User, channel: string): void {
  if (session.caps & READ_MARKER) sendMarker(session, user, channel);
}
