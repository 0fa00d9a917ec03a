/**
 * Slash commands that act on a message. A number before the text names the message: with `-2`, the
 * command acts on the second to last of the messages on which it can act. Without a number, it acts
 * on the chosen message or, if none is chosen, on the last message on which it can act.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import type { Buffer } from "../session/buffer.ts";
import { EMOJI } from "../session/emoji.ts";
import { EDIT_REASON, type Entry } from "../session/entries.ts";
import { isSpeech } from "../session/events.ts";
import type { Session } from "../session/session.ts";
import { EDIT_TAG, REACT_TAG, REPLY_TAG, UNREACT_TAG } from "../session/tags.ts";
import { MESSAGE_COMMAND_TEXTS } from "../texts/messages.ts";
import { SESSION_TEXTS } from "../texts/session.ts";
import { COMMAND_TEXTS } from "../texts/terminal.ts";
import type { CommandContext, SlashCommand } from "./command.ts";

/** A message to act on, and the text after its number. */
export interface Chosen {
  /** The conversation. */
  readonly buffer: Buffer;
  /** The message. */
  readonly entry: Entry;
  /** The id of the message. */
  readonly id: string;
  /** The text without the number. */
  readonly rest: string;
}

/** The slash commands of this module, in the order in which `/help` lists them. */
export const messageCommands: readonly SlashCommand[] = [
  {
    name: "reply",
    usage: "TEXT",
    help:
      "answer the last message of others, or one that Alt-↑ chose; /reply -2 TEXT: their last but one",
    run(context, [text = ""]) {
      const { session, buffers: { current } } = context;
      if (current && lacksIds(session, current)) return address(context, current, text);
      const chosen = choose(context, text, ({ speech }) => !speech.own);
      if (typeof chosen === "string") return chosen;
      const tags = new Map([[REPLY_TAG, chosen.id]]);
      session.say(chosen.buffer.name, chosen.rest, "message", { tags });
    },
  },
  {
    name: "react",
    usage: "TEXT",
    help: "react to the last message of others, or the chosen one: /react 👍",
    run(context, [text = ""]) {
      const chosen = choose(context, text, ({ speech }) => !speech.own);
      return react(context, chosen, REACT_TAG);
    },
  },
  {
    name: "unreact",
    usage: "TEXT",
    help: "take a reaction back, from the last message that has it or the chosen one: /unreact 👍",
    run(context, [text = ""]) {
      const reaction = reactionOf(text.replace(NUMBER, ""));
      if (reaction === "") return MESSAGE_COMMAND_TEXTS.noReason;
      const hasIt = (entry: Entry) => entry.ownReactions.has(reaction);
      const none = MESSAGE_COMMAND_TEXTS.notReactedWith(reaction);
      return react(context, choose(context, text, hasIt, none), UNREACT_TAG);
    },
  },
  {
    name: "edit",
    usage: "[TEXT]",
    help:
      "replace your last message, or the chosen one; without a text, bring it to the input line (also /edit ↑)",
    run(context, [text = ""]) {
      const chosen = choose(context, text, isOwn, MESSAGE_COMMAND_TEXTS.noOwn);
      if (typeof chosen === "string") return chosen;
      const { entry: { speech }, rest } = chosen;
      if (!speech.own) return MESSAGE_COMMAND_TEXTS.notYours(speech.nick);
      if (!redacts(context)) return MESSAGE_COMMAND_TEXTS.cannotEdit;
      if (rest === "") {
        return context.compose(`/edit ${speech.text}`, chosen.entry, chosen.buffer);
      }
      void edit(context, chosen);
    },
  },
  {
    name: "delete",
    usage: "[REASON]",
    help: "delete your last message, or the chosen one",
    run(context, [text = ""]) {
      if (!redacts(context)) return SESSION_TEXTS.cannotDelete;
      const chosen = choose(context, text, isOwn, MESSAGE_COMMAND_TEXTS.noOwn);
      if (typeof chosen === "string") return chosen;
      const message = redaction(chosen, chosen.rest);
      void request(context, message, MESSAGE_COMMAND_TEXTS.notDeleted);
    },
  },
];

/** Sends a reaction with `tag`, which either gives the reaction or takes it back. */
function react(context: CommandContext, chosen: Chosen | string, tag: string): string | void {
  if (context.session.features?.capabilities.tags === false) return SESSION_TEXTS.cannotReact;
  if (typeof chosen === "string") return chosen;
  const { buffer, id, rest } = chosen;
  if (rest === "") return MESSAGE_COMMAND_TEXTS.noReason;
  const tags = new Map([[REPLY_TAG, id], [tag, reactionOf(rest)]]);
  const message = { command: "TAGMSG", params: [buffer.name], tags };
  void request(context, message, MESSAGE_COMMAND_TEXTS.notReacted);
}

