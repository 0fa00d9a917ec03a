/**
 * The names of the client-only tags that the session uses. The specifications of replies and
 * reactions are drafts, which demand the prefix `draft/`. Tags of clients that leave it out are
 * also read.
 *
 * @module
 */

import type { Message, Tags } from "../../protocol.ts";
import type { Speech } from "./events.ts";

/**
 * The tag with the `msgid` of the message that another message answers
 * (https://ircv3.net/specs/client-tags/reply).
 */
export const REPLY_TAG = "+draft/reply";

/** The tag with a reaction to a message (https://ircv3.net/specs/client-tags/react). */
export const REACT_TAG = "+draft/react";

/** The tag that takes a reaction back (https://ircv3.net/specs/client-tags/react). */
export const UNREACT_TAG = "+draft/unreact";

/**
 * The tag with the `msgid` of the message that another message replaces
 * (https://github.com/ircv3/ircv3-specifications/pull/425, which is not agreed).
 */
export const EDIT_TAG = "+draft/edit";

/** The tag of a user who is typing (https://ircv3.net/specs/client-tags/typing). */
export const TYPING_TAG = "+typing";

/**
 * The tag of a CHATHISTORY that asks a server of chat to send the reactions, too. Other servers
 * ignore it.
 */
const PLAYBACK_TAG = "+chat/playback";

/** Returns a request for a part of the history; `withReactions` asks for its reactions, too. */
export function historyRequest(params: readonly string[], withReactions: boolean): Message {
  const message = { command: "CHATHISTORY", params };
  return withReactions ? { ...message, tags: new Map([[PLAYBACK_TAG, "tagmsg"]]) } : message;
}

/** Returns the value of a client-only tag, with or without `draft/` in its name. */
export function clientTag(tags: Tags | undefined, name: string): string | undefined {
  return tags?.get(name) || tags?.get(name.replace("draft/", ""));
}

/**
 * Returns what `tags` say about another message. In an edit, `EDIT_TAG` names the replaced message.
 * `REPLY_TAG` also names it, unless the replaced message was an answer: then `REPLY_TAG` names the
 * message that was answered.
 */
export function relationOf(tags: Tags | undefined): Pick<Speech, "reply" | "isEdit" | "answers"> {
  const reply = clientTag(tags, REPLY_TAG);
  const edit = clientTag(tags, EDIT_TAG);
  if (!reply || !edit) return reply ? { reply } : {};
  return { reply: edit, isEdit: true, ...(reply !== edit && { answers: reply }) };
}
