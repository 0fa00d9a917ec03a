/**
 * Shows read markers to a client: how far its user has read.
 *
 * @module
 */

import { markerParams } from "../kinds/wire.ts";
import { identityOf } from "../state/person.ts";
import type { Session } from "./session.ts";
import type { User } from "../state/state.ts";

/**
 * The largest number of markers that a client gets when it registers. It can request other markers.
 */
const LATEST = 100;

/**
 * Sends the read marker of `user` in `target` (https://ircv3.net/specs/extensions/read-marker,
 * "`MARKREAD` server command").
 */
export function sendMarker(session: Session, user: User, target: string): void {
  const upTo = session.context.network.markers.get(identityOf(user.actor), target);
  session.fromServer("MARKREAD", ...markerParams(target, upTo));
}

/** Sends the most recent read markers to a client that has just registered, if it supports them. */
export function sendLatestMarkers(session: Session): void {
  const { caps, user } = session;
  if (!user || !caps.has("draft/read-marker")) return;
  const { markers } = session.context.network;
  const targets = markers.latestOf(identityOf(user.actor), LATEST);
  for (const target of targets) sendMarker(session, user, target);
}

/** Sends the read marker of a channel that the user has joined, if the client supports markers. */
export function sendMarkerOnJoin(session: Session, user: User, channel: string): void {
  if (session.caps.has("draft/read-marker")) sendMarker(session, user, channel);
}
