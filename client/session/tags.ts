/**
 * The names of the client-only tags that the session uses. Both specifications are drafts, which demand
 * the prefix `draft/`.
 *
 * @module
 */

/** The tag with the `msgid` of the message that another one answers (https://ircv3.net/specs/client-tags/reply). */
export const REPLY_TAG = "+draft/reply";

/** The tag with a reaction to a message (https://ircv3.net/specs/client-tags/react). */
export const REACT_TAG = "+draft/react";
