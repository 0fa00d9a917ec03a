/**
 * BATCH, which begins and ends a message of several lines. The lines are collected until the batch
 * ends; then they are sent as one message.
 *
 * Sources: https://ircv3.net/specs/extensions/client-batch,
 * https://ircv3.net/specs/extensions/multiline
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import type { Command, UserCall } from "../session/command.ts";
import { invalid, MultilineBatch } from "../session/batch.ts";
import { joinLines, MULTILINE } from "../delivery/multiline.ts";
import { StandardError } from "../irc/replies.ts";
import type { Session } from "../session/session.ts";
import { BATCH_TEXTS } from "../texts/batches.ts";
import { clientOnlyTags, sendTo } from "./messages.ts";

/** Commands of this family. */
export const batchCommands: readonly Command[] = [
  {
    name: "BATCH",
    syntax: "<+reference> <type> [<parameters>] | <-reference>",
    help: "Begins or ends a batch of messages: the lines of a multiline message.",
    minParams: 1,
    when: "registered",
    run: batch,
  },
];

/** The capabilities without which a client cannot send batches. */
const CAPABILITIES = ["batch", MULTILINE] as const;
/**
 * Matches the reference tags that a batch may have (https://ircv3.net/specs/extensions/batch, "The
 * `BATCH` verb").
 */
const REFERENCE = /^[A-Za-z0-9-]{1,64}$/;

function batch(call: UserCall): void {
  const { params: [parameter = ""] } = call;
  const reference = parameter.slice(1);
  const sign = parameter.charAt(0);
  if ((sign !== "+" && sign !== "-") || !REFERENCE.test(reference)) {
    throw new StandardError("BATCH", "INVALID_REFTAG", parameter, BATCH_TEXTS.invalidReference);
  }
  if (sign === "+") open(call, reference);
  else close(call, reference);
}

function open(call: UserCall, reference: string): void {
  const { session, params: [, type = "*", target] } = call;
  const previous = session.batch;
  if (previous && !previous.failed) {
    previous.failed = true;
    throw invalid(BATCH_TEXTS.alreadyOpen);
  }
  const opened = new MultilineBatch(
    reference,
    target ?? "",
    clientOnlyTags(call),
    call.context.clock.moment(),
  );
  session.batch = opened;
  opened.failed = true;
  if (type !== MULTILINE || !session.caps.hasAll(CAPABILITIES)) {
    const text = BATCH_TEXTS.unknownType(MULTILINE);
    throw new StandardError("BATCH", "UNKNOWN_TYPE", reference, type, text);
  }
  if (target === undefined) throw invalid(BATCH_TEXTS.noTarget);
  opened.failed = false;
  session.batchLabel = session.takeLabel();
}

function close(call: UserCall, reference: string): void {
  const { session } = call;
  const closed = session.batch;
  if (closed?.reference !== reference) {
    throw new StandardError("BATCH", "INVALID_REFTAG", reference, BATCH_TEXTS.notOpen);
  }
  session.batch = undefined;
  if (closed.failed) return;
  session.answerBatch(() => {
    const error = closed.finish();
    if (error) throw error;
    const { command = "PRIVMSG", lines, tags, target } = closed;
    const text = joinLines(lines);
    session.lastActive = call.context.clock.moment();
    sendTo(call, target, { command, text, tags, lines });
  });
}

/**
 * Returns true if `message` is a line of a batch, and its sender has the capabilities for batches.
 */
export function isBatched(session: Session, { tags, command }: Message): boolean {
  return tags !== undefined && tags.has("batch") && command !== "BATCH" &&
    session.user !== undefined && session.caps.hasAll(CAPABILITIES);
}

/** Adds a line to the open batch; replies with an error if the line does not belong there. */
export function addToBatch(session: Session, message: Message): void {
  const { batch } = session;
  if (batch === undefined) throw invalid(BATCH_TEXTS.noneOpen);
  const error = batch.reference === message.tags?.get("batch")
    ? batch.add(message)
    : failForOther(batch);
  if (error) {
    session.answerBatch(() => {
      throw error;
    });
  }
}

/**
 * Makes `batch` fail, because a line has the reference tag of another batch. Returns the error;
 * `undefined` if the batch had failed before.
 */
function failForOther(batch: MultilineBatch): StandardError | undefined {
  if (batch.failed) return undefined;
  batch.failed = true;
  return invalid(BATCH_TEXTS.otherOpen);
}
