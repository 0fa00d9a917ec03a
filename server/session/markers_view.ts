/**
 * How it shows to a client how far its person has read.
 *
 * @module
 */

import { markerParams } from "../kinds/wire.ts";
import { identityOf } from "../state/person.ts";
import type { Session } from "./session.ts";
import type { User } from "../state/state.ts";

/** So many are told at once; a client asks for others. */
const LATEST = 100;

/** Tells how far `user` has read in `target` (read-marker, "`MARKREAD` server command"). */
export function sendMarker(session: Session, user: User, target: string): void {
  const upTo = session.context.network.markers.get(identityOf(user.actor), target);
  session.fromServer("MARKREAD", ...markerParams(target, upTo));
}

/** Tells a client that has just come how far its person has read where they read last. */
export function sendLatestMarkers(session: Session): void {
  const { caps, user } = session;
  if (!user || !caps.has("draft/read-marker")) return;
  const { markers } = session.context.network;
  const targets = markers.latestOf(identityOf(user.actor), LATEST);
  for (const target of targets) sendMarker(session, user, target);
}

/** The same for a channel that the user has come into, if the client wants to know. */
export function sendMarkerOnJoin(session: Session, user: User, channel: string): void {
  if (session.caps.has("draft/read-marker")) sendMarker(session, user, channel);
}
