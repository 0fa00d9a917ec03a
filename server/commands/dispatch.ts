/**
 * Runs the command in each line that a client sends, after the checks that all commands have in
 * common.
 *
 * @module
 */

import { type Received } from "../../lines.ts";
import { LIMITS, type Message, parse } from "../../protocol.ts";
import { byteLength } from "../../shared/text.ts";
import type { Command } from "../session/command.ts";
import { acceptCommands } from "./accept.ts";
import { accountCommands } from "./accounts.ts";
import { authenticateCommands } from "./authenticate.ts";
import { banCommands } from "./bans.ts";
import { addToBatch, batchCommands, isBatched } from "./batches.ts";
import { capCommands } from "./cap.ts";
import { channelCommands } from "./channels.ts";
import { helpCommands } from "./help.ts";
import { historyCommands } from "./history.ts";
import { informationCommands } from "./information.ts";
import { keyCommands } from "./keys.ts";
import { knockCommands } from "./knock.ts";
import { linkingCommands } from "./linking.ts";
import { listCommands } from "./list.ts";
import { markerCommands } from "./markers.ts";
import { messageCommands } from "./messages.ts";
import { metadataCommands } from "./metadata.ts";
import { modeCommands } from "./modes.ts";
import { operatorCommands } from "./operators.ts";
import { monitorCommands } from "./monitor.ts";
import { peopleCommands } from "./people.ts";
import { presenceCommands } from "./presence.ts";
import { pushCommands } from "./push.ts";
import { redactionCommands } from "./redaction.ts";
import { searchCommands } from "./search.ts";
import { registrationCommands } from "./registration.ts";
import { serviceCommands } from "./services.ts";
import { timedBanCommands } from "./timed_bans.ts";
import { tokenCommands } from "./tokens.ts";
import { uploadCommands } from "./uploads.ts";
import { whoCommands } from "./who.ts";
import { whoisCommands } from "./whois.ts";
import { renameCommands } from "./rename.ts";
import { invitationCommands } from "./invitations.ts";
import { IrcError } from "../irc/replies.ts";
import { LINE_TEXTS } from "../texts/lines.ts";
import type { Session } from "../session/session.ts";

const FAMILIES: readonly Command[] = [
  ...capCommands,
  ...registrationCommands,
  ...authenticateCommands,
  ...keyCommands,
  ...accountCommands,
  ...tokenCommands,
  ...uploadCommands,
  ...invitationCommands,
  ...serviceCommands,
  ...acceptCommands,
  ...channelCommands,
  ...knockCommands,
  ...linkingCommands,
  ...listCommands,
  ...renameCommands,
  ...modeCommands,
  ...timedBanCommands,
  ...messageCommands,
  ...batchCommands,
  ...pushCommands,
  ...redactionCommands,
  ...historyCommands,
  ...searchCommands,
  ...markerCommands,
  ...metadataCommands,
  ...monitorCommands,
  ...peopleCommands,
  ...presenceCommands,
  ...whoCommands,
  ...whoisCommands,
  ...informationCommands,
  ...operatorCommands,
  ...banCommands,
];

/** All commands, by name. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map(
  [...FAMILIES, ...helpCommands(FAMILIES)].map((command) => [command.name, command]),
);

/**
 * The largest size of a label, in bytes (https://ircv3.net/specs/extensions/labeled-response, "Tag
 * value").
 */
const LABEL_LENGTH = 64;

/**
 * Runs the command in a line that `session` received, or replies with an error if the line is
 * invalid.
 */
export function receive(session: Session, found: Received): void {
  switch (found.type) {
    case "too-long":
      return session.reply("ERR_INPUTTOOLONG", LINE_TEXTS.tooLong);
    case "refused":
      if (found.isLong && !takesLong(found.command)) {
        return session.reply("ERR_INPUTTOOLONG", LINE_TEXTS.tooLong);
      }
      return session.fail(found.command, found.code, LINE_TEXTS[found.code]);
    case "line":
    case "long": {
      if (tagsTooLong(found.text)) return session.reply("ERR_INPUTTOOLONG", LINE_TEXTS.tooLong);
      const message = parse(found.text);
      if (message === undefined) return;
      if (found.type === "line" || takesLong(message.command)) dispatch(session, message);
      else session.reply("ERR_INPUTTOOLONG", LINE_TEXTS.tooLong);
    }
  }
}

function takesLong(command: string): boolean {
  return COMMANDS.get(command)?.long === true;
}

/**
 * Returns true if the tags of a client's line are too long. Clients have a lower limit than servers
 * (https://ircv3.net/specs/extensions/message-tags, "Size limit").
 */
function tagsTooLong(line: string): boolean {
  return line.startsWith("@") &&
    byteLength(line.slice(1, Math.max(1, line.indexOf(" ")))) > LIMITS.clientTagData;
}

function dispatch(session: Session, message: Message): void {
  const label = session.caps.has("labeled-response") ? message.tags?.get("label") : undefined;
  if (label && byteLength(label) <= LABEL_LENGTH) {
    session.answerLabeled(label, () => run(session, message));
  } else {
    run(session, message);
  }
}

function run(session: Session, message: Message): void {
  session.perform(message.command, () => runCommand(session, message));
}

function runCommand(session: Session, message: Message): void {
  const { params } = message;
  const { context, user } = session;
  if (isBatched(session, message)) return addToBatch(session, message);
  const command = COMMANDS.get(message.command);
  if (!command) throw new IrcError("ERR_UNKNOWNCOMMAND", message.command);
  if (command.when === "before registration" && user) throw new IrcError("ERR_ALREADYREGISTERED");
  if (needsUser(command) && !user) throw new IrcError("ERR_NOTREGISTERED");
  if (command.when === "operator" && !user?.modes.has("o")) throw new IrcError("ERR_NOPRIVILEGES");
  if (params.length < command.minParams) throw new IrcError("ERR_NEEDMOREPARAMS", command.name);
  const { commandUses } = context;
  commandUses.set(command.name, (commandUses.get(command.name) ?? 0) + 1);
  if (!needsUser(command)) command.run({ context, session, params, message });
  else if (user) command.run({ context, session, params, message, user });
}

function needsUser(
  command: Command,
): command is Extract<Command, { when: "registered" | "operator" }> {
  return command.when === "registered" || command.when === "operator";
}
