/**
 * BATCH, which clients send around the lines of one long message. Between its opening and its end,
 * what belongs to it is gathered; then it is said as a whole.
 *
 * Sources: https://ircv3.net/specs/extensions/client-batch,
 * https://ircv3.net/specs/extensions/multiline
 *
 * @module
 */

import { LIMITS, type Message } from "../../protocol.ts";
import { byteLength } from "../../shared/text.ts";
import type { Command, UserCall } from "../session/command.ts";
import { invalid, MultilineBatch } from "../session/batch.ts";
import { joinLines, MULTILINE } from "../delivery/multiline.ts";
import { StandardError } from "../irc/replies.ts";
import type { Session } from "../session/session.ts";
import { clientOnlyTags, sayTo } from "./messages.ts";

/** Commands of this family. */
export const batchCommands: readonly Command[] = [
  {
    name: "BATCH",
    syntax: "<+reference> <type> [<parameters>] | <-reference>",
    help: "Begins, or ends, a group of messages, such as the lines of a long one.",
    minParams: 1,
    when: "registered",
    run: batch,
  },
];

const UNDERSTANDS = ["batch", MULTILINE] as const;
/** batch, "Reference tags" */
const REFERENCE = /^[A-Za-z0-9-]{1,64}$/;

function batch(call: UserCall): void {
  const { params: [parameter = ""] } = call;
  const reference = parameter.slice(1);
  const sign = parameter.charAt(0);
  if ((sign !== "+" && sign !== "-") || !REFERENCE.test(reference)) {
    throw new StandardError(
      "BATCH",
      "INVALID_REFTAG",
      parameter,
      "A reference is + or -, then letters, digits and hyphens",
    );
  }
  if (sign === "+") open(call, reference);
  else close(call, reference);
}

function open(call: UserCall, reference: string): void {
  const { session, params: [, type = "*", target] } = call;
  const before = session.batch;
  if (before && !before.failed) {
    before.failed = true;
    throw invalid("A batch is open already; end it first");
  }
  const opened = new MultilineBatch(
    reference,
    target ?? "",
    clientOnlyTags(call),
    call.context.clock.now(),
  );
  session.batch = opened;
  opened.failed = true;
  if (type !== MULTILINE || !session.caps.has(...UNDERSTANDS)) {
    throw new StandardError("BATCH", "UNKNOWN_TYPE", reference, type, "No such batch can be sent");
  }
  if (target === undefined) throw invalid("A batch of lines needs a target");
  opened.failed = false;
  session.batchLabel = session.takeLabel();
}

function close(call: UserCall, reference: string): void {
  const { session } = call;
  const closed = session.batch;
  if (closed?.reference !== reference) {
    throw new StandardError("BATCH", "INVALID_REFTAG", reference, "That batch is not open");
  }
  session.batch = undefined;
  if (closed.failed) return;
  session.answerBatch(() => {
    const error = closed.finish();
    if (error) throw error;
    const { command = "PRIVMSG", lines, tags, target } = closed;
    const text = joinLines(lines);
    session.lastActive = call.context.clock.now();
    sayTo(call, target, { command, text, tags, lines });
  });
}

/** Whether `message` says that it is part of a batch, and its sender knows what that means. */
export function isBatched(session: Session, { tags, command }: Message): boolean {
  return tags !== undefined && tags.has("batch") && command !== "BATCH" &&
    session.user !== undefined && session.caps.has(...UNDERSTANDS);
}

/** Takes a message that is part of a batch. */
export function gather(session: Session, message: Message): void {
  const { batch } = session;
  if (batch === undefined) throw invalid("No batch is open");
  const error = batch.reference === message.tags?.get("batch")
    ? batch.add(message, lineRoom(session, message))
    : other(batch);
  if (error) {
    session.answerBatch(() => {
      throw error;
    });
  }
}

function other(batch: MultilineBatch): StandardError | undefined {
  if (batch.failed) return undefined;
  batch.failed = true;
  return invalid("Another batch is open");
}

/** What a line's text may be in bytes, so that recipients get it whole. */
function lineRoom(session: Session, { command, params: [target = ""] }: Message): number {
  const mask = session.user?.actor.mask ?? "";
  return LIMITS.line - byteLength(`:${mask} ${command} ${target} :\r\n`);
}
