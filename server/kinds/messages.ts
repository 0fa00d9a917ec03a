/**
 * The kinds of events by which messages are sent and redacted (deleted).
 *
 * @module
 */

import { isForPrograms, parseCtcp } from "../../protocol.ts";
import type { Target, UserId } from "../events/actor.ts";
import type { Redacted, Said } from "../events/events.ts";
import { addressed } from "../state/audience.ts";
import type { NetworkState } from "../state/network_state.ts";
import type { User } from "../state/state.ts";
import type { MutableChannel } from "../state/mutable_state.ts";
import { withoutMessage } from "../state/uploads.ts";
import { type Exported, type Kinds, NOT_SHOWN, NOT_STORED } from "./kind.ts";
import { historyKeyOf } from "./history_keys.ts";
import { saveWaiting } from "./saving.ts";
import { optional, targetName } from "./wire.ts";

/**
 * Client-only tags that are not stored, because they have a meaning only for some seconds
 * (https://ircv3.net/specs/client-tags/typing).
 */
const FLEETING_TAGS: ReadonlySet<string> = new Set(["+typing", "+draft/typing"]);

/** Matches the texts by which clients test their connection: a keyword, and perhaps a time. */
const SIGN_OF_LIFE = /^(?:KEEPALIVE|LAG|LAGCHECK|PING)(?:[ :=]*[0-9][0-9 .:]*)?$/i;

/** The kinds of events about messages, by type. */
export const MESSAGES: Kinds<"Announced" | "Redacted" | "Said"> = {
  Said: {
    apply(state, event) {
      const { to } = event;
      // A message that is in no history cannot be deleted, so a file bound to it would stay for
      // good.
      if (isWorthKeeping(event)) state.uploads.named(event);
      if (to.type === "account") state.waiting.add(to.account, event);
      if (to.type !== "channel") return state.audienceOf(to);
      const channel = state.channel(to.channel);
      channel.used = true;
      noteSpeaker(channel, event);
      return addressed(channel, to.rank);
    },
    line({ to, command, text }) {
      const target = targetName(to);
      return { command, params: command === "TAGMSG" ? [target] : [target, text] };
    },
    needs: [], // for TAGMSG, see `isFor` in `render.ts`
    monitored: undefined,
    history: (event, network) =>
      isWorthKeeping(event) ? [historyKeyOf(event.by, event.to, network)] : [],
    rewrite: undefined,
    mayEnd: undefined,
    save({ id, to }, network, store) {
      if (to.type === "account") saveWaiting(to.account, network, store);
      for (const upload of network.uploads.of(id)) store.keep("upload", upload.id, upload);
    },
    whileFull: (event) => isWorthKeeping(event) ? [event.command, nameOf(event)] : undefined,
    exported: exportSaid,
  },
  Redacted: {
    apply: redact,
    line: ({ to, message, reason }) => ({
      command: "REDACT",
      params: [targetName(to), message, ...optional(reason)],
    }),
    needs: ["draft/message-redaction"], // https://ircv3.net/specs/extensions/message-redaction
    monitored: undefined,
    ...NOT_STORED,
    save({ to }, network, store) {
      const account = accountOf(to, network.users);
      if (account !== undefined) saveWaiting(account, network, store);
    },
    rewrite({ by, to, message }, network, store) {
      store.replace(historyKeyOf(by, to, network), message, undefined);
      for (const upload of network.uploads.of(message)) {
        store.keep("upload", upload.id, withoutMessage(upload, message));
      }
    },
    whileFull: (event) => ["REDACT", nameOf(event)],
  },
  Announced: {
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply: ({ people }, { mode }) => [...people.byMode.with(mode)],
    line: ({ mode, text }) =>
      mode === "w"
        ? { command: "WALLOPS", params: [text] }
        : { command: "NOTICE", params: ["*", `*** ${text}`] },
  },
};

/** Returns the account for which a message to `to` may wait, if any. */
function accountOf(to: Target, users: ReadonlyMap<UserId, User>): string | undefined {
  if (to.type === "channel") return undefined;
  return to.type === "account" ? to.account : users.get(to.user)?.actor.account;
}

/**
 * Unbinds the files of a deleted message, which also waits no longer. Returns the users who got the message, and the user who
 * deleted it: like KICK, REDACT is shown to its author.
 */
function redact(state: NetworkState, { by, to, message }: Redacted): readonly User[] {
  state.uploads.unnamed(message);
  const account = accountOf(to, state.people.byId);
  if (account !== undefined) state.waiting.remove(account, message);
  return [...new Set(state.audienceOf(to)).add(state.user(by.id))];
}

function isWorthKeeping(event: Said): boolean {
  if (event.command === "TAGMSG") {
    return [...event.tags.keys()].some((name) => !FLEETING_TAGS.has(name));
  }
  return !isForPrograms(event.text) && !isSignOfLife(event);
}

/**
 * Returns true for a message by which a client tests its connection: its author is also its target.
 */
function isSignOfLife({ by, to, command, text }: Said): boolean {
  if (to.type !== "user" || to.user !== by.id) return false;
  return command === "NOTICE" || SIGN_OF_LIFE.test(text);
}

/** Returns the name of the channel, account or user that a message went to. */
function nameOf({ to }: Said | Redacted): string {
  return to.type === "channel" ? to.channel : targetName(to);
}

function exportSaid({ command, text }: Said): Exported {
  const ctcp = parseCtcp(text);
  if (ctcp?.command === "ACTION") return ["action", ctcp.text];
  return [{ PRIVMSG: "message", NOTICE: "notice", TAGMSG: "tags" }[command], text];
}

/**
 * Notes the time of a message to a slow channel. Its author must wait before speaking there again.
 */
function noteSpeaker({ settings, speakers }: MutableChannel, { command, by, time }: Said): void {
  const seconds = settings.size === 0 ? undefined : settings.get("W");
  if (seconds === undefined || command === "TAGMSG") return;
  speakers.spoke(by, time, Number(seconds) * 1000);
}
