/**
 * Defines which events are logged: kicks, bans from a room, and new names of rooms and users. Each
 * entry also names the user who caused the event. Connections, logins and the acts of server
 * operators are logged where they are handled. The text of a message is never logged.
 *
 * @module
 */

import type { Event } from "../events/events.ts";
import type { Actor } from "../events/actor.ts";
import type { Fields, Log } from "../../shared/log.ts";
import type { EventOf, EventType } from "../kinds/kind.ts";

/** An entry of the log: the message and its fields. */
type Entry = readonly [message: string, fields: Fields];

/** A function that returns the entries that an event of one type adds to the log. */
type Entries<E extends Event> = (event: E) => readonly Entry[];

/** The kinds of events that are logged, with their entries. */
const AUDITED: { readonly [Type in EventType]?: Entries<EventOf<Type>> } = {
  Kicked: ({ by, channel: room, nick, reason }) => [
    ["kicked", { room, nick, ...author(by), reason }],
  ],
  ChannelModesChanged: ({ by, channel: room, changes }) =>
    changes.filter(({ letter }) => letter === "b").map(({ add, param: mask = "" }) => [
      add ? "banned from room" : "ban from room removed",
      { room, mask, ...author(by) },
    ]),
  Renamed: ({ by, channel: room, name, reason }) => [
    ["room renamed", { room, name, ...author(by), reason }],
  ],
  NickChanged: ({ by, nick }) => [
    ["nick changed", { nick: by.nick, to: nick, ...accountOf(by) }],
  ],
};

/** Logs `event` if its kind is logged. */
export function audit(log: Log, event: Event): void {
  for (const entry of entriesOf(event)) log.info(...entry);
}

/**
 * Returns the entries for `event`. The type parameter tells the compiler that the event and the row
 * are of the same kind.
 */
function entriesOf<Type extends EventType>(
  event: EventOf<Type> & { readonly type: Type },
): readonly Entry[] {
  const type: Type = event.type;
  return AUDITED[type]?.(event) ?? [];
}

function author(by: Actor): Fields {
  return { by: by.nick, ...accountOf(by) };
}

function accountOf({ account }: Actor): Fields {
  return account === undefined ? {} : { account };
}