/**
 * Returns the reaction that a text means: an emoji may be written by its name, such as `:tada:`.
 */
function reactionOf(text: string): string {
  const [, name = ""] = /^:(\S+):$/.exec(text) ?? [];
  return EMOJI.get(name) ?? text;
}

function isOwn({ speech }: Entry): boolean {
  return speech.own;
}

function redacts({ session }: CommandContext): boolean {
  return session.features?.capabilities.redacts !== false;
}

/** Matches the number before a text that names a message. */
const NUMBER = /^-(\d{1,4})(?:\s+|$)/;

/**
 * Returns the message that `text` names or the user has chosen, or else the last message for which
 * `fits` returns true. If there is no such message, returns an error for the user; the error is
 * `none` if no message fits.
 */
function choose(
  { buffers: { current }, selected, session }: CommandContext,
  text: string,
  fits: (entry: Entry) => boolean,
  none: string = MESSAGE_COMMAND_TEXTS.none,
): Chosen | string {
  if (!current) return COMMAND_TEXTS.notInRoom;
  const [, number] = NUMBER.exec(text) ?? [];
  const { all } = current.entries;
  const fitting = all.filter(fits);
  if (number === undefined && selected === "missing") return MESSAGE_COMMAND_TEXTS.missing;
  const chosen = selected === "missing" ? undefined : selected;
  const entry = number === undefined ? chosen ?? fitting.at(-1) : fitting.at(-Number(number));
  const id = entry?.speech.id;
  if (!entry || id === undefined) {
    if (session.features?.capabilities.tags === false) return MESSAGE_COMMAND_TEXTS.noIds;
    return fitting.length === 0 ? none : MESSAGE_COMMAND_TEXTS.none;
  }
  if (entry.deletedBy !== undefined) return MESSAGE_COMMAND_TEXTS.gone;
  return { buffer: current, entry, id, rest: text.replace(NUMBER, "") };
}

/**
 * Returns true if the messages of `buffer` have no ids. While there is no connection, the messages
 * that have arrived tell it.
 */
function lacksIds({ features }: Pick<Session, "features">, { entries }: Buffer): boolean {
  return features ? !features.capabilities.tags : entries.all.length === 0;
}

/**
 * Answers the last message of another user at a server whose messages have no ids: sends the text
 * with the author's nick before it.
 */
function address(
  { session, selected }: CommandContext,
  buffer: Buffer,
  text: string,
): string | void {
  if (selected === "missing") return MESSAGE_COMMAND_TEXTS.missing;
  const last = selected?.speech ?? buffer.events.findLast((event) => isSpeech(event) && !event.own);
  if (!last || !isSpeech(last)) return MESSAGE_COMMAND_TEXTS.none;
  session.say(buffer.name, MESSAGE_COMMAND_TEXTS.addressed(last.nick, text));
}

function redaction({ buffer, id }: Chosen, reason: string): Message {
  const params = reason === "" ? [buffer.name, id] : [buffer.name, id, reason];
  return { command: "REDACT", params };
}

/**
 * Replaces a message: deletes it, and once that is done, sends the new text as an answer to it, or
 * to the message that it answered.
 */
export async function edit(
  context: Pick<CommandContext, "session" | "tell" | "editing">,
  chosen: Chosen,
): Promise<void> {
  const { buffer, entry: { speech }, id, rest } = chosen;
  const ended = context.editing?.(buffer, id, rest);
  const message = redaction(chosen, EDIT_REASON);
  const isDeleted = await request(context, message, MESSAGE_COMMAND_TEXTS.notEdited);
  if (isDeleted) {
    const answered = speech.isEdit ? speech.answers : speech.reply;
    const tags = new Map([[REPLY_TAG, answered ?? id], [EDIT_TAG, id]]);
    context.session.say(buffer.name, rest, speech.type, { tags });
  }
  ended?.(isDeleted);
}

/** Sends `message`; resolves to true if it had an effect. Otherwise tells the user why not. */
async function request(
  { session, tell }: Pick<CommandContext, "session" | "tell">,
  message: Message,
  toText: (reason: string) => string,
): Promise<boolean> {
  const { status, reason = "" } = await session.request(message);
  if (status === "done") return true;
  tell(toText(reason));
  return false;
}
